package butler.app.models

import butler.CaseFilter
import butler.CaseRow
import butler.CaseTurn
import butler.FormId
import butler.PaperRow
import butler.PlaceId
import butler.Procedure
import butler.RecordId
import butler.StepId
import butler.WorkflowId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate

/** What can be pressed where all procedures stand. */
sealed interface ProceduresIntent {
    data object Back : ProceduresIntent
    data class Type(val text: String) : ProceduresIntent
    data class Open(val procedure: Procedure) : ProceduresIntent
    data class Article(val article: butler.ArticleRow) : ProceduresIntent
}

/** Registers and procedures by subject: of `office.procedures`; rounds begin on 今天. */
class ProceduresModel(app: App) : Model<ProceduresState, ProceduresIntent>(app, ProceduresState()) {
    private var typed = ""
    private var problem: String? = null

    override suspend fun read(): ProceduresState {
        val words = app.words
        val sought = typed.trim()
        val rows = app.butler.office.procedures().filter { it.begin !is Procedure.Checklist }
        val found = rows.filter { sought.isEmpty() || words(it.title).contains(sought, ignoreCase = true) || words(it.sectionLabel).contains(sought, ignoreCase = true) }
        val sections = found.groupBy { it.section }.values.map { group ->
            ProcedureSection(words(group.first().sectionLabel), group.map { Press(words(it.title), ProceduresIntent.Open(it.begin)) })
        }
        val articles = if (sought.isEmpty()) emptyList() else app.butler.library.search(sought)
        val library = ProcedureSection(words(Word.LibraryTitle), articles.map { Press(words(it.title), ProceduresIntent.Article(it)) })
        val shown = sections + listOf(library).filter { it.rows.isNotEmpty() }
        return ProceduresState(
            title = words(Word.ProceduresTitle),
            back = Press(words(Word.Back), ProceduresIntent.Back),
            problem = problem,
            search = Typing(words(Word.Search), typed, words(Word.FindProcedure)) { ProceduresIntent.Type(it) },
            sections = shown,
            none = if (shown.isEmpty()) words(Word.FoundNothingTry) else null,
        )
    }

    override suspend fun act(intent: ProceduresIntent) {
        problem = null
        when (intent) {
            ProceduresIntent.Back -> app.platform.back()
            is ProceduresIntent.Type -> typed = intent.text
            is ProceduresIntent.Open -> app.platform.go(Place.Register(intent.procedure))
            is ProceduresIntent.Article -> app.platform.go(Place.Article(intent.article))
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}

/** What can be pressed on a register. */
sealed interface RegisterIntent {
    data object Back : RegisterIntent
    data class Type(val text: String) : RegisterIntent
    data class View(val state: String) : RegisterIntent
    data class OpenEntry(val entry: RecordId) : RegisterIntent
    data class OpenCase(val case: RecordId) : RegisterIntent
    data class Take(val case: RecordId, val step: StepId) : RegisterIntent
    data object More : RegisterIntent
    data object Add : RegisterIntent
}

/** A register: of `registers.list` for a form, of `cases.list` for a workflow. */
class RegisterModel(app: App, private val of: Procedure) : Model<RegisterState, RegisterIntent>(app, RegisterState()) {
    private var typed = ""
    private var view: String? = null
    private var pages = 1
    private var problem: String? = null

    /** All rows, while one searches them: the next letter finds among these, whatever else is pressed or changed reads them anew. */
    private var searched: RegisterState? = null
    private var typing = false

    override suspend fun act(intent: RegisterIntent) {
        problem = null
        typing = intent is RegisterIntent.Type
        when (intent) {
            RegisterIntent.Back -> app.platform.back()
            is RegisterIntent.Type -> typed = intent.text
            is RegisterIntent.View -> view = intent.state
            is RegisterIntent.OpenEntry -> app.platform.go(Place.Entry(intent.entry))
            is RegisterIntent.OpenCase -> app.platform.go(Place.Case(intent.case))
            is RegisterIntent.Take -> app.platform.go(Place.Form(FormOf.Step(intent.case, intent.step)))
            RegisterIntent.More -> pages += 1
            RegisterIntent.Add -> add()?.let(app.platform::go)
        }
    }

    private suspend fun add(): Place? = when (of) {
        is Procedure.Form -> Place.Form(FormOf.Row(of.form, null))
        is Procedure.Workflow -> app.butler.office.procedures().firstOrNull { it.begin == of }?.let(::opening)
        is Procedure.Checklist -> null
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): RegisterState {
        val words = app.words
        val known = app.butler.office.procedures().firstOrNull { it.begin == of }
        val shown = whole()?.let(::narrowed) ?: return RegisterState(words(Word.KindEntry), back = Press(words(Word.Back), RegisterIntent.Back), empty = Empty(words(Word.ErrorNotFound), ""))
        return shown.copy(
            title = known?.let { words(it.title) } ?: shown.title,
            back = Press(words(Word.Back), RegisterIntent.Back),
            problem = problem,
            search = if (isSought || shown.groups.isNotEmpty()) Typing(words(Word.Search), typed, words(Word.RegisterFind)) { RegisterIntent.Type(it) } else null,
            add = if (known == null) null else Press(addWord(), RegisterIntent.Add),
            none = if (isSought && shown.groups.isEmpty()) words(Word.FoundNothingTry) else null,
            empty = if (!isSought && shown.groups.isEmpty()) Empty(words(Word.RegisterEmpty), known?.let { it.guidance?.let { text -> words(text) } ?: words(Word.RegisterEmptyAbout) }.orEmpty()) else null,
        )
    }

    private val isSought get() = typed.isNotBlank()

    private suspend fun whole(): RegisterState? {
        val kept = searched.takeIf { typing && isSought }
        typing = false
        val whole = kept ?: when (of) {
            is Procedure.Form -> found { rows(of.form) }
            is Procedure.Workflow -> cases(of.workflow)
            is Procedure.Checklist -> null
        }
        searched = whole.takeIf { isSought }
        return whole
    }

    /** Of what there is, what is searched for. */
    private fun narrowed(whole: RegisterState): RegisterState =
        if (isSought) whole.copy(groups = whole.groups.map { it.copy(rows = it.rows.filter(::isFound)) }.filter { it.rows.isNotEmpty() }) else whole

    private fun isFound(row: RegisterLine) = listOf(row.open.label, row.about).any { it.contains(typed.trim(), ignoreCase = true) }

    /** What opens a case is called as its step is, where there is one way to open it. */
    private suspend fun addWord(): String {
        val grid = app.butler.me().grids.firstOrNull()
        val opening = if (of is Procedure.Workflow && grid != null) app.butler.cases.opening(of.workflow, PlaceId(grid.id.value)).singleOrNull() else null
        return opening?.let { app.words(it.label) } ?: app.words(Word.AddOne)
    }

    private suspend fun rows(form: FormId): RegisterState {
        val today = app.butler.date()
        val rows = mutableListOf<butler.RegisterRow>()
        var count: Int
        do {
            val page = app.butler.registers.list(form, after = rows.lastOrNull()?.id)
            rows += page.rows
            count = page.count.toInt()
        } while ((isSought || rows.size < pages * PAGE) && page.rows.size == PAGE)
        val byDay = rows.groupBy { row -> row.entered?.let { app.formats.day(it) } }
        return RegisterState(
            title = app.words(app.butler.registers.form(form).title),
            subtitle = listOfNotNull(app.words(Word.RowsCount, "count" to count), thisMonth(rows.map { it.entered }, rows.size == count, today)).joinToString(DOT),
            groups = byDay.map { (day, some) -> RegisterGroup(day?.let { day(it, today) }, some.map { line(it) }) },
            more = if (rows.size < count) Press(app.words(Word.MoreRows, "count" to count - rows.size), RegisterIntent.More) else null,
        )
    }

    private fun day(day: LocalDate, today: LocalDate): String =
        if (today.toEpochDay() - day.toEpochDay() in 0..1) app.formats.near(day, today).replaceFirstChar(Char::uppercase) else app.formats.date(day, today)

    private suspend fun line(row: butler.RegisterRow): RegisterLine {
        val place = row.aboutTitle.ifEmpty { row.place?.let { app.place(it) }.orEmpty() }
        val title = row.title.ifEmpty { place }
        return RegisterLine(
            look = RowLook.Entry,
            about = listOfNotNull(place.takeIf { it != title && it.isNotEmpty() }, row.entered?.let { app.formats.time(it) }).joinToString(DOT),
            badge = recordBadge(app, row.recordState),
            open = Press(title, RegisterIntent.OpenEntry(row.id)),
            next = null,
        )
    }

    private suspend fun cases(workflow: WorkflowId): RegisterState {
        val words = app.words
        val now = app.now()
        val today = app.butler.date()
        val rows = buildList<CaseRow> {
            do {
                val page = app.butler.cases.list(CaseFilter(workflow = workflow), lastOrNull()?.id, PAGE)
                addAll(page)
            } while (page.size == PAGE)
        }
        // Those that are not over stand first, as the playbook's course goes.
        val states = rows.sortedBy { it.closed == true }.mapNotNull { row -> row.state?.let { it to row.stateLabel } }.distinctBy { it.first }
        val chosen = view ?: states.firstOrNull()?.first
        val shown = rows.filter { it.state == chosen }.map { line(it, now, today) }
        return RegisterState(
            title = rows.firstOrNull()?.workflowLabel?.let { words(it) }.orEmpty(),
            subtitle = listOfNotNull(
                states.firstOrNull()?.let { (state, label) -> stateCount(state, label, rows) } ?: words(Word.RowsCount, "count" to 0),
                thisMonth(rows.map { it.openedAt }, true, today),
            ).joinToString(DOT),
            views = states.map { (state, label) ->
                Chip(Press(stateCount(state, label, rows), RegisterIntent.View(state)), state == chosen)
            },
            groups = if (shown.isEmpty()) emptyList() else listOf(RegisterGroup(null, shown)),
        )
    }

    private fun stateCount(state: String, label: butler.Label?, rows: List<CaseRow>): String =
        app.words(Word.StateCount, "state" to (label?.let { app.words(it) } ?: state), "count" to rows.count { it.state == state })

    /** How often it was this month: the newest stand first, and it is known where all of the month are read. */
    private fun thisMonth(times: List<Instant?>, all: Boolean, today: LocalDate): String? {
        val days = times.filterNotNull().map(app.formats::day)
        if (days.isEmpty() || !all && days.last() >= today.withDayOfMonth(1)) return null
        return app.words(Word.TimesThisMonth, "count" to days.count { it >= today.withDayOfMonth(1) })
    }

    /** The one thing one does to it: what its clock waits for, else what comes right after what was done, if that is mine to do. */
    private suspend fun main(case: RecordId): butler.NextStep? {
        val plan = app.butler.cases.plan(case)
        val possible = app.butler.cases.nextSteps(case).filter { it.whyNot == null && it.first.isEmpty() }
        val waited = plan.filter { it.mine && it.ends.isNotEmpty() }.map { it.step }
        val after = plan.getOrNull(plan.indexOfLast { it.made.isNotEmpty() } + 1)?.step
        return possible.firstOrNull { it.step in waited } ?: possible.firstOrNull { it.step == after }
    }

    private suspend fun line(row: CaseRow, now: Instant, today: LocalDate): RegisterLine {
        val mine = if (row.turn == CaseTurn.MINE) main(row.id) else null
        val due = row.nextDeadline?.due
        val details = app.butler.cases.details(row.id)
        val at = details.about.firstNotNullOfOrNull { homeTitle(app, it) } ?: row.place?.let { app.place(it) }
        val by = details.steps.firstOrNull()?.byName
        return RegisterLine(
            look = if (row.closed == true) RowLook.Done else if (row.workflow == KEY_LOAN) RowLook.Key else RowLook.Case,
            about = listOfNotNull(at, by, row.openedAt?.let { app.formats.nearTime(it, today) }).joinToString(DOT),
            badge = when {
                due != null && due < now -> app.formats.day(due).let { day ->
                    val days = today.toEpochDay() - day.toEpochDay()
                    Badge(BadgeKind.Overdue, if (days > 0) app.words(Word.Late, "days" to days) else app.formats.clock(due, now))
                }
                mine != null -> null
                else -> recordBadge(app, row.recordState)
            },
            open = Press(row.title.orEmpty(), RegisterIntent.OpenCase(row.id)),
            next = mine?.let { Press(app.words(it.label), RegisterIntent.Take(row.id, it.step)) },
        )
    }

    private companion object {
        const val PAGE = 100
    }
}

/** What can be pressed on a row that is read back. */
sealed interface EntryIntent {
    data object Back : EntryIntent
    data object History : EntryIntent
    data object Papers : EntryIntent
    data class Print(val paper: PaperRow) : EntryIntent
    data class Share(val paper: PaperRow) : EntryIntent
    data object CloseSheet : EntryIntent
    data class Look(val at: PhotosAt) : EntryIntent
}

/** A row of a register, whole: of `registers.details`. */
class EntryModel(app: App, private val entry: RecordId) : Model<EntryState, EntryIntent>(app, EntryState()) {
    private val papers = Papers(app, entry)
    private var printing = false
    private var problem: String? = null

    override suspend fun read(): EntryState {
        val words = app.words
        val back = Press(words(Word.Back), EntryIntent.Back)
        val details = found { app.butler.registers.details(entry) }
            ?: return EntryState(words(Word.KindEntry), back = back, empty = Empty(words(Word.ErrorNotFound), ""))
        return EntryState(
            title = words(app.butler.registers.form(details.form).title),
            subtitle = details.about.firstNotNullOfOrNull { homeTitle(app, it) } ?: details.place?.let { app.place(it) }.orEmpty(),
            back = back,
            history = Press(words(Word.History), EntryIntent.History),
            problem = problem,
            badge = recordBadge(app, app.butler.records.state(entry)),
            said = details.said.map { SaidLine(words(it.label), app.formats.say(it.words, app.butler.date())) },
            photos = photos(app, details.answers.photos) { EntryIntent.Look(it) },
            papers = if (papers.rows().isEmpty()) null else Press(words(Word.PrintSlips), EntryIntent.Papers),
            sheet = if (printing) papers.sheet(EntryIntent::Print, EntryIntent::Share, EntryIntent.CloseSheet) else null,
        )
    }

    override suspend fun act(intent: EntryIntent) {
        problem = null
        when (intent) {
            EntryIntent.Back -> app.platform.back()
            EntryIntent.History -> app.platform.go(Place.History(entry))
            EntryIntent.Papers -> printing = true
            is EntryIntent.Print -> papers.print(intent.paper)
            is EntryIntent.Share -> papers.share(intent.paper)
            EntryIntent.CloseSheet -> printing = false
            is EntryIntent.Look -> app.platform.go(Place.Photo(intent.at))
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}
