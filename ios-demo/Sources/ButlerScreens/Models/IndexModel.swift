/// The upper part of 更多: what is not needed every day.
public struct IndexState: Sendable {
    public var rows: [IndexRow] = []
}

public struct IndexRow: Sendable {
    public let kind: IndexKind
    public let open: Press<IndexIntent>
}

public enum IndexKind: Sendable {
    case duties, metrics, library, procedures, handover
}

public enum IndexIntent: Sendable {
    case go(Place)
}

@MainActor public final class IndexModel: Model {
    public let app: App
    public let life = Life(IndexState())

    public init(_ app: App) { self.app = app }

    public func read() async throws -> IndexState {
        var rows = [
            row(.duties, .dutiesTitle, .duties), row(.metrics, .metricsTitle, .metrics), row(.library, .libraryTitle, .library),
            row(.procedures, .proceduresTitle, .procedures),
        ]
        // A grid changes hands once in years.
        if try await handoverCase(app) != nil { rows.append(row(.handover, .handoverTitle, .handover)) }
        return IndexState(rows: rows)
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
