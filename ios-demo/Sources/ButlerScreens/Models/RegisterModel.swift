import ButlerKit
import Foundation

/// What can be pressed where all procedures stand.
public enum ProceduresIntent: Sendable {
    case back
    case type(String)
    case open(Procedure)
    case article(ArticleRow)
}

/// Registers and procedures by subject: of `office.procedures`; rounds begin on 今天.
@MainActor public final class ProceduresModel: Model {
    public let app: App
    public let life = Life(ProceduresState())
    private var typed = ""
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> ProceduresState {
        let words = app.words
        let sought = typed.trimmed
        let rows = try await app.butler.office.procedures().filter { !$0.begin.isChecklist }.filter { row in
            sought.isEmpty || [row.title, row.sectionLabel].contains { words($0).localizedCaseInsensitiveContains(sought) }
        }
        var sections = rows.grouped(by: \.section).map { _, group in
            ProcedureSection(
                title: words(group[0].sectionLabel), rows: group.map { Press(words($0.title), ProceduresIntent.open($0.begin)) })
        }
        let articles = sought.isEmpty ? [] : try await app.butler.library.search(sought)
        if !articles.isEmpty {
            sections.append(
                ProcedureSection(title: words(.libraryTitle), rows: articles.map { Press(words($0.title), .article($0)) }))
        }
        return ProceduresState(
            title: words(.proceduresTitle),
            back: Press(words(.back), .back),
            problem: problem,
            search: Typing(words(.search), typed, hint: words(.findProcedure)) { .type($0) },
            sections: sections,
            none: sections.isEmpty ? words(.foundNothingTry) : nil)
    }

    public func act(_ intent: ProceduresIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .type(let text): typed = text
        case .open(let procedure): app.platform.go(.register(procedure))
        case .article(let article): app.platform.go(.article(article))
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// What can be pressed on a register.
public enum RegisterIntent: Sendable {
    case back
    case type(String)
    case view(String)
    case openEntry(RecordId)
    case openCase(RecordId)
    case take(RecordId, StepId)
    case more
    case add
}

/// A register: of `registers.list` for a form, of `cases.list` for a workflow.
@MainActor public final class RegisterModel: Model {
    public let app: App
    public let life = Life(RegisterState())
    private let of: Procedure
    private var typed = ""
    private var view: String?
    private var pages = 1
    private var problem: String?
    /// All rows, while one searches them: the next letter finds among these, whatever else is pressed or changed reads them anew.
    private var searched: RegisterState?
    private var typing = false

    public init(_ app: App, _ of: Procedure) {
        self.app = app
        self.of = of
    }

    public func act(_ intent: RegisterIntent) async throws {
        (problem, typing) = (nil, false)
        switch intent {
        case .back: app.platform.back()
        case .type(let text): (typed, typing) = (text, true)
        case .view(let state): view = state
        case .openEntry(let id): app.platform.go(.entry(id))
        case .openCase(let id): app.platform.go(.case(id))
        case .take(let id, let step): app.platform.go(.form(.step(id, step)))
        case .more: pages += 1
        case .add: try await add()
        }
    }

    private func add() async throws {
        switch of {
        case .form(let form): app.platform.go(.form(.row(form, nil)))
        case .workflow:
            if let place = try await app.butler.office.procedures().first(where: { $0.begin == of }).flatMap(opening) { app.platform.go(place) }
        case .checklist: break
        }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> RegisterState {
        let words = app.words
        let known = try await app.butler.office.procedures().first { $0.begin == of }
        let back = Press(words(.back), RegisterIntent.back)
        guard var state = try await whole().map({ narrowed($0) }) else {
            return RegisterState(title: words(.kindEntry), back: back, empty: Empty(words(.errorNotFound), ""))
        }
        if let known { state.title = words(known.title) }
        state.back = back
        state.problem = problem
        state.add = known == nil ? nil : Press(try await addWord(), .add)
        if isSought || !state.groups.isEmpty { state.search = Typing(words(.search), typed, hint: words(.registerFind)) { .type($0) } }
        if isSought && state.groups.isEmpty {
            state.none = words(.foundNothingTry)
        } else if state.groups.isEmpty {
            let about = known.map { $0.guidance.map { words($0) } ?? words(.registerEmptyAbout) }
            state.empty = Empty(words(.registerEmpty), about ?? "")
        }
        return state
    }

    private var isSought: Bool { !typed.isBlank }

    private func isFound(_ row: RegisterLine) -> Bool {
        [row.open.label, row.about].contains { $0.localizedCaseInsensitiveContains(typed.trimmed) }
    }

    /// What opens a case is called as its step is, where there is one way to open it.
    private func addWord() async throws -> String {
        guard case .workflow(let workflow) = of, let grid = try await app.butler.me().grids.first else { return app.words(.addOne) }
        let opening = try await app.butler.cases.opening(workflow, at: PlaceId(value: grid.id.value))
        return opening.count == 1 ? app.words(opening[0].label) : app.words(.addOne)
    }

    private func whole() async throws -> RegisterState? {
        var whole = typing && isSought ? searched : nil
        typing = false
        if whole == nil { whole = try await everything() }
        searched = isSought ? whole : nil
        return whole
    }

    /// Of what there is, what is searched for.
    private func narrowed(_ whole: RegisterState) -> RegisterState {
        guard isSought else { return whole }
        var found = whole
        found.groups = whole.groups.map { RegisterGroup(title: $0.title, rows: $0.rows.filter { isFound($0) }) }.filter { !$0.rows.isEmpty }
        return found
    }

    private func everything() async throws -> RegisterState? {
        switch of {
        case .form(let form): try await found { try await self.rows(form) }
        case .workflow(let workflow): try await cases(workflow)
        case .checklist: nil
        }
    }

    private func rows(_ form: FormId) async throws -> RegisterState {
        let today = try await app.butler.date()
        var rows: [RegisterRow] = []
        var part: RegisterPage
        repeat {
            part = try await app.butler.registers.list(form, after: rows.last?.id, limit: page)
            rows += part.rows
        } while (isSought || rows.count < pages * page) && part.rows.count == page
        var groups: [RegisterGroup] = []
        for (day, some) in rows.grouped(by: { $0.entered.map { app.formats.day($0) } }) {
            var lines: [RegisterLine] = []
            for row in some { lines.append(try await line(row)) }
            groups.append(RegisterGroup(title: day.map { self.day($0, today) }, rows: lines))
        }
        let left = part.count - rows.count
        return RegisterState(
            title: app.words(try await app.butler.registers.form(form).title),
            subtitle: [
                app.words(.rowsCount, ["count": part.count]), thisMonth(rows.map(\.entered), rows.count == part.count, today),
            ].compactMap { $0 }.joined(separator: dot),
            groups: groups,
            more: left > 0 ? Press(app.words(.moreRows, ["count": left]), .more) : nil)
    }

    private func day(_ day: Day, _ today: Day) -> String {
        (0...1).contains(app.formats.days(from: day, to: today))
            ? app.formats.near(day, today: today).capitalisedFirst : app.formats.date(day, today: today)
    }

    private func line(_ row: RegisterRow) async throws -> RegisterLine {
        var place = row.aboutTitle
        if place.isEmpty, let id = row.place { place = try await app.place(id) ?? "" }
        let title = row.title.isEmpty ? place : row.title
        let about = [place == title || place.isEmpty ? nil : place, row.entered.map { app.formats.time($0) }]
        return RegisterLine(
            look: .entry, about: about.compactMap { $0 }.joined(separator: dot), badge: recordBadge(app, row.recordState),
            open: Press(title, .openEntry(row.id)), next: nil)
    }

    private func cases(_ workflow: WorkflowId) async throws -> RegisterState {
        let words = app.words
        let now = app.now()
        let today = try await app.butler.date()
        var rows: [CaseRow] = []
        var part: [CaseRow]
        repeat {
            part = try await app.butler.cases.list(CaseFilter(workflow: workflow), after: rows.last?.id, limit: page)
            rows += part
        } while part.count == page
        // Those that are not over stand first, as the playbook's course goes.
        let states = (rows.filter { $0.closed != true } + rows.filter { $0.closed == true }).filter { $0.state != nil }
            .grouped(by: { $0.state ?? "" })
        let chosen = view ?? states.first?.key
        var lines: [RegisterLine] = []
        for row in rows where row.state == chosen { lines.append(try await line(row, now, today)) }
        return RegisterState(
            title: rows.first?.workflowLabel.map { words($0) } ?? "",
            subtitle: [
                states.first.map { stateCount($0.key, $0.rows) } ?? words(.rowsCount, ["count": 0]),
                thisMonth(rows.map(\.openedAt), true, today),
            ].compactMap { $0 }.joined(separator: dot),
            views: states.map { state, some in Chip(Press(stateCount(state, some), .view(state)), chosen: state == chosen) },
            groups: lines.isEmpty ? [] : [RegisterGroup(title: nil, rows: lines)])
    }

    private func stateCount(_ state: String, _ rows: [CaseRow]) -> String {
        app.words(.stateCount, ["state": rows[0].stateLabel.map { app.words($0) } ?? state, "count": rows.count])
    }

    /// How often it was this month: the newest stand first, and it is known where all of the month are read.
    private func thisMonth(_ times: [Date?], _ all: Bool, _ today: Day) -> String? {
        let days = times.compactMap { $0 }.map { app.formats.day($0) }
        let first = Day(year: today.year, month: today.month, day: 1)
        guard let last = days.last, all || last < first else { return nil }
        return app.words(.timesThisMonth, ["count": days.filter { $0 >= first }.count])
    }

    /// The one thing one does to it: what its clock waits for, else what comes right after what was done, if that is mine.
    private func main(_ id: RecordId) async throws -> NextStep? {
        let plan = try await app.butler.cases.plan(id)
        let possible = try await app.butler.cases.nextSteps(id).filter { $0.whyNot == nil && $0.first.isEmpty }
        let waited = plan.filter { $0.mine && !$0.ends.isEmpty }.map(\.step)
        let after = plan.dropFirst((plan.lastIndex { !$0.made.isEmpty } ?? -1) + 1).first?.step
        return possible.first { waited.contains($0.step) } ?? possible.first { $0.step == after }
    }

    private func line(_ row: CaseRow, _ now: Date, _ today: Day) async throws -> RegisterLine {
        let mine = row.turn == .mine ? try await main(row.id) : nil
        let details = try await app.butler.cases.details(row.id)
        let about = [
            try await whereabouts(details), details.steps.first?.byName,
            row.openedAt.map { app.formats.nearTime($0, today: today) },
        ]
        var badge = mine == nil ? recordBadge(app, row.recordState) : nil
        if let due = row.nextDeadline?.due, due < now {
            let days = app.formats.days(from: app.formats.day(due), to: today)
            badge = Badge(.overdue, days > 0 ? app.words(.late, ["days": days]) : app.formats.clock(due, now: now))
        }
        return RegisterLine(
            look: row.closed == true ? .done : row.workflow == keyLoan ? .key : .case,
            about: about.compactMap { $0 }.joined(separator: dot), badge: badge,
            open: Press(row.title ?? "", .openCase(row.id)),
            next: mine.map { Press(app.words($0.label), .take(row.id, $0.step)) })
    }

    private func whereabouts(_ details: CaseDetails) async throws -> String? {
        if let home = try await home(app, of: details.about) { return home }
        guard let place = details.case.place else { return nil }
        return try await app.place(place)
    }
}

/// What can be pressed on a row that is read back.
public enum EntryIntent: Sendable {
    case back
    case history
    case papers
    case print(PaperRow)
    case share(PaperRow)
    case closeSheet
    case look(PhotosAt)
}

/// A row of a register, whole: of `registers.details`.
@MainActor public final class EntryModel: Model {
    public let app: App
    public let life = Life(EntryState())
    private let id: RecordId
    private var printing = false
    private var papers: Papers { Papers(app: app, record: id) }
    private var problem: String?

    public init(_ app: App, _ id: RecordId) {
        self.app = app
        self.id = id
    }

    public func read() async throws -> EntryState {
        let words = app.words
        let back = Press(words(.back), EntryIntent.back)
        guard let details = try await found({ try await self.app.butler.registers.details(self.id) }) else {
            return EntryState(title: words(.kindEntry), back: back, empty: Empty(words(.errorNotFound), ""))
        }
        let today = try await app.butler.date()
        var subtitle = try await home(app, of: details.about)
        if subtitle == nil, let place = details.place { subtitle = try await app.place(place) }
        return EntryState(
            title: words(try await app.butler.registers.form(details.form).title),
            subtitle: subtitle ?? "",
            back: back,
            history: Press(words(.history), .history),
            problem: problem,
            badge: recordBadge(app, try await app.butler.records.state(id)),
            said: details.said.map { SaidLine(label: words($0.label), words: app.formats.say($0.words, today: today)) },
            photos: app.strip(details.answers.photos) { .look($0) },
            papers: try await papers.rows().isEmpty ? nil : Press(words(.printSlips), .papers),
            sheet: printing
                ? try await papers.sheet(print: EntryIntent.print, share: EntryIntent.share, close: .closeSheet) : nil)
    }

    public func act(_ intent: EntryIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .history: app.platform.go(.history(id))
        case .papers: printing = true
        case .print(let paper): try await papers.print(paper)
        case .share(let paper): try await papers.share(paper)
        case .closeSheet: printing = false
        case .look(let at): app.platform.go(.photo(at))
        }
    }

    public func failed(_ words: String) { problem = words }
}

private let page = 100
