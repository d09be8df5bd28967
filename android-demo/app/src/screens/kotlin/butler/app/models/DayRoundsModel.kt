package butler.app.models

import butler.CaseRow
import butler.ChecklistId
import butler.DueId
import butler.Finding
import butler.HomeDetails
import butler.ItemRow
import butler.Procedure
import butler.ProcedureRow
import butler.QuestionId
import butler.RecordId
import butler.RoundDetails
import butler.TodayItem
import butler.Value
import butler.WalkDoor
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate

/** The homes that are inspected by one checklist today 装修巡查: what is open there, how far it is, when it was seen. */
data class DayRoundsState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<DayRoundsIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val parts: List<Chip<DayRoundsIntent>> = emptyList(),
    val homes: List<DayRoundsHome> = emptyList(),
    val empty: Empty<DayRoundsIntent>? = null,
    val sheet: DayRoundsSheet? = null,
)

/** A home; [matter] is what has to be put right there, [recheck] leads to it. */
data class DayRoundsHome(
    val about: String,
    val matter: String?,
    /** What the procedures say of it: no valid permit for its works. */
    val marks: List<String>,
    val badge: Badge?,
    val open: Press<DayRoundsIntent>,
    val nobody: Press<DayRoundsIntent>?,
    val recheck: Press<DayRoundsIntent>?,
    /** It is to be put right by today: the one red button of the screen. */
    val pressing: Boolean,
    val inspect: Press<DayRoundsIntent>?,
)

/** Nobody opened: what was done about it. */
data class DayRoundsSheet(
    val title: String,
    val about: String,
    val question: String,
    val handled: List<Chip<DayRoundsIntent>>,
    val help: String?,
    val record: Press<DayRoundsIntent>,
)

/** The parts of a day's inspections. */
enum class DayPart { Unseen, Seen, PuttingRight, DoesNotFit }

sealed interface DayRoundsIntent {
    data object Back : DayRoundsIntent
    data class Show(val part: DayPart) : DayRoundsIntent
    data class OpenHome(val home: RecordId) : DayRoundsIntent
    data class Inspect(val due: DueId) : DayRoundsIntent
    data class Recheck(val case: RecordId) : DayRoundsIntent
    data class Nobody(val due: DueId) : DayRoundsIntent
    data class Handled(val option: String) : DayRoundsIntent
    data object RecordNobody : DayRoundsIntent
    data object CloseSheet : DayRoundsIntent
}

/** From so many homes on, those that are inspected by one checklist have a list of their own. */
internal const val SEVERAL_HOMES = 2

/** What of today is a round through a checklist about a home, by its checklist. */
internal suspend fun dayRounds(app: App): Map<ChecklistId, List<TodayItem>> = inspections(app.butler.today.all())

/** What of some items is a round through a checklist about a home, by its checklist. */
internal fun inspections(items: List<TodayItem>): Map<ChecklistId, List<TodayItem>> =
    items.filter { it.about != null && it.begin is Procedure.Checklist }.groupBy { (it.begin as Procedure.Checklist).checklist }

/** How far the works of a home are, and where among the stages that is. */
internal class Stage(val words: String, val place: Int)

/** The last rounds of a home through a checklist, the newest first. */
internal suspend fun lastRounds(app: App, home: HomeDetails, checklist: ChecklistId): List<RoundDetails> =
    home.rounds.filter { it.checklist == checklist }.take(LOOKED_BACK).map { app.butler.rounds.details(it.id) }

/** How far the works were at a round; null where nobody said so. */
internal fun stage(app: App, round: RoundDetails): Stage? {
    val item = round.points.flatMap { it.items }.find { it.question.field == STAGE } ?: return null
    val words = label(app, item) ?: return null
    return Stage(words, item.question.options.indexOfFirst { app.words(it.label) == words })
}

private fun label(app: App, item: ItemRow): String? =
    (item.results.lastOrNull()?.answer as? Value.Text)?.let { told -> item.question.options.find { it.id == told.v1 } }?.let { app.words(it.label) }

/** So many rounds of a home are asked what they found. */
private const val LOOKED_BACK = 3

/** What a checklist calls the question how far the works are; its options stand in the order of the works. */
private val STAGE = QuestionId("stage")

/** The inspections of a day: of `today.list`, `today.walk` and what is known of each home. */
class DayRoundsModel(app: App, private val checklist: ChecklistId) : Model<DayRoundsState, DayRoundsIntent>(app, DayRoundsState()) {
    private var part = DayPart.Unseen
    private var absence: Absence? = null
    private var problem: String? = null

    /** A home of the list. */
    private class Home(
        val record: RecordId,
        val item: TodayItem,
        val seen: Boolean,
        val fits: Boolean,
        val matter: CaseRow?,
        val matterDue: LocalDate?,
        val marks: List<String>,
        val last: Last?,
        val stage: Stage?,
    )

    /** What the last round of a home found, and whether nobody was there. */
    private class Last(val words: String, val at: Instant, val nobody: Boolean, val asksForNobody: Boolean)

    override suspend fun read(): DayRoundsState {
        val words = app.words
        val today = app.butler.date()
        val procedure = app.butler.office.procedures().find { it.begin == Procedure.Checklist(checklist) }
        val homes = homes(procedure, today)
        val shown = homes.filter { isIn(it, part) }
        val seen = homes.count { it.seen }
        val pressing = shown.firstOrNull { home -> home.matterDue?.let { it <= today } ?: false }
        return DayRoundsState(
            title = procedure?.let { words(it.title) }.orEmpty(),
            subtitle = words(Word.DayRoundsAbout, "count" to homes.count { it.seen || it.fits }, "seen" to seen),
            back = Press(words(Word.Back), DayRoundsIntent.Back),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            parts = DayPart.entries.mapNotNull { each ->
                val count = homes.count { isIn(it, each) }
                if (count == 0 && each != part) null else Chip(Press(words(word(each), "count" to count), DayRoundsIntent.Show(each)), each == part)
            },
            homes = shown.map { row(it, today, it === pressing) },
            empty = if (shown.isEmpty()) Empty(words(Word.NoDayRounds), "") else null,
            sheet = absence?.let { sheet(it) },
        )
    }

    private fun word(part: DayPart) = when (part) {
        DayPart.Unseen -> Word.PartUnseen
        DayPart.Seen -> Word.PartSeen
        DayPart.PuttingRight -> Word.PartPuttingRight
        DayPart.DoesNotFit -> Word.PartDoesNotFit
    }

    private fun isIn(home: Home, part: DayPart) = when (part) {
        DayPart.Unseen -> !home.seen && home.fits
        DayPart.Seen -> home.seen
        DayPart.PuttingRight -> home.matter != null
        DayPart.DoesNotFit -> !home.seen && !home.fits
    }

    /** First where something is to be put right, then by how far they are, then those nobody saw for the longest time. */
    private suspend fun homes(procedure: ProcedureRow?, today: LocalDate): List<Home> {
        val due = dayRounds(app)[checklist].orEmpty().groupBy { it.about!! }
        val misfit = app.butler.today.walk(app.settings.now.hours).doesNotFit.flatMap { it.items }.toSet()
        val homes = due.mapNotNull { (record, items) -> home(record, items, procedure, misfit, today) }
        return homes.sortedWith(
            compareBy<Home> { it.matter == null }.thenBy(nullsLast()) { it.matterDue }.thenBy { it.stage?.place ?: -1 }
                .thenBy { it.last?.takeIf { last -> !last.nobody }?.at ?: Instant.MIN },
        )
    }

    private suspend fun home(record: RecordId, items: List<TodayItem>, procedure: ProcedureRow?, misfit: Set<DueId>, today: LocalDate): Home? {
        val details = found { app.butler.homes.details(record) } ?: return null
        val matter = details.cases.find { it.closed == false && it.workflow in procedure?.offers.orEmpty() }
        // What was left out on an earlier day is not today's.
        val open = items.filter { it.due >= today }.ifEmpty { items }.filter { it.isToDo }
        val rounds = lastRounds(app, details, checklist)
        return Home(
            record = record,
            item = open.firstOrNull() ?: items.first(),
            seen = open.isEmpty(),
            fits = open.none { it.id in misfit },
            matter = matter,
            marks = details.marks.map { app.words(it) },
            matterDue = matter?.let { app.butler.today.about(it.id).minOfOrNull { due -> due.due } },
            last = rounds.firstNotNullOfOrNull { last(it, today) },
            stage = rounds.firstNotNullOfOrNull { stage(app, it) },
        )
    }

    private fun last(round: RoundDetails, today: LocalDate): Last? {
        val items = round.points.flatMap { it.items }
        val at = items.mapNotNull { it.results.lastOrNull()?.at }.maxOrNull() ?: return null
        val met = met(round)?.second
        val said = met?.let { label(app, it) }
        val words = said ?: app.words(if (items.any { it.finding == Finding.FAILED }) Word.HasProblem else Word.InOrder)
        val day = app.formats.near(app.formats.day(at), today)
        return Last(app.words(Word.SeenLast, "day" to day, "found" to words), at, (met?.results?.lastOrNull()?.answer as? Value.Text)?.v1 == NOBODY, met != null)
    }

    private fun row(home: Home, today: LocalDate, pressing: Boolean): DayRoundsHome {
        val words = app.words
        val matter = home.matter
        val due = home.matterDue
        val asks = home.last?.asksForNobody == true
        return DayRoundsHome(
            about = listOfNotNull(home.stage?.words, home.last?.words ?: words(Word.NeverSeen)).joinToString(DOT),
            matter = matter?.let { row ->
                val title = (row.title ?: row.workflowLabel?.let { words(it) })?.let { severely(app, row.severe, it) }
                listOfNotNull(title, due?.let { words(Word.PutRightBy, "day" to app.formats.near(it, today)) }).joinToString(DOT)
            },
            marks = home.marks,
            badge = if (home.seen) Badge(BadgeKind.Ok, words(Word.SeenToday)) else null,
            open = Press(home.item.subject, DayRoundsIntent.OpenHome(home.record)),
            nobody = if (home.seen || !asks) null else Press(words(Word.NobodyHome), DayRoundsIntent.Nobody(home.item.id)),
            recheck = matter?.let { Press(words(Word.Recheck), DayRoundsIntent.Recheck(it.id)) },
            pressing = pressing,
            inspect = if (home.seen) null else Press(beginWords(app, home.item), DayRoundsIntent.Inspect(home.item.id)),
        )
    }

    private fun sheet(sheet: Absence) = DayRoundsSheet(
        title = app.words(Word.NobodyTitle, "room" to sheet.door.title),
        about = app.words(sheet.door.jobs.first().title),
        question = app.words(sheet.asked.label),
        handled = sheet.asked.options.map { Chip(Press(app.words(it.label), DayRoundsIntent.Handled(it.id)), it.id == sheet.chosen) },
        help = sheet.asked.help?.let { app.words(it) },
        record = Press(app.words(Word.NoteNext), DayRoundsIntent.RecordNobody),
    )

    override suspend fun act(intent: DayRoundsIntent) {
        problem = null
        when (intent) {
            DayRoundsIntent.Back -> app.platform.back()
            is DayRoundsIntent.Show -> part = intent.part
            is DayRoundsIntent.OpenHome -> app.platform.go(Place.Home(intent.home))
            is DayRoundsIntent.Inspect -> begin(app, intent.due)
            is DayRoundsIntent.Recheck -> app.platform.go(Place.Case(intent.case))
            is DayRoundsIntent.Nobody -> app.butler.today.item(intent.due)?.let { item -> absence = absence(app, door(item)) }
            is DayRoundsIntent.Handled -> absence?.chosen = intent.option
            DayRoundsIntent.RecordNobody -> absence?.let { recordNobody(it) }
            DayRoundsIntent.CloseSheet -> {
                absence?.let { app.butler.records.undo(it.made) }
                absence = null
            }
        }
    }

    /** A home one stands before for this alone. */
    private fun door(item: TodayItem) = WalkDoor(item.about!!, item.subject, emptyList(), listOf(item), emptyList(), 0u, false, true, null)

    private suspend fun recordNobody(sheet: Absence) {
        val recorded = app.butler.rounds.recordPoint(sheet.round, sheet.point.id, proofAt(app, sheet.point), listOf(sheet.answer))
        absence = null
        val handled = sheet.asked.options.first { it.id == sheet.chosen }
        app.recorded(app.words(Word.AbsenceNoted, "room" to sheet.door.title, "what" to app.words(handled.label)), listOf(recorded) + sheet.made)
    }

    override fun failed(words: String) {
        problem = words
    }
}
