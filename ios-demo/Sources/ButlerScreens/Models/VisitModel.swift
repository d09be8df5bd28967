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

/// Something that is answered by the visit, unless it is ticked off.
public struct Tick: Sendable {
    public let press: Press<VisitIntent>
    public let ticked: Bool
    public let about: String
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
    private var problem: String?

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
        began = instant(.at) ?? began
        return draft.submission
    }

    private func draft() async throws -> Draft {
        Draft(submission: try await opened(), form: contactForm.value, about: about, answers: answers)
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
        case .tick(let item): left = left.contains(item) ? left.filter { $0 != item } : left + [item]
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
        let draft = try await draft()
        guard try await app.photo(draft, .photo) != nil else { return }
        answers = try await app.butler.drafts.get(draft.submission.id)?.draft.answers ?? answers
    }

    private func record() async throws {
        guard let outcome = Outcome(code: text(.outcome)) else { return }
        let details = try await app.butler.homes.details(home)
        let items = try await toDo(app, home).filter { isByThis($0) && !left.contains($0.id) }
        // The contact comes last: where it is cut off, what is asked for stays open.
        var made: [Recorded] = []
        if verifies, let to = try await numberDialled() {
            made = [try await app.butler.residents.verifyPhone(to.person, to.phone.id)]
        }
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

    private var photos: [PhotoId] { answers.photos[.photo] ?? [] }

    /// Whether this talk answers it.
    private func isByThis(_ item: TodayItem) -> Bool {
        item.begin == .form(form: contactForm) && (!byPhone || item.mode == .call)
    }

    // What is shown.

    public func read() async throws -> VisitState {
        _ = try await opened()
        let words = app.words
        let details = try await app.butler.homes.details(home)
        let date = try await app.butler.date()
        let items = try await toDo(app, home)
        let questions = try await asked()
        let ticks = items.filter { isByThis($0) }
        let left = left
        var together = ticks.map {
            Tick(
                press: Press(words($0.title), .tick($0.id)), ticked: !left.contains($0.id),
                about: $0.overdue ? app.formats.say($0.why, today: date) : "")
        }
        if let to = try await numberDialled() {
            let number = to.phone.number.map { app.formats.phone($0) } ?? ""
            together.append(Tick(press: Press(words(.answeredBy, ["number": number]), .tickNumber), ticked: verifies, about: ""))
        }
        var toRead: [ArticleRow] = []
        for article in ticks.flatMap(\.articles) where !toRead.contains(article) { toRead.append(article) }
        let others = items.filter { !isByThis($0) }
        let missing = questions.filter { $0.required && !given.contains($0.field) && isOpen($0.field) }.map { short($0) }
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
