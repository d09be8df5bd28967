import ButlerKit

/// The upper part of 更多: what is not needed every day.
public struct IndexState: Sendable {
    /// Registers, procedures and the library are found by words.
    public var find: Press<IndexIntent>?
    public var rows: [IndexRow] = []
    public var registersTitle: String?
    public var all: Press<IndexIntent>?
    public var registers: [IndexRegister] = []
}

public struct IndexRow: Sendable {
    public let kind: IndexKind
    public let open: Press<IndexIntent>
    public var about = ""
}

/// A register this phone has rows of.
public struct IndexRegister: Sendable {
    public let about: String
    public let open: Press<IndexIntent>
}

public enum IndexKind: Sendable {
    case duties, dayRounds, metrics, library, handover
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
        let articles = try await app.butler.library.list().count
        rows.append(row(.metrics, .metricsTitle, .metrics))
        rows.append(row(.library, .libraryTitle, .library, app.words(.libraryAbout, ["count": articles])))
        // A grid changes hands once in years.
        if try await handoverCase(app) != nil { rows.append(row(.handover, .handoverTitle, .handover)) }
        let procedures = try await app.butler.office.procedures().filter { !$0.begin.isChecklist }
        let registers = procedures.filter { if case .form = $0.begin { $0.here > 0 } else { false } }
        // Of as many rows, in the order of the procedures.
        let used = registers.enumerated().sorted { ($1.element.here, $0.offset) < ($0.element.here, $1.offset) }.map(\.element)
        return IndexState(
            find: Press(app.words(.findProcedure), .go(.procedures)),
            rows: rows,
            registersTitle: app.words(.proceduresTitle),
            all: Press(app.words(.allOfThem, ["count": procedures.count]), .go(.procedures)),
            registers: used.prefix(mostUsed).map {
                IndexRegister(
                    about: app.words(.rowsCount, ["count": $0.here]),
                    open: Press(app.words($0.title), .go(.register($0.begin))))
            })
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

    private func row(_ kind: IndexKind, _ word: Word, _ to: Place, _ about: String = "") -> IndexRow {
        IndexRow(kind: kind, open: Press(app.words(word), .go(to)), about: about)
    }

    public func act(_ intent: IndexIntent) async throws {
        switch intent {
        case .go(let place): app.platform.go(place)
        }
    }

    public func failed(_ words: String) {}
}

private let mostUsed = 5
