package butler.app.models

import butler.CaseFilter
import butler.CaseRow
import butler.CaseTurn
import butler.RecordId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate
import kotlinx.coroutines.flow.first

/** Everything that follows a workflow, by whose turn it is. */
data class CasesState(
    val title: String = "",
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val filters: List<Chip<CasesIntent>> = emptyList(),
    val rows: List<CaseLine> = emptyList(),
    val empty: Empty<CasesIntent>? = null,
)

data class CaseLine(val title: String, val place: String, val state: String, val badge: Badge?, val sent: Badge?, val open: Press<CasesIntent>)

/** Whose cases. */
enum class Whose { Mine, Others, Closed }

sealed interface CasesIntent {
    data class Show(val whose: Whose) : CasesIntent
    data class Open(val case: RecordId) : CasesIntent
}

/** 事项. */
class CasesModel(app: App) : Model<CasesState, CasesIntent>(app, CasesState()) {
    private var whose = Whose.Mine
    private var problem: String? = null

    override suspend fun read(): CasesState {
        val words = app.words
        val filter = when (whose) {
            Whose.Mine -> CaseFilter(turn = CaseTurn.MINE, closed = false)
            Whose.Others -> CaseFilter(turn = CaseTurn.OTHERS, closed = false)
            Whose.Closed -> CaseFilter(closed = true)
        }
        val rows = app.butler.cases.list(filter)
        val today = app.butler.date()
        return CasesState(
            title = words(Word.CasesTitle),
            syncBadge = syncBadge(app, app.butler.status().first()),
            problem = problem,
            filters = listOf(Whose.Mine to Word.TurnMine, Whose.Others to Word.TurnOthers, Whose.Closed to Word.TurnClosed)
                .map { (one, word) -> Chip(Press(words(word), CasesIntent.Show(one)), one == whose) },
            // What runs out first stands first; what has no clock keeps its order.
            rows = rows.sortedWith(compareBy(nullsLast()) { clock(it) }).map { line(it, today) },
            empty = if (rows.isNotEmpty()) null else Empty(words(if (whose == Whose.Mine) Word.NoneMine else Word.NoneHere), ""),
        )
    }

    private fun clock(row: CaseRow): Instant? = row.nextDeadline?.due

    private suspend fun line(row: CaseRow, today: LocalDate) = CaseLine(
        title = row.title.orEmpty(),
        place = listOfNotNull(row.place?.let { app.place(it) }, row.workflowLabel?.let { app.words(it) }).joinToString(DOT),
        state = listOfNotNull(row.stateLabel?.let { app.words(it) }, row.movedAt?.let { app.formats.nearTime(it, today) }).joinToString(DOT),
        badge = row.nextDeadline?.let { deadline -> deadline.due?.let { clockBadge(app, it, deadline.late) } },
        sent = recordBadge(app, row.recordState),
        open = Press(row.title.orEmpty(), CasesIntent.Open(row.id)),
    )

    override suspend fun act(intent: CasesIntent) {
        problem = null
        when (intent) {
            is CasesIntent.Show -> whose = intent.whose
            is CasesIntent.Open -> app.platform.go(Place.Case(intent.case))
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}

/** A running clock; what is over it is late, what runs out within the hour is urgent. */
fun clockBadge(app: App, due: Instant, late: Boolean): Badge {
    val left = java.time.Duration.between(app.now(), due)
    val kind = when {
        left.isNegative -> BadgeKind.Overdue
        late || left.toMinutes() < HOUR -> BadgeKind.Urgent
        else -> BadgeKind.Due
    }
    val days = left.toDays()
    val text = if (!left.isNegative && days >= 2) app.words(Word.DaysLeft, "days" to days) else app.formats.clock(due, app.now())
    return Badge(kind, text)
}

private const val HOUR = 60
