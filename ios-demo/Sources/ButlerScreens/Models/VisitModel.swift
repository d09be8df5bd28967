import ButlerKit
import Foundation

/// Somebody was met: how it went, and what was done with one knock.
public struct VisitState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<VisitIntent>?
    public var problem: String?
    public var reading: Reading<VisitIntent>?
    public var outcomeTitle = ""
    public var outcomes: [Chip<VisitIntent>] = []
    public var togetherTitle = ""
    public var togetherAbout = ""
    public var together: [Tick] = []
    public var said: Typing<VisitIntent>?
    /// What one wrote of other talks lately, to be written here by one press.
    public var phrases: [Press<VisitIntent>] = []
    public var saidHelp: String?
    public var promise: Typing<VisitIntent>?
    public var promisedTitle: String?
    public var promised: [Chip<VisitIntent>] = []
    public var againTitle: String?
    public var again: [Chip<VisitIntent>] = []
    public var photos: [Photo<VisitIntent>] = []
    public var photo: Press<VisitIntent>?
    public var alsoTitle: String?
    public var also: [Spoken] = []
    public var record: Press<VisitIntent>?
}

/// Something that is done with the visit, unless it is ticked off; `asks` is what it needs besides the talk.
public struct Tick: Sendable {
    public let press: Press<VisitIntent>
    public let ticked: Bool
    public let about: String
    public var asks: [Asking] = []
}

/// One question beside a tick; it has a label where the tick does not say it.
public struct Asking: Sendable {
    public var label = ""
    public var chips: [Chip<VisitIntent>] = []
    public var count: Counting?
    public var typing: Typing<VisitIntent>?
    public var photos: [Photo<VisitIntent>] = []
    public var photo: Press<VisitIntent>?
}

/// A few of something.
public struct Counting: Sendable {
    public let number: String
    public let unit: String?
    public let less: Press<VisitIntent>
    public let more: Press<VisitIntent>
}

/// Something that is not: it has a form of its own.
public struct Spoken: Sendable {
    public let title: String
    public let about: String
}

public enum VisitIntent: Equatable, Sendable {
    case back
    case read(ArticleRow)
    case went(String)
    case tick(DueId)
    case tickNumber
    /// An answer to what an item asks.
    case answer(DueId, FormIntent)
    case said(String)
    case promise(String)
    case promisedUntil(Day)
    case again(Date)
    case photo
    case look(PhotosAt)
    case record
}

/// 见到了 and 打通了: one talk answers every item of the home that it answers, a visit those of the door, a call those of the
/// telephone. What is typed is kept as a draft at every change, so
/// that neither Back nor the death of the app loses it.
@MainActor public final class VisitModel: Model {
    public let app: App
    public let life = Life(VisitState())
    private let home: RecordId
    private let byPhone: Bool
    private var form: Submission?
    private var began: Date
    private var answers = Evidence()
    private var about: [RecordId]
    /// What is answered beside ticks, by item.
    private var beside: [DueId: FormAnswers] = [:]
    private var problem: String?
    /// What one wrote of other talks, as it stood when this one was begun: typing asks for no more of it.
    private var phrases: [String]?

    /// An item at this door, and what of it can be done with the talk.
    private struct ToDo {
        let item: TodayItem
        let work: Work
    }

    private enum Work {
        /// The talk answers it.
        case talk
        /// A number is rung, and its owner answers.
        case ring(RecordId, Phone)
        /// A field of the home or the person it is about is answered.
        case answer(Question)
        /// The talk answers it; a step of its case says more, where it is answered.
        case step(RecordId, StepId, [Question])
    }

    public init(_ app: App, _ home: RecordId, byPhone: Bool = false) {
        self.app = app
        self.home = home
        self.byPhone = byPhone
        about = [home]
        began = app.now()
    }

    // What is typed.

    private func text(_ question: QuestionId) -> String { answers.text(question) }

    private func instant(_ question: QuestionId) -> Date? { answers.moment(question) }

    private func put(_ question: QuestionId, _ value: Value?) {
        var fields = answers.fields
        fields[question] = value
        answers = Evidence(fields: fields, photos: answers.photos)
    }

    private func put(_ question: QuestionId, text: String) { put(question, text.isEmpty ? nil : .text(text)) }

    /// What this talk does not answer; it stands in the draft with all else.
    private var left: [DueId] {
        get { text(.left).split(separator: " ").map { DueId(value: String($0)) } }
        set { put(.left, text: newValue.map(\.value).joined(separator: " ")) }
    }

    /// Whether the number that was dialled was answered by whose it is.
    private var verifies: Bool { answers.fields[.unverified] == nil }

    private func opened() async throws -> Submission {
        if let form { return form }
        let opened = try await resumed()
        form = opened
        return opened
    }

    /// The draft that was begun about this home, or a new form.
    private func resumed() async throws -> Submission {
        guard let draft = try await contactDraft(app, home, byPhone ? .called : .met) else {
            return try await app.butler.submission()
        }
        answers = draft.answers
        about = draft.about
        takeUp(draft.answers)
        began = instant(.at) ?? began
        return draft.submission
    }

    /// What was answered beside ticks; in a draft each question is named after its item, too.
    private func takeUp(_ answers: Evidence) {
        func isBeside(_ question: QuestionId) -> Bool { question.value.contains(of) }
        func put(_ question: QuestionId, _ answer: (QuestionId) -> Evidence) {
            let parts = question.value.split(separator: of, maxSplits: 1)
            beside(DueId(value: String(parts[0]))).takeUp(answer(QuestionId(value: String(parts[1]))))
        }
        for (question, value) in answers.fields where isBeside(question) { put(question) { Evidence(fields: [$0: value]) } }
        for (question, photos) in answers.photos where isBeside(question) { put(question) { Evidence(photos: [$0: photos]) } }
        self.answers = Evidence(
            fields: answers.fields.filter { !isBeside($0.key) }, photos: answers.photos.filter { !isBeside($0.key) })
    }

    private func beside(_ item: DueId) -> FormAnswers {
        if let answers = beside[item] { return answers }
        let answers = FormAnswers(app)
        beside[item] = answers
        return answers
    }

    private func named(_ item: DueId, _ question: QuestionId) -> QuestionId {
        QuestionId(value: item.value + of + question.value)
    }

    private func draft() async throws -> Draft {
        var (fields, photos) = (answers.fields, answers.photos)
        for (item, answers) in beside {
            for (question, value) in answers.evidence.fields { fields[named(item, question)] = value }
            for (question, taken) in answers.evidence.photos { photos[named(item, question)] = taken }
        }
        return Draft(
            submission: try await opened(), form: contactForm.value, about: about,
            answers: Evidence(fields: fields, photos: photos))
    }

    private func keep() async throws { try await app.butler.drafts.save(try await draft()) }

    private func numberDialled() async throws -> Dialled? { byPhone ? try await dialled(app, try await draft()) : nil }

    public func act(_ intent: VisitIntent) async throws {
        problem = nil
        switch intent {
        case .back: return app.platform.back()
        case .look(let at): return app.platform.go(.photo(at))
        case .read(let article): return app.platform.go(.article(article))
        case .record: return try await record()
        case .went(let outcome): try await went(outcome)
        case .tick(let item): try await tick(item)
        case .answer(let item, let answer): try await self.answer(item, answer)
        case .tickNumber: put(.unverified, verifies ? .bool(true) : nil)
        case .said(let text): put(.summary, text: text)
        case .promise(let text): try await promise(text)
        case .promisedUntil(let day): put(.promiseBy, text: day.description)
        case .again(let at): put(.nextContact, .int(at.millis))
        case .photo: try await photo()
        }
        try await keep()
    }

    private func went(_ outcome: String) async throws {
        put(.outcome, text: outcome)
        if outcome == agreed {
            put(.nextContact, nil)
        } else if answers.fields[.nextContact] == nil {
            put(.nextContact, evenings(try await app.butler.date()).first.map { .int($0.millis) })
        }
    }

    private func promise(_ text: String) async throws {
        put(.promise, text: text)
        if text.isEmpty {
            put(.promiseBy, nil)
        } else if self.text(.promiseBy).isEmpty {
            put(.promiseBy, days(try await app.butler.date()).first.map { .text($0.description) })
        }
    }

    private func photo() async throws {
        guard let photo = try await app.photo(try await draft(), .photo) else { return }
        var taken = answers.photos
        taken[.photo] = photos + [photo]
        answers = Evidence(fields: answers.fields, photos: taken)
    }

    private func tick(_ id: DueId) async throws {
        guard let toDo = try await toDo().first(where: { $0.item.id == id }) else { return }
        switch toDo.work {
        case .ring: beside(id).put(rung, beside(id).has(rung) ? nil : .bool(true))
        case .answer(let question): beside(id).put(question.field, nil)
        case .step, .talk: left = left.contains(id) ? left.filter { $0 != id } : left + [id]
        }
    }

    private func answer(_ item: DueId, _ answer: FormIntent) async throws {
        let given = beside(item)
        func question(_ id: QuestionId) async throws -> Question? {
            try await toDo().filter { $0.item.id == item }.flatMap { asked($0) }.first { $0.field == id }
        }
        switch answer {
        case .answer(let question, let value): given.put(question, value)
        case .type(let id, let text): if let question = try await question(id) { given.type(question, text) }
        case .tick(let id, let option): if let question = try await question(id) { given.tick(question, option) }
        case .photo(let question):
            if let photo = try await app.photo(try await draft(), named(item, question)) {
                given.photos[question, default: []].append(photo)
            }
        default: break
        }
    }

    // What is to be done here.

    private func toDo() async throws -> [ToDo] { try await toDo(ButlerScreens.toDo(app, home)) }

    private func toDo(_ items: [TodayItem]) async throws -> [ToDo] {
        var toDo: [ToDo] = []
        for item in items {
            if let work = try await work(item) { toDo.append(ToDo(item: item, work: work)) }
        }
        return toDo
    }

    /// How it is done with this talk; nil for what has a form of its own.
    private func work(_ item: TodayItem) async throws -> Work? {
        if byPhone && item.mode != .call { return nil }
        let talk = item.begin == .form(form: contactForm)
        switch item.asks {
        case nil: return talk ? .talk : nil
        case .telephone?: return try await ring(item)
        case .answer(let id)?: return try await question(item, id).map { .answer($0) }
        case .step(let step)?: return talk ? try await self.step(item, step) ?? .talk : nil
        }
    }

    /// On the telephone the number that was dialled is the one that rang.
    private func ring(_ item: TodayItem) async throws -> Work? {
        guard let person = item.about else { return nil }
        let dialled = try await numberDialled()
        if byPhone && dialled?.person != person { return nil }
        let details = try await found { try await app.butler.residents.details(person) }
        let phone = dialled?.phone ?? details?.resident.phones.first { $0.number != nil }
        return phone.map { .ring(person, $0) }
    }

    private func question(_ item: TodayItem, _ id: QuestionId) async throws -> Question? {
        guard let about = item.about, case .form(let form) = item.begin else { return nil }
        let fields = try await app.butler.records.get(about).fields
        let known = Dictionary(fields.map { (QuestionId(value: $0.path), $0.shown.value) }) { $1 }
        return try await app.butler.registers.ask(form, Evidence(fields: known))
            .first { $0.field == id && $0.writable && answerable.contains($0.answer) }
    }

    /// Nil where it is not its turn, or its answers take a form.
    private func step(_ item: TodayItem, _ step: StepId) async throws -> Work? {
        guard let id = item.case else { return nil }
        let steps = try await found { try await app.butler.cases.nextSteps(id) } ?? []
        guard let next = steps.first(where: { $0.step == step && $0.whyNot == nil && $0.first.isEmpty }) else { return nil }
        let questions = next.questions.filter(\.required)
        if questions.isEmpty || questions.contains(where: { !answerable.contains($0.answer) || !$0.writable }) { return nil }
        return .step(id, step, questions)
    }

    /// What is asked beside its tick.
    private func asked(_ toDo: ToDo) -> [Question] {
        switch toDo.work {
        case .answer(let question): [question]
        case .step(_, _, let questions): questions
        case .ring, .talk: []
        }
    }

    private func isTicked(_ toDo: ToDo) -> Bool {
        let id = toDo.item.id
        return switch toDo.work {
        case .ring: byPhone ? verifies : beside(id).has(rung)
        case .answer(let question): beside(id).has(question.field)
        case .step, .talk: !left.contains(id)
        }
    }

    /// What of a step is answered in part is to be answered whole, or not at all.
    private func missing(_ toDo: ToDo) -> [Question] {
        guard case .step(_, _, let questions) = toDo.work, isTicked(toDo) else { return [] }
        let given = beside(toDo.item.id)
        return questions.contains { given.has($0.field) } ? questions.filter { !given.has($0.field) } : []
    }

    private func record() async throws {
        guard let outcome = Outcome(code: text(.outcome)) else { return }
        let details = try await app.butler.homes.details(home)
        let done = try await toDo().filter { isTicked($0) }
        let made = try await write(done)
        let items = done.filter { if case .answer = $0.work { false } else { true } }.map(\.item)
        // The contact comes last: where it is cut off, what is asked for stays open.
        let (summary, promise) = (text(.summary), text(.promise))
        let contact = NewContact(
            about: [home], channel: byPhone ? Channel.phone : Channel.visit, purpose: try await contactPurpose(app, items), outcome: outcome,
            summary: summary.isBlank ? nil : summary, nextContact: instant(.nextContact), at: began,
            promise: promise.isBlank ? nil : promise, promiseBy: try? Day(text(.promiseBy)),
            dues: items.map(\.id), photos: photos)
        let recorded = try await app.butler.submitting(try await opened()).contacts.record(contact)
        // Somebody was home after all.
        if let nobody = try await contactDraft(app, home, .nobody) {
            try await app.butler.drafts.discard(nobody.submission.id)
        }
        app.recorded(app.words(.recorded, ["room": details.title]), [recorded] + made)
        if byPhone { app.platform.back() } else { app.platform.go(.today) }
    }

    /// Writes what is asked beside the talk; a step is not among what may be taken back.
    private func write(_ done: [ToDo]) async throws -> [Recorded] {
        var made: [Recorded] = []
        var numbers: [(person: RecordId, phone: PartId)] = []
        for toDo in done {
            guard case .answer(let question) = toDo.work, let about = toDo.item.about else { continue }
            let value = beside(toDo.item.id).evidence.fields[question.field]
            made.append(
                about == home
                    ? try await app.butler.homes.edit(about) { $0.answer(question.field, value) }
                    : try await app.butler.residents.edit(about) { $0.answer(question.field, value) })
        }
        for toDo in done { if case .ring(let person, let phone) = toDo.work { numbers.append((person, phone.id)) } }
        if verifies, let to = try await numberDialled(), !numbers.contains(where: { $0 == (to.person, to.phone.id) }) {
            numbers.append((to.person, to.phone.id))
        }
        for number in numbers { made.append(try await app.butler.residents.verifyPhone(number.person, number.phone)) }
        for toDo in done {
            guard case .step(let id, let step, let questions) = toDo.work else { continue }
            let said = beside(toDo.item.id).of(questions)
            if !said.fields.isEmpty || !said.photos.isEmpty { _ = try await app.butler.cases.take(id, step: step, said) }
        }
        return made
    }

    private var photos: [PhotoId] { answers.photos[.photo] ?? [] }

    // What is shown.

    public func read() async throws -> VisitState {
        _ = try await opened()
        let words = app.words
        let details = try await app.butler.homes.details(home)
        let date = try await app.butler.date()
        let items = try await ButlerScreens.toDo(app, home)
        let toDo = try await toDo(items)
        let questions = try await asked()
        var together: [Tick] = []
        for one in toDo {
            if byPhone, case .ring = one.work { continue }
            together.append(try await tick(one, date))
        }
        if let to = try await numberDialled() {
            let number = to.phone.number.map { app.formats.phone($0) } ?? ""
            together.append(Tick(press: Press(words(.answeredBy, ["number": number]), .tickNumber), ticked: verifies, about: ""))
        }
        var toRead: [ArticleRow] = []
        for article in toDo.flatMap(\.item.articles) where !toRead.contains(article) { toRead.append(article) }
        let others = items.filter { item in !toDo.contains { $0.item.id == item.id } }
        let missing = questions.filter { $0.required && !given.contains($0.field) && isOpen($0.field) }.map { short($0) }
            + toDo.flatMap { self.missing($0) }.map { words($0.label) }
        let promising = !text(.promise).isEmpty
        let again = questions.contains { $0.field == .nextContact && $0.required }
        let outcomes = questions.first { $0.field == .outcome }?.options ?? []
        return VisitState(
            title: words(byPhone ? .gotThrough : .metThem),
            subtitle: subtitle(details),
            back: Press(words(.back), .back),
            problem: problem,
            reading: Reading(app, toRead) { .read($0) },
            outcomeTitle: words(.howDidItGo),
            outcomes: outcomes.filter { $0.id != notReached }
                .map { Chip(Press(words($0.label), .went($0.id)), chosen: $0.id == text(.outcome)) },
            togetherTitle: together.isEmpty ? "" : words(.together),
            togetherAbout: together.isEmpty
                ? "" : words(byPhone ? .togetherByPhone : .togetherAbout, ["count": together.count]),
            together: together,
            said: Typing(words(.whatWasSaid), text(.summary), hint: words(.whatWasSaidHint)) { .said($0) },
            phrases: try await offered(),
            promise: Typing(words(.whatWasPromised), text(.promise), hint: words(.whatWasPromisedHint)) { .promise($0) },
            promisedTitle: promising ? words(.promisedUntil) : nil,
            promised: !promising ? [] : days(date).map { chip($0, date) },
            againTitle: again ? words(.whenAgain) : nil,
            again: !again ? [] : evenings(date).map { chip($0, date) },
            photos: app.strip(photos) { .look($0) },
            photo: Press(words(photos.isEmpty ? .takePhoto : .anotherPhoto), .photo),
            alsoTitle: others.isEmpty ? nil : words(.alsoToDo),
            also: others.map { Spoken(title: words($0.title), about: $0.subject) },
            record: Press(
                words(byPhone ? .recordIt : .noteNext), .record,
                locked: missing.isEmpty
                    ? nil : words(.stillMissing, ["count": missing.count, "what": words.list(missing)])))
    }

    private func tick(_ toDo: ToDo, _ today: Day) async throws -> Tick {
        let item = toDo.item
        let ticked = isTicked(toDo)
        let late = item.overdue ? app.formats.say(item.why, today: today) : ""
        var (label, about, locked) = (app.words(item.title), late, String?.none)
        var asked = self.asked(toDo)
        switch toDo.work {
        case .ring(_, let phone):
            label += " " + (phone.number.map { app.formats.phone($0) } ?? "")
            about = app.words(.rungHere)
        case .answer: locked = ticked ? nil : app.words(.answerBelow)
        case .step: if !ticked { asked = [] }
        case .talk: break
        }
        var asks: [Asking] = []
        for question in asked {
            let state = try await beside(item.id).state(question, today: today, homes: [home])
            asks.append(asking(item.id, question, asked.count > 1 ? app.words(question.label) : "", state))
        }
        return Tick(press: Press(label, .tick(item.id), locked: locked), ticked: ticked, about: about, asks: asks)
    }

    private func asking(_ item: DueId, _ question: Question, _ label: String, _ state: AnswerState) -> Asking {
        func here(_ press: Press<FormIntent>) -> Press<VisitIntent> {
            Press(press.label, .answer(item, press.intent), locked: press.locked)
        }
        switch state {
        case .options(let options):
            return Asking(label: label, chips: options.chips.map { Chip(here($0.press), chosen: $0.chosen) })
        case .count(let count):
            let counting = Counting(number: count.number, unit: count.unit, less: here(count.less), more: here(count.more))
            return Asking(label: label, count: counting)
        case .words(let words):
            let typing = words.typing
            return Asking(
                typing: Typing(app.words(question.label), typing.text, hint: typing.hint) { .answer(item, typing.intent($0)) })
        case .photos(let photos):
            let taken = app.strip(beside(item).photos[question.field] ?? []) { VisitIntent.look($0) }
            return Asking(label: label, photos: taken, photo: here(photos.take))
        default: return Asking(label: label)
        }
    }

    /// What was written already is not offered again.
    private func offered() async throws -> [Press<VisitIntent>] {
        let text = text(.summary)
        let known: [String]
        if let phrases { known = phrases } else { known = try await app.butler.contacts.phrases() }
        phrases = known
        return known.filter { !text.contains($0) }.map { phrase in
            let now = text.isBlank ? phrase : text.trimmedEnd + app.words(.thenAlso) + phrase
            return Press(phrase, .said(now))
        }
    }

    private func chip(_ day: Day, _ today: Day) -> Chip<VisitIntent> {
        Chip(Press(app.formats.near(day, today: today), .promisedUntil(day)), chosen: day.description == text(.promiseBy))
    }

    private func chip(_ at: Date, _ today: Day) -> Chip<VisitIntent> {
        Chip(Press(app.formats.nearTime(at, today: today), .again(at)), chosen: instant(.nextContact) == at)
    }

    private func asked() async throws -> [Question] {
        put(.channel, text: byPhone ? telephone : visit)
        put(.at, .int(began.millis))
        return try await app.butler.registers.ask(contactForm, answers)
    }

    private func isOpen(_ question: QuestionId) -> Bool {
        switch answers.fields[question] {
        case nil: true
        case .text(let text): text.isBlank
        default: false
        }
    }

    /// A question by the words that stand over it on this screen.
    private func short(_ question: Question) -> String {
        switch question.field {
        case .outcome: app.words(.howDidItGo)
        case .summary: app.words(.whatWasSaid)
        default: app.words(question.label)
        }
    }

    private func subtitle(_ details: HomeDetails) -> String {
        let met = details.residents.first { $0.role?.code == ResidentRole.owner } ?? details.residents.first
        return [details.title, met.map { app.called($0) }, app.formats.time(began)].compactMap { $0 }.joined(separator: dot)
    }

    /// Days an answer may be promised for.
    private func days(_ today: Day) -> [Day] { [1, 2, 3, 7].map { app.formats.day(today, plus: $0) } }

    private func evenings(_ today: Day) -> [Date] { days(today).map { app.formats.at($0, minute: usualEvening) } }

    public func failed(_ words: String) { problem = words }
}

/// What is known without asking.
private let given: Set<QuestionId> = [.channel, .at, "purpose"]

/// No question: that the number of an item rang and was answered.
private let rung: QuestionId = "rung"

/// Between an item and its question.
private let of = "/"

/// What can be answered beside a tick; all else takes a form.
private let answerable: Set<AnswerType> = [.choice, .multiChoice, .flag, .score, .number, .text, .phone, .photo]

extension String {
    fileprivate var trimmedEnd: String { String(reversed().drop { $0.isWhitespace }.reversed()) }
}
