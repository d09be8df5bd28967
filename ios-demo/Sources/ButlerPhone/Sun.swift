import Foundation

/// Whether the sun shines on the phone. No app is told of the light by iOS, but of the screen, which is at its brightest in the
/// sun: the sun shines once it was so for three seconds, and no more once it was not for as long.
public struct Sun: Sendable {
    private static let bright = 0.97
    private static let longEnough: TimeInterval = 3
    private var shines = false
    private var otherwiseSince: Date?

    public init() {}

    /// `brightness` is the screen's, at most 1.
    public mutating func shines(brightness: Double, at now: Date) -> Bool {
        if (brightness >= Self.bright) == shines {
            otherwiseSince = nil
            return shines
        }
        let since = otherwiseSince ?? now
        otherwiseSince = since
        if now.timeIntervalSince(since) >= Self.longEnough {
            shines.toggle()
            otherwiseSince = nil
        }
        return shines
    }
}
