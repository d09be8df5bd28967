package butler.app.models

import butler.DraftDetails
import butler.ButlerException
import butler.Kind
import butler.Lifecycle
import butler.RecordDetails
import butler.RecordId
import butler.RecordState
import butler.app.words.Word

/** What a home is called; null for what is no home, or none of this phone's. */
suspend fun homeTitle(app: App, record: RecordId): String? = found { app.butler.homes.details(record).title }

/** The record another one is about, the first of them. */
suspend fun aboutRecord(app: App, record: RecordId): RecordId? =
    found { app.butler.records.get(record) }?.fields.orEmpty().firstOrNull { it.path.startsWith(ABOUT) }?.let { RecordId(it.path.removePrefix(ABOUT)) }

/** What the home is called that a record of another kind is about. */
suspend fun aboutHome(app: App, record: RecordId): String? {
    val subject = aboutRecord(app, record) ?: return null
    return homeTitle(app, subject) ?: found { app.butler.residents.details(subject).homeTitle }
}

/** Where a record keeps what it is about. */
const val ABOUT = "subject/"

/** What is read, or null where this phone does not have it. */
suspend fun <T : Any> found(read: suspend () -> T): T? = try {
    read()
} catch (_: ButlerException.NotFound) {
    null
}

/** Where a record stands between this phone and the office; nothing is said when it is all there. */
fun recordBadge(app: App, state: RecordState): Badge? = when (state) {
    is RecordState.Rejected -> Badge(BadgeKind.Rejected, app.words(Word.StateRejected))
    is RecordState.Quarantined -> Badge(BadgeKind.Rejected, app.words(Word.StateQuarantined))
    RecordState.Pending, is RecordState.Later -> Badge(BadgeKind.Pending, app.words(Word.StatePending))
    RecordState.Sending -> Badge(BadgeKind.Sending, app.words(Word.StateSending))
    RecordState.Unsent -> Badge(BadgeKind.Unsent, app.words(Word.StateUnsent))
    RecordState.Acknowledged -> null
}

/** What something is called, with the word before it where it is severe. */
fun severely(app: App, severe: Boolean, what: String): String = if (severe) app.words(Word.SevereOf, "what" to what) else what

/** It is in no list, or not sure to be in one; [restore] puts it back, for whoever may. */
data class ArchivedLine<out I : Any>(val text: String, val restore: Press<I>?)

/** What is said of a record that was archived; nothing of one that stands in the lists. */
suspend fun <I : Any> archivedLine(app: App, record: RecordDetails, restore: I): ArchivedLine<I>? {
    val word = when (record.lifecycle) {
        Lifecycle.LIVE -> return null
        Lifecycle.ARCHIVED -> Word.IsArchived
        Lifecycle.REVIVED -> Word.IsRevived
    }
    return ArchivedLine(app.words(word), if (mayArchive(app, record.kind)) Press(app.words(Word.Restore), restore) else null)
}

/** Whether a record of that kind may be taken out of the lists and put back. */
suspend fun mayArchive(app: App, kind: Kind): Boolean = app.butler.me().mayWrite.any { it.kind == kind && ARCHIVE in it.groups }

/** Puts a record back into the lists. */
suspend fun restore(app: App, record: RecordId) = app.recorded(app.words(Word.RestoredNow), listOf(app.butler.records.restore(record)))

/** The group of fields that takes a record out of the lists. */
private const val ARCHIVE = "archive"

/** What a kind of record is called. */
fun kindWord(kind: Kind): Word = when (kind) {
    Kind.HOME -> Word.KindHome
    Kind.RESIDENT -> Word.KindResident
    Kind.CONTACT -> Word.KindContact
    Kind.ROUND -> Word.KindRound
    Kind.CASE -> Word.KindCase
    Kind.ENTRY -> Word.KindEntry
}

/** One of several roles: `管家或工程`; many are only listed. */
fun either(app: App, roles: List<String>): String = if (roles.size == 2) roles.joinToString(app.words(Word.Or)) else app.words.list(roles)

/** What a draft is called: by its procedure, or by the screen of the app it was begun on. */
fun draftTitle(app: App, draft: DraftDetails): String? = when (draft.draft.form) {
    TodayModel.CUT_SHORT -> app.words(Word.CutShort)
    RoundModel.FINDING -> app.words(Word.HasProblem)
    RoundModel.POINT -> app.words(Word.GoOnRound)
    ConflictModel.NOTE -> app.words(Word.WhyDecided)
    EmergencyModel.SAID -> app.words(Word.SayIt)
    ResidentModel.PHONE -> app.words(Word.AddPhone)
    HandoverModel.TOLD -> app.words(Word.HandoverTitle)
    else -> draft.title?.let { app.words(it) }
}
