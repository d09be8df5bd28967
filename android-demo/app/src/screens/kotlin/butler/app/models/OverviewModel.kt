package butler.app.models

import butler.ButlerException
import butler.CaseFilter
import butler.CaseRow
import butler.DueId
import butler.Fate
import butler.FormId
import butler.Kind
import butler.PlaceId
import butler.Procedure
import butler.RecordId
import butler.RoleId
import butler.RoundDetails
import butler.StaffId
import butler.TeamRow
import butler.Urgency
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate

/** 总览: what is urgent and nobody took, what waits for a decision, and how the day of each butler stands. */
data class OverviewState(
    val title: String = "",
    val subtitle: String = "",
    val search: Press<OverviewIntent>? = null,
    val syncBadge: Badge? = null,
    val sync: Press<OverviewIntent>? = null,
    val problem: String? = null,
    val urgent: List<UntakenCase> = emptyList(),
    val decideTitle: String = "",
    val decide: List<DecideTile> = emptyList(),
    val teamTitle: String? = null,
    val team: List<TeamLine> = emptyList(),
    val together: List<OneMatter> = emptyList(),
    val hastyTitle: String? = null,
    val hasty: List<HastyRound> = emptyList(),
    val own: Press<OverviewIntent>? = null,
)

/** An urgent case whose time is over and which nobody has taken; [call] is the one red button of the first. */
data class UntakenCase(val badge: Badge, val about: String, val open: Press<OverviewIntent>, val call: Press<OverviewIntent>?)

enum class DecideKind { Conflicts, LeftOut, Rejected }

data class DecideTile(val kind: DecideKind, val count: String, val open: Press<OverviewIntent>)

/** A butler's day: where a round last saw them today, how much of the day is done, and when they were last heard. */
data class TeamLine(val name: String, val grids: String, val seen: String?, val heard: Badge, val done: Chart, val late: String?, val urgent: String?)

/** Several cases that lie close together and may be one matter 同一事由. */
data class OneMatter(val about: String, val open: Press<OverviewIntent>)

/** A round of today in which somebody got from one point to the next faster than anybody walks. */
data class HastyRound(val about: String, val open: Press<OverviewIntent>)

sealed interface OverviewIntent {
    data object Search : OverviewIntent
    data object Outbox : OverviewIntent
    data object Conflicts : OverviewIntent
    data object LeftOut : OverviewIntent
    data object Rejected : OverviewIntent
    data object Own : OverviewIntent
    data class Open(val case: RecordId) : OverviewIntent
    data class Begin(val due: DueId) : OverviewIntent
    data class Walked(val round: RecordId) : OverviewIntent
    data class Call(val number: String) : OverviewIntent
}

/** Whether the first tab is 总览: of those who look after others' work. */
suspend fun overlooks(app: App): Boolean = app.butler.me().roles.any { it.id in OVERSEERS }

private val OVERSEERS = setOf(RoleId("supervisor"), RoleId("quality"))

/** 总览: of `today.team`, `conflicts.list`, `cases.list` and the rounds of today. */
class OverviewModel(app: App) : Model<OverviewState, OverviewIntent>(app, OverviewState()) {
    private var problem: String? = null

    override suspend fun act(intent: OverviewIntent) {
        problem = null
        when (intent) {
            OverviewIntent.Search -> app.platform.go(Place.Homes)
            OverviewIntent.Outbox, OverviewIntent.Rejected -> app.platform.go(Place.Outbox)
            OverviewIntent.Conflicts -> app.platform.go(Place.Conflicts())
            OverviewIntent.LeftOut -> app.platform.go(Place.Register(Procedure.Form(LEFT_OUT)))
            OverviewIntent.Own -> app.platform.go(Place.Today)
            is OverviewIntent.Open -> app.platform.go(Place.Case(intent.case))
            is OverviewIntent.Begin -> begin(app, intent.due)
            is OverviewIntent.Walked -> app.platform.go(Place.Round(RoundOf.Begun(intent.round)))
            is OverviewIntent.Call -> app.platform.dial(intent.number)
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): OverviewState {
        val words = app.words
        val today = app.butler.date()
        val now = app.now()
        val conflicts = app.butler.conflicts.list().size
        val leftOut = app.butler.registers.list(LEFT_OUT).rows.count { row -> row.entered?.let { app.formats.day(it) } == today }
        val rejected = app.butler.rejected.list().count { it.fate != Fate.PENDING && it.fate != Fate.LATER }
        val team = app.butler.today.team()
        val grids = app.butler.office.grids().associate { it.id to it.name }
        val rounds = rounds(today)
        val hasty = hasty(rounds)
        val seen = seen(rounds)
        return OverviewState(
            title = words(Word.TabOverview),
            subtitle = (listOf(app.formats.dayOfWeek(today)) + app.butler.me().grids.map { it.name }).joinToString(DOT),
            search = Press(words(Word.Search), OverviewIntent.Search),
            syncBadge = syncBadge(app, app.butler.status()),
            sync = Press(words(Word.SyncNow), OverviewIntent.Outbox),
            problem = problem,
            urgent = untaken(now),
            decideTitle = if (conflicts + leftOut + rejected == 0) words(Word.NothingToDecide) else words(Word.ToDecide, "count" to conflicts + leftOut + rejected),
            decide = listOf(
                DecideTile(DecideKind.Conflicts, "$conflicts", Press(words(Word.Conflicts), OverviewIntent.Conflicts)),
                DecideTile(DecideKind.LeftOut, "$leftOut", Press(words(Word.LeftOut), OverviewIntent.LeftOut)),
                DecideTile(DecideKind.Rejected, "$rejected", Press(words(Word.Returned), OverviewIntent.Rejected)),
            ),
            teamTitle = if (team.isEmpty()) null else words(Word.TeamToday),
            team = team.map { line(it, words.list(grids.filterKeys { id -> id in it.grids }.values.toList()), seen[it.staff], today) },
            together = together(today),
            hastyTitle = if (hasty.isEmpty()) null else words(Word.HastyRounds),
            hasty = hasty,
            own = Press(words(Word.MyToday), OverviewIntent.Own),
        )
    }

    private suspend fun together(today: LocalDate): List<OneMatter> =
        app.butler.today.all().filter { it.cases.isNotEmpty() && it.isToDo }.map { item ->
            val about = listOf(item.subject, app.formats.say(item.why, today)).filter { it.isNotEmpty() }.joinToString(DOT)
            OneMatter(about, Press(app.words(item.title), OverviewIntent.Begin(item.id)))
        }

    /** The rounds something was done at today, as many as a page holds, each with its place. */
    private suspend fun rounds(today: LocalDate): List<Pair<RoundDetails, PlaceId?>> =
        app.butler.records.page(Kind.ROUND).takeWhile { app.formats.day(it.changedAt) == today }.mapNotNull { row -> walked(row.id)?.let { it to row.place } }

    private suspend fun hasty(rounds: List<Pair<RoundDetails, PlaceId?>>): List<HastyRound> {
        val fast = rounds.filter { (round, _) -> round.tooFast.isNotEmpty() }
        if (fast.isEmpty()) return emptyList()
        val names = app.butler.office.staff().associate { it.id to it.name }
        return fast.map { (round, place) ->
            val who = round.plannedFor?.let { names[it] } ?: place?.let { app.place(it) }.orEmpty()
            HastyRound(
                app.words(Word.HastyRoundAbout, "name" to who, "count" to round.tooFast.size),
                Press(app.words(round.title), OverviewIntent.Walked(round.id)),
            )
        }
    }

    /** At which point each last said how something is, of all that was said there today. */
    private fun seen(rounds: List<Pair<RoundDetails, PlaceId?>>): Map<StaffId, String> {
        val said = rounds.flatMap { (round, _) -> round.points.flatMap { point -> point.items.flatMap { item -> item.results.map { it to point.label } } } }
        return said.sortedBy { (result, _) -> result.at }.associate { (result, point) ->
            result.by to app.words(Word.SeenAt, "time" to app.formats.time(result.at), "point" to app.words(point))
        }
    }

    /** A round; null where this app does not know what it was walked by. */
    private suspend fun walked(round: RecordId): RoundDetails? = try {
        found { app.butler.rounds.details(round) }
    } catch (_: ButlerException.NeedsNewerApp) {
        null
    }

    /** Urgent, and its time is over: what is longest over stands first. */
    private suspend fun untaken(now: Instant): List<UntakenCase> {
        val open = app.butler.cases.list(CaseFilter(closed = false))
        val emergencies = emergencies(app).map { it.begin }
        val late = open.filter { row ->
            val urgent = row.urgency == Urgency.URGENT || row.workflow?.let { Procedure.Workflow(it) in emergencies } ?: false
            urgent && row.nextDeadline?.due?.let { it < now } ?: false
        }
        return late.sortedBy { it.nextDeadline?.due }.map { row -> untaken(row, now) }
    }

    private suspend fun untaken(row: CaseRow, now: Instant): UntakenCase {
        val words = app.words
        val whom = whom(row)
        val waits = row.waitsFor.map { words(it.label) }
        val at = app.butler.cases.details(row.id).about.firstNotNullOfOrNull { homeTitle(app, it) } ?: row.place?.let { app.place(it) }
        return UntakenCase(
            badge = Badge(BadgeKind.Urgent, row.nextDeadline?.due?.let { app.formats.clock(it, now) }.orEmpty()),
            about = listOfNotNull(at, row.nextDeadline?.label?.let { words(it) }, waits.takeIf { it.size in 1..FEW }?.let { words(Word.WaitsFor, "who" to either(app, it)) }).joinToString(DOT),
            open = Press(row.title.orEmpty(), OverviewIntent.Open(row.id)),
            call = whom?.let { (name, number) -> Press(words(Word.CallAbout, "who" to name), OverviewIntent.Call(number)) },
        )
    }

    /** Whoever has it, else somebody of the roles it waits for, else a duty desk; only who has a number. */
    private suspend fun whom(row: CaseRow): Pair<String, String>? {
        val me = app.butler.me().staff
        val staff = app.butler.office.staff().filter { !it.left && it.phone != null && it.id != me }
        val roles = row.waitsFor.map { it.id }
        val one = staff.firstOrNull { it.id == row.assignee } ?: staff.firstOrNull { who -> who.roles.any { it in roles } }
        if (one != null) return one.phone?.let { one.name to it }
        val desk = app.butler.office.places().firstOrNull { it.kind == DESK && it.phone != null }
        return desk?.phone?.let { desk.name to it }
    }

    private fun line(row: TeamRow, grids: String, seen: String?, today: LocalDate): TeamLine {
        val words = app.words
        val done = row.done.toInt()
        val all = done + row.open.toInt()
        val heard = row.lastHeard
        return TeamLine(
            name = row.name,
            grids = grids,
            seen = seen,
            heard = when {
                heard == null -> Badge(BadgeKind.Pending, words(Word.NeverHeard))
                app.formats.day(heard) == today -> Badge(BadgeKind.Ok, words(Word.HeardAt, "time" to app.formats.time(heard)))
                else -> Badge(BadgeKind.Due, words(Word.HeardAt, "time" to app.formats.nearTime(heard, today)))
            },
            done = Chart(words(Word.TeamDone, "done" to done, "all" to all), listOf(if (all == 0) 1000 else done * 1000 / all)),
            late = if (row.overdue > 0u) words(Word.TeamLate, "count" to row.overdue) else null,
            urgent = if (row.urgent > 0u) words(Word.TeamUrgent, "count" to row.urgent) else null,
        )
    }

    private companion object {
        /** What waits for nearly everybody waits for nobody in particular. */
        const val FEW = 2

        /** Where the reasons stand of those who left something due out. */
        val LEFT_OUT = FormId("due.skip")
    }
}
