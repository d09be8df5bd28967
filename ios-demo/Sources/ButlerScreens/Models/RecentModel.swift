import ButlerKit

/// What was just recorded, whichever screen one is on: it is said, and may be undone for a while.
public struct RecentState: Sendable {
    public var snack: Snack<RecentIntent>?
}

public enum RecentIntent: Equatable, Sendable {
    case undo
    /// It stood there long enough.
    case settled
}

@MainActor public final class RecentModel: Model {
    public let app: App
    public let life = Life(RecentState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public var follows: AsyncStream<Void> { app.recent.changes() }

    public func read() async throws -> RecentState {
        let recent = app.recent.now
        guard let words = problem ?? recent?.words else { return RecentState() }
        // A step of a case is not taken back: it is only said.
        let final = problem != nil || recent?.made.isEmpty ?? true
        return RecentState(snack: Snack(words, undo: final ? nil : Press(app.words(.undo), .undo), done: problem == nil && recent?.done ?? true))
    }

    public func act(_ intent: RecentIntent) async throws {
        problem = nil
        switch intent {
        case .undo: try await app.undo()
        case .settled: app.settled()
        }
    }

    public func failed(_ words: String) { problem = words }

    /// Lets it stand for so many seconds; something newer begins anew.
    public func stand(for seconds: Double) async {
        try? await Task.sleep(for: .seconds(seconds))
        if !Task.isCancelled { await handle(.settled) }
    }
}
