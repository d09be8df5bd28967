package butler.app.models

import butler.Claim
import butler.Conflict
import butler.ConflictKind
import butler.DeviceId
import butler.HistoryRow
import butler.Kind
import butler.Me
import butler.RecordId
import butler.StaffId
import butler.Submission
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate

/** What can be pressed on 两种说法. */
sealed interface ConflictIntent {
    data object Back : ConflictIntent
    data class Choose(val side: Int) : ConflictIntent
    data object History : ConflictIntent
    data object Another : ConflictIntent
    data class Note(val text: String) : ConflictIntent
    data object Leave : ConflictIntent
    data object Decide : ConflictIntent
    data object Undo : ConflictIntent
}

/** 两种说法: of `conflicts`, one after the other. Both answers stay in the history whatever is decided. */
class ConflictModel(app: App, private val about: RecordId? = null) : Model<ConflictState, ConflictIntent>(app, ConflictState()) {
    /** Which one is shown; the one that was asked for is looked up at first. */
    private var at: Int? = null
    private var chosen = 0
    private var note = ""

    /** Which disagreement the note is about, and the form it is handed in with. */
    private var noted: RecordId? = null
    private var form: Submission? = null
    private var shown: Conflict? = null
    private var decided: Decided? = null
    private var problem: String? = null

    /** What each colleague is here. */
    private var roles: Map<StaffId, String> = emptyMap()

    private var me: Me? = null

    /** A field that was decided, with the value it can be given back to. */
    private class Decided(val record: RecordId, val path: String, val words: String)

    override suspend fun act(intent: ConflictIntent) {
        problem = null
        if (intent != ConflictIntent.Undo) decided = null
        when (intent) {
            ConflictIntent.Back -> app.platform.back()
            is ConflictIntent.Choose -> chosen = intent.side
            ConflictIntent.History -> shown?.let { app.platform.go(Place.History(it.record)) }
            ConflictIntent.Another -> shown?.let { app.platform.go(placeOf(it.kind, it.record)) }
            is ConflictIntent.Note -> note(intent.text)
            ConflictIntent.Leave -> next()
            ConflictIntent.Decide -> decide()
            ConflictIntent.Undo -> decided?.let { app.platform.go(Place.History(it.record)) }
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private fun next() {
        at = (at ?: 0) + 1
        forget()
    }

    private fun forget() {
        chosen = 0
        note = ""
        noted = null
        form = null
    }

    private suspend fun note(text: String) {
        val conflict = shown ?: return
        note = text
        val form = form ?: app.butler.submission(conflict.shown).also { form = it }
        jot(app, form, NOTE, conflict.record, null, text)
    }

    /** What was typed about this one before. */
    private suspend fun take(conflict: Conflict) {
        if (noted == conflict.record) return
        val kept = jotted(app, NOTE, conflict.record)
        noted = conflict.record
        note = kept?.note.orEmpty()
        form = kept?.submission
    }

    private suspend fun decide() {
        val conflict = shown ?: return
        val form = form ?: app.butler.submission(conflict.shown)
        val butler = app.butler.submitting(form)
        when (val about = conflict.about) {
            is ConflictKind.Field -> {
                val claim = about.candidates.getOrNull(chosen) ?: return
                butler.conflicts.resolve(conflict.record, about.path, claim.value)
                decided = Decided(conflict.record, about.path, app.words(Word.Decided, "subject" to conflict.subject, "value" to app.formats.say(claim.words, app.butler.date())))
            }
            is ConflictKind.Steps -> {
                val (keep, over) = if (chosen == 0) about.counts to about.lost else about.lost to about.counts
                butler.cases.resolve(conflict.record, keep.event, listOf(over.event), note.trim())
                decided = Decided(conflict.record, "", app.words(Word.Decided, "subject" to conflict.subject, "value" to app.words(keep.step)))
            }
        }
        app.butler.drafts.discard(form.id)
        app.platform.recorded()
        forget()
    }

    override suspend fun read(): ConflictState {
        val words = app.words
        val all = app.butler.conflicts.list()
        val today = app.butler.date()
        val head = ConflictState(
            title = words(Word.Conflicts),
            back = Press(words(Word.Back), ConflictIntent.Back),
            problem = problem,
            snack = decided?.let { Snack(it.words, Press(words(Word.History), ConflictIntent.Undo)) },
        )
        if (all.isEmpty()) {
            shown = null
            return head.copy(empty = Empty(words(Word.NoConflicts), words(Word.NoConflictsAbout)))
        }
        val place = (at ?: all.indexOfFirst { it.record == about }.coerceAtLeast(0).also { at = it }) % all.size
        val conflict = all[place].also { shown = it }
        take(conflict)
        val whose = whose(conflict)
        val history = found { app.butler.records.history(conflict.record) }.orEmpty()
        roles = roles(app)
        me = app.butler.me()
        val sides = sides(conflict, history, today, whose)
        return head.copy(
            subtitle = words(Word.ConflictOf, "number" to place + 1, "count" to all.size),
            subject = head(conflict),
            field = field(conflict),
            badge = Badge(BadgeKind.Conflict, words(Word.ToBeDecided)),
            sides = sides,
            before = before(conflict, history, today),
            another = if (whose == null && conflict.about is ConflictKind.Field) Press(words(Word.NeitherIsRight), ConflictIntent.Another) else null,
            note = if (whose == null && conflict.about is ConflictKind.Steps) Typing(words(Word.WhyDecided), note, words(Word.MayBeEmpty)) { ConflictIntent.Note(it) } else null,
            nextTitle = if (all.size > 1) words(Word.NextOne) else null,
            next = if (all.size > 1) next(all[(place + 1) % all.size], today) else null,
            whose = whose,
            leave = if (all.size > 1) Press(words(Word.LeaveIt), ConflictIntent.Leave) else Press(words(Word.LeaveIt), ConflictIntent.Back),
            decide = if (whose != null) null else sides.getOrNull(chosen)?.let { Press(words(Word.UseThis, "value" to it.value), ConflictIntent.Decide) },
        )
    }

    /** Who decides instead; null for whoever may. */
    private fun whose(conflict: Conflict): String? = conflict.decidedBy?.let { app.words(Word.DecidedBy, "whose" to app.words(it)) }

    /** Where it is, and what it is. */
    private suspend fun head(conflict: Conflict): String {
        val case = if (conflict.kind == Kind.CASE) found { app.butler.cases.details(conflict.record) } else null
        val at = if (conflict.kind == Kind.CASE) case?.about?.firstOrNull()?.let { homeTitle(app, it) } else conflict.subject
        return listOf(at.orEmpty(), case?.workflow?.let { app.words(it) } ?: app.words(kindWord(conflict.kind))).filter { it.isNotEmpty() }.joinToString(DOT)
    }

    private fun field(conflict: Conflict): String = when (val about = conflict.about) {
        is ConflictKind.Field -> app.words(about.label)
        is ConflictKind.Steps -> conflict.subject
    }

    private suspend fun sides(conflict: Conflict, history: List<HistoryRow>, today: LocalDate, whose: String?): List<Side> = when (val about = conflict.about) {
        is ConflictKind.Field -> about.candidates.mapIndexed { index, claim ->
            side(index, Word.ShownMeanwhile, Word.AnotherOne, app.formats.say(claim.words, today), who(claim.by, claim.byName), phone(claim.by, claim.device), claim.at, with(claim, about.path, history, today), today, whose)
        }
        is ConflictKind.Steps -> {
            val made = found { app.butler.cases.details(conflict.record) }?.steps.orEmpty().associateBy { it.event }
            listOf(about.counts, about.lost).mapIndexed { index, claim ->
                val said = made[claim.event]?.said.orEmpty().take(WITH).map { app.formats.say(it.words, today) }
                val with = app.words.list(listOfNotNull(claim.note.takeIf { it.isNotBlank() }) + said)
                side(index, Word.CountsMeanwhile, Word.DoesNotCount, app.words(claim.step), who(claim.by, claim.byName), phone(claim.by, claim.device), claim.at, with.ifEmpty { null }, today, whose)
            }
        }
    }

    private fun who(staff: StaffId, name: String): String = listOfNotNull(name, roles[staff]).joinToString(" ")

    /** Which phone it was written on, as far as this one can tell: what phones are called only the office knows. */
    private fun phone(by: StaffId, device: DeviceId): String? = when {
        device == me?.device -> app.words(Word.ThisPhone)
        by == me?.staff -> app.words(Word.OtherPhone)
        else -> null
    }

    private fun side(index: Int, first: Word, other: Word, value: String, by: String, phone: String?, at: Instant, with: String?, today: LocalDate, whose: String?) = Side(
        standing = app.words(if (index == 0) first else other),
        value = value,
        by = by,
        at = listOfNotNull(app.formats.nearTime(at, today).replaceFirstChar(Char::uppercase), phone).joinToString(app.words(Word.Between)),
        with = with,
        choose = Chip(Press(app.words(Word.ChooseSide, "value" to value), ConflictIntent.Choose(index), whose), index == chosen),
    )

    /** What was written in the same edit, which often says why. */
    private fun with(claim: Claim, path: String, history: List<HistoryRow>, today: LocalDate): String? {
        val row = history.lastOrNull { it.by == claim.by && it.at == claim.at && it.changes.any { change -> change.path == path } } ?: return null
        val others = row.changes.filter { it.path != path }.mapNotNull { change ->
            change.toWords?.let { app.words(Word.Said, "what" to app.words(change.label), "words" to app.formats.say(it, today)) }
        }
        return if (others.isEmpty()) null else app.words.list(others.take(WITH))
    }

    private fun before(conflict: Conflict, history: List<HistoryRow>, today: LocalDate): Before? {
        val about = conflict.about as? ConflictKind.Field ?: return null
        val change = history.flatMap { it.changes }.lastOrNull { it.path == about.path && it.to in about.candidates.map(Claim::value) } ?: return null
        val former = change.fromWords.map { app.formats.say(it, today) }
        return Before(
            if (former.isEmpty()) app.words(Word.NothingBefore) else app.words(Word.BeforeWas, "value" to former.joinToString(app.words(Word.Or))),
            app.words(Word.NeitherSaw),
            Press(app.words(Word.History), ConflictIntent.History),
        )
    }

    private suspend fun next(conflict: Conflict, today: LocalDate): NextConflict {
        val history = found { app.butler.records.history(conflict.record) }.orEmpty()
        val sides = sides(conflict, history, today, null).map { NextSide(it.standing, it.value, listOf(it.by, it.at).joinToString("\n"), it.with) }
        return NextConflict(head(conflict), field(conflict), sides, Press(app.words(Word.LookAtIt), ConflictIntent.Leave))
    }

    companion object {
        /** What a draft of a reason is called. */
        internal const val NOTE = "conflict.note"
        private const val WITH = 2
    }
}
