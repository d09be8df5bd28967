import ButlerKit
import Foundation

/// Which emergency a card is of.
public enum EmergencyOf: Hashable, Sendable {
    /// One whose clock runs and whose first record is not made yet: nobody fills a form before calling.
    case begun(SubmissionId)
    case `case`(RecordId)
}

/// The section of the menu where emergencies stand.
let emergencySection = "emergency"

/// What may be reported as an emergency: the cases of that section of the menu.
@MainActor func emergencies(_ app: App) async throws -> [ProcedureRow] {
    try await app.butler.office.procedures().filter { $0.section == emergencySection && $0.workflow != nil }
}

/// What can be pressed above 记一笔.
public enum EmergencyEntryIntent: Sendable {
    case open
}

/// The way to an emergency card; nothing for whoever may report none.
@MainActor public final class EmergencyEntryModel: Model {
    public let app: App
    public let life = Life(EmergencyEntryState())

    public init(_ app: App) { self.app = app }

    public func read() async throws -> EmergencyEntryState {
        let kinds = try await emergencies(app).map { app.words($0.title) }
        if kinds.isEmpty { return EmergencyEntryState() }
        let some = app.words.list(Array(kinds.prefix(named)))
        return EmergencyEntryState(
            about: app.words(.emergencyKinds, ["some": some, "count": kinds.count]),
            open: Press(app.words(.emergency), .open))
    }

    public func act(_ intent: EmergencyEntryIntent) async throws { app.platform.go(.emergencies) }

    public func failed(_ words: String) {}
}

/// So many kinds of emergency are named.
private let named = 3

/// What can be pressed where the kinds of emergency stand.
public enum EmergenciesIntent: Sendable {
    case back
    case begin(WorkflowId)
}

/// 突发事件: which one.
@MainActor public final class EmergenciesModel: Model {
    public let app: App
    public let life = Life(EmergenciesState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> EmergenciesState {
        let kinds = try await emergencies(app)
        return EmergenciesState(
            title: app.words(.emergency),
            about: kinds.isEmpty ? "" : app.words(.emergencyWhich),
            back: Press(app.words(.back), .back),
            problem: problem,
            kinds: kinds.compactMap { row in row.workflow.map { Press(app.words(row.title), .begin($0)) } },
            empty: kinds.isEmpty ? Empty(app.words(.noEmergencies), "") : nil)
    }

    public func act(_ intent: EmergenciesIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .begin(let workflow): try await begin(workflow)
        }
    }

    /// The clock runs from here: what is kept is a draft of the first record, with the time of the tap in it.
    private func begin(_ workflow: WorkflowId) async throws {
        let butler = app.butler
        guard let place = try await butler.me().grids.first.map({ PlaceId(value: $0.id.value) }),
            let step = try await butler.cases.opening(workflow, at: place).first
        else { throw ButlerError.NotFound }
        var fields: [QuestionId: Value] = [:]
        if let at = step.questions.first(where: { $0.answer == .moment }) { fields[at.field] = .int(app.now().millis) }
        let submission = try await butler.submission()
        try await butler.drafts.save(
            Draft(
                submission: submission, form: workflow.value, step: step.step.value, place: place,
                answers: Evidence(fields: fields)))
        app.platform.recorded()
        app.platform.go(.emergency(.begun(submission.id)))
    }

    public func failed(_ words: String) { problem = words }
}

/// What a draft of what is said beside a case is called.
let saidDraft = "emergency.said"

/// What can be pressed on an emergency card.
public enum EmergencyIntent: Sendable {
    case back
    case call(String)
    case take(FormOf)
    case say
    case type(String)
    case recordSaid
    case closeSheet
}

/// An emergency card: of a draft and `cases.planOpening` until the first record is made, then of `cases.details`, `plan` and
/// `nextSteps`.
@MainActor public final class EmergencyModel: Model {
    public let app: App
    public let life = Life(EmergencyState())
    private let of: EmergencyOf
    private var id: RecordId?
    private var draft: Draft?
    private var problem: String?
    private var said: String?
    private var form: Submission?

    public init(_ app: App, _ of: EmergencyOf) {
        self.app = app
        self.of = of
        if case .case(let id) = of { self.id = id }
    }

    public func act(_ intent: EmergencyIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .call(let number): app.platform.dial(number)
        case .take(let form): app.platform.go(.form(form))
        case .say:
            let kept = try await jotted(app, saidDraft, about: id, step: begun)
            said = kept?.note ?? ""
            var shown: Shown?
            if let id { shown = try await app.butler.cases.details(id).shown }
            if let kept { form = kept.submission } else { form = try await app.butler.submission(over: shown) }
        case .type(let text):
            said = text
            if let form { try await jot(app, form, saidDraft, about: id, step: begun, text) }
        case .recordSaid: if let words = said?.trimmed, !words.isEmpty { try await record(words) }
        case .closeSheet: said = nil
        }
    }

    /// The first record that is not made yet: what is said belongs to it.
    private var begun: String? { id == nil ? draft?.submission.id.value : nil }

    /// What is said goes below what was said before, with its time.
    private func record(_ words: String) async throws {
        let line = app.formats.time(app.now()) + " " + words
        if let id {
            let note = below(try await app.butler.cases.details(id).case.note, line)
            let butler = try form.map { try app.butler.submitting($0) } ?? app.butler
            try await butler.records.editNote(id, note)
            app.platform.recorded()
            if try await app.isUrgent(id) { app.platform.sync() }
        } else if let draft {
            try await app.butler.drafts.save(
                Draft(
                    submission: draft.submission, form: draft.form, step: draft.step, place: draft.place,
                    about: draft.about, due: draft.due, answers: draft.answers, note: below(draft.note, line)))
            if let form { try await app.butler.drafts.discard(form.id) }
        }
        said = nil
        form = nil
    }

    private func below(_ before: String, _ line: String) -> String { before.isBlank ? line : before + "\n" + line }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> EmergencyState {
        let back = Press(app.words(.back), EmergencyIntent.back)
        if id == nil, case .begun(let draft) = of, let begun = try await app.butler.drafts.get(draft) {
            return try await card(begun, back)
        }
        if id == nil { id = try await opened() }
        var details: CaseDetails?
        if let id { details = try await found { try await app.butler.cases.details(id) } }
        guard let details else {
            return EmergencyState(title: app.words(.emergency), back: back, empty: Empty(app.words(.errorNotFound), ""))
        }
        return try await card(details, back)
    }

    /// The case that came of the draft one began.
    private func opened() async throws -> RecordId? {
        guard let draft, let tapped = draft.answers.tapped else { return nil }
        let filter = CaseFilter(workflow: WorkflowId(value: draft.form), closed: false)
        return try await app.butler.cases.list(filter, limit: 1).first { $0.openedAt.map { $0 >= tapped } ?? false }?.id
    }

    private func card(_ begun: DraftDetails, _ back: Press<EmergencyIntent>) async throws -> EmergencyState {
        let words = app.words
        let draft = begun.draft
        self.draft = draft
        let workflow = WorkflowId(value: draft.form)
        let kind = try await emergencies(app).first { $0.workflow == workflow }
        let fill = EmergencyIntent.take(.unfinished(draft.submission.id))
        var state = frame((kind?.title ?? begun.title).map { words($0) } ?? "", draft.note, back)
        if let place = draft.place {
            state.subtitle = try await app.place(place) ?? ""
            if let step = draft.step {
                let shown = shown(
                    try await app.butler.cases.planOpening(workflow, step: StepId(value: step), at: place))
                state.steps = shown.enumerated().map { index, planned in
                    let first = planned.phase == .possible
                    return EmergencyStep(
                        mark: first ? .next : .locked, number: "\(index + 1)", title: words(planned.label), left: nil,
                        about: first ? "" : firstDo(planned, shown), waits: nil,
                        take: first ? Press(words(.stepRecord), fill) : nil)
                }
            }
        }
        state.clock = clock(app, draft.answers.tapped)
        state.guidance = kind?.guidance.map { words($0) }
        state.calls = try await calls()
        state.later = words(.afterFirstRecord)
        state.evidence = Press(words(.takeEvidence), fill)
        return state
    }

    private func card(_ details: CaseDetails, _ back: Press<EmergencyIntent>) async throws -> EmergencyState {
        let words = app.words
        let id = details.case.id
        let plan = try await app.butler.cases.plan(id)
        let next = try await app.butler.cases.nextSteps(id).filter { $0.whyNot == nil && $0.first.isEmpty }
        let shown = shown(plan)
        let photo = photo(plan, next)
        let drafts = try await app.butler.drafts.list().map(\.draft).filter { $0.about.contains(id) }
        var place: String?
        if let at = details.case.place { place = try await app.place(at) }
        let by = details.steps.first.map { words(.reportedBy, ["who": $0.byName]) }
        var state = frame(words(details.workflow), details.case.note, back)
        state.subtitle = [place, by].compactMap { $0 }.joined(separator: dot)
        state.clock = details.runs ? clock(app, details.since) : nil
        state.badge = details.runs ? nil : Badge(.ok, words(details.stateLabel))
        state.guidance = details.guidance.map { words($0) }
        state.calls = try await calls()
        state.steps = shown.indices.map { at in
            step(shown, at, next, details, drafts.first { $0.step == shown[at].step.value }?.answers)
        }
        let later = plan.count - shown.count
        state.later = later > 0 ? words(.laterSteps, ["count": later]) : nil
        state.evidence = Press(
            words(.takeEvidence), .take(.step(id, photo ?? "")), locked: photo == nil ? words(.noPhotoAsked) : nil)
        return state
    }

    private func frame(_ title: String, _ note: String, _ back: Press<EmergencyIntent>) -> EmergencyState {
        let words = app.words
        let sheet = said.map { text in
            SaySheet(
                title: words(.sayIt), text: Typing(words(.whatHappens), text) { .type($0) },
                record: Press(words(.recordIt), .recordSaid), close: Press(words(.closeIt), .closeSheet))
        }
        return EmergencyState(
            title: title, back: back, problem: problem,
            numbers: numbers.map { Press(words($1), .call($0)) },
            note: note.isBlank ? nil : NoteLine(title: words(.noteOf), text: note),
            say: Press(words(.sayIt), .say), sheet: sheet)
    }

    /// Duty desks first, then colleagues; whoever has no number cannot be called.
    private func calls() async throws -> [CallTile] {
        let words = app.words
        let me = try await app.butler.me().staff
        let roles = try await app.butler.office.roles()
        let desks = try await app.butler.office.places().filter { $0.kind == desk }.compactMap { desk in
            desk.phone.map { CallTile(about: desk.kindLabel.map { words($0) } ?? "", call: Press(desk.name, .call($0))) }
        }
        let people = try await app.butler.office.staff().filter { !$0.left && $0.id != me }.compactMap { staff in
            let held = staff.roles.lazy.compactMap { id in roles.first { $0.id == id } }.first
            return staff.phone.map { CallTile(about: held.map { words($0.label) } ?? "", call: Press(staff.name, .call($0))) }
        }
        return desks + people
    }

    /// By when a step is to be made: of steps that meet the same deadline, the first has it.
    private func due(_ step: PlanStep, before: ArraySlice<PlanStep>) -> Date? {
        let taken = Set(before.filter { $0.phase != .made }.flatMap { $0.ends.map(\.id) })
        return step.ends.lazy.filter { !taken.contains($0.id) }.compactMap(\.due).first
    }

    private func step(
        _ shown: [PlanStep], _ index: Int, _ next: [NextStep], _ details: CaseDetails, _ begun: Evidence?
    ) -> EmergencyStep {
        let words = app.words
        let app = app
        let step = shown[index]
        let who = step.roles.map { words($0.label) }
        let take = next.first { $0.step == step.step }
        let mine = take != nil
        let mark: EmergencyMark =
            switch step.phase {
            case .made: .made
            case .locked: .locked
            case .possible: !mine ? .others : step.step == soonest(shown, next) ? .next : .mine
            }
        let left = due(step, before: shown[..<index]).map { due in
            RunningClock(text: app.formats.countdown(due, now: app.now())) { app.formats.countdown(due, now: app.now()) }
        }
        let about =
            switch mark {
            case .made: made(step, details)
            case .locked: firstDo(step, shown)
            case .others: words(.othersDo, ["who": words.list(who)])
            case .next, .mine: take.map { progress($0, begun) } ?? ""
            }
        return EmergencyStep(
            mark: mark, number: "\(index + 1)", title: words(step.label), left: mark == .made ? nil : left, about: about,
            waits: mark == .others ? words(.waitsFor, ["who": who.first ?? ""]) : nil,
            take: mark == .made
                ? nil
                : take.map { Press($0.button.map { words($0) } ?? words(doing($0)), .take(.step(details.case.id, step.step))) })
    }

    /// What the button of a step says that has no words for it: by what it asks, because the step itself stands beside it.
    private func doing(_ step: NextStep) -> Word {
        guard let first = step.questions.first else { return .stepDone }
        return first.answer == .multiChoice ? .stepGoThrough : .stepRecord
    }

    /// How far one is with a step: of what is ticked one by one how many, and how many photos it takes.
    private func progress(_ step: NextStep, _ begun: Evidence?) -> String {
        let words = app.words
        var parts = step.questions.filter { $0.answer == .multiChoice && $0.required }.map { question in
            let count = (begun?.text(question.field) ?? "").split(separator: ",").count
            return words(.tickedOf, ["what": words(question.label), "count": count, "left": question.options.count - count])
        }
        let asked = step.questions.filter { $0.answer == .photo && $0.required }
        let least = asked.map { $0.atLeast.map { Int($0) } ?? 1 }.reduce(0, +)
        let taken = asked.map { begun?.photos[$0.field]?.count ?? 0 }.reduce(0, +)
        if least > 0 {
            parts.append(taken == 0 ? words(.atLeastPhotos, ["count": least]) : words(.photosTaken, ["taken": taken, "count": least]))
        }
        return parts.joined(separator: dot)
    }

    /// The steps whose turn may come in the state it is in; of the others it is said how many.
    private func shown(_ plan: [PlanStep]) -> [PlanStep] {
        plan.filter { $0.phase != .locked || !$0.first.isEmpty || !$0.made.isEmpty }
    }

    private func firstDo(_ step: PlanStep, _ shown: [PlanStep]) -> String {
        app.words(
            .firstDo, ["steps": app.words.list(step.first.map { number($0.step, shown) ?? app.words($0.label) })])
    }

    private func number(_ step: StepId, _ shown: [PlanStep]) -> String? {
        shown.firstIndex { $0.step == step }.map { "\($0 + 1)" }
    }

    /// The step of one's own whose time runs out first.
    private func soonest(_ shown: [PlanStep], _ next: [NextStep]) -> StepId? {
        let timed = shown.filter { step in step.phase == .possible && next.contains { $0.step == step.step } }
            .compactMap { step in step.ends.lazy.compactMap(\.due).first.map { (due: $0, step: step.step) } }
        return timed.min { $0.due < $1.due }?.step
    }

    private func made(_ step: PlanStep, _ details: CaseDetails) -> String {
        guard let last = step.made.last else { return "" }
        let evidence = details.steps.first { $0.event == last.event }?.evidence
        let photos = evidence?.photos.values.map(\.count).reduce(0, +) ?? 0
        return [app.formats.time(last.at), last.byName, photos == 0 ? nil : app.words(.photos, ["count": photos])]
            .compactMap { $0 }.joined(separator: dot)
    }

    /// The first step in the order of the procedure that may be made now and asks for a photo.
    private func photo(_ plan: [PlanStep], _ next: [NextStep]) -> StepId? {
        plan.first { step in
            next.contains { $0.step == step.step && $0.questions.contains { $0.answer == .photo } }
        }?.step
    }
}

/// The emergency that runs: the last begun, or the newest case that nobody has said to be under control.
@MainActor public final class RunningModel: Model {
    public let app: App
    public let life = Life(RunningState())

    public init(_ app: App) { self.app = app }

    public func read() async throws -> RunningState {
        let kinds = try await emergencies(app)
        for begun in try await app.butler.drafts.list().map(\.draft) where begun.about.isEmpty {
            guard let kind = kinds.first(where: { $0.workflow?.value == begun.form }) else { continue }
            return RunningState(
                clock: clock(app, begun.answers.tapped),
                open: Press(app.words(kind.title), .begun(begun.submission.id)))
        }
        for row in try await app.butler.cases.list(CaseFilter(closed: false)) {
            guard let workflow = row.workflow, kinds.contains(where: { $0.workflow == workflow }) else { continue }
            let details = try await app.butler.cases.details(row.id)
            if !details.runs { continue }
            return RunningState(clock: clock(app, details.since), open: Press(app.words(details.workflow), .case(row.id)))
        }
        return RunningState()
    }

    public func act(_ intent: EmergencyOf) async throws { app.platform.go(.emergency(intent)) }

    public func failed(_ words: String) {}
}

@MainActor private func clock(_ app: App, _ since: Date?) -> RunningClock? {
    since.map { since in
        RunningClock(text: app.formats.elapsed(since: since, now: app.now())) {
            app.formats.elapsed(since: since, now: app.now())
        }
    }
}

/// The kind of place whose telephone is always answered.
let desk = "desk"
private let numbers: [(String, Word)] = [("110", .police), ("119", .fireBrigade), ("120", .ambulance)]
/// No count is as large as milliseconds since 1970 are.
private let aMoment: Int64 = 100_000_000_000

extension ProcedureRow {
    /// The cases it opens.
    var workflow: WorkflowId? {
        if case .workflow(let workflow) = begin { workflow } else { nil }
    }
}

extension Evidence {
    /// The time of the tap: the first moment the record was given.
    fileprivate var tapped: Date? {
        let moments = fields.values.compactMap { value -> Int64? in
            if case .int(let millis) = value, millis >= aMoment { millis } else { nil }
        }
        return moments.min().map { Date(millis: $0) }
    }
}

extension CaseDetails {
    /// Whether it still stands where it was opened: nobody has said that it is under control.
    fileprivate var runs: Bool { !ended && steps.first?.to == state }

    fileprivate var since: Date? { steps.first?.evidence.tapped ?? steps.first?.at }
}
