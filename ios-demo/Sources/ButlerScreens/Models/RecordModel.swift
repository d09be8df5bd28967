import ButlerKit

/// 记一笔: what one may enter without being asked to. A new register appears by itself.
public struct RecordScreenState: Sendable {
    public var title = ""
    public var syncBadge: Badge?
    public var problem: String?
    public var heading = ""
    public var rows: [Press<RecordIntent>] = []
    public var empty: Empty<RecordIntent>?
}

public enum RecordIntent: Sendable {
    case open(FormId)
}

@MainActor public final class RecordModel: Model {
    public let app: App
    public let life = Life(RecordScreenState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> RecordScreenState {
        let words = app.words
        let rows = try await app.butler.office.procedures().compactMap { row -> Press<RecordIntent>? in
            // What is about a person or a case begins on their screen.
            guard case .form(let form) = row.begin, row.about.contains(where: anywhere.contains) else { return nil }
            return Press(words(row.title), .open(form))
        }
        return RecordScreenState(
            title: words(.recordTitle),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            heading: words(.registers),
            rows: rows,
            empty: rows.isEmpty ? Empty(words(.nothingToRecord), "") : nil)
    }

    public func act(_ intent: RecordIntent) async throws {
        problem = nil
        switch intent {
        case .open(let form): app.platform.go(.form(.row(form, nil)))
        }
    }

    public func failed(_ words: String) { problem = words }
}

private let anywhere: Set<SubjectKind> = [.home, .place, .grid, .community]
