/// Tells of the networks the phone is in.
@MainActor public protocol NetworkWatch: AnyObject {
    /// Whether what goes over it is paid for, as over a mobile network.
    var isMetered: Bool { get }

    /// What is done whenever a network appears; it is said once.
    func whenOneAppears(_ work: @escaping @MainActor () -> Void)
}

/// Which network there was last.
public struct Reception: Equatable, Sendable {
    private var isThere = false
    public private(set) var isMetered = false

    public init() {}

    /// Whether one appeared where there was none, or one of another kind.
    public mutating func appeared(isThere: Bool, isMetered: Bool) -> Bool {
        let before = self
        (self.isThere, self.isMetered) = (isThere, isMetered)
        return isThere && self != before
    }
}

#if canImport(Network)
    import Network

    @MainActor public final class SystemNetwork: NetworkWatch {
        private let monitor = NWPathMonitor()
        private var reception = Reception()

        public init() {}

        public var isMetered: Bool { reception.isMetered }

        public func whenOneAppears(_ work: @escaping @MainActor () -> Void) {
            monitor.pathUpdateHandler = { path in
                MainActor.assumeIsolated {
                    let isMetered = path.isExpensive || path.isConstrained
                    if self.reception.appeared(isThere: path.status == .satisfied, isMetered: isMetered) { work() }
                }
            }
            monitor.start(queue: .main)
        }
    }
#endif
