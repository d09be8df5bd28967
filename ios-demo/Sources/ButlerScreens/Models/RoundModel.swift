import ButlerKit
import Foundation

/// A walk through a checklist, point by point.
public struct RoundState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<RoundIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    /// Whose round it was to be, when that is somebody else.
    public var plannedFor: String?
    /// The key of the home one goes into: booked out, or to be booked out first.
    public var key: KeyLine?
    /// What was met at the door, which decides what else is asked.
    public var met: [Chip<RoundIntent>] = []
    public var marks: [PointMark] = []
    public var passed: String?
    public var change: Press<RoundIntent>?
    /// What was just found and not put right: an order can be opened from it.
    public var order: Press<RoundIntent>?
    public var point = ""
    public var pointAbout = ""
    public var scan: Press<RoundIntent>?
    /// Where tags can be read.
    public var tag: Press<RoundIntent>?
    /// What stands in doubt of the point, or of the whole round once it is walked: the supervisor sees the same.
    public var notes: [PointNote] = []
    public var items: [RoundItem] = []
    /// Several groups one looks at in any order, in place of one point.
    public var groupsHint: String?
    public var groups: [GroupTile] = []
    public var guidance: String?
    public var next: String?
    public var handOver: Press<RoundIntent>?
    public var record: Press<RoundIntent>?
    public var done: Empty<RoundIntent>?
    /// Who did what when, of a round one did not come to from today.
    public var history: Press<RoundIntent>?
    /// The record of it on paper, likewise.
    public var papers: Press<RoundIntent>?
    public var paperSheet: PapersSheet<RoundIntent>?
    public var finding: FindingSheet?
}

public enum PointMark: Sendable {
    case done, now, next
}

/// Where a key is, and what leads to it.
public struct KeyLine: Sendable {
    public let about: String
    public let open: Press<RoundIntent>
}

/// Things of one kind in a home: all in order with one press (`all`), or one by one.
public struct GroupTile: Sendable {
    public let mark: GroupMark
    public let about: String
    public let all: Press<RoundIntent>?
    public let open: Press<RoundIntent>
}

public enum GroupMark: Sendable {
    case open, inOrder, problem
}

/// Why a point, or the way to it, may not have been walked. `look` leads to the point it can be put right at.
public struct PointNote: Sendable {
    public let kind: NoteKind
    public let text: String
    public var look: Press<RoundIntent>?
}

public enum NoteKind: Sendable {
    case unproven, notCounted, tooFast
}

/// One thing to look at. What is in order is one press for all of them; what is not has a press of its own.
public struct RoundItem: Sendable {
    public let label: String
    /// A finding here is a severe one.
    public let severe: String?
    /// What is to be thought of with an answer that is more than in order or not.
    public let help: String?
    public let last: String?
    public let badge: Badge?
    /// What each of them found who do not agree.
    public let said: [String]
    public let problem: Press<RoundIntent>?
    public let choices: [Chip<RoundIntent>]
    public let reading: Typing<RoundIntent>?
    public let unit: String?
    /// What was photographed.
    public let photos: [Photo<RoundIntent>]
    /// What is answered with a photo, whatever the answer is.
    public let photo: Press<RoundIntent>?
}

/// Something is not in order: its photo, a sentence, and what is done about it.
public struct FindingSheet: Sendable {
    public let title: String
    /// What is to be thought of with it.
    public let about: String
    public let severe: String?
    public let kinds: [Chip<RoundIntent>]
    public let photos: [Photo<RoundIntent>]
    public let photo: Press<RoundIntent>
    public let words: Typing<RoundIntent>
    public let nowTitle: String
    public let now: [Chip<RoundIntent>]
    public let record: Press<RoundIntent>
}

public enum RoundIntent: Equatable, Sendable {
    case back
    case scan
    case tag
    case lookBack
    case met(String)
    case allOf(String)
    case bookKey
    case openCase(RecordId)
    case lookAt(String)
    case problem(QuestionId)
    case choose(QuestionId, String)
    case flag(QuestionId, Bool)
    case read(QuestionId, String)
    case photoOf(QuestionId)
    case record
    case kind(String)
    case photo
    case look(PhotosAt)
    case say(String)
    case then(Aftermath)
    case recordFinding
    case closeFinding
    case openOrder(DueId)
    case handOver
    case history
    case papers
    case print(PaperRow)
    case share(PaperRow)
    case closePapers
}

/// What is done about a finding.
public enum Aftermath: Equatable, Sendable {
    /// It was put right on the spot, and looked at again.
    case putRight
    /// A case is opened of it, which the checklist offers.
    case open(WorkflowId)
    /// It is noted, and stays on 今天.
    case note

    /// What a draft says of it.
    fileprivate var name: String {
        switch self {
        case .putRight: "put-right"
        case .open(let workflow): workflow.value
        case .note: "noted"
        }
    }

    fileprivate init(_ name: String) {
        switch name {
        case "", "noted": self = .note
        case "put-right": self = .putRight
        default: self = .open(WorkflowId(value: name))
        }
    }

    fileprivate var opens: Bool { if case .open = self { true } else { false } }
}

/// Which round: the one of a due item, or one that was begun, whoever walked it.
public enum RoundOf: Hashable, Sendable {
    case due(DueId)
    case begun(RecordId)
}

/// A round 巡视: begun when the screen opens, gone on with, or looked at when it is walked.
@MainActor public final class RoundModel: Model {
    public let app: App
    public let life = Life(RoundState())
    private let due: DueId?
    private var round: RecordId?
    /// What was scanned at a point and is recorded with it.
    private var scanned: [String: Proof] = [:]
    private var looked: String?
    /// Where nothing is asked, one goes on without a proof, too.
    private var passed: Set<String> = []
    private var printing = false
    private var chosen: [QuestionId: Value] = [:]
    private var typed: [QuestionId: String] = [:]
    private var taken: [QuestionId: [PhotoId]] = [:]
    /// What is answered at a point and not recorded yet is a draft; nil until those of former days are looked for.
    private var forms: [String: Submission]?
    private var finding: OpenFinding?
    /// What colleagues are called, once one of them is named.
    private var names: [StaffId: String]?
    /// The home it is about, once it is looked up; a round of a place is about none.
    private var home: RecordId?
    private var sought = false
    /// What is due because of what was just found, and what it was.
    private var order: (due: DueId, question: Question)?
    private var problem: String?

    public init(_ app: App, _ of: RoundOf) {
        self.app = app
        switch of {
        case .due(let due): (self.due, round) = (due, nil)
        case .begun(let begun): (due, round) = (nil, begun)
        }
    }

    /// The open sheet of something that is not in order. It is a draft at every change.
    private struct OpenFinding {
        let question: Question
        let form: Submission
        var kind: String
        var photos: [PhotoId]
        var words: String
        var then: Aftermath

        /// What the draft of it says.
        var answers: Evidence {
            Evidence(fields: evidence.fields.merging([.then: .text(then.name)]) { _, new in new }, photos: evidence.photos)
        }

        var evidence: Evidence {
            Evidence(
                fields: [question.field: .text(kind)], photos: photos.isEmpty ? [:] : [question.field: photos])
        }
    }

    /// The round under way, or a new one.
    private func opened() async throws -> RecordId {
        if let round { return round }
        guard let item = try await item() else { throw ButlerError.NotFound }
        let begun = try await openRound(app, item).round
        round = begun
        return begun
    }

    private func papers() async throws -> Papers { Papers(app: app, record: try await opened()) }

    private func item() async throws -> TodayItem? {
        guard let due else { return nil }
        return try await app.butler.today.item(due)
    }

    /// The round; inside a home a point is a group of questions, and those of which nothing is asked now are left out.
    private func details() async throws -> RoundDetails {
        let details = try await app.butler.rounds.details(try await opened())
        if !sought, let about = try await aboutRecord(app, details.id), try await homeTitle(app, about) != nil { home = about }
        sought = true
        if home == nil { return details }
        let points = details.points.filter { $0.place != nil || $0.unproven || !$0.items.isEmpty }
        return RoundDetails(
            id: details.id, title: details.title, guidance: details.guidance, plannedFor: details.plannedFor,
            plannedOn: details.plannedOn, points: points, sums: details.sums, tooFast: details.tooFast,
            complete: details.complete, shown: details.shown)
    }

    /// Something has to be answered there, or nobody was there yet; a last point that need not be answered ends no round.
    private func isOpen(_ point: PointRow, _ details: RoundDetails) -> Bool {
        if point.items.isEmpty {
            let later = details.points.drop { $0.id != point.id }.dropFirst()
            return point.visited == nil && !passed.contains(point.id) && !later.contains { wasLookedAt($0) || isBegun($0) }
        }
        let asks = point.items.contains(where: \.question.required)
        let mayBeLeftOut = details.points.count > 1 && point.id == details.points.last?.id && !asks
        return point.left.contains(where: \.question.required)
            || !mayBeLeftOut && point.visited == nil && point.left.count == point.items.count
    }

    /// Something is answered there and not recorded yet.
    private func isBegun(_ point: PointRow) -> Bool {
        point.items.map(\.question.field).contains { chosen[$0] != nil || typed[$0] != nil || taken[$0] != nil }
    }

    private func wasLookedAt(_ point: PointRow) -> Bool {
        point.visited != nil || point.items.contains { !$0.results.isEmpty }
    }

    /// One only looks there whether things are in order.
    private func isGroup(_ point: PointRow) -> Bool {
        point.place == nil && !point.items.isEmpty && point.items.allSatisfy { $0.question.normal != nil }
    }

    /// The groups one looks at in any order, as one goes through a home, instead of the point one stands at; none where they
    /// are few.
    private func groups(_ details: RoundDetails, _ point: PointRow) -> [PointRow] {
        if home == nil || looked != nil || !isGroup(point) { return [] }
        let points = details.points
        let at = points.firstIndex { $0.id == point.id } ?? 0
        let before = points[..<at].reversed().prefix { isGroup($0) }
        let run = before.reversed() + points[at...].prefix { isGroup($0) }
        return run.count < manyGroups ? [] : Array(run)
    }

    /// Everything is answered there, and nothing shows yet that one was there.
    private func isNotCounted(_ point: PointRow, _ details: RoundDetails) -> Bool {
        point.visited == nil && point.items.contains { !$0.results.isEmpty } && !isOpen(point, details)
    }

    /// The point one stands at: the one looked back at, else the first with something open.
    private func at(_ details: RoundDetails) -> PointRow? {
        details.points.first { $0.id == looked } ?? details.points.first { isOpen($0, details) }
    }

    public func act(_ intent: RoundIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .scan: if let code = await app.platform.scan() { try await scanned(code) }
        case .tag: if let code = await app.platform.tag(saying: app.words(.tagHint)) { try await scanned(code) }
        case .lookBack: try await lookBack()
        case .met(let choice): try await met(choice)
        case .allOf(let id):
            let details = try await details()
            if let point = details.points.first(where: { $0.id == id }) { try await record(details, point) }
        case .bookKey: if let home { app.platform.go(.form(.opening(keyLoan, home))) }
        case .openCase(let opened): app.platform.go(.case(opened))
        case .lookAt(let point): looked = point
        case .problem(let item):
            try await open(item)
            if let finding, finding.photos.isEmpty, finding.question.photo != .never { try await photo() }
        case .choose(let item, let choice):
            chosen[item] = .text(choice)
            try await keep(item)
        case .flag(let item, let yes):
            chosen[item] = .bool(yes)
            try await keep(item)
        case .read(let item, let text):
            typed[item] = text
            try await keep(item)
        case .photoOf(let item): try await photo(of: item)
        case .record: try await record()
        case .kind(let choice):
            finding?.kind = choice
            try await keep()
        case .photo: try await photo()
        case .look(let at): app.platform.go(.photo(at))
        case .say(let text):
            finding?.words = text
            try await keep()
        case .then(let then):
            finding?.then = then
            try await keep()
        case .recordFinding: try await recordFinding()
        case .closeFinding: finding = nil
        case .openOrder(let due): app.platform.go(.form(.due(due)))
        case .handOver: app.platform.go(.form(.row(handOverForm, nil)))
        case .history: app.platform.go(.history(try await opened()))
        case .papers: printing = true
        case .print(let paper): try await papers().print(paper)
        case .share(let paper): try await papers().share(paper)
        case .closePapers: printing = false
        }
    }

    public func failed(_ words: String) { problem = words }

    private func lookBack() async throws {
        let details = try await details()
        let now = at(details).flatMap { point in details.points.firstIndex { $0.id == point.id } } ?? details.points.count
        looked = now > 0 ? details.points[now - 1].id : nil
    }

    /// One stands where that code hangs: at the point of its place. Where the office knows no place of a point, any place's
    /// will do.
    private func scanned(_ code: String) async throws {
        let details = try await details()
        let now = at(details)
        guard let place = try await app.butler.office.placeScanned(code) else {
            problem = app.words(.codeOfNoPlace)
            return
        }
        let there = details.points.filter { $0.place == place.id }
        let anywhere = now.flatMap { $0.place == nil ? $0 : nil }
        let point = there.first { $0.id == now?.id } ?? there.first { isOpen($0, details) } ?? there.first ?? anywhere
        guard let point else {
            problem = app.words(.codeElsewhere, ["place": place.name])
            return
        }
        scanned[point.id] = .scan(code: code)
        try await keep(point)
        if point.id != now?.id { looked = point.id }
    }

    /// What shows that one stands at a point: its code, else where the phone is, where it is known where the place lies.
    private func proof(_ point: PointRow) async throws -> Proof {
        if let scanned = scanned[point.id] { return scanned }
        return try await ButlerScreens.proof(app, at: point)
    }

    private func keep(_ item: QuestionId) async throws {
        if let point = try await details().point(of: item) { try await keep(point) }
    }

    private func keep(_ point: PointRow) async throws { try await app.butler.drafts.save(try await draft(point)) }

    /// What is answered at a point so far, and the code that was scanned there.
    private func draft(_ point: PointRow) async throws -> Draft {
        let fields = Set(point.items.map(\.question.field))
        let typed = typed.filter { fields.contains($0.key) }.mapValues { Value.text($0) }
        let answers = Evidence(
            fields: chosen.filter { fields.contains($0.key) }.merging(typed) { _, new in new },
            photos: taken.filter { fields.contains($0.key) })
        let code = if case .scan(let code) = scanned[point.id] { code } else { "" }
        return Draft(
            submission: try await form(point.id), form: pointDraft, step: point.id, about: [try await opened()], due: due,
            answers: answers, note: code)
    }

    private func form(_ point: String) async throws -> Submission {
        if let form = forms?[point] { return form }
        let form = try await app.butler.submission()
        forms = (forms ?? [:]).merging([point: form]) { _, new in new }
        return form
    }

    private func photo(of item: QuestionId) async throws {
        guard let point = try await details().point(of: item), let photo = try await app.photo(try await draft(point), item) else { return }
        taken[item, default: []].append(photo)
    }

    /// What was answered before the app died is there again.
    private func takeUp(_ details: RoundDetails) async throws {
        guard forms == nil else { return }
        var forms: [String: Submission] = [:]
        for draft in try await app.butler.drafts.list().map(\.draft) where draft.form == pointDraft && draft.about.contains(details.id) {
            guard let point = details.points.first(where: { $0.id == draft.step }) else { continue }
            forms[point.id] = draft.submission
            if !draft.note.isEmpty { scanned[point.id] = .scan(code: draft.note) }
            taken.merge(draft.answers.photos) { _, new in new }
            for question in point.items.map(\.question) {
                guard let value = draft.answers.fields[question.field] else { continue }
                if question.answer == .number || question.answer == .text {
                    typed[question.field] = draft.answers.text(question.field)
                } else {
                    chosen[question.field] = value
                }
            }
        }
        self.forms = forms
    }

    /// Everything open at the point in one edit: what is in order, what was chosen, what was read.
    private func record() async throws {
        let details = try await details()
        if let point = at(details) { try await record(details, point) }
    }

    private func record(_ details: RoundDetails, _ point: PointRow) async throws {
        let answers = point.items.compactMap { item in
            (item.results.isEmpty ? answer(item.question) : again(item))
                .map { PointAnswer(item: item.question.field, evidence: $0) }
        }
        let butler = try app.butler.submitting(try await form(point.id))
        try await butler.rounds.recordPoint(details.id, at: point.id, proof: try await proof(point), answers)
        forms?[point.id] = nil
        for field in point.items.map(\.question.field) {
            chosen[field] = nil
            typed[field] = nil
            taken[field] = nil
        }
        scanned[point.id] = nil
        if point.items.isEmpty { passed.insert(point.id) }
        looked = nil
        // One does not walk away from what was found in a home.
        if home == nil { order = nil }
        app.platform.recorded()
    }

    /// What is met at the door is another thing than was said at first.
    private func met(_ choice: String) async throws {
        let details = try await details()
        guard let (point, item) = ButlerScreens.met(details), item.former != .text(choice) else { return }
        let field = item.question.field
        let answer = PointAnswer(item: field, evidence: Evidence(fields: [field: .text(choice)]))
        try await app.butler.rounds.recordPoint(details.id, at: point.id, proof: try await proof(point), [answer])
        looked = nil
        app.platform.recorded()
    }

    private func answer(_ question: Question) -> Evidence? {
        (given(question) ?? question.normal.map { .text($0) }).map { evidence(question, $0) }
    }

    private func evidence(_ question: Question, _ value: Value) -> Evidence {
        let photos = taken[question.field] ?? []
        return Evidence(fields: [question.field: value], photos: photos.isEmpty ? [:] : [question.field: photos])
    }

    /// Whether what is said of an item is to have a photo beside it; what need not be said needs none until it is.
    private func wantsPhoto(_ question: Question) -> Bool {
        question.photo == .always && (question.required || given(question) != nil)
    }

    private func lacksPhoto(_ question: Question) -> Bool {
        wantsPhoto(question) && (taken[question.field] ?? []).isEmpty
    }

    /// What is said anew of an item that has a result: it is recorded beside the former one, and both stay.
    private func again(_ item: ItemRow) -> Evidence? {
        guard let value = given(item.question), value != item.former, !lacksPhoto(item.question) else { return nil }
        return evidence(item.question, value)
    }

    private func given(_ question: Question) -> Value? {
        chosen[question.field] ?? typed[question.field].flatMap { read(question, $0) }
    }

    /// What was read, as its question wants it; nil while it is none.
    private func read(_ question: Question, _ text: String) -> Value? {
        if text.isBlank { return nil }
        if question.answer != .number { return .text(text) }
        return Double(text.trimmed.replacing(",", with: ".")).map { .real($0) }
    }

    // A finding.

    private func open(_ item: QuestionId) async throws {
        let question = try await details().points.lazy.flatMap(\.items).map(\.question).first { $0.field == item }
        guard let question, let kind = question.options.first(where: \.fails)?.id else { return }
        let round = try await opened()
        let draft = try await app.butler.drafts.list().map(\.draft).first {
            $0.form == findingForm && $0.step == item.value && $0.about.contains(round)
        }
        let kept: String? = if case .text(let text) = draft?.answers.fields[item] { text } else { nil }
        let form: Submission
        if let draft { form = draft.submission } else { form = try await app.butler.submission() }
        finding = OpenFinding(
            question: question, form: form, kind: kept ?? kind, photos: draft?.answers.photos[item] ?? [],
            words: draft?.note ?? "", then: Aftermath(draft?.answers.text(.then) ?? ""))
    }

    /// The cases that what this checklist finds may be opened as, by this person.
    private func offers() async throws -> [(workflow: WorkflowId, title: Label)] {
        var checklist: ChecklistId?
        if case .checklist(let id) = try await item()?.begin { checklist = id }
        if checklist == nil { checklist = try await app.butler.rounds.underWay().first { $0.id == round }?.checklist }
        let procedures = try await app.butler.office.procedures()
        let list = procedures.first { row in checklist.map { row.begin == .checklist(checklist: $0) } ?? false }
        return (list?.offers ?? []).compactMap { id in
            procedures.first { $0.begin == .workflow(workflow: id) }.map { (id, $0.title) }
        }
    }

    private func keep() async throws {
        if let finding { try await app.butler.drafts.save(try await draft(finding)) }
    }

    private func draft(_ open: OpenFinding) async throws -> Draft {
        Draft(
            submission: open.form, form: findingForm, step: open.question.field.value, about: [try await opened()], due: due,
            answers: open.answers, note: open.words)
    }

    private func photo() async throws {
        guard let open = finding, try await app.photo(try await draft(open), open.question.field) != nil else { return }
        let draft = try await app.butler.drafts.get(open.form.id)?.draft
        finding?.photos = draft?.answers.photos[open.question.field] ?? []
    }

    /// The finding, with what shows that one is there, and where it was put right at once the second look beside it.
    private func recordFinding() async throws {
        let details = try await details()
        guard let open = finding,
            let point = details.points.first(where: { $0.items.contains { $0.question.field == open.question.field } })
        else { return }
        let (round, field) = (details.id, open.question.field)
        let found = [PointAnswer(item: field, evidence: open.evidence, note: open.words)]
        try await app.butler.submitting(open.form).rounds
            .recordPoint(round, at: point.id, proof: try await proof(point), found)
        scanned[point.id] = nil
        if open.then == .putRight, let normal = open.question.normal {
            let fine = Evidence(fields: [field: .text(normal)])
            try await app.butler.rounds.record(round, item: field, fine, note: app.words(.putRightHere))
        }
        finding = nil
        order = open.then == .putRight ? nil : try await due(of: field, in: round).map { ($0, open.question) }
        app.platform.found()
        guard case .open(let workflow) = open.then else { return }
        app.platform.go(.form(order.map { .due($0.0, as: workflow) } ?? .opening(workflow, home)))
    }

    /// What a finding makes due; nothing where its checklist leaves findings to no procedure. Where all findings of a round are
    /// one matter, one item is due for them, and it names the newest.
    private func due(of item: QuestionId, in round: RecordId) async throws -> DueId? {
        var ofRound: DueId?
        var after: DueId?
        repeat {
            let page = try await app.butler.today.list(after: after)
            let found = page.items.filter { $0.finding?.round == round && $0.begin.isWorkflow }
            if let due = found.first(where: { $0.finding?.item == item }) { return due.id }
            ofRound = ofRound ?? found.first?.id
            after = page.next
        } while after != nil
        return ofRound
    }

    // What is shown.

    public func read() async throws -> RoundState {
        names = nil
        let words = app.words
        let details = try await details()
        try await takeUp(details)
        if let code = app.taken({ if case .code(let code) = $0 { code } else { nil } }) { try await scanned(code) }
        if let due = order?.due, try await app.butler.today.item(due)?.isToDo != true { order = nil }
        let point = at(details)
        let index = point.flatMap { point in details.points.firstIndex { $0.id == point.id } }
        let item = try await item()
        let place: String? = if let item { item.subject } else { try await aboutHome(app, details.id) }
        let standing = index.map { words(.pointOf, ["number": $0 + 1, "count": details.points.count]) } ?? walked(details)
        var state = RoundState(
            title: words(details.title),
            subtitle: [place, standing].compactMap { $0 }.joined(separator: dot),
            back: Press(words(.back), .back),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            plannedFor: try await plannedFor(details),
            marks: details.points.map { each in
                let isNext = isOpen(each, details) || point != nil && !wasLookedAt(each)
                return each.id == point?.id ? .now : isNext ? .next : .done
            })
        state.notes = try await notes(details, point)
        state.history = due == nil ? Press(words(.history), .history) : nil
        let slips = try await papers()
        if due == nil, try await !slips.rows().isEmpty { state.papers = Press(words(.printSlips), .papers) }
        if printing {
            state.paperSheet = try await slips.sheet(print: RoundIntent.print, share: RoundIntent.share, close: .closePapers)
        }
        state.order = order.map { Press(words(.openOrder, ["what": words($0.question.label)]), .openOrder($0.due)) }
        guard let point, let index else {
            state.change = Press(words(.change), .lookBack)
            state.done = done(details)
            return state
        }
        state.passed = passed(details, point)
        state.change = index == 0 || details.points.allSatisfy({ isOpen($0, details) }) ? nil : Press(words(.change), .lookBack)
        state.key = try await key(item)
        if let met = ButlerScreens.met(details), met.point.id != point.id, !met.item.results.isEmpty {
            state.met = met.item.question.options.map {
                Chip(Press(words($0.label), .met($0.id)), chosen: met.item.former == .text($0.id))
            }
        }
        if let finding { state.finding = try await sheet(finding) }
        let groups = groups(details, point)
        if !groups.isEmpty {
            state.groupsHint = words(.groupsHint)
            state.groups = groups.map { tile($0) }
            state.guidance = details.guidance.map { words($0) }
            state.next = details.points.first { next in !groups.contains { $0.id == next.id } && isOpen(next, details) }
                .map { words(.nextPoint, ["name": words($0.label)]) }
            let left = groups.map(\.left.count).reduce(0, +)
            state.record = Press(words(.nextGroup, ["count": left, "name": words(point.label)]), .lookAt(point.id))
            return state
        }
        state.point = words(point.label)
        state.pointAbout = about(point)
        state.scan = Press(words(.scan), .scan)
        state.tag = app.platform.readsTags ? Press(words(.readTag), .tag) : nil
        for item in point.items { state.items.append(try await row(item)) }
        state.guidance = (point.guidance ?? details.guidance).map { words($0) }
        state.next = details.points.first { $0.id != point.id && isOpen($0, details) }
            .map { words(.nextPoint, ["name": words($0.label)]) }
        state.handOver = try await isOfGrid(item) ? Press(words(.handOverRest), .handOver) : nil
        state.record = record(point)
        return state
    }

    private func tile(_ group: PointRow) -> GroupTile {
        let words = app.words
        let failed = group.items.filter { $0.finding == .failed }
        let left = group.left.count
        let about =
            if !failed.isEmpty {
                words.list(failed.map { named($0) })
            } else if left == 0 {
                words(.walkedThroughAbout, ["items": group.items.count])
            } else {
                words(.itemsLeft, ["count": left])
            }
        let all = words(.groupInOrder, ["group": words(group.label), "count": left])
        return GroupTile(
            mark: !failed.isEmpty ? .problem : left > 0 ? .open : .inOrder, about: about,
            all: left == 0 ? nil : Press(all, .allOf(group.id)), open: Press(words(group.label), .lookAt(group.id)))
    }

    /// Something that was found, and whether it is severe.
    private func named(_ item: ItemRow) -> String {
        let severe = item.question.options.contains { $0.severe && item.former == .text($0.id) }
        return severely(app, severe, app.words(item.question.label))
    }

    /// Whoever goes into a home with its key books it out first.
    private func key(_ item: TodayItem?) async throws -> KeyLine? {
        guard let home, item?.mode == .inside else { return nil }
        let words = app.words
        let details = try await app.butler.homes.details(home)
        guard details.home.keyHeld == true else { return nil }
        if let loan = details.cases.first(where: { $0.workflow == keyLoan && $0.closed == false }) {
            let today = try await app.butler.date()
            let since = loan.openedAt.map { words(.keyOutSince, ["time": app.formats.timeNear($0, today: today)]) }
            return KeyLine(about: since ?? "", open: Press(loan.title ?? words(.keyHeld), .openCase(loan.id)))
        }
        guard try await app.butler.office.procedures().contains(where: { $0.begin == .workflow(workflow: keyLoan) }) else { return nil }
        let spot = details.home.keySpot.map { words(.keyHeldAt, ["spot": $0]) } ?? words(.keyHeld)
        return KeyLine(about: spot, open: Press(words(.bookKeyFirst), .bookKey))
    }

    private func record(_ point: PointRow) -> Press<RoundIntent> {
        let words = app.words
        let left = point.left.map(\.question)
        let missing = left.filter { $0.required && answer($0) == nil || lacksPhoto($0) }
        let group = left.filter { $0.normal != nil && chosen[$0.field] == nil }.count
        let label =
            if group == 0 {
                words(.pointRead)
            } else {
                words(left.count < point.items.count ? .restInOrder : .allInOrder, ["count": group])
            }
        let what = words.list(missing.map { words($0.label) })
        return Press(
            label, .record,
            locked: missing.isEmpty ? nil : words(.stillMissing, ["count": missing.count, "what": what]))
    }

    private func about(_ point: PointRow) -> String {
        let words = app.words
        let punctual: String? =
            switch point.punctuality {
            case .onTime: words(.punctualityOnTime)
            case .early: words(.punctualityEarly)
            case .late: words(.punctualityLate)
            case .missed: words(.punctualityMissed)
            case .open: nil
            }
        let proved: String? =
            switch scanned[point.id] == nil ? point.proof : .scan {
            case .scan: words(.proofScan)
            case .location: words(.proofLocation)
            // There is nothing to scan.
            case nil: point.unproven && point.place != nil ? nil : words(.proofNone)
            }
        return [punctual, proved].compactMap { $0 }.joined(separator: dot)
    }

    private func walked(_ details: RoundDetails) -> String {
        app.words(details.points.contains { isNotCounted($0, details) } ? .lookedAtAll : .walkedThrough)
    }

    /// Somebody else's round may be walked, too.
    private func plannedFor(_ details: RoundDetails) async throws -> String? {
        guard let planned = details.plannedFor, planned != (try await app.butler.me().staff) else { return nil }
        return app.words(.plannedFor, ["name": try await name(planned)])
    }

    private func name(_ staff: StaffId) async throws -> String {
        if names == nil {
            names = Dictionary(uniqueKeysWithValues: try await app.butler.office.staff().map { ($0.id, $0.name) })
        }
        return names?[staff] ?? staff.value
    }

    /// What is left of a round of the grid can be handed over.
    private func isOfGrid(_ item: TodayItem?) async throws -> Bool {
        guard let item, item.about == nil else { return false }
        return try await app.butler.office.grids().contains { PlaceId(value: $0.id.value) == item.place }
    }

    private func notes(_ details: RoundDetails, _ point: PointRow?) async throws -> [PointNote] {
        let last = details.points.max { ($0.visited ?? .distantPast) < ($1.visited ?? .distantPast) }
        var notes = point.map { self.notes($0, isNotCounted($0, details)) } ?? self.notes(details)
        for pair in details.tooFast where point == nil || pair.to == point?.id || looked == nil && pair.to == last?.id {
            notes.append(PointNote(kind: .tooFast, text: try await tooFast(pair, details)))
        }
        return notes
    }

    private func notes(_ point: PointRow, _ isNotCounted: Bool) -> [PointNote] {
        let unproven = app.words(point.place == nil ? .unprovenAnywhere : .unprovenHere)
        return (point.unproven ? [PointNote(kind: .unproven, text: unproven)] : [])
            + (isNotCounted && scanned[point.id] == nil ? [PointNote(kind: .notCounted, text: app.words(.notCounted))] : [])
    }

    private func notes(_ details: RoundDetails) -> [PointNote] {
        let words = app.words
        let missing = details.points.filter { isNotCounted($0, details) }.map { point in
            let text = words(.notCountedAt, ["point": words(point.label)])
            return PointNote(kind: .notCounted, text: text, look: Press(text, .lookAt(point.id)))
        }
        let unproven = details.points.filter { $0.unproven && $0.visited != nil }.map { words($0.label) }
        if unproven.isEmpty { return missing }
        return missing + [PointNote(kind: .unproven, text: words(.unprovenPoints, ["points": words.list(unproven)]))]
    }

    /// Who oversees others need not be told that they see it.
    private func tooFast(_ pair: TooFast, _ details: RoundDetails) async throws -> String {
        func called(_ id: String) -> String { details.points.first { $0.id == id }.map { app.words($0.label) } ?? "" }
        return app.words(
            try await overlooks(app) ? .tooFast : .tooFastSeen,
            ["from": called(pair.from), "to": called(pair.to), "time": app.formats.seconds(Int(pair.seconds))])
    }

    /// What was found, and how much is in order.
    private func counted(_ points: [PointRow]) -> (findings: Int, fine: Int) {
        let results = points.flatMap(\.items).map(\.finding)
        return (results.filter { $0 == .failed }.count, results.filter { $0 == .passed || $0 == .corrected }.count)
    }

    private func passed(_ details: RoundDetails, _ now: PointRow) -> String? {
        let words = app.words
        let walked = details.points.filter { $0.id != now.id && wasLookedAt($0) && !isOpen($0, details) }
        if walked.isEmpty { return nil }
        let names =
            walked.count <= mostNamed
            ? words.list(walked.map { words($0.label) }) : words(.pointsAndMore, ["count": walked.count])
        let (findings, fine) = counted(walked)
        let counted =
            findings == 0
            ? words(.pointsInOrder, ["points": names, "items": fine])
            : words(.pointsWithFindings, ["points": names, "findings": findings, "items": fine])
        let missing = walked.filter { isNotCounted($0, details) }.count
        return missing == 0 ? counted : counted + dot + words(.notCountedPoints, ["count": missing])
    }

    private func done(_ details: RoundDetails) -> Empty<RoundIntent> {
        let words = app.words
        let (findings, fine) = counted(details.points)
        return Empty(
            walked(details),
            findings == 0
                ? words(.walkedThroughAbout, ["items": fine])
                : words(.walkedWithFindings, ["items": fine, "findings": findings]),
            action: Press(words(due == nil ? .back : .backToWalk), .back))
    }

    private func row(_ item: ItemRow) async throws -> RoundItem {
        let words = app.words
        let question = item.question
        // What was answered is open again where one looks back.
        let open = item.results.isEmpty || looked != nil
        let grouped = question.normal != nil
        let former = item.former.map { spelled($0) } ?? ""
        let label = words(question.label)
        let badge: Badge? =
            switch item.finding {
            case _ where item.inConflict: Badge(.conflict, words(.twoAnswers))
            case .passed: Badge(.ok, words(.inOrder))
            case .corrected: Badge(.ok, words(.corrected))
            case .failed: Badge(.problem, words(.hasProblem))
            case .open: nil
            }
        var said: [String] = []
        if item.inConflict { for result in item.results { said.append(try await self.said(question, result)) } }
        return RoundItem(
            label: label,
            severe: question.options.contains { $0.fails && $0.severe } ? words(.severe) : nil,
            help: open && !grouped ? question.help.map { words($0) } : nil,
            last: grouped ? nil : last(item),
            badge: badge,
            said: said,
            problem: grouped && question.options.contains(where: \.fails)
                ? Press(words(.hasProblem), .problem(question.field)) : nil,
            choices: open ? try await choices(item) : [],
            reading: open && question.isTyped
                ? Typing(label, typed[question.field] ?? former) { .read(question.field, $0) } : nil,
            unit: open ? try await unit(question) : nil,
            photos: app.strip(item.results.flatMap(\.photos) + (taken[question.field] ?? [])) { .look($0) },
            photo: open && wantsPhoto(question)
                ? Press(words(taken[question.field] == nil ? .takePhoto : .anotherPhoto), .photoOf(question.field)) : nil)
    }

    /// What was found the last time: a hint, never an answer; beside a reading how far it is from that.
    private func last(_ item: ItemRow) -> String? {
        let words = app.words
        switch item.last?.answer {
        case .real(let before):
            var apart: String?
            if case .real(let now) = given(item.question) {
                let word: Word = now > before ? .moreThanLastTime : .lessThanLastTime
                apart = now == before ? words(.likeLastTime) : words(word, ["value": app.formats.number(abs(now - before))])
            }
            return [words(.lastTime, ["value": app.formats.number(before)]), apart].compactMap { $0 }.joined(separator: dot)
        case .text(let before):
            return item.question.options.first { $0.id == before }.map { words(.lastTime, ["value": words($0.label)]) }
        default: return nil
        }
    }

    private func said(_ question: Question, _ result: ResultRow) async throws -> String {
        let option = question.options.first { result.answer == .text($0.id) }.map { app.words($0.label) }
        let answer = option ?? result.answer.map { spelled($0) } ?? ""
        return app.words(
            .resultOf, ["name": try await name(result.by), "time": app.formats.time(result.at), "answer": answer])
    }

    private func unit(_ question: Question) async throws -> String? {
        guard let unit = question.unit else { return nil }
        return try await app.butler.office.unit(unit).map { app.words($0) } ?? unit
    }

    /// What is in order with one press has no choices, but for what was found: it may be in order by now.
    private func choices(_ item: ItemRow) async throws -> [Chip<RoundIntent>] {
        let question = item.question
        let answer = chosen[question.field] ?? item.former
        switch question.answer {
        case .choice where question.normal != nil && item.finding != .failed: return []
        case .choice:
            return question.options.filter { question.normal == nil || $0.id == question.normal }.map {
                Chip(Press(app.words($0.label), .choose(question.field, $0.id)), chosen: answer == .text($0.id))
            }
        case .flag:
            return [(true, Word.yes), (false, Word.no)].map { yes, word in
                Chip(Press(app.words(word), .flag(question.field, yes)), chosen: answer == .bool(yes))
            }
        case .date:
            let today = try await app.butler.date()
            return (0..<daysAhead).map { app.formats.day(today, plus: $0) }.map { day in
                Chip(
                    Press(app.formats.near(day, today: today).capitalisedFirst, .choose(question.field, "\(day)")),
                    chosen: answer == .text("\(day)"))
            }
        default: return []
        }
    }

    private func spelled(_ value: Value) -> String {
        switch value {
        case .real(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .text(let text): text
        default: ""
        }
    }

    private func sheet(_ open: OpenFinding) async throws -> FindingSheet {
        let words = app.words
        let offers = try await self.offers().map { (Aftermath.open($0.workflow), words(.openAs, ["what": words($0.title)])) }
        let choices = [(Aftermath.putRight, words(.putRightHere))] + offers + [(Aftermath.note, words(.onlyNote))]
        let kinds = open.question.options.filter(\.fails)
        let needed = open.question.photo != .never && open.photos.isEmpty
        return FindingSheet(
            title: words(open.question.label),
            about: open.question.help.map { words($0) } ?? "",
            severe: kinds.contains { $0.id == open.kind && $0.severe } ? words(.severe) : nil,
            kinds: kinds.count < 2
                ? [] : kinds.map { Chip(Press(words($0.label), .kind($0.id)), chosen: $0.id == open.kind) },
            photos: app.strip(open.photos) { .look($0) },
            photo: Press(words(open.photos.isEmpty ? .takePhoto : .anotherPhoto), .photo),
            words: Typing(words(.whatIsWrong), open.words, hint: words(.whatIsWrongHint)) { .say($0) },
            nowTitle: words(.whatNow),
            now: choices.map { then, label in Chip(Press(label, .then(then)), chosen: then == open.then) },
            record: Press(
                words(open.then.opens ? .recordAndOpen : .recordFinding), .recordFinding,
                locked: needed ? words(.stillMissing, ["count": 1, "what": words(.takePhoto)]) : nil))
    }
}

/// What a draft of a finding is called.
let findingForm = "round.finding"
/// What is left of a patrol is handed over in it.
private let handOverForm: FormId = "patrol.handover"
/// So many points are named; of more it is said how many.
private let mostNamed = 3

/// From so many groups on they are tiles.
private let manyGroups = 3
/// The week ahead.
private let daysAhead = 7
/// In order, not in order, does not apply.
private let check = 3

extension ItemRow {
    /// What was said of it last in this round.
    fileprivate var former: Value? { results.last?.answer }
}

extension Procedure {
    fileprivate var isWorkflow: Bool {
        if case .workflow = self { true } else { false }
    }
}

extension PointRow {
    /// What nobody has answered yet.
    fileprivate var left: [ItemRow] { items.filter(\.results.isEmpty) }
}

extension Question {
    /// The answer that says that all is in order; a question that finds nothing, or has more to say than that and that it does not
    /// apply, has none.
    fileprivate var normal: String? {
        guard answer == .choice, options.count <= check, options.contains(where: \.fails) else { return nil }
        return options.first(where: \.normal)?.id
    }

    /// Its answer is typed.
    fileprivate var isTyped: Bool { answer == .number || answer == .text }
}

/// What a draft of what is answered at a point is called.
let pointDraft = "round.point"

extension QuestionId {
    /// No item of a checklist: what is done about what was found.
    fileprivate static let then: QuestionId = "then"
}

extension RoundDetails {
    fileprivate func point(of item: QuestionId) -> PointRow? {
        points.first { point in point.items.contains { $0.question.field == item } }
    }
}
