import ButlerKit

/// Why, everything that was meant, and what to do with it.
public struct RejectedState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<RejectedIntent>?
    public var problem: String?
    public var subject = ""
    public var field = ""
    public var badge: Badge?
    public var reason = ""
    public var reasonAbout = ""
    public var meantTitle: String?
    public var meant: [TouchLine] = []
    public var adviceTitle: String?
    public var advice: String?
    public var empty: Empty<RejectedIntent>?
    public var dismiss: Press<RejectedIntent>?
    public var resend: Press<RejectedIntent>?
    public var correct: CorrectSheet?
    public var sheet: DismissSheet?
}

/// One thing that was meant, with a tick; `bad` is what the reason is about. What the form over the record asks of this person
/// can be put right.
public struct TouchLine: Sendable {
    public let about: String
    public let bad: Bool
    public let tick: Chip<RejectedIntent>
    public let correct: Press<RejectedIntent>?
}

/// One of those is answered anew.
public struct CorrectSheet: Sendable {
    public let title: String
    public let about: String
    public let help: String?
    public let chips: [Chip<RejectedIntent>]
    public let typed: Typing<RejectedIntent>?
    public let unit: String?
    /// It is typed in digits.
    public let digits: Bool
    public let problem: String?
    public let leave: Press<RejectedIntent>
    public let use: Press<RejectedIntent>
}

/// Asked once before it is put away.
public struct DismissSheet: Sendable {
    public let title: String
    public let about: String
    public let keep: Press<RejectedIntent>
    public let dismiss: Press<RejectedIntent>
}

public enum RejectedIntent: Equatable, Sendable {
    case back
    case tick(Int)
    case askDismiss
    case keep
    case dismiss
    case resend
    case correct(Int)
    case answer(Value)
    case type(String)
    case use
    case leave
}

/// 被退回: of `rejected.list`, one edit. What the reason is about is not sent again unless it is ticked; what the form over the
/// record asks of this person may be answered anew.
@MainActor public final class RejectedModel: Model {
    public let app: App
    public let life = Life(RejectedState())
    private let change: ChangeHash
    private var ticked: Set<Int>?
    private var asking = false
    private var problem: String?
    /// What was put right of it, and not sent yet.
    private var corrected: [Int: TouchRow] = [:]
    private var correcting: Correcting?

    /// The open sheet of a value.
    private struct Correcting {
        let touch: Int
        let question: Question
        let answers: FormAnswers

        @MainActor var answer: Value? { answers.evidence.fields[question.field] }
    }

    public init(_ app: App, _ change: ChangeHash) {
        self.app = app
        self.change = change
    }

    public func act(_ intent: RejectedIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .tick(let touch): ticked = (ticked ?? []).symmetricDifference([touch])
        case .askDismiss: asking = true
        case .keep: asking = false
        case .dismiss:
            try await app.butler.rejected.dismiss(change)
            asking = false
            app.platform.back()
        case .resend: try await resend()
        case .correct(let touch): try await open(touch)
        case .answer(let value): if let correcting { correcting.answers.put(correcting.question.field, value) }
        case .type(let text): if let correcting { correcting.answers.type(correcting.question, text) }
        case .use: if let correcting { try await use(correcting) }
        case .leave: correcting = nil
        }
    }

    public func failed(_ words: String) { problem = words }

    private func row() async throws -> RejectedRow? {
        try await app.butler.rejected.list().first { $0.change == change }
    }

    private func resend() async throws {
        guard let row = try await row() else { return }
        let chosen = meant(row).enumerated().filter { ticked?.contains($0.offset) == true }.map(\.element)
        let butler = try app.butler.submitting(try await app.butler.submission(over: row.shown))
        try await butler.rejected.resend(change, corrected: chosen == row.meant ? nil : chosen)
        app.platform.recorded()
        app.platform.back()
    }

    /// As it is to be sent: what was put right stands in the place of what was meant.
    private func meant(_ row: RejectedRow) -> [TouchRow] { row.meant.enumerated().map { corrected[$0.offset] ?? $0.element } }

    /// What the form over that record asks, as it stood with these; nothing of a record without such a form.
    private func asked(_ row: RejectedRow, _ touches: [TouchRow]) async throws -> [String: Question] {
        guard let form = recordForms[row.kind] else { return [:] }
        let record = try await found { try await app.butler.records.get(row.record) }
        var fields: [QuestionId: Value] = [:]
        for field in record?.fields ?? [] { fields[QuestionId(value: field.path)] = field.shown.value }
        for touch in touches { if case .write(let value) = touch.change { fields[QuestionId(value: touch.path)] = value } }
        let questions = try await app.butler.registers.ask(form, Evidence(fields: fields))
        return Dictionary(questions.map { ($0.field.value, $0) }) { first, _ in first }
    }

    private func open(_ at: Int) async throws {
        guard let row = try await row() else { return }
        let touches = meant(row)
        guard let question = try await asked(row, touches)[touches[at].path] else { return }
        let answers = FormAnswers(app)
        if case .write(let value) = touches[at].change { answers.put(question.field, value) }
        correcting = Correcting(touch: at, question: question, answers: answers)
    }

    private func use(_ open: Correcting) async throws {
        guard let row = try await row(), let value = open.answer else { return }
        let touch = row.meant[open.touch]
        corrected[open.touch] = TouchRow(
            path: touch.path, label: touch.label, change: .write(value: value), words: try await said(open, value))
        ticked = (ticked ?? []).union([open.touch])
        correcting = nil
    }

    /// An answer in words.
    private func said(_ open: Correcting, _ value: Value) async throws -> Label {
        let question = open.question
        if let option = question.options.first(where: { .text($0.id) == value }) { return option.label }
        if case .bool(let yes) = value { return Label(zh: (yes ? Word.yes : .no).zh, en: (yes ? Word.yes : .no).en) }
        let written = open.answers.written(question)
        guard let unit = try await unit(question) else { return Label(zh: written, en: written) }
        return Label(zh: written + unit.zh, en: "\(written) \(unit.en)")
    }

    private func unit(_ question: Question) async throws -> Label? {
        if question.answer == .money { return Label(zh: Word.yuan.zh, en: Word.yuan.en) }
        guard let unit = question.unit else { return nil }
        return try await app.butler.office.unit(unit)
    }

    public func read() async throws -> RejectedState {
        let words = app.words
        let back = Press(words(.back), RejectedIntent.back)
        let all = try await app.butler.rejected.list()
        guard let row = all.first(where: { $0.change == change }) else {
            return RejectedState(
                title: words(.stateRejected), back: back, problem: problem,
                empty: Empty(words(.nothingRejected), words(.nothingRejectedAbout)))
        }
        let today = try await app.butler.date()
        let mayAct = row.fate == .rejected || row.fate == .quarantined
        let bad = Set(row.meant.indices.filter { row.meant[$0].path == row.path })
        let chosen = ticked ?? Set(row.meant.indices).subtracting(bad)
        ticked = chosen
        let field = row.disputed.map { words($0.label) }
        let touches = meant(row)
        let questions = mayAct ? try await asked(row, touches) : [:]
        // Whose it is to answer, where that is why it came back.
        let whose = row.disputed.flatMap { questions[$0.path]?.whose }.map { words($0) }
        let time = app.formats.nearTime(row.at, today: today)
        let subject = [row.subject, words(kindWord(row.kind))].filter { !$0.isEmpty }
        let advises = mayAct && !bad.isEmpty
        return RejectedState(
            title: words(.stateRejected),
            subtitle: words(.rejectedAbout, ["count": all.count]),
            back: back,
            problem: problem,
            subject: subject.joined(separator: dot),
            field: field ?? words(kindWord(row.kind)),
            badge: fateBadge(app, row.fate),
            reason: words(row.reason),
            reasonAbout: whose.map { words(.rejectedWhose, ["whose": $0, "time": time]) } ?? words(.rejectedAt, ["time": time]),
            meantTitle: row.meant.isEmpty ? nil : words(.meant, ["count": row.meant.count]),
            // What the reason is about stands first.
            meant: (row.meant.indices.filter(bad.contains) + row.meant.indices.filter { !bad.contains($0) }).map { index in
                touch(
                    index, touches[index], bad: bad.contains(index), ticked: chosen.contains(index), mayAct: mayAct,
                    questions[touches[index].path], today)
            },
            adviceTitle: !advises
                ? nil
                : whose.map { words(.whoseTitle, ["whose": $0, "field": field ?? ""]) } ?? words(.adviceTitle, ["field": field ?? ""]),
            advice: advises
                ? whose.map { words(.whoseAdvice, ["whose": $0]) } ?? words(.advice) : mayAct ? nil : words(.goesByItself),
            dismiss: mayAct ? Press(words(.doNotSend), .askDismiss) : nil,
            resend: mayAct ? resend(row, chosen, bad) : nil,
            correct: try await correct(row, today),
            sheet: asking ? sheet : nil)
    }

    private func touch(
        _ index: Int, _ touch: TouchRow, bad: Bool, ticked: Bool, mayAct: Bool, _ question: Question?, _ today: Day
    ) -> TouchLine {
        let words = app.words
        let said =
            switch touch.change {
            case .write: touch.words.map { app.formats.say($0, today: today) } ?? ""
            case .clear: words(.cleared)
            case .splice(_, _, let insert): insert.isEmpty ? words(.cleared) : insert
            }
        return TouchLine(
            about: [said, corrected[index] != nil ? words(.putRight) : bad ? words(.cannotPass) : ""].filter { !$0.isEmpty }.joined(separator: dot),
            bad: bad,
            tick: Chip(
                Press(words(touch.label), .tick(index), locked: mayAct ? nil : words(.goesByItself)), chosen: ticked),
            correct: question.flatMap { question in
                !question.writable || !answered.contains(question.answer)
                    ? nil : Press(words(.correctField, ["field": words(touch.label)]), .correct(index))
            })
    }

    private func correct(_ row: RejectedRow, _ today: Day) async throws -> CorrectSheet? {
        guard let open = correcting else { return nil }
        let words = app.words
        let (question, answer) = (open.question, open.answer)
        var problem: String? = words(question.label)
        if let answer {
            var touches = meant(row)
            touches[open.touch] = TouchRow(
                path: question.field.value, label: question.label, change: .write(value: answer), words: nil)
            problem = try await asked(row, touches)[question.field.value]?.problem.map { words($0) }
        }
        func chip(_ label: String, _ value: Value) -> Chip<RejectedIntent> { Chip(Press(label, .answer(value)), chosen: value == answer) }
        let chips: [Chip<RejectedIntent>] =
            switch question.answer {
            case .choice: question.options.map { chip(words($0.label), .text($0.id)) }
            case .flag: [chip(words(.yes), .bool(true)), chip(words(.no), .bool(false))]
            default: []
            }
        return CorrectSheet(
            title: words(.correctField, ["field": words(question.label)]),
            about: row.meant[open.touch].words.map { words(.writtenThen, ["value": app.formats.say($0, today: today)]) } ?? "",
            help: question.help.map { words($0) },
            chips: chips,
            typed: chosenAnswers.contains(question.answer)
                ? nil : Typing(words(question.label), open.answers.written(question)) { .type($0) },
            unit: try await unit(question).map { words($0) },
            digits: question.answer != .text,
            problem: answer == nil ? nil : problem,
            leave: Press(words(.thinkAgain), .leave),
            use: Press(words(.useIt), .use, locked: problem.map { words(.stillMissing, ["count": 1, "what": $0]) }))
    }

    private func resend(_ row: RejectedRow, _ chosen: Set<Int>, _ bad: Set<Int>) -> Press<RejectedIntent> {
        let words = app.words
        let label =
            if corrected.keys.contains(where: chosen.contains) {
                words(.sendCorrected, ["count": chosen.count])
            } else if chosen.count == row.meant.count {
                words(.sendAsMeant)
            } else if !bad.isEmpty && chosen == Set(row.meant.indices).subtracting(bad) {
                words(.sendWithout, ["count": chosen.count])
            } else {
                words(.sendThese, ["count": chosen.count])
            }
        return Press(label, .resend, locked: chosen.isEmpty ? words(.nothingTicked) : nil)
    }

    private var sheet: DismissSheet {
        DismissSheet(
            title: app.words(.dismissTitle), about: app.words(.dismissAbout),
            keep: Press(app.words(.thinkAgain), .keep), dismiss: Press(app.words(.doNotSend), .dismiss))
    }
}

/// The form over a record of a kind.
private let recordForms: [Kind: FormId] = [.home: homeForm, .resident: personForm, .contact: contactForm]
private let chosenAnswers: Set<AnswerType> = [.choice, .flag]
/// What is answered in a sheet of its own.
private let answered = chosenAnswers.union([.text, .number, .money, .phone])
