import Foundation

/// Who holds the phone is asked again after it was out of sight for a while: what lies on it is about people's homes.
public struct Curtain: Equatable, Sendable {
    /// How long one may be away, in seconds: as long as it takes to put the phone away for a door and take it out again.
    public static let patience: TimeInterval = 300

    public private(set) var isClosed: Bool
    private var leftAt: Date?

    /// Closed when the app starts.
    public init() { isClosed = true }

    /// The app goes out of sight.
    public mutating func leave(at now: Date) { leftAt = leftAt ?? now }

    /// The app is seen again. A clock that went back closes too.
    public mutating func comeBack(at now: Date) {
        if let leftAt, !(0..<Self.patience).contains(now.timeIntervalSince(leftAt)) { isClosed = true }
        leftAt = nil
    }

    /// It is the phone's owner.
    public mutating func open() { isClosed = false }
}

/// Asks who holds the phone.
public protocol OwnerCheck: Sendable {
    /// Whether it is the owner, by face, finger or code; also true on a phone that is not locked by anything.
    @MainActor func isOwner(because reason: String) async -> Bool
}

#if canImport(LocalAuthentication)
    import LocalAuthentication

    public struct DeviceOwner: OwnerCheck {
        public init() {}

        @MainActor public func isOwner(because reason: String) async -> Bool {
            let context = LAContext()
            var unable: NSError?
            guard context.canEvaluatePolicy(.deviceOwnerAuthentication, error: &unable) else {
                // A phone without a code has nobody to ask; the butler's files are encrypted all the same.
                return unable?.code == LAError.passcodeNotSet.rawValue
            }
            return (try? await context.evaluatePolicy(.deviceOwnerAuthentication, localizedReason: reason)) ?? false
        }
    }
#endif
