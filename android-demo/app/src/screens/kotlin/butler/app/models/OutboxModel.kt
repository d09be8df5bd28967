package butler.app.models

import butler.ChangeHash
import butler.Fate
import butler.Kind
import butler.RejectedRow
import butler.app.words.DOT
import butler.app.words.Word
import kotlinx.coroutines.flow.first

/** What the office does not have yet, and what it did not take. */
data class OutboxState(
    val title: String = "",
    val back: Press<OutboxIntent>? = null,
    val problem: String? = null,
    val safe: String = "",
    val synced: String = "",
    val clock: String? = null,
    val rejectedTitle: String = "",
    val rejected: List<RejectedCard> = emptyList(),
    val waitingTitle: String = "",
    val waiting: List<WaitingLine> = emptyList(),
    val sync: Press<OutboxIntent>? = null,
)

data class WaitingLine(val title: String, val about: String, val badge: Badge?)

/** What the office did not take: the reason, what was meant, and what can be done. */
data class RejectedCard(
    val title: String,
    val badge: Badge,
    val reason: String,
    val meant: List<String>,
    val dismiss: Press<OutboxIntent>?,
    val resend: Press<OutboxIntent>?,
)

sealed interface OutboxIntent {
    data object Back : OutboxIntent
    data object Sync : OutboxIntent
    data class Resend(val change: ChangeHash) : OutboxIntent
    data class Dismiss(val change: ChangeHash) : OutboxIntent
}

class OutboxModel(app: App) : Model<OutboxState, OutboxIntent>(app, OutboxState()) {
    private var problem: String? = null

    override suspend fun read(): OutboxState {
        val words = app.words
        val status = app.butler.status().first()
        val today = app.butler.date()
        val rows = app.butler.outbox().first()
        val rejected = app.butler.rejected.list()
        return OutboxState(
            title = words(Word.OutboxTitle),
            back = Press(words(Word.Back), OutboxIntent.Back),
            problem = problem,
            safe = if (rows.isEmpty()) words(Word.OutboxEmpty) else words(Word.OutboxSafe, "count" to rows.size),
            synced = status.syncedAt?.let { words(Word.LastSync, "time" to app.formats.nearTime(it, today)) } ?: words(Word.NeverSynced),
            clock = if (status.clockDoubtful) words(Word.ClockDoubtful) else null,
            rejectedTitle = words(Word.NeedsLook),
            rejected = rejected.map(::card),
            waitingTitle = words(Word.Waiting),
            waiting = rows.sortedByDescending { it.since }.map { row ->
                WaitingLine(
                    row.title.ifEmpty { words(kind(row.kind)) },
                    listOfNotNull(words(Word.WaitsSince, "count" to row.edits, "time" to app.formats.nearTime(row.since, today)), row.reason?.let { words(it) })
                        .joinToString(DOT),
                    recordBadge(app, row.state),
                )
            },
            sync = Press(words(Word.SyncNow), OutboxIntent.Sync),
        )
    }

    /** What stands for a record without a title of its own. */
    private fun kind(kind: Kind): Word = when (kind) {
        Kind.HOME -> Word.KindHome
        Kind.RESIDENT -> Word.KindResident
        Kind.CONTACT -> Word.KindContact
        Kind.ROUND -> Word.KindRound
        Kind.CASE -> Word.KindCase
        Kind.ENTRY -> Word.KindEntry
    }

    private fun card(row: RejectedRow): RejectedCard {
        val words = app.words
        val own = row.fate == Fate.REJECTED || row.fate == Fate.QUARANTINED
        val rest = row.meant.filter { it.path != row.path }
        return RejectedCard(
            title = row.subject,
            badge = Badge(BadgeKind.Rejected, words(if (row.fate == Fate.QUARANTINED) Word.StateQuarantined else Word.StateRejected)),
            reason = words(row.reason),
            meant = row.meant.map { touch ->
                words(Word.Meant, "label" to words(touch.label), "value" to (touch.words?.let { words(it) } ?: ""))
            },
            dismiss = if (own) Press(words(Word.DontSend), OutboxIntent.Dismiss(row.change)) else null,
            resend = when {
                !own -> null
                rest.isEmpty() -> Press(words(Word.ResendAll), OutboxIntent.Resend(row.change))
                else -> Press(words(Word.ResendRest, "count" to rest.size), OutboxIntent.Resend(row.change))
            },
        )
    }

    override suspend fun act(intent: OutboxIntent) {
        problem = null
        when (intent) {
            OutboxIntent.Back -> app.platform.back()
            OutboxIntent.Sync -> app.platform.sync()
            is OutboxIntent.Dismiss -> app.butler.rejected.dismiss(intent.change)
            is OutboxIntent.Resend -> {
                val row = app.butler.rejected.list().find { it.change == intent.change } ?: return
                val rest = row.meant.filter { it.path != row.path }
                app.butler.rejected.resend(intent.change, rest.takeIf { it.isNotEmpty() })
                app.platform.recorded()
            }
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}
