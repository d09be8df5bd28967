package butler.app.models

import butler.Claim
import butler.Conflict
import butler.ConflictKind
import butler.EventId
import butler.RecordId
import butler.Submission
import butler.Value
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate

/** 两种说法: two answers beside each other, with who and when; nothing is decided behind anybody's back. */
data class ConflictState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<ConflictIntent>? = null,
    val problem: String? = null,
    val snack: String? = null,
    val label: String = "",
    val sides: List<SideView> = emptyList(),
    val home: Press<ConflictIntent>? = null,
    val later: Press<ConflictIntent>? = null,
    val use: Press<ConflictIntent>? = null,
    val empty: Empty<ConflictIntent>? = null,
)

/** One of the answers. */
data class SideView(val value: String, val who: String, val shownFirst: String?, val choose: Press<ConflictIntent>, val chosen: Boolean)

sealed interface ConflictIntent {
    data object Back : ConflictIntent
    data class Choose(val side: Int) : ConflictIntent
    data object Use : ConflictIntent
    data object Later : ConflictIntent
    data class OpenHome(val record: RecordId) : ConflictIntent
}

class ConflictModel(app: App) : Model<ConflictState, ConflictIntent>(app, ConflictState()) {
    private var at = 0
    private var chosen = 0
    private var form: Pair<RecordId, Submission>? = null
    private var done: String? = null
    private var problem: String? = null

    override suspend fun read(): ConflictState {
        val words = app.words
        val conflicts = app.butler.conflicts.list()
        val conflict = conflicts.getOrNull(at) ?: conflicts.firstOrNull()
        val head = ConflictState(
            title = words(Word.ConflictTitle),
            back = Press(words(Word.Back), ConflictIntent.Back),
            problem = problem,
            snack = done,
        )
        if (conflict == null) return head.copy(empty = Empty(words(Word.NoConflicts), ""))
        if (form?.first != conflict.record) form = conflict.record to app.butler.submission(conflict.shown)
        val today = app.butler.date()
        val sides = sides(conflict, today)
        return head.copy(
            subtitle = conflict.subject,
            label = when (val about = conflict.about) {
                is ConflictKind.Field -> words(about.label)
                is ConflictKind.Steps -> words(Word.Steps)
            },
            sides = sides,
            home = if (conflict.kind == butler.Kind.HOME) Press(conflict.subject, ConflictIntent.OpenHome(conflict.record)) else null,
            later = Press(words(Word.LeaveIt), ConflictIntent.Later),
            use = Press(words(Word.UseThis, "value" to sides[chosen.coerceIn(sides.indices)].value), ConflictIntent.Use),
        )
    }

    private fun sides(conflict: Conflict, today: LocalDate): List<SideView> = when (val about = conflict.about) {
        is ConflictKind.Field -> about.candidates.mapIndexed { index, claim -> side(index, app.formats.say(claim.words, today), who(claim, today)) }
        is ConflictKind.Steps -> listOf(about.counts, about.lost).mapIndexed { index, claim ->
            side(index, app.words(claim.step), claim.byName + DOT + app.formats.nearTime(claim.at, today))
        }
    }

    private fun side(index: Int, value: String, who: String) = SideView(
        value, who, if (index == 0) app.words(Word.ShownFirst) else null, Press(value, ConflictIntent.Choose(index)), index == chosen,
    )

    private fun who(claim: Claim, today: LocalDate) = claim.byName + DOT + app.formats.nearTime(claim.at, today)

    override suspend fun act(intent: ConflictIntent) {
        problem = null
        done = null
        when (intent) {
            ConflictIntent.Back -> app.platform.back()
            is ConflictIntent.Choose -> chosen = intent.side
            ConflictIntent.Later -> next()
            ConflictIntent.Use -> use()
            is ConflictIntent.OpenHome -> app.platform.go(Place.Home(intent.record))
        }
    }

    /** The next one; after the last the first again. */
    private suspend fun next() {
        val count = app.butler.conflicts.list().size
        if (count < 2) return app.platform.back()
        at = (at + 1) % count
        chosen = 0
    }

    private suspend fun use() {
        val conflicts = app.butler.conflicts.list()
        val conflict = conflicts.getOrNull(at) ?: conflicts.firstOrNull() ?: return
        val signed = form?.takeIf { it.first == conflict.record }?.let { app.butler.submitting(it.second) } ?: app.butler
        when (val about = conflict.about) {
            is ConflictKind.Field -> {
                val value: Value = about.candidates[chosen.coerceIn(about.candidates.indices)].value
                signed.conflicts.resolve(conflict.record, about.path, value)
                done = app.words(Word.Resolved, "what" to app.words(about.label))
            }
            is ConflictKind.Steps -> {
                val (keep: EventId, over: EventId) = if (chosen == 0) about.counts.event to about.lost.event else about.lost.event to about.counts.event
                signed.cases.resolve(conflict.record, keep, listOf(over))
                done = app.words(Word.Resolved, "what" to app.words(Word.Steps))
            }
        }
        chosen = 0
        at = 0
        form = null
        app.platform.recorded()
    }

    override fun failed(words: String) {
        problem = words
    }
}
