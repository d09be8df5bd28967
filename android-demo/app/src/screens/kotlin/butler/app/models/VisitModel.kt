package butler.app.models

import butler.ArticleRow
import butler.Channel
import butler.Choice
import butler.Draft
import butler.DueId
import butler.Evidence
import butler.HomeDetails
import butler.Mode
import butler.NewContact
import butler.Outcome
import butler.Procedure
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.Submission
import butler.TodayItem
import butler.Value
import butler.app.models.ContactForm.AGREED
import butler.app.models.ContactForm.AT
import butler.app.models.ContactForm.CHANNEL
import butler.app.models.ContactForm.FORM
import butler.app.models.ContactForm.LEFT
import butler.app.models.ContactForm.NEXT
import butler.app.models.ContactForm.NOT_REACHED
import butler.app.models.ContactForm.OUTCOME
import butler.app.models.ContactForm.PHONE
import butler.app.models.ContactForm.PHOTOS
import butler.app.models.ContactForm.PROMISE
import butler.app.models.ContactForm.PROMISE_BY
import butler.app.models.ContactForm.SUMMARY
import butler.app.models.ContactForm.UNVERIFIED
import butler.app.models.ContactForm.VISIT
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate

/** Somebody was met: how it went, and what was done with one knock. */
data class VisitState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<VisitIntent>? = null,
    val problem: String? = null,
    val reading: Reading<VisitIntent>? = null,
    val outcomeTitle: String = "",
    val outcomes: List<Chip<VisitIntent>> = emptyList(),
    val togetherTitle: String = "",
    val togetherAbout: String = "",
    val together: List<Tick> = emptyList(),
    val said: Typing<VisitIntent>? = null,
    val saidHelp: String? = null,
    val promise: Typing<VisitIntent>? = null,
    val promisedTitle: String? = null,
    val promised: List<Chip<VisitIntent>> = emptyList(),
    val againTitle: String? = null,
    val again: List<Chip<VisitIntent>> = emptyList(),
    val photos: List<Photo<VisitIntent>> = emptyList(),
    val photo: Press<VisitIntent>? = null,
    val alsoTitle: String? = null,
    val also: List<Spoken> = emptyList(),
    val record: Press<VisitIntent>? = null,
)

/** Something that is answered by the visit, unless it is ticked off. */
data class Tick(val press: Press<VisitIntent>, val ticked: Boolean, val about: String)

/** Something that is not: it has a form of its own. */
data class Spoken(val title: String, val about: String)

sealed interface VisitIntent {
    data object Back : VisitIntent
    data class Read(val article: ArticleRow) : VisitIntent
    data class Went(val outcome: String) : VisitIntent
    data class Tick(val item: DueId) : VisitIntent
    data object TickNumber : VisitIntent
    data class Said(val text: String) : VisitIntent
    data class Promise(val text: String) : VisitIntent
    data class PromisedUntil(val day: LocalDate) : VisitIntent
    data class Again(val at: Instant) : VisitIntent
    data object Photo : VisitIntent
    data class Look(val at: PhotosAt) : VisitIntent
    data object Record : VisitIntent
}

/**
 * 见到了 and 打通了: one talk answers every item of the home that it answers, a visit those of the door, a call those of the telephone. What is typed is kept as a draft at every change, so
 * that neither Back nor the death of the app loses it.
 */
class VisitModel(app: App, private val home: RecordId, private val byPhone: Boolean = false) : Model<VisitState, VisitIntent>(app, VisitState()) {
    private var form: Submission? = null
    private var began: Instant = app.now()
    private var answers = Evidence()
    private var about = listOf(home)
    private var problem: String? = null

    // What is typed.

    private fun text(question: String): String = answers.text(question)

    private fun put(question: String, value: Value?) {
        val fields = answers.fields.toMutableMap()
        if (value == null) fields.remove(QuestionId(question)) else fields[QuestionId(question)] = value
        answers = answers.copy(fields = fields)
    }

    private fun put(question: String, text: String) = put(question, if (text.isEmpty()) null else Value.Text(text))

    /** What this talk does not answer; it stands in the draft with all else. */
    private var left: Set<DueId>
        get() = text(LEFT).split(' ').filter { it.isNotEmpty() }.map(::DueId).toSet()
        set(items) = put(LEFT, items.joinToString(" ") { it.value })

    private suspend fun opened(): Submission = form ?: resumed().also { form = it }

    /** The draft that was begun about this home, or a new form. */
    private suspend fun resumed(): Submission {
        val draft = contactDraft(app, home, if (byPhone) Begun.Called else Begun.Met) ?: return app.butler.submission()
        answers = draft.answers
        about = draft.about
        answers.moment(AT)?.let { began = it }
        return draft.submission
    }

    private suspend fun draft() = Draft(opened(), FORM.value, about = about, answers = answers)

    private suspend fun keep() {
        app.butler.drafts.save(draft())
    }

    override suspend fun act(intent: VisitIntent) {
        problem = null
        when (intent) {
            VisitIntent.Back -> return app.platform.back()
            is VisitIntent.Look -> return app.platform.go(Place.Photo(intent.at))
            is VisitIntent.Read -> return app.platform.go(Place.Article(intent.article))
            VisitIntent.Record -> return record()
            is VisitIntent.Went -> went(intent.outcome)
            is VisitIntent.Tick -> left = if (intent.item in left) left - intent.item else left + intent.item
            VisitIntent.TickNumber -> put(UNVERIFIED, if (verifies()) Value.Bool(true) else null)
            is VisitIntent.Said -> put(SUMMARY, intent.text)
            is VisitIntent.Promise -> promise(intent.text)
            is VisitIntent.PromisedUntil -> put(PROMISE_BY, intent.day.toString())
            is VisitIntent.Again -> put(NEXT, Value.Int(intent.at.toEpochMilli()))
            VisitIntent.Photo -> photo()
        }
        keep()
    }

    private suspend fun went(outcome: String) {
        put(OUTCOME, outcome)
        when {
            outcome == AGREED -> put(NEXT, null)
            QuestionId(NEXT) !in answers.fields -> put(NEXT, Value.Int(evenings(app.butler.date()).first().toEpochMilli()))
        }
    }

    private suspend fun promise(text: String) {
        put(PROMISE, text)
        if (text.isEmpty()) put(PROMISE_BY, null)
        else if (text(PROMISE_BY).isEmpty()) put(PROMISE_BY, days(app.butler.date()).first().toString())
    }

    private suspend fun photo() {
        app.photo(draft(), QuestionId(PHOTOS)) ?: return
        answers = app.butler.drafts.get(opened().id)?.draft?.answers ?: answers
    }

    /** Whether the number that was dialled was answered by whose it is. */
    private fun verifies() = QuestionId(UNVERIFIED) !in answers.fields

    private suspend fun dialled(): Dialled? = if (byPhone) dialled(app, draft()) else null

    private suspend fun record() {
        val details = app.butler.homes.details(home)
        val left = left
        val items = toDo(app, home).filter { byThis(it) && it.id !in left }
        // The contact comes last: where it is cut off, what is asked for stays open.
        val verified = dialled()?.takeIf { verifies() }?.let { app.butler.residents.verifyPhone(it.person, it.phone.id) }
        val next = answers.fields[QuestionId(NEXT)] as? Value.Int
        val recorded = app.butler.submitting(opened()).contacts.record(
            NewContact(
                about = listOf(home), channel = if (byPhone) Channel.PHONE else Channel.VISIT, purpose = purpose(app, items), outcome = outcome() ?: return,
                summary = text(SUMMARY).ifBlank { null }, at = began,
                nextContact = next?.let { Instant.ofEpochMilli(it.v1) },
                promise = text(PROMISE).ifBlank { null }, promiseBy = text(PROMISE_BY).ifEmpty { null }?.let(LocalDate::parse),
                dues = items.map { it.id }, photos = photos(),
            ),
        )
        // Somebody was home after all.
        contactDraft(app, home, Begun.Nobody)?.let { app.butler.drafts.discard(it.submission.id) }
        app.recorded(app.words(Word.Recorded, "room" to details.title), listOfNotNull(recorded, verified))
        if (byPhone) app.platform.back() else app.platform.go(Place.Today)
    }

    private fun photos() = answers.photos[QuestionId(PHOTOS)].orEmpty()

    /** What was chosen; the core's name for it is written as the form writes it. */
    private fun outcome(): Outcome? = Outcome.entries.find { it.name.equals(text(OUTCOME), ignoreCase = true) }

    /** Whether this talk answers it. */
    private fun byThis(item: TodayItem) = item.begin == Procedure.Form(FORM) && (!byPhone || item.mode == Mode.CALL)

    // What is shown.

    override suspend fun read(): VisitState {
        opened()
        val words = app.words
        val details = app.butler.homes.details(home)
        val date = app.butler.date()
        val items = toDo(app, home)
        val questions = asked()
        val left = left
        val number = dialled()?.let { to ->
            Tick(Press(words(Word.AnsweredBy, "number" to to.phone.number?.let(app.formats::phone).orEmpty()), VisitIntent.TickNumber), verifies(), "")
        }
        val ticks = items.filter(::byThis)
        val together = ticks.map { Tick(Press(words(it.title), VisitIntent.Tick(it.id)), it.id !in left, if (it.overdue) app.formats.say(it.why, date) else "") } + listOfNotNull(number)
        val missing = questions.filter { it.required && it.field.value !in GIVEN && answers.fields[it.field].isEmpty() }
        val promising = text(PROMISE).isNotEmpty()
        val again = questions.find { it.field.value == NEXT }?.takeIf { it.required }
        return VisitState(
            title = words(if (byPhone) Word.GotThrough else Word.MetThem),
            subtitle = subtitle(details),
            back = Press(words(Word.Back), VisitIntent.Back),
            problem = problem,
            reading = reading(app, ticks.flatMap { it.articles }.distinct()) { VisitIntent.Read(it) },
            outcomeTitle = words(Word.HowDidItGo),
            outcomes = options(questions, OUTCOME).filter { it.id != NOT_REACHED }
                .map { Chip(Press(words(it.label), VisitIntent.Went(it.id)), it.id == text(OUTCOME)) },
            togetherTitle = if (together.isEmpty()) "" else words(Word.Together),
            togetherAbout = if (together.isEmpty()) "" else words(if (byPhone) Word.TogetherByPhone else Word.TogetherAbout, "count" to together.size),
            together = together,
            said = Typing(words(Word.WhatWasSaid), text(SUMMARY), words(Word.WhatWasSaidHint)) { VisitIntent.Said(it) },
            promise = Typing(words(Word.WhatWasPromised), text(PROMISE), words(Word.WhatWasPromisedHint)) { VisitIntent.Promise(it) },
            promisedTitle = if (promising) words(Word.PromisedUntil) else null,
            promised = if (!promising) emptyList()
            else days(date).map { Chip(Press(app.formats.near(it, date), VisitIntent.PromisedUntil(it)), it.toString() == text(PROMISE_BY)) },
            againTitle = again?.let { words(Word.WhenAgain) },
            again = if (again == null) emptyList()
            else evenings(date).map { Chip(Press(app.formats.nearTime(it, date), VisitIntent.Again(it)), answers.fields[QuestionId(NEXT)] == Value.Int(it.toEpochMilli())) },
            photos = photos(app, photos()) { VisitIntent.Look(it) },
            photo = Press(words(if (photos().isEmpty()) Word.TakePhoto else Word.AnotherPhoto), VisitIntent.Photo),
            alsoTitle = if (items.all(::byThis)) null else words(Word.AlsoToDo),
            also = items.filterNot(::byThis).map { Spoken(words(it.title), it.subject) },
            record = Press(
                words(if (byPhone) Word.RecordIt else Word.NoteNext), VisitIntent.Record,
                locked = missing.takeIf { it.isNotEmpty() }
                    ?.let { words(Word.StillMissing, "count" to it.size, "what" to words.list(it.map { question -> short(question) })) },
            ),
        )
    }

    private suspend fun asked(): List<Question> {
        put(CHANNEL, if (byPhone) PHONE else VISIT)
        put(AT, Value.Int(began.toEpochMilli()))
        return app.butler.registers.ask(FORM, answers)
    }

    /** A question by the words that stand over it on this screen. */
    private fun short(question: Question): String = when (question.field.value) {
        OUTCOME -> app.words(Word.HowDidItGo)
        SUMMARY -> app.words(Word.WhatWasSaid)
        else -> app.words(question.label)
    }

    private fun options(questions: List<Question>, field: String): List<Choice> =
        questions.find { it.field.value == field }?.options.orEmpty()

    private fun subtitle(details: HomeDetails): String {
        val met = details.residents.firstOrNull { it.role?.code == butler.ResidentRole.OWNER } ?: details.residents.firstOrNull()
        return listOfNotNull(details.title, met?.let(app.names::of), app.formats.time(began)).joinToString(DOT)
    }

    /** Days an answer may be promised for. */
    private fun days(today: LocalDate) = listOf(1L, 2L, 3L, 7L).map(today::plusDays)

    private fun evenings(today: LocalDate): List<Instant> = listOf(1L, 2L, 3L, 7L).map { app.formats.at(today.plusDays(it), EVENING) }

    private fun Value?.isEmpty() = this == null || this is Value.Text && v1.isBlank()

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** What is known without asking. */
        val GIVEN = setOf(CHANNEL, AT, "purpose")
    }
}
