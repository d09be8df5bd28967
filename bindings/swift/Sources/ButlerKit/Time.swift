import ButlerFFI
import Foundation

extension Day {
    /// As the platform's calendars take it.
    public var components: DateComponents { DateComponents(year: Int(year), month: Int(month), day: Int(day)) }
}

/// A clock that stands still until it is told otherwise, for an app's own tests.
public final class TestClock: Clock, @unchecked Sendable {
    private let lock = NSLock()
    private var at: Date

    public init(_ at: Date) { self.at = at }

    public var time: Date {
        get { lock.withLock { at } }
        set { lock.withLock { at = newValue } }
    }

    public func now() -> Date { time }
}
