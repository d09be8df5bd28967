import ButlerFFI
import Foundation

extension Day {
    /// As the platform's calendars take it.
    public var components: DateComponents { DateComponents(year: Int(year), month: Int(month), day: Int(day)) }
}

extension Month {
    /// The month a day lies in.
    public init(of day: Day) { self.init(year: day.year, month: day.month) }
}
