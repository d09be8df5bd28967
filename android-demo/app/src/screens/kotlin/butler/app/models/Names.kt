package butler.app.models

import butler.RecordId
import butler.Resident
import butler.ResidentRow
import butler.app.words.Word
import butler.app.words.Words
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.map

/** What people are called on a screen: who asked for confidentiality has no name until it is asked for, and loses it again soon. */
class Names(private val words: Words, private val now: () -> Instant) {
    private val shownUntil = mutableMapOf<RecordId, Instant>()
    private val last = MutableStateFlow<Instant?>(null)

    /** Tells when a name that was asked for is hidden again. */
    val hiding: Flow<Unit> = last.filterNotNull().map { delay(Duration.between(now(), it).toMillis().coerceAtLeast(0)) }

    /** Their name was asked for: it is shown for a while. */
    fun show(person: RecordId) {
        val until = now() + SHOWN_FOR
        shownUntil[person] = until
        last.value = until
    }

    fun isHidden(person: RecordId, confidential: Boolean?): Boolean =
        confidential == true && shownUntil[person]?.let { now() < it } != true

    fun of(row: ResidentRow): String = of(row.record.id, row.name, row.confidential)

    fun of(person: RecordId, resident: Resident): String = of(person, resident.name, resident.confidential)

    private fun of(person: RecordId, name: String?, confidential: Boolean?) =
        if (isHidden(person, confidential)) words(Word.Confidential) else name.orEmpty()

    companion object {
        val SHOWN_FOR: Duration = Duration.ofSeconds(30)
    }
}

/** What each colleague is here, by their first role. */
suspend fun roles(app: App): Map<butler.StaffId, String> {
    val labels = app.butler.office.roles().associate { it.id to app.words(it.label) }
    return app.butler.office.staff().mapNotNull { staff -> staff.roles.firstNotNullOfOrNull(labels::get)?.let { staff.id to it } }.toMap()
}
