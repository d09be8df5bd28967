package butler.app.models

import butler.PartId
import butler.RecordId
import butler.Resident
import butler.ResidentRow
import butler.TimeOfDay
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime

/** A number one may call, and whose it is. */
internal class Callable(val person: RecordId, val phone: PartId, val number: String)

/** What the people of a home asked for: whether they may be called and called on, and when they like it. */
internal class Reach(private val app: App, private val people: List<Pair<RecordId, Resident>>) {
    /** The first number of somebody who did not ask not to be called. */
    val call: Callable? = people.filter { it.second.noCalls != true }.firstNotNullOfOrNull { (id, resident) ->
        resident.phones.firstNotNullOfOrNull { phone -> phone.number?.let { Callable(id, phone.id, it) } }
    }

    /** Everybody here asked not to be visited. */
    val noVisits: Boolean = people.isNotEmpty() && people.all { it.second.noVisits == true }

    /** The times of day somebody here likes. */
    val preferred: List<String> = people.mapNotNull { it.second.preferredTime?.code }

    /** Nobody is left alone all day long. */
    private val avoided = people.mapNotNull { it.second.avoidTime?.code } - TimeOfDay.ANY

    /** Nobody asked to be left alone then. */
    fun allows(at: Instant): Boolean = avoided.none { isAt(at, it) }

    /** It is when somebody likes it, where anybody said that. */
    fun suits(at: Instant): Boolean = allows(at) && (preferred.isEmpty() || preferred.any { isAt(at, it) })

    /** Who asked not to be visited, in words; null where nobody did. */
    fun unwelcome(): String? {
        val asked = people.filter { it.second.noVisits == true }
        return when {
            asked.isEmpty() -> null
            noVisits -> app.words(Word.NoVisits)
            else -> app.words.list(asked.map { (id, resident) -> app.names.of(id, resident) }) + DOT + app.words(Word.NoVisits)
        }
    }

    /** What is known of how and when each of them may be reached. */
    fun known(): List<String> = people.mapNotNull { (id, resident) ->
        val known = listOfNotNull(
            resident.preferredTime?.let { app.words(it.label) },
            resident.avoidTime?.let { app.words(Word.NotAt, "time" to app.words(it.label)) },
            resident.visitHint,
        ) + asked(resident)
        if (known.isEmpty()) null else app.words(Word.Noted, "name" to app.names.of(id, resident), "what" to known.joinToString(app.words(Word.Between)))
    }

    /** What stands in the way of a call, where nobody may be called. */
    fun noCalls(): String? = if (call == null && people.any { it.second.noCalls == true }) app.words(Word.NoCalls) else null

    private fun asked(resident: Resident) = listOfNotNull(
        if (resident.noCalls == true) app.words(Word.NoCalls) else null,
        if (resident.noVisits == true) app.words(Word.NoVisits) else null,
    )

    private fun isAt(at: Instant, time: String): Boolean {
        val hour = app.formats.clock(at).hour
        return when (time) {
            TimeOfDay.MORNING -> hour < 11
            TimeOfDay.NOON -> hour in 11..13
            TimeOfDay.AFTERNOON -> hour in 14..17
            TimeOfDay.EVENING -> hour >= 18
            TimeOfDay.WEEKEND -> app.formats.day(at).dayOfWeek.value > FRIDAY
            else -> time == TimeOfDay.ANY
        }
    }
}

internal suspend fun reach(app: App, people: List<ResidentRow>): Reach =
    Reach(app, people.map { it.record.id to app.butler.residents.details(it.record.id).resident })

/**
 * When to try again: evenings, when people are at home, a morning, and when somebody here likes it; never in the night nor when
 * somebody asked to be left alone, and only what is still to come.
 */
internal fun timesAgain(app: App, at: Instant, reach: Reach): List<Instant> {
    val today = app.formats.day(at)
    val tomorrow = today.plusDays(1)
    val days = generateSequence(tomorrow) { it.plusDays(1) }
    val working = days.drop(1).first { it.dayOfWeek.value <= FRIDAY }
    val usual = listOf(today, tomorrow, working).map { app.formats.at(it, EVENING) } + app.formats.at(tomorrow, MORNING)
    val liked = reach.preferred.mapNotNull { time ->
        when (time) {
            TimeOfDay.NOON -> app.formats.at(tomorrow, NOON)
            TimeOfDay.AFTERNOON -> app.formats.at(tomorrow, AFTERNOON)
            TimeOfDay.WEEKEND -> app.formats.at(days.first { it.dayOfWeek.value > FRIDAY }, MORNING)
            else -> null
        }
    }
    val times = (usual + liked).distinct().filter { it > at }
    return times.filter(reach::allows).ifEmpty { times }
}

/** Times to try again, to choose one of. */
internal fun <I : Any> againChips(app: App, times: List<Instant>, today: LocalDate, chosen: Instant?, intent: (Instant) -> I): List<Chip<I>> =
    times.map { Chip(Press(app.formats.nearTime(it, today).replaceFirstChar(Char::uppercase), intent(it)), it == chosen) }

/** The one to begin with: the usual one, unless another one suits better. */
internal fun timeAgain(times: List<Instant>, usual: Instant, reach: Reach): Instant =
    usual.takeIf { it in times && reach.suits(it) } ?: times.firstOrNull(reach::suits) ?: usual.takeIf { it in times } ?: times.first()

/** Before and after it nobody is called on. */
internal val DAYTIME = LocalTime.of(8, 0)..LocalTime.of(21, 0)

/** When people are at home. */
internal val EVENING: LocalTime = LocalTime.of(18, 30)

private val MORNING: LocalTime = LocalTime.of(9, 30)
private val NOON: LocalTime = LocalTime.of(12, 30)
private val AFTERNOON: LocalTime = LocalTime.of(15, 0)

private const val FRIDAY = 5
