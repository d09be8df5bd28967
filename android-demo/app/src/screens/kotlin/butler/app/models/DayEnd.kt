package butler.app.models

import butler.CaseFilter
import butler.DayWalk
import butler.DueStatus
import butler.Procedure
import butler.RoleId
import butler.Staff
import butler.Summary
import butler.TodayItem
import butler.WorkflowId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate

/** What a butler without a grid does: asks the office again, asks the supervisor, reads. */
internal suspend fun withoutGrid(app: App, status: Summary, today: LocalDate): List<TodayLink> {
    val words = app.words
    val asked = status.syncedAt?.let { words(Word.AskedOffice, "time" to app.formats.timeNear(it, today)) }.orEmpty()
    val supervisor = supervisor(app)
    val call = supervisor?.phone?.let { Press<TodayIntent>(words(Word.CallSupervisor, "name" to supervisor.name), TodayIntent.CallNumber(it)) }
    return listOfNotNull(
        TodayLink(LinkKind.Sync, asked, Press(words(Word.AskForGrid), TodayIntent.Sync)),
        call?.let { TodayLink(LinkKind.Call, words(Word.AskSupervisor), it) },
        TodayLink(LinkKind.Library, words(Word.Articles, "count" to app.butler.library.list().size), Press(words(Word.LibraryFirst), TodayIntent.Library)),
    )
}

/** Whom to call who may give a grid or send somebody. */
internal suspend fun supervisor(app: App): Staff? = app.butler.office.staff().find { !it.left && it.phone != null && SUPERVISOR in it.roles }

/** What was done of a walk: what was put off, left out or tried in vain is none of it. */
internal class Walked(walk: DayWalk) {
    private val stops = walk.stops.map { it.items }

    val items: Int = (stops.flatten() + walk.calls + walk.desk).count { it.status == DueStatus.DONE }

    /** Where something was done and nothing is left. */
    val places: Int = stops.count { at -> at.none { it.isToDo } && at.any { it.status == DueStatus.DONE } }

    val doors: Int = walk.stops.flatMap { it.doors }.count { door -> door.items.any { it.status == DueStatus.DONE } }
}

/** When it is tried again; until that day it is put off. */
private val TodayItem.again: Instant? get() = tried?.again?.takeIf { isToDo || status == DueStatus.SNOOZED }

/** What was done, what was put off, and whether it all reached the office. */
internal fun dayDone(app: App, walked: Walked, items: List<TodayItem>, status: Summary, today: LocalDate): DayDone {
    val words = app.words
    val putOff = items.count { it.status == DueStatus.SNOOZED && it.again == null }
    val again = items.mapNotNull { item -> item.again?.let { (item.about ?: item.id) to it } }.toMap()
    val later = listOfNotNull(
        if (putOff == 0) null else words(Word.PutOffToday, "count" to putOff),
        again.values.minOrNull()?.let { words(Word.AgainAt, "doors" to again.size, "time" to app.formats.nearTime(it, today)) },
    )
    val safe = status.unsentRecords + status.unsentPhotos == 0uL
    val synced = status.syncedAt
    return DayDone(
        title = words(Word.DayDone),
        about = if (walked.doors == 0) words(Word.DayDoneAbout, "items" to walked.items)
        else words(Word.DayDoneWalked, "items" to walked.items, "stops" to walked.places, "doors" to walked.doors),
        later = if (later.isEmpty()) null else later.joinToString(words(Word.Between)),
        office = if (safe) words(Word.AtTheOffice) else words(Word.NotAtTheOffice, "what" to unsent(app, status)),
        officeAbout = if (!safe || synced == null) words(Word.SafeHere) else words(Word.AtTheOfficeSince, "time" to app.formats.nearTime(synced, today)),
        safe = safe,
    )
}

/** What is known of tomorrow, and the keys that are not back. */
internal suspend fun afterToday(app: App, items: List<TodayItem>, today: LocalDate): List<TodayLink> {
    val words = app.words
    val tomorrow = today.plusDays(1)
    val known = items.filter { it.isToDo && it.due <= tomorrow || it.again?.let(app.formats::day) == tomorrow }
    val first = known.mapNotNull { item -> begins(app, item, tomorrow)?.let { it to item } }.minByOrNull { it.first }
    return listOfNotNull(
        if (known.isEmpty()) null else TodayLink(
            LinkKind.Tomorrow, words(Word.TomorrowKnown, "items" to known.size, "minutes" to app.formats.minutes(known.sumOf { it.minutes.toLong() })),
            Press(words(Word.TomorrowIs, "day" to app.formats.dayOfWeek(tomorrow)), TodayIntent.CanWait),
        ),
        first?.let { (at, item) ->
            val what = listOf(item.subject, words(item.title)).filter { it.isNotEmpty() }.joinToString(DOT)
            TodayLink(LinkKind.First, words(Word.FirstIs, "time" to app.formats.time(at), "what" to what), Press(words(Word.FirstTomorrow), TodayIntent.OpenItem(item.id)))
        },
        keysOut(app, today),
    )
}

/** At which time of that day somebody waits for it. */
private fun begins(app: App, item: TodayItem, day: LocalDate): Instant? = listOfNotNull(item.again, item.dueAt).filter { app.formats.day(it) == day }.minOrNull()

private suspend fun keysOut(app: App, today: LocalDate): TodayLink? {
    val lent = app.butler.cases.list(CaseFilter(workflow = KEY_LOAN, closed = false))
    if (lent.isEmpty()) return null
    val about = lent.map { row ->
        val what = row.title.orEmpty()
        row.openedAt?.let { app.words(Word.LentAt, "what" to what, "time" to app.formats.timeNear(it, today)) } ?: what
    }
    return TodayLink(LinkKind.Keys, app.words.list(about), Press(app.words(Word.KeysOut), TodayIntent.Register(Procedure.Workflow(KEY_LOAN))))
}

private val SUPERVISOR = RoleId("supervisor")

/** What lends a key. */
internal val KEY_LOAN = WorkflowId("keys.loan")
