package butler.app.models

import butler.Butler
import butler.ButlerException
import butler.DueId
import butler.DueUrgency
import butler.TodayItem
import butler.app.words.DOT
import butler.app.words.Formats
import butler.app.words.Word
import butler.app.words.Words
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.merge

/** Something urgent the phone is to ring for; without [aloud] it says so in silence. */
data class Ring(val item: DueId, val at: Instant, val title: String, val text: String, val aloud: Boolean = true)

/** Rings. */
interface Bell {
    /** Rings at these times and at no others. */
    fun set(rings: List<Ring>)
}

/** Has the phone ring for what is urgent: at half of its time, and when that is over. What was done meanwhile rings no more. */
class Ringing(
    private val butler: Butler,
    private val words: Words,
    private val settings: SettingsKeeper,
    private val bell: Bell,
    private val now: () -> Instant = Instant::now,
) {
    private val formats = Formats(words)

    /** As long as the butler is open: at once, after every change, and when ringing is settled otherwise. */
    suspend fun run() {
        val settled = settings.settings.map { it.ringing }.distinctUntilChanged()
        merge(butler.changes(), settled).collect { tell() }
    }

    private suspend fun tell() = bell.set(
        try {
            rings()
        } catch (_: ButlerException) {
            // Nobody's phone yet: nothing is due.
            emptyList()
        },
    )

    /** What is still to ring for. */
    suspend fun rings(): List<Ring> = butler.today.list().items
        .filter { it.urgency == DueUrgency.URGENT && it.isToDo }
        .flatMap { rings(it) }

    private suspend fun rings(item: TodayItem): List<Ring> {
        val due = item.dueAt ?: return emptyList()
        val since = item.case?.let { butler.cases.details(it).steps.firstOrNull()?.at }
        val half = since?.let { it + Duration.between(it, due).dividedBy(2) }
        return listOfNotNull(half, due).filter { it > now() }.map { at ->
            val said = if (at < due) formats.clock(due, at) else words(Word.TimeIsUp)
            Ring(item.id, at, words(item.title), listOf(item.subject, said).filter { it.isNotEmpty() }.joinToString(DOT), settings.now.ringing)
        }
    }
}
