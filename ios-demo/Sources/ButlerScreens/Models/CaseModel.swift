import ButlerKit
import Foundation

/// What can be pressed on a case.
public enum CaseIntent: Sendable {
    case back
    case history
    case restore
    case allSteps
    case openHome
    case conflict
    case others
    case closeSheet
    case receipt
    case sendReceipt(String)
    case papers
    case print(PaperRow)
    case share(PaperRow)
    case take(StepId)
    case link
    case linkAs(String)
    case linkWith(RecordId)
    case openLinked(RecordId)
    case look(PhotosAt)
}

/// A case: of `cases.details`, `nextSteps` and `plan`.
@MainActor public final class CaseModel: Model {
    public let app: App
    public let life = Life(CaseState())
    private let id: RecordId
    private var whole = false
    private var others = false
    private var giving = false
    private var printing = false
    /// How it is linked, while the other case is looked for.
    private var linking: String?
    private var papers: Papers { Papers(app: app, record: id) }
    private var home: RecordId?
    private var problem: String?

    public init(_ app: App, _ id: RecordId) {
        self.app = app
        self.id = id
    }

    public func act(_ intent: CaseIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .history: app.platform.go(.history(id))
        case .restore: try await ButlerScreens.restore(app, id)
        case .allSteps: whole.toggle()
        case .openHome: if let home { app.platform.go(.home(home)) }
        case .conflict: app.platform.go(.conflicts(id))
        case .others: others = true
        case .closeSheet:
            (others, giving, printing) = (false, false, false)
            linking = nil
        case .link: (others, linking) = (false, linkKinds[0].how)
        case .linkAs(let how): linking = how
        case .linkWith(let other): try await link(other)
        case .receipt: (others, giving) = (false, true)
        case .sendReceipt(let text): app.platform.share(text)
        case .papers: (others, printing) = (false, true)
        case .print(let paper): try await papers.print(paper)
        case .share(let paper): try await papers.share(paper)
        case .take(let step):
            others = false
            app.platform.go(.form(.step(id, step)))
        case .openLinked(let id): app.platform.go(.case(id))
        case .look(let at): app.platform.go(.photo(at))
        }
    }

    public func failed(_ words: String) { problem = words }

    private func link(_ other: RecordId) async throws {
        guard let how = linking else { return }
        let recorded = try await app.butler.cases.link(id, with: other, how: how)
        linking = nil
        app.recorded(app.words(.linkedNow), [recorded])
    }

    /// Those of the same home first, then what is open now.
    private func linking(_ details: CaseDetails) async throws -> LinkSheet? {
        guard let chosen = linking else { return nil }
        let words = app.words
        var rows: [CaseRow] = []
        if let home { rows = try await app.butler.homes.details(home).cases }
        let known = details.links.map(\.case) + [id]
        for row in try await app.butler.cases.openList() where !rows.contains(where: { $0.id == row.id }) { rows.append(row) }
        rows = Array(rows.filter { !known.contains($0.id) }.prefix(linkable))
        return LinkSheet(
            title: words(.linkAnother),
            how: linkKinds.map { Chip(Press(words($0.word), .linkAs($0.how)), chosen: $0.how == chosen) },
            cases: rows.map { row in
                let about: [String?] = [
                    row.aboutTitle.isEmpty ? nil : row.aboutTitle, row.workflowLabel.map { words($0) }, row.stateLabel.map { words($0) },
                ]
                return LinkLine(
                    how: about.compactMap { $0 }.joined(separator: dot), open: Press(row.title ?? words(.kindCase), .linkWith(row.id)))
            },
            none: rows.isEmpty ? words(.foundNothing) : nil,
            close: Press(words(.closeIt), .closeSheet))
    }

    private func kind(_ details: CaseDetails) async throws -> CaseKind {
        let procedures = try await app.butler.office.procedures()
        let row = procedures.first { row in
            if case .workflow(let workflow) = row.begin { workflow == details.case.playbook } else { false }
        }
        switch row?.section {
        case "repair": return .repair
        case "complaint": return .complaint
        case emergencySection: return .emergency
        case "renovation": return .renovation
        case "order", "grid", "patrol": return .order
        default: return .other
        }
    }

    public func read() async throws -> CaseState {
        let (words, butler) = (app.words, app.butler)
        let back = Press(words(.back), CaseIntent.back)
        guard let details = try await found({ try await butler.cases.details(id) }) else {
            return CaseState(title: words(.kindCase), back: back, empty: Empty(words(.errorNotFound), ""))
        }
        let now = app.now()
        let today = try await butler.date()
        let next = try await butler.cases.nextSteps(id)
        let plan = try await butler.cases.plan(id)
        let mine = try await butler.me().roles.contains { details.waitsFor.contains($0.id) }
        let main = mine ? main(next, plan) : nil
        let at = try await place(details)
        let record = try await butler.records.get(id)
        var state = CaseState(
            title: details.case.title ?? "",
            subtitle: [words(details.workflow), at].compactMap { $0 }.joined(separator: dot),
            back: back,
            history: Press(words(.history), .history),
            problem: problem,
            archived: try await archivedLine(app, record, restore: .restore),
            phase: try await phase(details, now, today),
            situation: try await situation(details, at),
            courseTitle: words(.course),
            allSteps: allSteps(details),
            course: course(details, today),
            linksTitle: details.links.isEmpty ? nil : words(.linked),
            links: details.links.map { LinkLine(how: words($0.how), open: Press($0.title, .openLinked($0.case))) },
            note: details.case.note.isBlank ? nil : NoteLine(title: words(.noteOf), text: details.case.note),
            others: Press(words(.otherSteps), .others),
            next: main.map { Press(words($0.label), .take($0.step)) },
            signs: main?.questions.contains { $0.answer == .signature } ?? false,
            waits: main == nil ? try await waits(details) : nil,
            sheet: others ? try await sheet(next, plan, main) : nil,
            receipt: giving ? try await receipt(today) : nil,
            papers: printing
                ? try await papers.sheet(print: CaseIntent.print, share: CaseIntent.share, close: .closeSheet) : nil,
            linking: try await linking(details))
        if record.lifecycle == .archived {
            state.signs = false
            (state.others, state.next, state.waits, state.sheet, state.linking) = (nil, nil, nil, nil, nil)
        }
        return state
    }

    /// The home it is about, else the place it is at.
    private func place(_ details: CaseDetails) async throws -> String? {
        if let record = details.about.first, let title = try await homeTitle(app, record) {
            home = record
            return title
        }
        guard let place = details.case.place else { return nil }
        return try await app.place(place)
    }

    private func receipt(_ today: Day) async throws -> ReceiptSheet {
        let words = app.words
        let given = try await app.butler.cases.receipt(id)
        let lines = given.map { given in
            [
                ReceiptLine(what: words(.receiptNumber), words: given.number),
                ReceiptLine(what: words(.receiptWhat), words: given.what),
                ReceiptLine(what: words(.receiptWhen), words: app.formats.nearTime(given.reported, today: today)),
                ReceiptLine(what: words(.receiptBy), words: given.by),
            ]
        }
        // Who cannot scan it gets the same as text, what is checked in its last line.
        let text = given.map { given in
            let said = (lines ?? []).map { words(.said, ["what": $0.what, "words": $0.words]) }
            return ([given.company] + said + [given.text]).joined(separator: "\n")
        }
        return ReceiptSheet(
            title: words(.receiptTitle),
            company: given?.company ?? "",
            code: given.map { QrCode(label: words(.receiptCode), width: Int($0.picture.width), dark: $0.picture.dark) },
            lines: lines ?? [],
            about: words(given == nil ? .receiptMissing : .receiptAbout),
            send: text.map { Press(words(.sendReceipt), .sendReceipt($0)) },
            close: Press(words(.closeIt), .closeSheet))
    }

    /// The step that moves the case on: one that meets a running deadline, else the first that was not made yet.
    private func main(_ next: [NextStep], _ plan: [PlanStep]) -> NextStep? {
        let possible = next.filter { $0.isPossible && !$0.step.value.hasPrefix(ofEveryCase) }
        func planned(_ step: NextStep) -> PlanStep? { plan.first { $0.step == step.step } }
        return possible.first { planned($0)?.ends.isEmpty == false } ?? possible.first { planned($0)?.made.isEmpty != false }
            ?? possible.first
    }

    private func waits(_ details: CaseDetails) async throws -> String? {
        if details.ended { return app.words(.caseOver) }
        let roles = try await roles(details)
        return roles.isEmpty ? nil : app.words(.waitsFor, ["who": either(app, roles)])
    }

    private func roles(_ details: CaseDetails) async throws -> [String] {
        let known = try await app.butler.office.roles()
        return details.waitsFor.compactMap { id in known.first { $0.id == id }.map { app.words($0.label) } }
    }

    private func phase(_ details: CaseDetails, _ now: Date, _ today: Day) async throws -> CasePhase {
        let words = app.words
        let roles = try await roles(details)
        let turn = roles.isEmpty ? "" : words(.turnOf, ["who": either(app, roles)])
        let contested = details.steps.contains { $0.standing.isInConflict }
        let badges = [
            details.urgency == .urgent ? Badge(.urgent, words(.urgentNow)) : nil,
            details.severe ? Badge(.problem, words(.severe)) : nil,
            details.rounds > 1 ? Badge(.plain, words(.rounds, ["count": details.rounds])) : nil,
            contested ? Badge(.conflict, words(.conflicts)) : nil,
            recordBadge(app, try await app.butler.records.state(id)),
        ]
        let deadlines = details.deadlines.enumerated().sorted { one, other in
            order(one.element, one.offset) < order(other.element, other.offset)
        }
        return CasePhase(
            state: words(details.stateLabel), turn: details.ended ? words(.caseOver) : turn,
            badges: badges.compactMap { $0 },
            sums: details.sums.filter { !$0.none }.map { words(.said, ["what": words($0.label), "words": app.formats.say($0.words, today: today)]) },
            deadlines: deadlines.map { deadline($0.element, now, today) })
    }

    /// Those that run stand first, and of them what is due first.
    private func order(_ row: DeadlineRow, _ place: Int) -> (Int, Date, Int) {
        (row.met == nil ? 0 : 1, row.due ?? .distantFuture, place)
    }

    private func deadline(_ row: DeadlineRow, _ now: Date, _ today: Day) -> DeadlineLine {
        let (words, formats) = (app.words, app.formats)
        if let met = row.met {
            let time = formats.nearTime(met, today: today)
            let took = row.took.flatMap { $0 > 0 ? formats.minutes(Int($0)) : nil }
            return DeadlineLine(
                title: words(row.label), about: took.map { words(.metIn, ["time": time, "took": $0]) } ?? words(.metAt, ["time": time]),
                badge: row.late ? Badge(.overdue, words(.wasLate)) : Badge(.ok, words(.onTime)))
        }
        guard let due = row.due else { return DeadlineLine(title: words(row.label), about: words(.paused), badge: nil) }
        let left = abs(due.timeIntervalSince(now))
        let days = formats.days(from: today, to: formats.day(due))
        let badge =
            if left < hour {
                Badge(.urgent, formats.clock(due, now: now))
            } else if left < 24 * hour {
                Badge(due < now ? .overdue : .due, formats.clock(due, now: now))
            } else if row.late {
                Badge(.overdue, words(.late, ["days": -days]))
            } else {
                Badge(.due, words(.daysLeft, ["days": days]))
            }
        return DeadlineLine(
            title: words(row.label), about: words(.dueBy, ["time": formats.nearTime(due, today: today)]), badge: badge)
    }

    private func situation(_ details: CaseDetails, _ at: String?) async throws -> Situation? {
        let opening = details.steps.first?.said.first { $0.field == descriptionField }
        let text = details.case.description ?? opening.map { app.words($0.words) }
        var people: [ResidentRow] = []
        if let home { people = try await found { try await app.butler.homes.details(home).residents } ?? [] }
        let head = people.first { $0.role?.code == ResidentRole.owner } ?? people.first
        if text == nil && head == nil { return nil }
        let about = head.map { head in
            let phone = head.phones.lazy.compactMap(\.number).first.map { app.formats.phone($0) }
            let name = app.called(head)
            return [name.isEmpty ? nil : app.words(.customer, ["name": name]), phone].compactMap { $0 }.joined(separator: " ")
        }
        return Situation(
            kind: try await kind(details),
            title: app.words(.situation), text: text ?? details.case.title ?? "", about: about ?? at ?? "",
            open: home == nil ? nil : Press(app.words(.openHome), .openHome))
    }

    private func allSteps(_ details: CaseDetails) -> Press<CaseIntent>? {
        if whole { return Press(app.words(.latestSteps), .allSteps) }
        let count = details.steps.count
        if count > shownSteps { return Press(app.words(.allSteps, ["count": count]), .allSteps) }
        let short = details.steps.contains { $0.said.count > told($0).count }
        return short ? Press(app.words(.allAnswers), .allSteps) : nil
    }

    private func course(_ details: CaseDetails, _ today: Day) -> [CourseStep] {
        let newest = Array(details.steps.reversed())
        let latest = newest.first { $0.standing == .counts }?.event
        return newest.prefix(whole ? newest.count : shownSteps).map { step($0, $0.event == latest, details, today) }
    }

    private func step(_ step: CaseStep, _ latest: Bool, _ details: CaseDetails, _ today: Day) -> CourseStep {
        let words = app.words
        let over = details.steps.first { step.standing == .inConflict(by: $0.event) }
        let against = over ?? details.steps.first { $0.standing == .inConflict(by: step.event) }
        let mark: CourseMark =
            if against != nil {
                .conflict
            } else if step.standing.isOverruled || step.standing == .impossible {
                .overruled
            } else {
                latest ? .latest : .step
            }
        let badge: Badge? =
            if step.standing.isOverruled {
                Badge(.plain, words(.overruled))
            } else if step.standing == .impossible {
                Badge(.plain, words(.doesNotCount))
            } else {
                step.received == nil ? Badge(.unsent, words(.stateUnsent)) : nil
            }
        return CourseStep(
            mark: mark,
            title: words(step.label),
            about: step.byName + " " + app.formats.nearTime(step.at, today: today),
            said: (step.note.isBlank ? [] : [step.note]) + said(step, today),
            photos: app.strip(step.evidence.photos) { .look($0) },
            badge: badge,
            conflict: against.map { Press(words(.stepAgainst, ["step": words($0.label)]), .conflict) })
    }

    private func said(_ step: CaseStep, _ today: Day) -> [String] {
        let (words, formats) = (app.words, app.formats)
        if whole {
            return step.said.map { words(.said, ["what": words($0.label), "words": formats.say($0.words, today: today)]) }
        }
        let told = told(step).map { formats.say($0.words, today: today) }
        return told.isEmpty ? [] : [told.joined(separator: words(.between))]
    }

    /// The answers that say something by themselves: a yes does not, nor a time beside the step's own.
    private func told(_ step: CaseStep) -> [AnswerInWords] {
        let telling = step.said.filter { said in
            switch step.evidence.fields[said.field] {
            case .bool: false
            case .int(let number): number < aMoment
            default: true
            }
        }
        return Array(telling.prefix(shownAnswers))
    }

    private func sheet(_ next: [NextStep], _ plan: [PlanStep], _ main: NextStep?) async throws -> StepsSheet {
        let words = app.words
        let mine = next.filter { !$0.isPossible }.map { step in
            let first = words(.firstDo, ["steps": words.list(step.first.map { words($0.label) })])
            let why: [String?] = [step.whyNot.map { words($0) } ?? first, step.guidance.map { words($0) }]
            return LockedStep(title: words(step.label), why: why.compactMap { $0 }.joined(separator: "\n"))
        }
        let others = plan.filter { !$0.mine && $0.phase == .possible }.map { step in
            let roles = either(app, step.roles.map { words($0.label) })
            return LockedStep(title: words(step.label), why: words(.doneBy, ["who": roles]))
        }
        // What the course has left behind is no news.
        let behind = plan.lastIndex { !$0.made.isEmpty } ?? -1
        let later = plan.dropFirst(behind + 1).filter { step in
            step.mine && step.phase == .locked && !next.contains { $0.step == step.step }
        }
        let locked = mine + others + later.map { step in
            LockedStep(title: words(step.label), why: step.whyNot.map { words($0) } ?? "")
        }
        return StepsSheet(
            title: words(.otherStepsTitle),
            possible: next.filter { $0.isPossible && $0.step != main?.step }.map { step in
                StepLine(about: step.guidance.map { words($0) } ?? "", take: Press(words(step.label), .take(step.step)))
            },
            lockedTitle: locked.isEmpty ? nil : words(.notYet),
            locked: locked,
            link: Press(words(.linkAnother), .link),
            receipt: Press(words(.giveReceipt), .receipt),
            papers: try await papers.rows().isEmpty ? nil : Press(words(.printSlips), .papers),
            close: Press(words(.closeIt), .closeSheet))
    }
}

/// Steps every workflow has are called so.
private let ofEveryCase = "$"
/// What most procedures call the words a case is opened with.
private let descriptionField: QuestionId = "description"
private let shownSteps = 4
/// As many as one looks through.
private let linkable = 12
/// How two cases belong together.
private let linkKinds: [(how: String, word: Word)] = [("repeat", .linkRepeat), ("group", .linkGroup)]
private let shownAnswers = 3
/// No count and no amount is as large as milliseconds since 1970 are.
private let aMoment: Int64 = 100_000_000_000
private let hour: TimeInterval = 3_600

extension NextStep {
    fileprivate var isPossible: Bool { whyNot == nil && first.isEmpty }
}

extension Standing {
    fileprivate var isInConflict: Bool { if case .inConflict = self { true } else { false } }
    fileprivate var isOverruled: Bool { if case .overruled = self { true } else { false } }
}
