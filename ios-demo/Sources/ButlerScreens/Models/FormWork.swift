import ButlerKit

/// What stands above the questions: how it is done, and what is read before.
struct Advice {
    let guidance: Label?
    var articles: [ArticleRow] = []
}

/// What one form is for: what it is called, what it asks, and what handing it in does.
@MainActor protocol FormWork: AnyObject {
    var title: Label { get }
    var subtitle: String { get }
    var advice: Advice { get }
    /// The homes it is about: whose people are offered first.
    var homes: [RecordId] { get }
    /// What the screen showed of the record it changes.
    var shown: Shown? { get }
    /// What stands in it before anybody answers.
    var given: Evidence { get }
    /// Whether free words go with it.
    var remarks: Bool { get }

    func ask(_ answers: Evidence) async throws -> [Question]

    /// Hands it in; what of it may be taken back.
    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded]

    /// A draft of it.
    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft

    /// What the answers suggest about the record they are about.
    func proposals(_ answers: Evidence) async throws -> [Proposal]

    func take(_ proposals: [Proposal]) async throws

    /// What was done, in words.
    func done(_ answers: Evidence) async throws -> String

    /// Where one goes on once it is handed in; nil for back where one came from.
    func next(_ made: [Recorded]) -> Place?

    var app: App { get }
}

extension FormWork {
    var shown: Shown? { nil }
    var given: Evidence { Evidence() }
    var remarks: Bool { false }

    /// Whether that draft was begun for the same.
    func continues(_ other: Draft) -> Bool {
        let mine = draft(other.submission, other.answers, remark: other.note)
        return mine.form == other.form && mine.step == other.step && mine.about == other.about && mine.due == other.due
    }

    func proposals(_ answers: Evidence) async throws -> [Proposal] { [] }

    func take(_ proposals: [Proposal]) async throws {}

    func done(_ answers: Evidence) async throws -> String { app.words(.saved, ["what": app.words(title)]) }

    func next(_ made: [Recorded]) -> Place? { nil }
}

/// The work a form is opened for.
@MainActor func formWork(_ app: App, _ of: FormOf) async throws -> any FormWork {
    switch of {
    case .step(let id, let step): try await stepWork(app, id, step)
    case .row(let form, let about, _): try await dueForm(app, form, place: nil, about: about, due: nil)
    case .opening(let workflow, let about): try await openedWork(app, workflow, about)
    case .due(let due, let opened): try await dueWork(app, due, opened)
    case .instead(let answer, let due, let about): try await insteadWork(app, answer, due, about)
    case .unfinished(let draft): try await unfinishedWork(app, draft)
    }
}

@MainActor private func stepWork(_ app: App, _ id: RecordId, _ step: StepId) async throws -> any FormWork {
    let details = try await app.butler.cases.details(id)
    guard let next = try await app.butler.cases.nextSteps(id).first(where: { $0.step == step }) else {
        throw ButlerError.StepNotPossible(step: step, why: nil)
    }
    var homes: [(record: RecordId, title: String)] = []
    for record in details.about {
        if let title = try await homeTitle(app, record) { homes.append((record, title)) }
    }
    return StepWork(
        app: app, title: next.label,
        subtitle: [details.case.title, homes.first?.title].compactMap { $0 }.joined(separator: dot),
        advice: Advice(guidance: next.guidance, articles: next.articles), id: id, step: step,
        workflow: details.case.playbook, homes: homes.map(\.record),
        shown: details.shown, given: prefilled(next.questions))
}

/// What is read before something due is done.
@MainActor private func toRead(_ app: App, _ due: DueId?) async throws -> [ArticleRow] {
    guard let due else { return [] }
    return try await app.butler.today.item(due)?.articles ?? []
}

/// What stands in a form before anybody answers.
private func prefilled(_ questions: [Question]) -> Evidence {
    Evidence(fields: questions.reduce(into: [:]) { given, asked in if let value = asked.prefilled { given[asked.field] = value } })
}

@MainActor private func rowWork(
    _ app: App, _ form: FormId, place: PlaceId?, about: RecordId?, due: DueId?
) async throws -> any FormWork {
    let known = try await app.butler.registers.form(form)
    var home: HomeDetails?
    var person: Resident?
    var row: EntryDetails?
    if let about {
        home = try await found { try await app.butler.homes.details(about) }
        if home == nil { person = try await found { try await app.butler.residents.details(about).resident } }
        if home == nil, person == nil { row = try await found { try await app.butler.registers.details(about) } }
    }
    let grid = try await app.butler.me().grids.first.map { PlaceId(value: $0.id.value) }
    guard let at = place ?? home?.home.place ?? person?.place ?? row?.place ?? grid else { throw ButlerError.NotFound }
    var asksHome = false
    if about == nil {
        asksHome = try await app.butler.office.procedures().contains { $0.begin == .form(form: form) && $0.about.contains(.home) }
    }
    let name = about.flatMap { about in person.map { app.called(about, $0) } }
    let today = try await app.butler.date()
    let said = row?.said.prefix(saidOfARow).map { app.formats.say($0.words, today: today) }.joined(separator: dot)
    var subject = home?.title ?? name ?? said
    if subject == nil { subject = try await app.place(at) }
    return RowWork(
        app: app, title: known.title, subtitle: asksHome ? "" : subject ?? "",
        advice: Advice(guidance: known.guidance, articles: try await toRead(app, due)), form: form, place: at,
        about: about, due: due, known: [home == nil ? nil : about, person?.home].compactMap { $0 },
        asksHome: asksHome)
}

@MainActor private func dueWork(_ app: App, _ due: DueId, _ opened: WorkflowId?) async throws -> any FormWork {
    guard let item = try await app.butler.today.item(due) else { throw ButlerError.NotFound }
    if let opened {
        let title = try await procedure(app, opened).title
        return try await openingWork(app, opened, place: item.place, about: item.about, due: due, title: title)
    }
    switch item.begin {
    case .form(let form): return try await dueForm(app, form, place: item.place, about: item.about, due: due)
    case .workflow(let workflow):
        return try await openingWork(
            app, workflow, place: item.place, about: item.about, due: due, title: item.title)
    case .checklist: throw ButlerError.NotFound
    }
}

/// A row, or the data of the record itself.
@MainActor private func dueForm(
    _ app: App, _ form: FormId, place: PlaceId?, about: RecordId?, due: DueId?
) async throws -> any FormWork {
    if let answer = insteadForms.first(where: { $0.form == form })?.answer { return try await insteadWork(app, answer, due, about) }
    if let about, ofRecords.contains(form) { return try await dataWork(app, form, about, due) }
    return try await rowWork(app, form, place: place, about: about, due: due)
}

@MainActor private func dataWork(_ app: App, _ form: FormId, _ about: RecordId, _ due: DueId?) async throws -> any FormWork {
    let known = try await app.butler.registers.form(form)
    let record = try await app.butler.records.get(about)
    let home = try await homeTitle(app, about)
    let advice = Advice(guidance: known.guidance, articles: try await toRead(app, due))
    if let home, form == personForm {
        return PersonWork(app: app, title: known.title, subtitle: home, advice: advice, home: about, due: due)
    }
    var subject = home
    if subject == nil { subject = try await found { app.called(about, try await app.butler.residents.details(about).resident) } }
    let now: [QuestionId: Value] = record.fields.reduce(into: [:]) { $0[QuestionId(value: $1.path)] = $1.shown.value }
    // What somebody else fills in is no answer of one's own.
    let writable = try await app.butler.registers.ask(form, Evidence(fields: now)).filter(\.writable).map(\.field)
    return DataWork(
        app: app, title: known.title, subtitle: subject ?? "", advice: advice, form: form, about: about,
        isHome: home != nil, due: due, shown: record.shown,
        given: Evidence(fields: now.filter { writable.contains($0.key) }))
}

/// A case about a record, or of the grid: what that is about, its questions say.
@MainActor private func openedWork(_ app: App, _ workflow: WorkflowId, _ about: RecordId?) async throws -> any FormWork {
    let known = try await procedure(app, workflow)
    let grid = about == nil ? try await app.butler.me().grids.first.map { PlaceId(value: $0.id.value) } : nil
    return try await openingWork(app, workflow, place: grid, about: about, due: nil, title: known.title)
}

@MainActor private func procedure(_ app: App, _ workflow: WorkflowId) async throws -> ProcedureRow {
    let procedures = try await app.butler.office.procedures()
    guard let known = procedures.first(where: { $0.begin == .workflow(workflow: workflow) }) else { throw ButlerError.NotFound }
    return known
}

@MainActor private func openingWork(
    _ app: App, _ workflow: WorkflowId, place: PlaceId?, about: RecordId?, due: DueId?, title: Label
) async throws -> any FormWork {
    var home: HomeDetails?
    if let about { home = try await found { try await app.butler.homes.details(about) } }
    guard let at = place ?? home?.home.place, let step = try await app.butler.cases.opening(workflow, at: at).first else {
        throw ButlerError.NotFound
    }
    var subject = home?.title
    if subject == nil { subject = try await app.place(at) }
    let articles = try await step.articles + toRead(app, due).filter { !step.articles.contains($0) }
    return OpeningWork(
        app: app, title: title, subtitle: subject ?? "", advice: Advice(guidance: step.guidance, articles: articles),
        workflow: workflow, step: step.step, place: at, about: about, due: due, homes: [home == nil ? nil : about].compactMap { $0 })
}

@MainActor private func unfinishedWork(_ app: App, _ id: SubmissionId) async throws -> any FormWork {
    guard let details = try await app.butler.drafts.get(id) else { throw ButlerError.NotFound }
    let draft = details.draft
    let about = draft.about.first
    guard let step = draft.step.map({ StepId(value: $0) }) else {
        return try await dueForm(app, FormId(value: draft.form), place: draft.place, about: about, due: draft.due)
    }
    if let about, try await found({ try await app.butler.cases.details(about) }) != nil {
        return try await stepWork(app, about, step)
    }
    return try await openingWork(
        app, WorkflowId(value: draft.form), place: draft.place, about: about, due: draft.due,
        title: details.title ?? Label(zh: "", en: ""))
}

/// The forms of a home's and a person's own data: they write it, not a row about it.
private let ofRecords: Set<FormId> = [homeForm, personForm]

/// A step of a case.
private final class StepWork: FormWork {
    let app: App
    let title: Label
    let subtitle: String
    let advice: Advice
    let id: RecordId
    let step: StepId
    let workflow: WorkflowId?
    let homes: [RecordId]
    let shown: Shown?
    let given: Evidence
    let remarks = true

    init(
        app: App, title: Label, subtitle: String, advice: Advice, id: RecordId, step: StepId, workflow: WorkflowId?,
        homes: [RecordId], shown: Shown?, given: Evidence
    ) {
        (self.app, self.title, self.subtitle, self.advice) = (app, title, subtitle, advice)
        (self.id, self.step, self.workflow, self.homes, self.shown) = (id, step, workflow, homes, shown)
        self.given = given
    }

    func ask(_ answers: Evidence) async throws -> [Question] { try await app.butler.cases.ask(id, step: step, answers) }

    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded] {
        // Asked before: the step may answer what was urgent.
        let urgent = try await app.isUrgent(id)
        try await butler.cases.take(id, step: step, answers, note: remark)
        if urgent { app.platform.sync() }
        // A step cannot be taken back: its form was the confirmation.
        return []
    }

    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft {
        Draft(
            submission: submission, form: workflow?.value ?? "", step: step.value, about: [id], answers: answers,
            note: remark)
    }
}

/// A row of a register.
private final class RowWork: FormWork {
    let app: App
    let title: Label
    let subtitle: String
    let advice: Advice
    let form: FormId
    let place: PlaceId
    let about: RecordId?
    let due: DueId?
    let known: [RecordId]
    let asksHome: Bool
    private var picked: RecordId?

    init(
        app: App, title: Label, subtitle: String, advice: Advice, form: FormId, place: PlaceId, about: RecordId?,
        due: DueId?, known: [RecordId], asksHome: Bool
    ) {
        (self.app, self.title, self.subtitle, self.advice) = (app, title, subtitle, advice)
        (self.form, self.place, self.about, self.due) = (form, place, about, due)
        (self.known, self.asksHome) = (known, asksHome)
    }

    var homes: [RecordId] { known + [picked].compactMap { $0 } }

    func ask(_ answers: Evidence) async throws -> [Question] {
        picked = home(answers)
        let asked = try await app.butler.registers.ask(
            form, own(answers), about: [about ?? picked].compactMap { $0 }, place: place)
        return asksHome ? [askWhichHome()] + asked : asked
    }

    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded] {
        let home = home(answers)
        var at: PlaceId?
        if let home { at = try await app.butler.homes.details(home).home.place }
        let entry = NewEntry(
            form: form, place: at ?? place, answers: own(answers), about: [about ?? home].compactMap { $0 }, due: due)
        return [try await butler.registers.add(entry)]
    }

    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft {
        Draft(
            submission: submission, form: form.value, place: place, about: [about].compactMap { $0 }, due: due,
            answers: answers, note: remark)
    }

    func proposals(_ answers: Evidence) async throws -> [Proposal] {
        about == nil ? [] : try await app.butler.registers.propose(form, answers)
    }

    func take(_ proposals: [Proposal]) async throws {
        guard let about else { return }
        _ = try await edit(app.butler, about, isHome: homes.contains(about), proposals)
    }

    private func askWhichHome() -> Question {
        let label = Label(zh: Word.whichHome.zh, en: Word.whichHome.en)
        return Question(
            field: whichHome, label: label, answer: .home, required: true, writable: true, personal: false, options: [],
            help: nil, unit: nil, min: nil, max: nil, maxLength: nil, atLeast: nil, photo: .never, must: false,
            invalid: nil, problem: picked == nil ? label : nil)
    }

    private func home(_ answers: Evidence) -> RecordId? {
        if case .text(let id) = answers.fields[whichHome] { RecordId(value: id) } else { nil }
    }

    /// What the register itself asked for.
    private func own(_ answers: Evidence) -> Evidence {
        Evidence(fields: answers.fields.filter { $0.key != whichHome }, photos: answers.photos)
    }
}

/// Its first answers name a row.
private let saidOfARow = 2

/// No question of a playbook has such an id.
private let whichHome: QuestionId = "which-home"

/// A case that is opened.
private final class OpeningWork: FormWork {
    let app: App
    let title: Label
    let subtitle: String
    let advice: Advice
    let workflow: WorkflowId
    let step: StepId
    let place: PlaceId
    let about: RecordId?
    let due: DueId?
    let homes: [RecordId]
    let remarks = true

    init(
        app: App, title: Label, subtitle: String, advice: Advice, workflow: WorkflowId, step: StepId, place: PlaceId,
        about: RecordId?, due: DueId?, homes: [RecordId]
    ) {
        (self.app, self.title, self.subtitle, self.advice) = (app, title, subtitle, advice)
        (self.workflow, self.step, self.place) = (workflow, step, place)
        (self.about, self.due, self.homes) = (about, due, homes)
    }

    func ask(_ answers: Evidence) async throws -> [Question] {
        try await app.butler.cases.askOpening(workflow, step: step, at: place, answers)
    }

    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded] {
        let new = NewCase(
            workflow: workflow, step: step, title: app.words(title), place: place, about: [about].compactMap { $0 },
            evidence: answers, note: remark, due: due)
        let opened = try await butler.cases.open(new).record
        if try await app.isUrgent(opened) { app.platform.sync() }
        // A case is cancelled by a step of its own, not taken back.
        return []
    }

    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft {
        Draft(
            submission: submission, form: workflow.value, step: step.value, place: place,
            about: [about].compactMap { $0 }, due: due, answers: answers, note: remark)
    }
}

/// The data of a home or a person: what stands there is shown, and what is changed is written.
private final class DataWork: FormWork {
    let app: App
    let title: Label
    let subtitle: String
    let advice: Advice
    let form: FormId
    let about: RecordId
    let isHome: Bool
    let due: DueId?
    let shown: Shown?
    let given: Evidence

    init(
        app: App, title: Label, subtitle: String, advice: Advice, form: FormId, about: RecordId, isHome: Bool,
        due: DueId?, shown: Shown?, given: Evidence
    ) {
        (self.app, self.title, self.subtitle, self.advice) = (app, title, subtitle, advice)
        (self.form, self.about, self.isHome, self.due) = (form, about, isHome, due)
        (self.shown, self.given) = (shown, given)
    }

    var homes: [RecordId] { isHome ? [about] : [] }

    func ask(_ answers: Evidence) async throws -> [Question] { try await app.butler.registers.ask(form, answers) }

    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded] {
        // An answer that was taken out is taken out of the record; one whose question is not asked now is left alone.
        let asked = try await ask(answers).filter(\.writable).map(\.field)
        let changed = asked.filter { given.fields[$0] != answers.fields[$0] }
        if changed.isEmpty { return [] }
        let now = answers.fields
        return [
            isHome
                ? try await butler.homes.edit(about) { edit in for one in changed { edit.answer(one, now[one]) } }
                : try await butler.residents.edit(about) { edit in for one in changed { edit.answer(one, now[one]) } }
        ]
    }

    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft {
        Draft(submission: submission, form: form.value, about: [about], due: due, answers: answers, note: remark)
    }
}

/// Writes what is proposed into a home or a person.
@MainActor private func edit(
    _ butler: Butler, _ record: RecordId, isHome: Bool, _ proposals: [Proposal]
) async throws -> Recorded {
    isHome
        ? try await butler.homes.edit(record) { edit in for one in proposals { edit.take(one) } }
        : try await butler.residents.edit(record) { edit in for one in proposals { edit.take(one) } }
}

/// The forms that are filled in instead of doing what is due.
private let insteadForms: [(form: FormId, answer: DueAnswer)] = [("due.snooze", .snooze), ("due.skip", .skip)]

/// Something else is done with what is due: with one item, or with all of a home.
@MainActor private func insteadWork(
    _ app: App, _ answer: DueAnswer, _ due: DueId?, _ about: RecordId?
) async throws -> any FormWork {
    guard let form = insteadForms.first(where: { $0.answer == answer })?.form else { throw ButlerError.NotFound }
    let known = try await app.butler.registers.form(form)
    var items: [TodayItem] = []
    if let due {
        items = [try await app.butler.today.item(due)].compactMap { $0 }
    } else if let about {
        items = try await toDo(app, about)
    }
    guard let first = items.first else { throw ButlerError.NotFound }
    let tomorrow = Value.text(app.formats.day(try await app.butler.date(), plus: 1).description)
    let given = known.questions.filter { $0.answer == .date }.reduce(into: [:]) { $0[$1.field] = tomorrow }
    let what = app.words.list(items.map { app.words($0.title) }.unique())
    return InsteadWork(
        app: app, title: known.title, subtitle: [first.subject, what].filter { !$0.isEmpty }.joined(separator: dot),
        advice: Advice(guidance: known.guidance), form: form, answer: answer, due: due, about: about, dues: items.map(\.id), what: what,
        given: Evidence(fields: given))
}

/// Somebody who is entered in a household.
private final class PersonWork: FormWork {
    let app: App
    let title: Label
    let subtitle: String
    let advice: Advice
    let home: RecordId
    let due: DueId?

    init(app: App, title: Label, subtitle: String, advice: Advice, home: RecordId, due: DueId?) {
        (self.app, self.title, self.subtitle, self.advice) = (app, title, subtitle, advice)
        (self.home, self.due) = (home, due)
    }

    var homes: [RecordId] { [home] }

    func ask(_ answers: Evidence) async throws -> [Question] { try await app.butler.registers.ask(personForm, answers) }

    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded] {
        [try await butler.residents.add(to: home) { edit in for (question, value) in answers.fields { edit.answer(question, value) } }]
    }

    /// Their number comes next.
    func next(_ made: [Recorded]) -> Place? { made.first.map { .resident($0.record) } }

    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft {
        Draft(submission: submission, form: personForm.value, about: [home], due: due, answers: answers, note: remark)
    }
}

/// What is due is put off, or left out.
private final class InsteadWork: FormWork {
    let app: App
    let title: Label
    let subtitle: String
    let advice: Advice
    let form: FormId
    let answer: DueAnswer
    let due: DueId?
    let about: RecordId?
    let dues: [DueId]
    let what: String
    let given: Evidence

    init(
        app: App, title: Label, subtitle: String, advice: Advice, form: FormId, answer: DueAnswer, due: DueId?,
        about: RecordId?, dues: [DueId], what: String, given: Evidence
    ) {
        (self.app, self.title, self.subtitle, self.advice) = (app, title, subtitle, advice)
        (self.form, self.answer, self.due, self.about) = (form, answer, due, about)
        (self.dues, self.what, self.given) = (dues, what, given)
    }

    var homes: [RecordId] { [about].compactMap { $0 } }

    func ask(_ answers: Evidence) async throws -> [Question] { try await app.butler.registers.ask(form, answers) }

    func record(_ butler: Butler, _ answers: Evidence, remark: String) async throws -> [Recorded] {
        switch answer {
        case .snooze: try await butler.today.snoozeMany(dues, answers)
        case .skip: try await butler.today.skipMany(dues, answers)
        }
    }

    func done(_ answers: Evidence) async throws -> String {
        let until = answers.fields.values.lazy.compactMap { value -> Day? in
            guard case .text(let text) = value else { return nil }
            return try? Day(text)
        }.first
        guard let until else { return app.words(.skippedNow, ["what": what]) }
        let day = app.formats.near(until, today: try await app.butler.date())
        return app.words(.putOffUntil, ["what": what, "day": day])
    }

    func draft(_ submission: Submission, _ answers: Evidence, remark: String) -> Draft {
        Draft(submission: submission, form: form.value, about: homes, due: due, answers: answers, note: remark)
    }
}
