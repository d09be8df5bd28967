import ButlerKit
import Foundation

/// A form, drawn from what the procedures ask.
public struct FormState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<FormIntent>?
    public var problem: String?
    public var guidance: String?
    public var questions: [QuestionState] = []
    public var nothing: String?
    public var record: Press<FormIntent>?
}

/// One question. It has whatever its type is answered with.
public struct QuestionState: Sendable {
    public let label: String
    public let required: String?
    public let help: String?
    public let typing: Typing<FormIntent>?
    public let unit: String?
    public let value: String?
    public let chips: [Chip<FormIntent>]
    public let earlier: Press<FormIntent>?
    public let later: Press<FormIntent>?
    public let photo: Press<FormIntent>?
    /// What will not do, once the question was left or the form was to be handed in.
    public let problem: String?
    /// Why it cannot be answered.
    public let locked: String?
}

public enum FormIntent: Equatable, Sendable {
    case back
    case type(QuestionId, String)
    case choose(QuestionId, Value)
    case toggle(QuestionId, String)
    case photo(QuestionId)
    case room(String)
    case home(RecordId)
    case record
}

/// Any form: which questions there are, which are required and what is wrong is asked of the butler after every answer. What
/// is filled in is a draft at every change.
@MainActor public final class FormModel: Model {
    public let app: App
    public let life = Life(FormState())
    private let of: FormOf
    private var form: Submission?
    private var answers = Evidence()
    private var typed: [QuestionId: String] = [:]
    private var touched: Set<QuestionId> = []
    private var room = ""
    private var home: RecordId?
    private var handedIn = false
    private var problem: String?

    public init(_ app: App, _ of: FormOf) {
        self.app = app
        self.of = of
    }

    /// What is known of the form without asking.
    private struct Head {
        let title: String
        let subtitle: String
        let guidance: String?
        let name: String
        let step: String?
        let place: PlaceId?
        let about: [RecordId]
        let ask: @MainActor (Evidence) async throws -> [Question]
        let record: @MainActor (Submission) async throws -> (words: String, made: [Recorded])
    }

    private func head() async throws -> Head {
        switch of {
        case .due(let due): try await self.due(due)
        case .step(let id, let step): try await self.step(id, step)
        case .register(let form, _): try await register(form)
        }
    }

    private func due(_ due: DueId) async throws -> Head {
        let butler = app.butler
        guard let item = try await butler.today.item(due), case .form(let form) = item.begin else { throw ButlerError.NotFound }
        var kind: Kind?
        if let about = item.about { kind = try await butler.records.get(about).kind }
        var guidance = item.guidance
        if guidance == nil { guidance = try await butler.registers.form(form).guidance }
        let title = app.words(item.title)
        return Head(
            title: title, subtitle: item.subject, guidance: guidance.map { app.words($0) }, name: form.value, step: nil,
            place: item.place, about: [item.about].compactMap { $0 },
            ask: { try await butler.registers.ask(form, $0) },
            record: { [self] submission in
                let signed = try butler.submitting(submission)
                let written = answers.fields.map { Proposal(path: $0.key.value, value: $0.value, label: item.title) }
                let saved = app.words(.saved, ["what": title])
                if let home = item.about, kind == .home, form == homeForm {
                    return (saved, [try await signed.homes.edit(home) { edit in for one in written { edit.take(one) } }])
                }
                if let resident = item.about, kind == .resident, form == residentForm {
                    return (
                        saved, [try await signed.residents.edit(resident) { edit in for one in written { edit.take(one) } }]
                    )
                }
                guard let place = item.place else { throw ButlerError.NotFound }
                let about = [item.about].compactMap { $0 }
                let entry = NewEntry(form: form, place: place, answers: answers, about: about, due: due)
                return (saved, [try await signed.registers.add(entry)])
            })
    }

    private func step(_ id: RecordId, _ stepId: StepId) async throws -> Head {
        let butler = app.butler
        let details = try await butler.cases.details(id)
        guard let step = try await butler.cases.nextSteps(id).first(where: { $0.step == stepId }) else {
            throw ButlerError.NotFound
        }
        let title = app.words(step.label)
        return Head(
            title: title,
            subtitle: [details.case.title, app.words(details.stateLabel)].compactMap { $0 }.joined(separator: dot),
            guidance: step.guidance.map { app.words($0) }, name: "step", step: stepId.value, place: details.case.place,
            about: [id],
            ask: { try await butler.cases.ask(id, step: stepId, $0) },
            record: { [self] submission in
                try await butler.submitting(submission).cases.take(id, step: stepId, answers)
                // A step cannot be taken back: its form was the confirmation.
                return (app.words(.saved, ["what": title]), [])
            })
    }

    private func register(_ form: FormId) async throws -> Head {
        let butler = app.butler
        let row = try await butler.registers.form(form)
        let about = [home].compactMap { $0 }
        var details: HomeDetails?
        if let home { details = try await butler.homes.details(home) }
        let grids = try await butler.me().grids.map(\.id.value)
        let places = try await butler.office.places().map(\.id)
        let place = details?.home.place ?? places.first { grids.contains($0.value) } ?? places.first
        let title = app.words(row.title)
        return Head(
            title: title, subtitle: details?.title ?? "", guidance: row.guidance.map { app.words($0) }, name: form.value,
            step: nil, place: place, about: about,
            ask: { try await butler.registers.ask(form, $0) },
            record: { [self] submission in
                guard let place else { throw ButlerError.NotFound }
                let entry = NewEntry(form: form, place: place, answers: answers, about: about)
                let recorded = try await butler.submitting(submission).registers.add(entry)
                return (app.words(.saved, ["what": title]), [recorded])
            })
    }

    /// The draft that was begun of the same, or a new form over what the screen shows.
    @discardableResult
    private func opened(_ head: Head) async throws -> Submission {
        if let form { return form }
        let drafts = try await app.butler.drafts.list().map(\.draft)
        let draft = drafts.first { $0.form == head.name && $0.step == head.step && $0.about == head.about }
        if let draft {
            answers = draft.answers
            form = draft.submission
            return draft.submission
        }
        var shown: ButlerKit.Shown?
        if let record = head.about.first, head.step != nil || overARecord.contains(head.name) {
            shown = try await app.butler.records.get(record).shown
        }
        let opened = try await app.butler.submission(over: shown)
        form = opened
        return opened
    }

    private func keep(_ head: Head) async throws {
        var due: DueId?
        if case .due(let id) = of { due = id }
        try await app.butler.drafts.save(
            Draft(
                submission: try await opened(head), form: head.name, step: head.step, place: head.place, about: head.about,
                due: due, answers: answers))
    }

    public func act(_ intent: FormIntent) async throws {
        problem = nil
        if intent == .back { return app.platform.back() }
        let head = try await head()
        try await opened(head)
        switch intent {
        case .record: return try await record(head)
        case .type(let question, let text): try await type(head, question, text)
        case .choose(let question, let value): put(question, value)
        case .toggle(let question, let choice): try await toggle(head, question, choice)
        case .photo(let question): try await photo(head, question)
        case .room(let text): room = text
        case .home(let home): self.home = home
        case .back: break
        }
        try await keep(head)
    }

    private func record(_ head: Head) async throws {
        let (words, made) = try await head.record(try await opened(head))
        handedIn = true
        app.recorded(words, made)
        app.platform.back()
    }

    private func type(_ head: Head, _ field: QuestionId, _ text: String) async throws {
        typed[field] = text
        let question = try await head.ask(answers).first { $0.field == field }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let number = Double(trimmed.replacingOccurrences(of: ",", with: "."))
        if trimmed.isEmpty {
            put(field, nil)
            return
        }
        switch question?.answer {
        case .number: put(field, number.map { .real($0) })
        case .money: put(field, number.flatMap { Int64(exactly: ($0 * fen).rounded()) }.map { .int($0) })
        case .home: put(field, try await app.butler.homes.find(text, limit: 1).first.map { .text($0.record.value) })
        default: put(field, .text(text))
        }
    }

    private func put(_ question: QuestionId, _ value: Value?) {
        touched.insert(question)
        var fields = answers.fields
        fields[question] = value
        answers = Evidence(fields: fields, photos: answers.photos)
    }

    /// Several choices are one text, in the order the form has them.
    private func toggle(_ head: Head, _ field: QuestionId, _ choice: String) async throws {
        var next = Set(chosen(field))
        if next.remove(choice) == nil { next.insert(choice) }
        let options = try await head.ask(answers).first { $0.field == field }?.options ?? []
        let text = options.map(\.id).filter(next.contains).joined(separator: ",")
        put(field, text.isEmpty ? nil : .text(text))
    }

    private func chosen(_ question: QuestionId) -> [String] {
        if case .text(let text) = answers.fields[question] { text.split(separator: ",").map(String.init) } else { [] }
    }

    private func photo(_ head: Head, _ question: QuestionId) async throws {
        guard let bytes = await app.platform.photo() else { return }
        try await keep(head)
        let id = try await opened(head).id
        try await app.butler.drafts.addPhoto(to: id, question: question, bytes)
        answers = try await app.butler.drafts.get(id)?.draft.answers ?? answers
    }

    private func photos(_ question: QuestionId) -> Int { answers.photos[question]?.count ?? 0 }

    public func read() async throws -> FormState {
        // What is handed in may not be possible any more, and the screen is on its way out.
        if handedIn { return state }
        let head = try await head()
        try await opened(head)
        let questions = try await head.ask(answers)
        let missing = questions.filter { $0.writable && $0.problem != nil && $0.required }
        let whichHome = try await whichHome()
        var states = [whichHome].compactMap { $0 }
        // Which home it is comes before everything else that is missing.
        let open = (whichHome != nil && home == nil ? [app.words(.whichHome)] : []) + missing.map { app.words($0.label) }
        for question in questions { states.append(try await state(of: question, head)) }
        return FormState(
            title: head.title,
            subtitle: head.subtitle,
            back: Press(app.words(.back), .back),
            problem: problem,
            guidance: head.guidance,
            questions: states,
            nothing: questions.isEmpty ? app.words(.nothingAsked) : nil,
            record: Press(
                questions.isEmpty ? head.title : app.words(.recordIt), .record,
                locked: open.first.map { app.words(.stillMissing, ["count": open.count, "what": $0]) }))
    }

    /// Which home it is about, where nothing says so yet.
    private func whichHome() async throws -> QuestionState? {
        guard case .register(_, aboutHome: true) = of else { return nil }
        let hits = room.isBlank ? [] : try await app.butler.homes.find(room, limit: fewHits)
        return QuestionState(
            label: app.words(.whichHome), required: app.words(.required), help: nil,
            typing: Typing("", room, hint: app.words(.roomHint)) { .room($0) }, unit: nil, value: nil,
            chips: hits.map { Chip(Press($0.title, .home($0.record)), chosen: $0.record == home) },
            earlier: nil, later: nil, photo: nil, problem: nil, locked: nil)
    }

    private func state(of question: Question, _ head: Head) async throws -> QuestionState {
        let words = app.words
        let field = question.field
        let typing = question.writable && typedAnswers.contains(question.answer)
        let moving = question.writable && times.contains(question.answer)
        let pictured = question.writable && (question.answer == .photo || question.answer == .signature)
        var unit: String?
        if typing, let id = question.unit { unit = try await app.butler.office.unit(id).map { words($0) } ?? id }
        return QuestionState(
            label: words(question.label),
            required: question.required && question.writable ? words(.required) : nil,
            help: question.help.map { words($0) },
            typing: !typing
                ? nil
                : Typing("", text(question), hint: question.answer == .home ? words(.roomHint) : "") { .type(field, $0) },
            unit: unit,
            value: try await value(question),
            chips: question.writable ? try await chips(question, head) : [],
            earlier: !moving ? nil : moved(question, -1).map { Press(words(.earlier), .choose(field, $0)) },
            later: !moving ? nil : moved(question, 1).map { Press(words(.later), .choose(field, $0)) },
            photo: !pictured
                ? nil
                : Press(
                    photos(field) == 0 ? words(.takePhoto) : words(.photosTaken, ["count": photos(field)]), .photo(field)),
            problem: touched.contains(field) ? question.problem.map { words($0) } : nil,
            locked: question.writable ? nil : words(.notYours))
    }

    private func text(_ question: Question) -> String {
        if let text = typed[question.field] { return text }
        switch answers.fields[question.field] {
        case .text(let text): return text
        case .real(let number): return app.formats.number(number)
        case .int(let number): return question.answer == .money ? app.formats.number(Double(number) / fen) : "\(number)"
        default: return ""
        }
    }

    /// A day or a time as it stands; what is not typed is not a text.
    private func value(_ question: Question) async throws -> String? {
        let today = try await app.butler.date()
        switch (question.answer, answers.fields[question.field]) {
        case (.date, .text(let text)):
            guard let day = try? Day(text) else { return nil }
            return app.formats.near(day, today: today) + dot + app.formats.date(day, today: today)
        case (.moment, .int(let millis)): return app.formats.nearTime(Date(millis: millis), today: today)
        case (.time, .text(let text)): return text
        case (.home, .text(let id)): return try await app.butler.homes.details(RecordId(value: id)).title
        default: return nil
        }
    }

    private func chips(_ question: Question, _ head: Head) async throws -> [Chip<FormIntent>] {
        let (words, formats, butler) = (app.words, app.formats, app.butler)
        let field = question.field
        let now = answers.fields[field]
        func one(_ label: String, _ value: Value) -> Chip<FormIntent> {
            Chip(Press(label, .choose(field, value)), chosen: now == value)
        }
        let today = try await butler.date()
        switch question.answer {
        case .choice: return question.options.map { one(words($0.label), .text($0.id)) }
        case .multiChoice:
            let chosen = chosen(field)
            return question.options.map {
                Chip(Press(words($0.label), .toggle(field, $0.id)), chosen: chosen.contains($0.id))
            }
        case .flag: return [one(words(.yes), .bool(true)), one(words(.no), .bool(false))]
        case .score: return (1...5).map { one("\($0)", .int($0)) }
        case .date:
            return [0, 1, 2].map { formats.day(today, plus: $0) }.map { one(formats.near($0, today: today), .text($0.description)) }
        case .moment:
            let tomorrow = formats.day(today, plus: 1)
            let later = [morning, evening].map { formats.at(tomorrow, minute: $0) }
            return [one(words(.now), .int(app.now().millis))] + later.map { one(formats.nearTime($0, today: today), .int($0.millis)) }
        case .time: return [morning, evening].map { one(formats.time($0), .text(formats.time($0))) }
        case .staff: return try await butler.office.staff().filter { !$0.left }.map { one($0.name, .text($0.id.value)) }
        case .place: return try await butler.office.places().map { one($0.name, .text($0.id.value)) }
        case .person: return try await people(head).map { one($0.name ?? "", .text($0.record.id.value)) }
        case .case: return try await butler.cases.openList(limit: few).map { one($0.title ?? "", .text($0.id.value)) }
        default: return []
        }
    }

    /// The people of the home the form is about.
    private func people(_ head: Head) async throws -> [ResidentRow] {
        guard let home = head.about.first, try await app.butler.records.get(home).kind == .home else { return [] }
        return try await app.butler.homes.details(home).residents
    }

    /// A day or half an hour before or after what stands there.
    private func moved(_ question: Question, _ by: Int) -> Value? {
        switch (question.answer, answers.fields[question.field]) {
        case (.date, .text(let text)): return (try? Day(text)).map { .text(app.formats.day($0, plus: by).description) }
        case (.time, .text(let text)):
            let parts = text.split(separator: ":").compactMap { Int($0) }
            guard parts.count >= 2 else { return nil }
            let minutes = parts[0] * 60 + parts[1] + by * halfAnHour
            return .text(app.formats.time((minutes + 24 * 60) % (24 * 60)))
        case (.moment, .int(let millis)): return .int(millis + Int64(by * halfAnHour) * 60_000)
        default: return nil
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// Forms over the data of a record, which they edit instead of adding a row.
private let homeForm: FormId = "home.basic"
private let residentForm: FormId = "resident.basic"
private let overARecord: Set = ["home.basic", "resident.basic"]
private let typedAnswers: Set<AnswerType> = [.text, .number, .phone, .money, .home]
private let times: Set<AnswerType> = [.date, .time, .moment]
private let fen = 100.0
private let few = 20
private let fewHits = 4
private let halfAnHour = 30
/// Minutes since midnight.
private let morning = 9 * 60 + 30
private let evening = 18 * 60 + 30
