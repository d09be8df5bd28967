import ButlerKit
import Foundation

/// The answers of a form so far: as they are stored, as they were typed, as they are shown.
@MainActor final class FormAnswers {
    private let app: App
    private var fields: [QuestionId: Value] = [:]
    private var typed: [QuestionId: String] = [:]
    /// By question, as many as were taken.
    var photos: [QuestionId: [PhotoId]] = [:]
    /// What was signed since the form opened.
    var strokes: [QuestionId: [Stroke]] = [:]

    init(_ app: App) { self.app = app }

    var evidence: Evidence { Evidence(fields: fields, photos: photos.filter { !$0.value.isEmpty }) }

    /// The answers to what is asked: one to a question that is not asked any more is not handed in.
    func of(_ questions: [Question]) -> Evidence {
        let asked = Set(questions.map(\.field))
        return Evidence(
            fields: fields.filter { asked.contains($0.key) },
            photos: photos.filter { asked.contains($0.key) && !$0.value.isEmpty })
    }

    func has(_ question: QuestionId) -> Bool { fields[question] != nil || !photos[question, default: []].isEmpty }

    func clear() {
        fields = [:]
        typed = [:]
        photos = [:]
        strokes = [:]
    }

    func takeUp(_ answers: Evidence) {
        fields.merge(answers.fields) { $1 }
        photos.merge(answers.photos) { $1 }
    }

    // What is answered.

    func put(_ question: QuestionId, _ value: Value?) {
        fields[question] = value
        typed[question] = nil
    }

    /// What cannot be read as the kind of answer it is stays as it was typed, and the procedure says what is wrong.
    func type(_ question: Question, _ text: String) {
        let value: Value? =
            if text.isBlank {
                nil
            } else {
                switch question.answer {
                case .number: number(text)
                case .money: money(text)
                case .time: .text(clockTime(text).map { app.formats.time($0) } ?? text)
                default: .text(text)
                }
            }
        put(question.field, value)
        typed[question.field] = text
    }

    /// Several choices are one text, in the order the form has them.
    func tick(_ question: Question, _ option: String) {
        var chosen = chosen(question.field)
        if chosen.remove(option) == nil { chosen.insert(option) }
        let ordered = question.options.map(\.id).filter(chosen.contains)
        put(question.field, ordered.isEmpty ? nil : .text(ordered.joined(separator: ",")))
    }

    func day(_ question: Question, _ day: Day, now: Date) {
        if question.answer == .date { return put(question.field, .text(day.description)) }
        let minute = app.formats.minuteOfDay(moment(question.field) ?? now)
        put(question.field, .int(app.formats.at(day, minute: minute).millis))
    }

    func clock(_ question: QuestionId, _ text: String, today: Day) {
        let day = moment(question).map { app.formats.day($0) } ?? today
        if let minute = clockTime(text) { fields[question] = .int(app.formats.at(day, minute: minute).millis) }
        typed[question] = text
    }

    func moment(_ question: QuestionId, now: Date) { put(question, .int(now.millis)) }

    private func moment(_ question: QuestionId) -> Date? {
        if case .int(let millis) = fields[question] { Date(millis: millis) } else { nil }
    }

    func day(of question: Question) -> Day? {
        switch fields[question.field] {
        case .text(let text): try? Day(text)
        case .int(let millis): app.formats.day(Date(millis: millis))
        default: nil
        }
    }

    private func text(_ question: QuestionId) -> String {
        if case .text(let text) = fields[question] { text } else { "" }
    }

    private func chosen(_ question: QuestionId) -> Set<String> { Set(text(question).split(separator: ",").map(String.init)) }

    private func number(_ text: String) -> Value {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if let whole = Int64(trimmed) { return .int(whole) }
        if let real = Double(trimmed), real.isFinite { return .real(real) }
        return .text(text)
    }

    /// Yuan as people write them, as fen.
    private func money(_ text: String) -> Value {
        let written = /([+-]?)(\d{1,15})(?:\.(\d{1,2}))?/
        guard let (_, sign, yuan, part) = text.trimmingCharacters(in: .whitespaces).wholeMatch(of: written)?.output,
            let whole = Int64(yuan), let fen = Int64(((part ?? "") + "00").prefix(2))
        else { return .text(text) }
        return .int((whole * 100 + fen) * (sign == "-" ? -1 : 1))
    }

    // What is shown.

    func state(_ question: Question, today: Day, homes: [RecordId]) async throws -> AnswerState {
        let words = app.words
        let field = question.field
        if let sum = question.workedOut { return .sum(.init(comesTo: app.formats.say(sum, today: today))) }
        if !question.writable { return .locked(.init(whose: words(.notYours))) }
        switch question.answer {
        case .text: return typing(question, .words, long: (question.maxLength ?? long) > short)
        case .phone: return typing(question, .phone)
        case .money: return typing(question, .number, unit: words(.yuan))
        case .time: return typing(question, .number, hint: words(.timeHint))
        case .number: return try await number(question)
        case .score: return options(field, (1...scores).map { ("\($0)", .int($0)) })
        case .flag: return options(field, [(words(.yes), .bool(true)), (words(.no), .bool(false))])
        case .choice: return choice(question)
        case .multiChoice:
            let chosen = chosen(field)
            let chips = question.options.map {
                Chip(Press(words($0.label), FormIntent.tick(field, $0.id)), chosen: chosen.contains($0.id))
            }
            return .options(.init(chips: chips))
        case .date: return date(question, today)
        case .moment: return moment(question, today)
        case .photo: return photos(question)
        case .signature: return signature(question)
        case .person, .staff: return try await pick(question, .person, homes)
        case .home: return try await pick(question, .home, homes)
        case .case: return try await pick(question, .case, homes)
        case .place: return try await pick(question, .place, homes)
        }
    }

    private func typing(
        _ question: Question, _ keys: Keys, long: Bool = false, unit: String? = nil, hint: String = ""
    ) -> AnswerState {
        let field = question.field
        let typing = Typing(app.words(question.label), written(question), hint: hint) { FormIntent.type(field, $0) }
        return .words(.init(typing: typing, keys: keys, long: long, unit: unit))
    }

    /// What stands in its field.
    func written(_ question: Question) -> String {
        if let text = typed[question.field] { return text }
        switch fields[question.field] {
        case .text(let text): return text
        case .int(let number): return question.answer == .money ? yuan(number) : "\(number)"
        case .real(let number): return "\(number)".replacing(/\.0$/, with: "")
        default: return ""
        }
    }

    private func yuan(_ fen: Int64) -> String {
        let (whole, part) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(fen < 0 ? "-" : "")\(whole).\(part / 10)\(part % 10)"
    }

    private func options(_ field: QuestionId, _ options: [(label: String, value: Value)]) -> AnswerState {
        let chips = options.map {
            Chip(Press($0.label, FormIntent.answer(field, $0.value)), chosen: fields[field] == $0.value)
        }
        return .options(.init(chips: chips))
    }

    private func choice(_ question: Question) -> AnswerState {
        let field = question.field
        let chips = question.options.map { option in
            let chosen = fields[field] == .text(option.id)
            // Pressed again, a choice that may be left out is taken back.
            let value: Value? = chosen && !question.required ? nil : .text(option.id)
            return Chip(Press(app.words(option.label), FormIntent.answer(field, value)), chosen: chosen)
        }
        return .options(.init(chips: chips))
    }

    private func date(_ question: Question, _ today: Day) -> AnswerState {
        let (words, field) = (app.words, question.field)
        let day = day(of: question)
        let near = [(today, Word.dayToday), (app.formats.day(today, plus: 1), .dayTomorrow)]
        return .pick(
            .init(
                kind: .day, text: day.map { app.formats.date($0, today: today) } ?? partly(field, today) ?? words(.chooseDay),
                open: Press(words(.chooseDay), .open(field)),
                chips: near.map { Chip(Press(words($1).capitalisedFirst, .day(field, $0)), chosen: $0 == day) }))
    }

    /// A date of which only the year, or the month, is known.
    private func partly(_ question: QuestionId, _ today: Day) -> String? {
        let text = text(question)
        if text.isEmpty { return nil }
        return app.formats.say(Label(zh: text.count == digitsOfAYear ? text + "年" : text, en: text), today: today)
    }

    private func moment(_ question: Question, _ today: Day) -> AnswerState {
        let (words, field) = (app.words, question.field)
        let at = moment(field)
        let day = at.map { app.formats.near(app.formats.day($0), today: today).capitalisedFirst }
        let time = typed[field] ?? at.map { app.formats.time($0) } ?? ""
        return .moment(
            .init(
                day: Press(day ?? words(.chooseDay), .open(field)),
                time: Typing(words(question.label), time, hint: words(.timeHint)) { .clock(field, $0) },
                now: Press(words(.rightNow), .now(field))))
    }

    /// A count of a few is stepped, another number is typed.
    private func number(_ question: Question) async throws -> AnswerState {
        var unit: String?
        if let id = question.unit { unit = try await app.butler.office.unit(id).map { app.words($0) } }
        guard let max = question.max, max <= stepped else { return typing(question, .number, unit: unit) }
        let (least, most) = (Int64(question.min ?? 0), Int64(max))
        var now: Int64?
        if case .int(let count) = fields[question.field] { now = count }
        func step(_ word: Word, to: Int64, locked: Bool) -> Press<FormIntent> {
            Press(app.words(word), .answer(question.field, .int(to)), locked: locked ? app.words(.noFurther) : nil)
        }
        return .count(
            .init(
                number: now.map { "\($0)" } ?? nothing, unit: unit,
                less: step(.less, to: (now ?? least + 1) - 1, locked: now.map { $0 <= least } ?? false),
                more: step(.more, to: (now ?? least - 1) + 1, locked: now.map { $0 >= most } ?? false)))
    }

    private func photos(_ question: Question) -> AnswerState {
        let (words, field) = (app.words, question.field)
        let photos = photos[field, default: []]
        let taken = photos.count
        return .photos(
            .init(
                taken: taken == 0
                    ? words(.photosNeeded, ["count": question.atLeast ?? 1]) : words(.photos, ["count": taken]),
                photos: app.strip(photos) { .look($0) },
                take: Press(words(taken == 0 ? .takePhoto : .anotherPhoto), .photo(field)),
                remove: taken == 0 ? nil : Press(words(.removePhoto), .removePhoto(field))))
    }

    private func signature(_ question: Question) -> AnswerState {
        let (words, field) = (app.words, question.field)
        let signed = !photos[field, default: []].isEmpty
        let text = words(signed ? .signed : .signHere)
        return .signature(
            .init(
                drawing: Drawing(words(question.label), text, strokes[field, default: []]) { .sign(field, $0) },
                again: signed ? Press(words(.signAgain), .sign(field, [])) : nil))
    }

    private func pick(_ question: Question, _ kind: PickKind, _ homes: [RecordId]) async throws -> AnswerState {
        let field = question.field
        let chosen = text(field)
        let name = chosen.isEmpty ? app.words(.choose) : try await name(question.answer, chosen)
        let near = question.answer == .person ? try await people(homes).prefix(few) : []
        return .pick(
            .init(
                kind: kind, text: name, open: Press(app.words(.choose), .open(field)),
                chips: near.map { Chip(Press($0.name, .answer(field, .text($0.id))), chosen: $0.id == chosen) }))
    }

    /// Something that can be picked.
    struct Choice {
        let id: String
        let name: String
        let about: String
    }

    /// What may be picked for a question, narrowed by what was typed.
    func choices(_ question: Question, typed: String, homes: [RecordId]) async throws -> [Choice] {
        let (butler, words) = (app.butler, app.words)
        func fits(_ name: String) -> Bool { typed.isEmpty || name.contains(typed) }
        switch question.answer {
        case .person:
            if typed.isEmpty { return try await people(homes) }
            return try await butler.search(typed, limit: shown).filter { $0.kind == .resident }
                .map { Choice(id: $0.record.value, name: $0.title, about: $0.detail) }
        case .home:
            if typed.isEmpty {
                return try await butler.homes.list(limit: shown)
                    .map { Choice(id: $0.record.id.value, name: $0.title, about: "") }
            }
            return try await butler.homes.find(typed)
                .map { Choice(id: $0.record.value, name: $0.title, about: $0.state.map { words($0) } ?? "") }
        case .staff:
            let roles = try await butler.office.roles()
            return try await butler.office.staff().filter { !$0.left && fits($0.name) }.map { staff in
                let held = staff.roles.compactMap { id in roles.first { $0.id == id }.map { words($0.label) } }
                return Choice(id: staff.id.value, name: staff.name, about: words.list(held))
            }
        case .case:
            return try await butler.cases.list(CaseFilter(closed: false)).filter { fits($0.title ?? "") }
                .map { Choice(id: $0.id.value, name: $0.title ?? "", about: $0.stateLabel.map { words($0) } ?? "") }
        default:
            return try await butler.office.places().filter { fits($0.name) }.prefix(shown)
                .map { Choice(id: $0.id.value, name: $0.name, about: "") }
        }
    }

    private func people(_ homes: [RecordId]) async throws -> [Choice] {
        var people: [Choice] = []
        for home in homes {
            people += try await app.butler.homes.details(home).residents.map { person in
                let role: Word? = person.role.map { $0.code == ResidentRole.owner ? .owner : .livesThere }
                return Choice(id: person.record.id.value, name: app.called(person), about: role.map { app.words($0) } ?? "")
            }
        }
        return people
    }

    private func name(_ type: AnswerType, _ id: String) async throws -> String {
        let butler = app.butler
        let record = RecordId(value: id)
        let name: String? =
            switch type {
            case .person: try await found { app.called(record, try await butler.residents.details(record).resident) }
            case .home: try await homeTitle(app, record)
            case .case: try await found { try await butler.cases.details(record).case.title ?? "" }
            case .staff: try await butler.office.staff().first { $0.id.value == id }?.name
            default: try await app.place(PlaceId(value: id))
            }
        return name ?? app.words(.errorNotFound)
    }
}

/// From so many characters on a text needs more than a line; one without a limit may have as many.
private let short = 60
private let long = 500
private let digitsOfAYear = 4
private let scores: Int64 = 5
/// Up to so many a count is stepped.
private let stepped = 99.0
private let few = 4
private let shown = 50
private let nothing = "–"

/// `830`, `08:30`, `8：30` as people type it, in minutes since midnight.
func clockTime(_ text: String) -> Int? {
    let digits = text.compactMap(\.wholeNumberValue)
    guard (3...4).contains(digits.count) else { return nil }
    let (hours, minutes) = digits.reduce(0) { $0 * 10 + $1 }.quotientAndRemainder(dividingBy: 100)
    return hours < 24 && minutes < 60 ? hours * 60 + minutes : nil
}
