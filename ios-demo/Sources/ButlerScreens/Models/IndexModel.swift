import ButlerKit

/// The upper part of 更多: what is not needed every day.
public struct IndexState: Sendable {
    public var rows: [IndexRow] = []
}

public struct IndexRow: Sendable {
    public let kind: IndexKind
    public let open: Press<IndexIntent>
}

public enum IndexKind: Sendable {
    case duties, dayRounds, metrics, library, procedures, handover
}

public enum IndexIntent: Sendable {
    case go(Place)
}

@MainActor public final class IndexModel: Model {
    public let app: App
    public let life = Life(IndexState())

    public init(_ app: App) { self.app = app }

    public func read() async throws -> IndexState {
        var rows = [row(.duties, .dutiesTitle, .duties)]
        rows += try await rounds()
        rows += [
            row(.metrics, .metricsTitle, .metrics), row(.library, .libraryTitle, .library),
            row(.procedures, .proceduresTitle, .procedures),
        ]
        // A grid changes hands once in years.
        if try await handoverCase(app) != nil { rows.append(row(.handover, .handoverTitle, .handover)) }
        return IndexState(rows: rows)
    }

    /// Where several homes are inspected by one checklist today, they have a list of their own.
    private func rounds() async throws -> [IndexRow] {
        try await dayRounds(app).compactMap { checklist, items in
            let homes = Set(items.map(\.about)).count
            guard homes >= severalHomes, let first = items.first else { return nil }
            let label = app.words(.dayRoundsOf, ["what": app.words(first.title), "count": homes])
            return IndexRow(kind: .dayRounds, open: Press(label, .go(.dayRounds(checklist))))
        }
    }

    private func row(_ kind: IndexKind, _ word: Word, _ to: Place) -> IndexRow {
        IndexRow(kind: kind, open: Press(app.words(word), .go(to)))
    }

    public func act(_ intent: IndexIntent) async throws {
        switch intent {
        case .go(let place): app.platform.go(place)
        }
    }

    public func failed(_ words: String) {}
}
