import ButlerFFI
import Foundation

/// Threads that may block; Swift's own must not.
private let threads = DispatchQueue(label: "butler", qos: .userInitiated, attributes: .concurrent)

/// Whatever fails is a ``ButlerError``. What UniFFI throws besides, after a panic of the library, is a mistake of ours: nothing
/// of the call was recorded, and the butler can be used further.
func blocking<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { done in
        threads.async {
            done.resume(with: Result(catching: call).mapError { $0 as? ButlerError ?? .Internal(code: "panic") })
        }
    }
}

extension ButlerCore {
    /// Runs a blocking call of the core where blocking is allowed.
    func off<T: Sendable>(_ call: @escaping @Sendable (ButlerCore) throws -> T) async throws -> T {
        try await blocking { try call(self) }
    }

    /// Looks at once and after every change, the latest only when the reader is slow; equal looks are one. Ends its
    /// subscription when the reader goes.
    func watch<T: Sendable & Equatable>(
        _ look: @escaping @Sendable () async throws -> T
    ) -> AsyncThrowingStream<T, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { looks in
            let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            let task = Task {
                do {
                    let subscription = try self.subscribe(listener: AreaListener { _ in change.yield() })
                    defer { try? subscription.cancel() }
                    // Subscribed first, so that no change falls between the first look and the listening.
                    change.yield()
                    var last: T?
                    for await _ in changes {
                        let now = try await look()
                        if now != last { looks.yield(now) }
                        last = now
                    }
                    looks.finish()
                } catch {
                    looks.finish(throwing: error)
                }
            }
            looks.onTermination = { _ in task.cancel() }
        }
    }

    /// The areas that changed, after every change; what a slow reader missed comes as one set.
    func changes() -> AsyncThrowingStream<Set<Area>, any Error> {
        AsyncThrowingStream(bufferingPolicy: .unbounded) { sets in
            let missed = Missed()
            let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            let task = Task {
                do {
                    let subscription = try self.subscribe(
                        listener: AreaListener { areas in
                            missed.add(areas)
                            change.yield()
                        })
                    defer { try? subscription.cancel() }
                    for await _ in changes {
                        let areas = missed.take()
                        if !areas.isEmpty { sets.yield(areas) }
                    }
                    sets.finish()
                } catch {
                    sets.finish(throwing: error)
                }
            }
            sets.onTermination = { _ in task.cancel() }
        }
    }
}

/// Areas nobody has been told of yet.
private final class Missed: @unchecked Sendable {
    private let lock = NSLock()
    private var areas: Set<Area> = []

    func add(_ new: [Area]) { lock.withLock { areas.formUnion(new) } }
    func take() -> Set<Area> {
        lock.withLock {
            defer { areas = [] }
            return areas
        }
    }
}

private final class AreaListener: Listener {
    private let hear: @Sendable ([Area]) -> Void

    init(_ hear: @escaping @Sendable ([Area]) -> Void) { self.hear = hear }

    func changed(areas: [Area]) { hear(areas) }
}
