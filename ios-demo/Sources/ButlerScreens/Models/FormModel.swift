import ButlerKit
import Foundation

/// The general form: a step of a case, a row of a register, the opening of a case. It draws itself from the questions the
/// procedure asks with the answers so far. Everything filled in is kept as a draft at once; who comes back finds it.
@MainActor public final class FormModel: Model {
    public let app: App
    public let life = Life(FormState())
    private let of: FormOf
    private var opened: (any FormWork)?
    private var form: Submission?
    private let answers: FormAnswers
    private var remark = ""
    private var taken: DraftDetails?
    private var at: QuestionId?
    private var asked = false
    /// It was handed in and does not stand open again: what is handed in next, should it be possible, knows of it.
    private var handedIn = false
    private var lookAt: QuestionId?
    private var picking: Picking?
    private var proposals: [Proposal] = []
    private var problem: String?

    public init(_ app: App, _ of: FormOf) {
        self.app = app
        self.of = of
        answers = FormAnswers(app)
    }

    /// The open list of a question.
    private struct Picking {
        let question: QuestionId
        var month: Month?
        var typed = ""
    }

    // What is written.

    public func act(_ intent: FormIntent) async throws {
        problem = nil
        lookAt = nil
        switch intent {
        case .back: app.platform.back()
        case .restart: try await restart()
        case .read(let article): app.platform.go(.article(article))
        case .answer(let question, let value):
            answers.put(question, value)
            try await answered(question)
        case .type(let question, let text):
            answers.type(try await self.question(question), text)
            try await answered(question)
        case .tick(let question, let option):
            answers.tick(try await self.question(question), option)
            try await answered(question)
        case .clock(let question, let text):
            answers.clock(question, text, today: try await app.butler.date())
            try await answered(question)
        case .now(let question):
            answers.moment(question, now: app.now())
            try await answered(question)
        case .day(let question, let day):
            answers.day(try await self.question(question), day, now: app.now())
            try await answered(question)
        case .photo(let question): try await photo(question)
        case .removePhoto(let question): try await removePhoto(question)
        case .look(let at): app.platform.go(.photo(at))
        case .sign(let question, let strokes): try await sign(question, strokes)
        case .open(let question): try await open(question)
        case .month(let month): picking?.month = month
        case .find(let text): picking?.typed = text
        case .closeSheet: picking = nil
        case .remark(let text):
            remark = text
            try await save()
        case .record: try await record()
        case .proposals(let take): try await propose(take: take)
        }
    }

    public func failed(_ words: String) { problem = words }

    private func answered(_ question: QuestionId) async throws {
        at = question
        picking = nil
        try await save()
    }

    private func draft() async throws -> Draft? {
        let submission = try await submission()
        return opened?.draft(submission, answers.evidence, remark: remark)
    }

    private func save() async throws {
        if let draft = try await draft() { try await app.butler.drafts.save(draft) }
    }

    private func photo(_ question: QuestionId) async throws {
        guard let draft = try await draft(), let photo = try await app.photo(draft, question) else { return }
        try await answered(question, photo)
    }

    private func answered(_ question: QuestionId, _ photo: PhotoId) async throws {
        answers.photos[question, default: []].append(photo)
        try await answered(question)
    }

    private func removePhoto(_ question: QuestionId) async throws {
        guard let photo = answers.photos[question]?.popLast() else { return }
        try await answered(question)
        try await app.butler.photos.discard(photo)
    }

    /// The picture of the lines so far takes the place of the one before.
    private func sign(_ question: QuestionId, _ strokes: [Stroke]) async throws {
        let before = answers.photos.removeValue(forKey: question) ?? []
        answers.strokes[question] = strokes
        if strokes.isEmpty {
            try await answered(question)
        } else {
            try await save()
            let picture = try await app.butler.drafts.addPhoto(to: try await submission().id, question: question, Signature.png(strokes))
            try await answered(question, picture)
        }
        for photo in before { try await app.butler.photos.discard(photo) }
    }

    private func open(_ id: QuestionId) async throws {
        let question = try await question(id)
        picking = Picking(question: id)
        if question.answer == .date || question.answer == .moment {
            let today = try await app.butler.date()
            picking?.month = Month(of: answers.day(of: question) ?? today)
        }
    }

    private func restart() async throws {
        if let form { try await app.butler.drafts.discard(form.id) }
        forget()
        if let opened { answers.takeUp(opened.given) }
    }

    private func forget() {
        form = nil
        taken = nil
        answers.clear()
        remark = ""
        asked = false
        at = nil
    }

    private func record() async throws {
        guard let work = opened else { return }
        let questions = try await work.ask(answers.evidence)
        if let missing = questions.first(where: { $0.problem != nil }) {
            asked = true
            lookAt = missing.field
            return app.platform.notPossible()
        }
        let given = answers.of(questions)
        let made = try await work.record(app.butler.submitting(try await submission()), given, remark: remark)
        app.recorded(try await work.done(given), made)
        let next = work.next(made)
        proposals = try await work.proposals(given)
        forget()
        try await again()
        if proposals.isEmpty { app.platform.back() }
        if let next { app.platform.go(next) }
    }

    /// Whoever comes back finds it as it stands now: of a record's own data nothing is missing, which would be taken out of it.
    private func again() async throws {
        do {
            let now = try await formWork(app, of)
            handedIn = false
            opened = now
            answers.takeUp(now.given)
        } catch ButlerError.NotFound {
            handedIn = true
        } catch let stale as ButlerError {
            guard case .StepNotPossible = stale else { throw stale }
            handedIn = true
        }
    }

    private func propose(take: Bool) async throws {
        if take { try await opened?.take(proposals) }
        proposals = []
        app.platform.back()
    }

    private func submission() async throws -> Submission {
        if let form { return form }
        if handedIn {
            // The next time knows of this one.
            opened = try await formWork(app, of)
            handedIn = false
        }
        let new = try await app.butler.submission(over: opened?.shown)
        form = new
        return new
    }

    private func question(_ id: QuestionId) async throws -> Question {
        guard let question = try await opened?.ask(answers.evidence).first(where: { $0.field == id }) else {
            throw ButlerError.NotFound
        }
        return question
    }

    // What is shown.

    public func read() async throws -> FormState {
        let back = Press(app.words(.back), FormIntent.back)
        do {
            let work = try await work()
            var state = try await shown(work, try await work.ask(answers.evidence))
            state.back = back
            return state
        } catch ButlerError.NotFound {
            return FormState(back: back, problem: problem, empty: Empty(app.words(.errorNotFound), ""))
        } catch let stale as ButlerError {
            guard case .StepNotPossible = stale else { throw stale }
            return FormState(back: back, problem: problem, empty: Empty(app.problem(stale), app.words(.answersKept)))
        }
    }

    /// What the form is for; with it, what was filled in before is taken up.
    private func work() async throws -> any FormWork {
        if let opened { return opened }
        let work = try await formWork(app, of)
        let draft = try await app.butler.drafts.list().first { draft in
            if case .unfinished(let id) = of { draft.draft.submission.id == id } else { work.continues(draft.draft) }
        }
        opened = work
        if case .row(_, _, let question) = of { lookAt = question }
        if let draft {
            form = draft.draft.submission
            taken = draft
            remark = draft.draft.note
            answers.takeUp(draft.draft.answers)
        } else {
            answers.takeUp(work.given)
            try await photoAtOnce(work)
        }
        return work
    }

    /// Where nothing but a photo is missing, the camera is what one wants.
    private func photoAtOnce(_ work: any FormWork) async throws {
        let missing = try await work.ask(answers.evidence).filter { $0.problem != nil }
        if missing.count == 1, missing[0].answer == .photo { try await photo(missing[0].field) }
    }

    private func shown(_ work: any FormWork, _ questions: [Question]) async throws -> FormState {
        let words = app.words
        let today = try await app.butler.date()
        let open = questions.filter { $0.problem != nil }.map { words($0.label) }
        var states: [QuestionState] = []
        for question in questions { states.append(try await state(question, work, today)) }
        return FormState(
            title: words(work.title),
            subtitle: work.subtitle,
            problem: problem,
            guidance: work.advice.guidance.map { words($0) },
            reading: Reading(app, work.advice.articles) { .read($0) },
            draft: taken.map { draftLine($0, today) },
            questions: states,
            remark: work.remarks ? Typing(words(.noteOf), remark, hint: words(.mayBeEmpty)) { .remark($0) } : nil,
            empty: questions.isEmpty ? Empty(words(.asksNothing), "") : nil,
            lookAt: questions.first { $0.field == lookAt }.map { words($0.label) },
            record: Press(
                !open.isEmpty
                    ? words(
                        open.count > named ? .missingSome : .missing,
                        ["count": open.count, "what": words.list(Array(open.prefix(named)))])
                    : questions.isEmpty ? words(work.title) : words(.recordIt),
                .record),
            ready: open.isEmpty,
            sheet: try await sheet(questions, today))
    }

    private func draftLine(_ draft: DraftDetails, _ today: Day) -> DraftLine {
        DraftLine(
            text: app.words(
                draft.formChanged ? .draftChanged : .draftOf,
                ["time": app.formats.nearTime(draft.changedAt, today: today)]),
            restart: Press(app.words(.restart), .restart))
    }

    private func state(_ question: Question, _ work: any FormWork, _ today: Day) async throws -> QuestionState {
        let words = app.words
        let typing = question.field == at && typedAnswers.contains(question.answer)
        // While it is typed nothing is wrong yet; what was never touched is missing, not wrong.
        let said = asked || (answers.has(question.field) && !typing)
        let problem = said ? question.problem.map { words($0) } : nil
        let help = question.help.map { words($0) }
        let hint: Word? =
            question.workedOut != nil
            ? .workedOut : question.answer == .multiChoice ? .mayBeSeveral : question.required ? nil : .mayBeEmpty
        return QuestionState(
            label: words(question.label),
            hint: hint.map { words($0) } ?? "",
            help: help == problem ? nil : help,
            answer: try await answers.state(question, today: today, homes: work.homes),
            problem: problem)
    }

    private func sheet(_ questions: [Question], _ today: Day) async throws -> FormSheet? {
        let words = app.words
        if !proposals.isEmpty {
            return .proposals(
                .init(
                    title: words(.proposed), about: opened?.subtitle ?? "", proposals: proposals.map { words($0.label) },
                    leave: Press(words(.leaveProposed), .proposals(take: false)),
                    take: Press(words(.takeProposed), .proposals(take: true))))
        }
        guard let open = picking, let question = questions.first(where: { $0.field == open.question }) else { return nil }
        if let month = open.month { return .days(days(question, month, today)) }
        return .picks(try await picks(question, open.typed))
    }

    private func days(_ question: Question, _ month: Month, _ today: Day) -> MonthDays<FormIntent> {
        MonthDays(
            app, app.words(question.label), month, today: today, chosen: answers.day(of: question),
            turn: { .month($0) }, choose: { .day(question.field, $0) }, close: .closeSheet)
    }

    private func picks(_ question: Question, _ typed: String) async throws -> FormSheet.Picks {
        let words = app.words
        let wanted = typed.trimmingCharacters(in: .whitespaces)
        let rows = try await answers.choices(question, typed: wanted, homes: opened?.homes ?? [])
        return FormSheet.Picks(
            title: words(question.label),
            search: Typing(words(.search), typed, hint: words(.findHint)) { .find($0) },
            rows: rows.map { PickRow(about: $0.about, pick: Press($0.name, .answer(question.field, .text($0.id)))) },
            none: rows.isEmpty ? words(.foundNothingTry) : nil,
            close: Press(words(.closeIt), .closeSheet))
    }
}

/// So many of what is missing are named.
private let named = 2
private let typedAnswers: Set<AnswerType> = [.text, .number, .time, .moment, .phone, .money]
