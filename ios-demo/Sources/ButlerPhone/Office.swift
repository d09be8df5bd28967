import ButlerKit
import Foundation

/// Hands in what is unsent, whoever asks and however often: there is one sync at a time, and one behind it at most.
public actor Office {
    private let butler: Butler
    private let transport: any Transport
    private var running: Task<SyncReport, any Error>?
    private var waiting: Task<SyncReport, any Error>?

    public init(_ butler: Butler, _ transport: any Transport) {
        self.butler = butler
        self.transport = transport
    }

    /// Syncs now, or behind the sync that runs: what is recorded while that one runs is not in it. Cancelling whoever waits
    /// for this cuts the line; what was exchanged is kept.
    @discardableResult
    public func sync() async throws -> SyncReport {
        let mine = waiting ?? running.map(behind) ?? begin()
        return try await withTaskCancellationHandler { try await mine.value } onCancel: { mine.cancel() }
    }

    private func begin() -> Task<SyncReport, any Error> {
        let (butler, transport) = (butler, transport)
        let task = Task { try await butler.sync(with: transport) }
        running = task
        Task {
            _ = await task.result
            ended()
        }
        return task
    }

    private func behind(_ before: Task<SyncReport, any Error>) -> Task<SyncReport, any Error> {
        let (butler, transport) = (butler, transport)
        let task = Task {
            _ = await before.result
            return try await butler.sync(with: transport)
        }
        waiting = task
        return task
    }

    private func ended() {
        running = waiting
        guard let task = waiting else { return }
        waiting = nil
        Task {
            _ = await task.result
            ended()
        }
    }
}

/// Where the office of this phone is: told by the company that manages the phone, else by the enrolling app.
public enum OfficeAddress {
    private static let managed = "com.apple.configuration.managed"
    private static let key = "office"

    /// Nil when nobody said so yet, or not in a way that is an address.
    public static func read(_ settings: UserDefaults = .standard) -> URL? {
        let told = settings.dictionary(forKey: managed)?[key] as? String ?? settings.string(forKey: key)
        return told.flatMap { URL(string: $0) }.flatMap { $0.scheme == "https" ? $0 : nil }
    }
}
