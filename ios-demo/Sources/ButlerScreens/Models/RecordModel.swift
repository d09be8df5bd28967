import ButlerKit

/// 记一笔: what one may enter without being asked to, in two presses for what is entered most.
public struct RecordScreenState: Sendable {
    public var title = ""
    public var syncBadge: Badge?
    public var problem: String?
    public var tiles: [RecordTile] = []
    public var registersTitle: String?
    public var all: Press<RecordIntent>?
    public var registers: [Press<RecordIntent>] = []
    public var empty: Empty<RecordIntent>?
    public var sheet: RecordSheet?
}

/// How a tile is drawn: a meeting, or an answer to the first question.
public enum TileLook: Sendable {
    case visit, call, broken, notDone, toDo, unhappy, other
}

public struct RecordTile: Sendable {
    public let look: TileLook
    public let open: Press<RecordIntent>
}

/// Which slip it is, where an answer leads to several.
public struct RecordSheet: Sendable {
    public let title: String
    public let slips: [SlipLine<RecordIntent>]
    public let close: Press<RecordIntent>
}

public enum RecordIntent: Sendable {
    case meet(Errand)
    case answer(String)
    case openCase(WorkflowId)
    case openRow(FormId)
    case all
    case closeSheet
}

@MainActor public final class RecordModel: Model {
    public let app: App
    public let life = Life(RecordScreenState())
    private var problem: String?
    /// The answer that leads to several slips, while one is chosen.
    private var answer: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> RecordScreenState {
        let words = app.words
        let procedures = try await app.butler.office.procedures()
        let answers = try await answers()
        let tiles =
            try await meetings()
            + answers.map { RecordTile(look: look($0.id), open: Press(words($0.label).capitalisedFirst, .answer($0.id))) }
        let registers = procedures.compactMap { row -> (form: FormId, row: ProcedureRow)? in
            guard case .form(let form) = row.begin, row.about.contains(where: anywhere.contains) else { return nil }
            return (form, row)
        }
        // Where nothing was entered yet, in the order of the procedures.
        let used = registers.enumerated().sorted { ($1.element.row.here, $0.offset) < ($0.element.row.here, $1.offset) }
        let count = procedures.count { if case .checklist = $0.begin { false } else { true } }
        return RecordScreenState(
            title: words(.recordTitle),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            tiles: tiles,
            registersTitle: registers.isEmpty ? nil : words(.mostUsedRegisters),
            all: registers.isEmpty ? nil : Press(words(.allOfThem, ["count": count]), .all),
            registers: used.prefix(mostUsed).map { Press(words($0.element.row.title), .openRow($0.element.form)) },
            empty: tiles.isEmpty && registers.isEmpty ? Empty(words(.nothingToRecord), "") : nil,
            sheet: answers.first { $0.id == answer }.map(sheet))
    }

    /// What a customer says at a door, and what is opened then.
    private func answers() async throws -> [SlipAnswer] { try await app.butler.office.slips(.home).answers }

    private func meetings() async throws -> [RecordTile] {
        guard try await app.butler.me().mayWrite.contains(where: { $0.kind == .contact }) else { return [] }
        return [
            RecordTile(look: .visit, open: Press(app.words(.recordAVisit), .meet(.visit))),
            RecordTile(look: .call, open: Press(app.words(.recordACall), .meet(.call))),
        ]
    }

    private func sheet(_ answer: SlipAnswer) -> RecordSheet {
        RecordSheet(
            title: app.words(answer.label).capitalisedFirst,
            slips: answer.slips.compactMap { slip in SlipLine(app, slip.procedure, slip.hint) { .openCase($0) } },
            close: Press(app.words(.closeIt), .closeSheet))
    }

    public func act(_ intent: RecordIntent) async throws {
        problem = nil
        switch intent {
        case .meet(let errand): app.platform.go(.findHome(errand))
        case .answer(let chosen):
            let slips = try await answers().first { $0.id == chosen }?.slips ?? []
            if slips.count > 1 { answer = chosen } else if let slip = slips.first { open(slip) }
        case .openCase(let workflow):
            if let slip = try await answers().flatMap(\.slips).first(where: { $0.procedure.workflow == workflow }) { open(slip) }
            answer = nil
        case .openRow(let form): app.platform.go(.form(.row(form, nil)))
        case .all: app.platform.go(.procedures)
        case .closeSheet: answer = nil
        }
    }

    /// What concerns the grid as well asks where in its form; what concerns a home alone asks for that first.
    private func open(_ slip: SlipRow) {
        if let place = opening(slip.procedure) { app.platform.go(place) }
    }

    public func failed(_ words: String) { problem = words }
}

/// Where a case is opened that nobody was asked for: what concerns the grid as well asks where in its form, what concerns a
/// home alone asks for that first, and an emergency begins with its clock.
func opening(_ procedure: ProcedureRow) -> Place? {
    guard let workflow = procedure.workflow else { return nil }
    if procedure.section == emergencySection { return .emergencies }
    return procedure.about.contains(where: outside.contains) ? .form(.opening(workflow)) : .findHome(.open(workflow))
}

private let mostUsed = 6
private let outside: Set<SubjectKind> = [.place, .grid, .community]
/// What is about a person or a case begins on their screen.
private let anywhere = outside.union([.home])

private func look(_ answer: String) -> TileLook {
    switch answer {
    case "broken": .broken
    case "not_done": .notDone
    case "to_do": .toDo
    case "unhappy": .unhappy
    // An answer of the company's own.
    default: .other
    }
}
