package butler.app.models

import butler.CaseFilter
import butler.CaseRow
import butler.CaseTurn
import butler.RecordId
import butler.RecordState
import butler.Urgency
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime

/** What can be pressed on 事项. */
sealed interface CasesIntent {
    data object Search : CasesIntent
    data object Outbox : CasesIntent
    data class View(val view: CasesView) : CasesIntent
    data class Open(val case: RecordId) : CasesIntent
}

/** Which cases are looked at. */
enum class CasesView { Mine, Soon, Others, Done }

/** 事项: of `cases.list()`. */
class CasesModel(app: App) : Model<CasesState, CasesIntent>(app, CasesState()) {
    private var view = CasesView.Mine
    private var problem: String? = null
    private val subjects = mutableMapOf<RecordId, String>()

    /** By when the first of what is due of each case is to be done. */
    private var dues = emptyMap<RecordId, Instant>()

    override suspend fun read(): CasesState {
        val words = app.words
        val rows = all()
        dues = dues()
        val now = app.now()
        val today = app.butler.date()
        val by = mapOf(
            CasesView.Mine to inOrder(rows.filter { it.turn == CaseTurn.MINE }, now),
            CasesView.Soon to inOrder(rows.filter { soon(it, now) }, now),
            CasesView.Others to inOrder(rows.filter { it.turn != CaseTurn.MINE }, now),
            CasesView.Done to if (view == CasesView.Done) app.butler.cases.list(CaseFilter(closed = true), limit = PAGE) else emptyList(),
        )
        val shown = by.getValue(view)
        val waiting = by.getValue(CasesView.Others)
        return CasesState(
            title = words(Word.TabCases),
            subtitle = (listOf(words(Word.CasesOpen, "count" to rows.size)) + app.butler.me().grids.map { it.name }).joinToString(DOT),
            search = Press(words(Word.Search), CasesIntent.Search),
            sync = Press(words(Word.SyncNow), CasesIntent.Outbox),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            views = if (rows.isEmpty()) emptyList() else (CasesView.entries - CasesView.Done).map {
                Chip(Press(words(name(it), "count" to by.getValue(it).size), CasesIntent.View(it)), it == view)
            },
            groups = if (rows.isEmpty() && view != CasesView.Done) emptyList() else listOfNotNull(
                CaseGroup(if (view == CasesView.Done) words(Word.CasesDone) else null, shown.map { line(it, now, today) }, if (shown.isEmpty()) words(none(view)) else null),
                CaseGroup(words(Word.CasesWaiting), waiting.map { line(it, now, today) }, null)
                    .takeIf { view == CasesView.Mine && waiting.isNotEmpty() },
            ),
            over = if (view == CasesView.Done) null else Press(words(Word.CasesDone), CasesIntent.View(CasesView.Done)),
            empty = if (rows.isEmpty() && view != CasesView.Done) Empty(words(Word.NoCases), words(Word.NoCasesAbout)) else null,
        )
    }

    private suspend fun dues(): Map<RecordId, Instant> =
        app.butler.today.all().filter { it.isToDo }.mapNotNull { item -> (item.case ?: item.about)?.let { it to item } }
            .groupBy({ it.first }) { (_, item) -> item.dueAt ?: app.formats.at(item.due, LAST_MINUTE) }.mapValues { it.value.min() }

    /** By when somebody is to do something: of the case, and where it is my turn, of what 今天 shows of it. */
    private fun due(row: CaseRow): Instant? =
        listOfNotNull(row.nextDeadline?.due, dues[row.id].takeIf { row.turn == CaseTurn.MINE }).minOrNull()

    /** What presses stands first, then what is due first; what has no time is ordered as the core does, newest first. */
    private fun inOrder(rows: List<CaseRow>, now: Instant): List<CaseRow> =
        rows.sortedWith(compareBy<CaseRow> { !presses(it, now) }.thenBy(nullsLast()) { due(it) })

    /** An urgent case whose time runs out, or one that has minutes left. */
    private fun presses(row: CaseRow, now: Instant): Boolean =
        due(row)?.let { soon(row, now) && (row.urgency == Urgency.URGENT || Duration.between(now, it).abs() < HOUR) } ?: false

    /** Every case that is not over: there are some dozens. */
    private suspend fun all(): List<CaseRow> = buildList {
        val open = CaseFilter(closed = false)
        do {
            val page = app.butler.cases.list(open, lastOrNull()?.id, PAGE)
            addAll(page)
        } while (page.size == PAGE)
    }

    private suspend fun line(row: CaseRow, now: Instant, today: LocalDate): CaseLine {
        val mine = row.turn == CaseTurn.MINE
        val waits = row.waitsFor.map { app.words(it.label) }
        val state = when {
            mine || waits.isEmpty() -> row.stateLabel?.let { app.words(it) }
            else -> app.words(Word.WaitsFor, "who" to either(app, waits))
        }
        return CaseLine(
            about = listOfNotNull(subject(row), row.workflowLabel?.let { app.words(it) }, state).filter { it.isNotEmpty() }.joinToString(DOT),
            badge = badge(row, now, today),
            mine = mine,
            open = Press(row.title.orEmpty(), CasesIntent.Open(row.id)),
        )
    }

    /** The home it is about, else the place it is at. A row says neither in words; what a case is about never changes. */
    private suspend fun subject(row: CaseRow): String = subjects.getOrPut(row.id) {
        val about = app.butler.cases.details(row.id).about.firstOrNull()
        about?.let { homeTitle(app, it) } ?: row.place?.let { app.place(it) }.orEmpty()
    }

    private fun badge(row: CaseRow, now: Instant, today: LocalDate): Badge? {
        val due = due(row)
        val days = due?.let { app.formats.day(it).toEpochDay() - today.toEpochDay() }
        return when {
            row.recordState is RecordState.Rejected || row.recordState is RecordState.Quarantined -> recordBadge(app, row.recordState)
            due != null && days != null && soon(row, now) -> when {
                presses(row, now) -> Badge(BadgeKind.Urgent, app.formats.clock(due, now))
                due < now -> Badge(BadgeKind.Overdue, if (days < 0) app.words(Word.Late, "days" to -days) else app.formats.clock(due, now))
                else -> Badge(BadgeKind.Due, app.formats.near(app.formats.day(due), today).replaceFirstChar(Char::uppercase))
            }
            else -> recordBadge(app, row.recordState)
        }
    }

    private fun soon(row: CaseRow, now: Instant): Boolean = due(row)?.let { it < now + SOON } ?: false

    private fun name(view: CasesView): Word = when (view) {
        CasesView.Mine -> Word.CasesMine
        CasesView.Soon -> Word.CasesSoon
        CasesView.Others -> Word.CasesOthers
        CasesView.Done -> Word.CasesDone
    }

    private fun none(view: CasesView): Word = when (view) {
        CasesView.Mine -> Word.NoCasesMine
        CasesView.Soon -> Word.NoCasesSoon
        CasesView.Others -> Word.NoCasesOthers
        CasesView.Done -> Word.NoCasesDone
    }

    override suspend fun act(intent: CasesIntent) {
        problem = null
        when (intent) {
            CasesIntent.Search -> app.platform.go(Place.Homes)
            CasesIntent.Outbox -> app.platform.go(Place.Outbox)
            is CasesIntent.View -> view = intent.view
            is CasesIntent.Open -> app.platform.go(Place.Case(intent.case))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        const val PAGE = 100
        val HOUR: Duration = Duration.ofHours(1)
        val SOON: Duration = Duration.ofDays(2)

        /** What is due on a day may be done until its end. */
        val LAST_MINUTE: LocalTime = LocalTime.of(23, 59)
    }
}
