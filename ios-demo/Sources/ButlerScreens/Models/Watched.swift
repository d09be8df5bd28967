import Foundation

/// A value that any thread may set and read, and that tells whoever follows it.
final class Watched<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: Value
    private var followers: [UUID: AsyncStream<Void>.Continuation] = [:]

    init(_ first: Value) { kept = first }

    var now: Value {
        get { lock.withLock { kept } }
        set {
            let told = lock.withLock {
                kept = newValue
                return followers.values
            }
            for follower in told { follower.yield() }
        }
    }

    /// One element after it was set, however often since the last one was taken.
    func changes() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { follower in
            let id = UUID()
            lock.withLock { followers[id] = follower }
            follower.onTermination = { _ in _ = self.lock.withLock { self.followers.removeValue(forKey: id) } }
        }
    }
}
