import ButlerKit

/// A grid that changes hands, as a checklist.
public struct HandoverState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<HandoverIntent>?
    public var problem: String?
    public var progress = ""
    public var done: Chart?
    public var left: Badge?
    public var items: [HandoverItem] = []
    public var next: Press<HandoverIntent>?
    public var empty: Empty<HandoverIntent>?
    public var sheet: HandoverSheet?
}

/// Numbers drawn as lengths, none where there is no data; `text` says them.
public struct Chart: Sendable {
    public let text: String
    /// Thousandths of the largest there can be.
    public let levels: [Int?]
}

public enum HandoverMark: Sendable {
    case done, open, locked
}

/// One thing to hand over: how much of it there is, who did it when, or what comes first.
public struct HandoverItem: Sendable {
    public let mark: HandoverMark
    public let title: String
    public let about: String
    public let take: Press<HandoverIntent>?
}

/// The walk through the cases that are not over: each is told, then ticked.
public struct HandoverSheet: Sendable {
    public let title: String
    public let about: String
    public let cases: [HandoverCase]
    public let record: Press<HandoverIntent>
    public let close: Press<HandoverIntent>
}

public struct HandoverCase: Sendable {
    public let about: String
    public let open: Press<HandoverIntent>
    public let told: Chip<HandoverIntent>
}

public enum HandoverIntent: Sendable {
    case back
    case take(StepId)
    case goThrough
    case tell(RecordId)
    case open(RecordId)
    case closeSheet
}

/// What a draft of the cases that were told is called.
let toldForm = "handover.told"

/// The grid that changes hands now, the newest first; nil when none does.
@MainActor func handoverCase(_ app: App) async throws -> CaseRow? {
    try await app.butler.cases.list(CaseFilter(workflow: handover, closed: false), limit: 1).first
}

/// The handover of a grid: of `cases.plan`, the cases of the grid, and the register of the keys.
@MainActor public final class HandoverModel: Model {
    public let app: App
    public let life = Life(HandoverState())
    private var id: RecordId?
    private var through = false
    private var told: Set<RecordId> = []
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func act(_ intent: HandoverIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .take(let step):
            through = false
            if let id { app.platform.go(.form(.step(id, step))) }
        case .goThrough: through = true
        case .tell(let id): try await tell(id)
        case .open(let id): app.platform.go(.case(id))
        case .closeSheet: through = false
        }
    }

    /// Going through dozens of cases takes days: what was told is a draft about them and the handover.
    private func tell(_ told: RecordId) async throws {
        guard let id else { return }
        let before = try await draft(id)
        let about = before?.about ?? [id]
        let submission: Submission
        if let before { submission = before.submission } else { submission = try await app.butler.submission() }
        try await app.butler.drafts.save(
            Draft(
                submission: submission, form: toldForm,
                about: about.contains(told) ? about.filter { $0 != told } : about + [told], answers: Evidence()))
    }

    private func draft(_ handover: RecordId) async throws -> Draft? {
        try await app.butler.drafts.list().map(\.draft).first { $0.form == toldForm && $0.about.first == handover }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> HandoverState {
        let (words, butler) = (app.words, app.butler)
        let back = Press(words(.back), HandoverIntent.back)
        guard let row = try await row() else {
            return HandoverState(title: words(.handoverTitle), back: back, empty: Empty(words(.noHandover), words(.noHandoverAbout)))
        }
        id = row.id
        let draft = try await draft(row.id)
        told = Set(draft?.about.dropFirst() ?? [])
        let details = try await butler.cases.details(row.id)
        let plan = try await butler.cases.plan(row.id)
        let next = try await butler.cases.nextSteps(row.id).filter { $0.whyNot == nil && $0.first.isEmpty }
        let open = try await butler.cases.list(CaseFilter(grid: grid(row), closed: false)).filter { $0.id != row.id }
        let today = try await butler.date()
        let things = things(plan, details)
        // Handed over, what was ticked is no more.
        if let draft, things.contains(where: { $0.step == cases && !$0.made.isEmpty }) {
            try await butler.drafts.discard(draft.submission.id)
        }
        let done = things.filter { !$0.made.isEmpty }.count
        var items: [HandoverItem] = []
        for step in things { items.append(try await item(step, details, next, open, row, today)) }
        let due = details.deadlines.first { $0.met == nil }?.due
        return HandoverState(
            title: details.case.title ?? words(details.workflow),
            subtitle: subtitle(details, today),
            back: back,
            problem: problem,
            progress: words(.handedOver, ["done": done, "open": things.count - done]),
            done: Chart(
                text: words(.toldOf, ["done": done, "all": things.count]),
                levels: [things.isEmpty ? 0 : done * 1_000 / things.count]),
            left: due.map { left(app.formats.day($0), today) },
            items: items,
            next: self.next(things, next, done),
            sheet: through ? try await sheet(open) : nil)
    }

    private func row() async throws -> CaseRow? {
        if let id, let row = try await app.butler.cases.list(CaseFilter(workflow: handover)).first(where: { $0.id == id }) {
            return row
        }
        return try await handoverCase(app)
    }

    private func grid(_ row: CaseRow) -> GridId? { row.place.map { GridId(value: $0.value) } }

    /// Once all is handed over, what closes it is the first step that is none of the things.
    private func next(_ things: [PlanStep], _ next: [NextStep], _ done: Int) -> Press<HandoverIntent>? {
        if done == things.count {
            let closing = next.first { step in
                !things.contains { $0.step == step.step } && !step.step.value.hasPrefix("$")
            }
            return closing.map { Press(app.words($0.label), .take($0.step)) }
        }
        let first = things.first { thing in thing.made.isEmpty && next.contains { $0.step == thing.step } }
        return first.map { step in
            Press(
                app.words(.goOnWith, ["step": app.words(step.label)]), step.step == cases ? .goThrough : .take(step.step))
        }
    }

    private func left(_ due: Day, _ today: Day) -> Badge {
        let days = app.formats.days(from: today, to: due)
        return days < 0 ? Badge(.overdue, app.words(.late, ["days": -days])) : Badge(.due, app.words(.daysLeft, ["days": days]))
    }

    /// The things to hand over: what closing it waits for, and what is made of it; not the opening.
    private func things(_ plan: [PlanStep], _ details: CaseDetails) -> [PlanStep] {
        let needed = Set(plan.flatMap { $0.first.map(\.step) })
        return plan.filter { step in
            let waitedFor = needed.contains(step.step) && (step.phase != .locked || !step.first.isEmpty)
            return step.step != details.steps.first?.step && (!step.made.isEmpty || waitedFor)
        }
    }

    private func item(
        _ step: PlanStep, _ details: CaseDetails, _ next: [NextStep], _ open: [CaseRow], _ row: CaseRow, _ today: Day
    ) async throws -> HandoverItem {
        let words = app.words
        let mine = next.contains { $0.step == step.step }
        let about: String
        if let made = step.made.last {
            let photos = details.steps.first { $0.event == made.event }?.evidence.photos.values.map(\.count).reduce(0, +) ?? 0
            let parts = [
                app.formats.nearTime(made.at, today: today), made.byName,
                photos == 0 ? nil : words(.photos, ["count": photos]),
            ]
            about = parts.compactMap { $0 }.joined(separator: dot)
        } else if step.phase == .locked {
            about = step.whyNot.map { words($0) } ?? ""
        } else if step.step == cases {
            about = told.isEmpty ? words(.openCases, ["count": open.count]) : toldOf(open)
        } else if step.step == keys {
            let held = try await app.butler.registers.list(keyRegister, RegisterFilter(grid: grid(row)), limit: 1).count
            about = words(.keysHeld, ["count": held])
        } else {
            about = mine ? "" : words(.doneBy, ["who": either(app, step.roles.map { words($0.label) })])
        }
        return HandoverItem(
            mark: !step.made.isEmpty ? .done : step.phase == .locked ? .locked : .open,
            title: words(step.label), about: about,
            take: step.made.isEmpty && mine ? try await take(step) : nil)
    }

    private func take(_ step: PlanStep) async throws -> Press<HandoverIntent> {
        if step.step == cases { return Press(app.words(.tellNext), .goThrough) }
        let status = try await app.butler.status()
        let unsent = status.unsentRecords + status.unsentPhotos
        // What is still on the phone would leave with it.
        let locked = step.step == device && unsent > 0 ? app.words(.syncFirst, ["what": unsentWords(app, status)]) : nil
        return Press(app.words(.begin), .take(step.step), locked: locked)
    }

    private func toldOf(_ open: [CaseRow]) -> String {
        app.words(.toldOf, ["done": open.filter { told.contains($0.id) }.count, "all": open.count])
    }

    /// Who gives it to whom, then what else was said of it.
    private func subtitle(_ details: CaseDetails, _ today: Day) -> String {
        let said = details.steps.first?.said ?? []
        func words(_ of: QuestionId) -> String? { said.first { $0.field == of }.map { app.formats.say($0.words, today: today) } }
        guard let from = words(fromStaff), let to = words(toStaff) else {
            return said.map { app.formats.say($0.words, today: today) }.joined(separator: dot)
        }
        let rest = said.filter { $0.field != fromStaff && $0.field != toStaff }.map { app.formats.say($0.words, today: today) }
        return ([app.words(.handsTo, ["from": from, "to": to])] + rest).joined(separator: dot)
    }

    private func sheet(_ open: [CaseRow]) async throws -> HandoverSheet {
        let words = app.words
        var lines: [HandoverCase] = []
        for row in open {
            let about = [
                try await whereabouts(row), row.workflowLabel.map { words($0) }, row.stateLabel.map { words($0) },
            ]
            lines.append(
                HandoverCase(
                    about: about.compactMap { $0 }.joined(separator: dot), open: Press(row.title ?? "", .open(row.id)),
                    told: Chip(Press(words(.tell), .tell(row.id)), chosen: told.contains(row.id))))
        }
        let all = open.allSatisfy { told.contains($0.id) }
        return HandoverSheet(
            title: words(.openCases, ["count": open.count]),
            about: toldOf(open),
            cases: lines,
            record: Press(words(.allTold), .take(cases), locked: all ? nil : toldOf(open)),
            close: Press(words(.closeIt), .closeSheet))
    }

    /// The home a case is about, else the place it is at.
    private func whereabouts(_ row: CaseRow) async throws -> String? {
        if let home = try await home(app, of: app.butler.cases.details(row.id).about) { return home }
        guard let place = row.place else { return nil }
        return try await app.place(place)
    }
}

private let handover: WorkflowId = "grid.handover"
private let cases: StepId = "cases"
private let keys: StepId = "keys"
private let device: StepId = "device"
private let keyRegister: FormId = "keys.owner"

private let fromStaff: QuestionId = "from_staff"
private let toStaff: QuestionId = "to_staff"
