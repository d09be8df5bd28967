package butler.app.models

import butler.AnswerType
import butler.ArticleRow
import butler.Asks
import butler.Channel
import butler.Choice
import butler.Draft
import butler.DueId
import butler.Evidence
import butler.HomeDetails
import butler.Mode
import butler.NewContact
import butler.Outcome
import butler.Phone
import butler.Procedure
import butler.Question
import butler.QuestionId
import butler.RecordEdit
import butler.RecordId
import butler.Recorded
import butler.StepId
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
    /** What one wrote of other talks lately, to be written here by one press. */
    val phrases: List<Press<VisitIntent>> = emptyList(),
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

/** Something that is done with the visit, unless it is ticked off; [asks] is what it needs besides the talk. */
data class Tick(val press: Press<VisitIntent>, val ticked: Boolean, val about: String, val asks: List<Asking> = emptyList())

/** One question beside a tick; it has a [label] where the tick does not say it. */
data class Asking(
    val label: String = "",
    val chips: List<Chip<VisitIntent>> = emptyList(),
    val count: Counting? = null,
    val typing: Typing<VisitIntent>? = null,
    val photos: List<Photo<VisitIntent>> = emptyList(),
    val photo: Press<VisitIntent>? = null,
)

/** A few of something. */
data class Counting(val number: String, val unit: String?, val less: Press<VisitIntent>, val more: Press<VisitIntent>)

/** Something that is not: it has a form of its own. */
data class Spoken(val title: String, val about: String)

sealed interface VisitIntent {
    data object Back : VisitIntent
    data class Read(val article: ArticleRow) : VisitIntent
    data class Went(val outcome: String) : VisitIntent
    data class Tick(val item: DueId) : VisitIntent
    data object TickNumber : VisitIntent
    /** An answer to what an item asks. */
    data class Answer(val item: DueId, val answer: FormIntent) : VisitIntent
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

    /** What is answered beside ticks, by item. */
    private val beside = mutableMapOf<DueId, FormAnswers>()
    private var problem: String? = null

    /** What one wrote of other talks, as it stood when this one was begun: typing asks for no more of it. */
    private var phrases: List<String>? = null

    /** An item at this door, and what of it can be done with the talk. */
    private class ToDo(val item: TodayItem, val work: Work)

    private sealed interface Work {
        /** The talk answers it. */
        data object Talk : Work

        /** A number is rung, and its owner answers. */
        class Ring(val person: RecordId, val phone: Phone) : Work

        /** A field of the home or the person it is about is answered. */
        class Answer(val question: Question) : Work

        /** The talk answers it; a step of its case says more, where it is answered. */
        class Step(val case: RecordId, val step: StepId, val questions: List<Question>) : Work
    }

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
        takeUp(draft.answers)
        answers.moment(AT)?.let { began = it }
        return draft.submission
    }

    /** What was answered beside ticks; in a draft each question is named after its item, too. */
    private fun takeUp(answers: Evidence) {
        fun isBeside(question: QuestionId) = OF in question.value
        fun put(question: QuestionId, answer: (QuestionId) -> Evidence) =
            beside(DueId(question.value.substringBefore(OF))).takeUp(answer(QuestionId(question.value.substringAfter(OF))))
        answers.fields.filterKeys(::isBeside).forEach { (question, value) -> put(question) { Evidence(mapOf(it to value)) } }
        answers.photos.filterKeys(::isBeside).forEach { (question, photos) -> put(question) { Evidence(photos = mapOf(it to photos)) } }
        this.answers = Evidence(answers.fields.filterKeys { !isBeside(it) }, answers.photos.filterKeys { !isBeside(it) })
    }

    private fun beside(item: DueId) = beside.getOrPut(item) { FormAnswers(app) }

    private fun named(item: DueId, question: QuestionId) = QuestionId("${item.value}$OF${question.value}")

    private suspend fun draft(): Draft {
        val given = beside.mapValues { it.value.evidence() }
        val fields = given.flatMap { (item, said) -> said.fields.map { named(item, it.key) to it.value } }
        val photos = given.flatMap { (item, said) -> said.photos.map { named(item, it.key) to it.value } }
        return Draft(opened(), FORM.value, about = about, answers = Evidence(answers.fields + fields, answers.photos + photos))
    }

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
            is VisitIntent.Tick -> tick(intent.item)
            is VisitIntent.Answer -> answer(intent.item, intent.answer)
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
        val photo = app.photo(draft(), QuestionId(PHOTOS)) ?: return
        answers = answers.copy(photos = answers.photos + (QuestionId(PHOTOS) to photos() + photo))
    }

    private suspend fun tick(id: DueId) {
        val toDo = toDo().find { it.item.id == id } ?: return
        val given = beside(id)
        when (toDo.work) {
            is Work.Ring -> given.put(RUNG, if (given.has(RUNG)) null else Value.Bool(true))
            is Work.Answer -> given.put(toDo.work.question.field, null)
            is Work.Step, Work.Talk -> left = if (id in left) left - id else left + id
        }
    }

    private suspend fun answer(item: DueId, answer: FormIntent) {
        val given = beside(item)
        suspend fun question(id: QuestionId) = toDo().filter { it.item.id == item }.flatMap(::asked).find { it.field == id }
        when (answer) {
            is FormIntent.Answer -> given.put(answer.question, answer.value)
            is FormIntent.Type -> question(answer.question)?.let { given.type(it, answer.text) }
            is FormIntent.Tick -> question(answer.question)?.let { given.tick(it, answer.option) }
            is FormIntent.Photo -> app.photo(draft(), named(item, answer.question))?.let { given.photos[answer.question] = given.photos[answer.question].orEmpty() + it }
            else -> {}
        }
    }

    // What is to be done here.

    private suspend fun toDo(): List<ToDo> = toDo(toDo(app, home))

    private suspend fun toDo(items: List<TodayItem>): List<ToDo> = items.mapNotNull { item -> work(item)?.let { ToDo(item, it) } }

    /** How it is done with this talk; null for what has a form of its own. */
    private suspend fun work(item: TodayItem): Work? {
        if (byPhone && item.mode != Mode.CALL) return null
        val talk = item.begin == Procedure.Form(FORM)
        return when (val asks = item.asks) {
            null -> if (talk) Work.Talk else null
            Asks.Telephone -> item.about?.let { ring(it) }
            is Asks.Answer -> question(item, asks.question)?.let { Work.Answer(it) }
            is Asks.Step -> if (talk) item.case?.let { step(it, asks.step) } ?: Work.Talk else null
        }
    }

    /** On the telephone the number that was dialled is the one that rang. */
    private suspend fun ring(person: RecordId): Work? {
        val dialled = dialled()
        if (byPhone && dialled?.person != person) return null
        val phones = found { app.butler.residents.details(person) }?.resident?.phones.orEmpty()
        return (dialled?.phone ?: phones.firstOrNull { it.number != null })?.let { Work.Ring(person, it) }
    }

    private suspend fun question(item: TodayItem, id: QuestionId): Question? {
        val about = item.about ?: return null
        val form = (item.begin as? Procedure.Form)?.form ?: return null
        val known = app.butler.records.get(about).fields.associate { QuestionId(it.path) to it.shown.value }
        return app.butler.registers.ask(form, Evidence(known)).find { it.field == id && it.writable && it.answer in BESIDE }
    }

    /** Null where it is not its turn, or its answers take a form. */
    private suspend fun step(case: RecordId, step: StepId): Work? {
        val next = found { app.butler.cases.nextSteps(case) }.orEmpty().find { it.step == step && it.whyNot == null && it.first.isEmpty() } ?: return null
        val questions = next.questions.filter { it.required }
        return if (questions.isEmpty() || questions.any { it.answer !in BESIDE || !it.writable }) null else Work.Step(case, step, questions)
    }

    /** What is asked beside its tick. */
    private fun asked(toDo: ToDo): List<Question> = when (val work = toDo.work) {
        is Work.Answer -> listOf(work.question)
        is Work.Step -> work.questions
        is Work.Ring, Work.Talk -> emptyList()
    }

    private fun isTicked(toDo: ToDo): Boolean = when (toDo.work) {
        is Work.Ring -> if (byPhone) verifies() else beside(toDo.item.id).has(RUNG)
        is Work.Answer -> beside(toDo.item.id).has(toDo.work.question.field)
        is Work.Step, Work.Talk -> toDo.item.id !in left
    }

    /** What of a step is answered in part is to be answered whole, or not at all. */
    private fun missing(toDo: ToDo): List<Question> {
        val given = beside(toDo.item.id)
        val asked = if (toDo.work is Work.Step && isTicked(toDo)) asked(toDo) else emptyList()
        return if (asked.any { given.has(it.field) }) asked.filterNot { given.has(it.field) } else emptyList()
    }

    /** Whether the number that was dialled was answered by whose it is. */
    private fun verifies() = QuestionId(UNVERIFIED) !in answers.fields

    private suspend fun dialled(): Dialled? = if (byPhone) dialled(app, draft()) else null

    private suspend fun record() {
        val details = app.butler.homes.details(home)
        val outcome = outcome() ?: return
        val done = toDo().filter { isTicked(it) }
        val made = write(done)
        val items = done.filter { it.work !is Work.Answer }.map { it.item }
        // The contact comes last: where it is cut off, what is asked for stays open.
        val next = answers.fields[QuestionId(NEXT)] as? Value.Int
        val recorded = app.butler.submitting(opened()).contacts.record(
            NewContact(
                about = listOf(home), channel = if (byPhone) Channel.PHONE else Channel.VISIT, purpose = purpose(app, items), outcome = outcome,
                summary = text(SUMMARY).ifBlank { null }, at = began,
                nextContact = next?.let { Instant.ofEpochMilli(it.v1) },
                promise = text(PROMISE).ifBlank { null }, promiseBy = text(PROMISE_BY).ifEmpty { null }?.let(LocalDate::parse),
                dues = items.map { it.id }, photos = photos(),
            ),
        )
        // Somebody was home after all.
        contactDraft(app, home, Begun.Nobody)?.let { app.butler.drafts.discard(it.submission.id) }
        app.recorded(app.words(Word.Recorded, "room" to details.title), listOf(recorded) + made)
        if (byPhone) app.platform.back() else app.platform.go(Place.Today)
    }

    /** Writes what is asked beside the talk; a step is not among what may be taken back. */
    private suspend fun write(done: List<ToDo>): List<Recorded> {
        val data = done.filter { it.work is Work.Answer }.map { toDo ->
            val about = checkNotNull(toDo.item.about)
            val said = beside(toDo.item.id).of(asked(toDo)).fields
            fun RecordEdit.write() = said.forEach { (field, value) -> answer(field, value) }
            if (about == home) app.butler.homes.edit(about) { write() } else app.butler.residents.edit(about) { write() }
        }
        val numbers = done.mapNotNull { (it.work as? Work.Ring)?.let { ring -> ring.person to ring.phone.id } } +
            listOfNotNull(dialled()?.takeIf { verifies() }?.let { it.person to it.phone.id })
        val verified = numbers.distinct().map { (person, phone) -> app.butler.residents.verifyPhone(person, phone) }
        for (toDo in done) {
            val step = toDo.work as? Work.Step ?: continue
            val said = beside(toDo.item.id).of(step.questions)
            if (said.fields.isNotEmpty() || said.photos.isNotEmpty()) app.butler.cases.take(step.case, step.step, said)
        }
        return data + verified
    }

    private fun photos() = answers.photos[QuestionId(PHOTOS)].orEmpty()

    /** What was chosen; the core's name for it is written as the form writes it. */
    private fun outcome(): Outcome? = Outcome.entries.find { it.name.equals(text(OUTCOME), ignoreCase = true) }

    // What is shown.

    override suspend fun read(): VisitState {
        opened()
        val words = app.words
        val details = app.butler.homes.details(home)
        val date = app.butler.date()
        val items = toDo(app, home)
        val toDo = toDo(items)
        val questions = asked()
        val number = dialled()?.let { to ->
            Tick(Press(words(Word.AnsweredBy, "number" to to.phone.number?.let(app.formats::phone).orEmpty()), VisitIntent.TickNumber), verifies(), "")
        }
        val together = toDo.filterNot { byPhone && it.work is Work.Ring }.map { tick(it, date) } + listOfNotNull(number)
        val missing = questions.filter { it.required && it.field.value !in GIVEN && answers.fields[it.field].isEmpty() } + toDo.flatMap(::missing)
        val promising = text(PROMISE).isNotEmpty()
        val again = questions.find { it.field.value == NEXT }?.takeIf { it.required }
        return VisitState(
            title = words(if (byPhone) Word.GotThrough else Word.MetThem),
            subtitle = subtitle(details),
            back = Press(words(Word.Back), VisitIntent.Back),
            problem = problem,
            reading = reading(app, toDo.flatMap { it.item.articles }.distinct()) { VisitIntent.Read(it) },
            outcomeTitle = words(Word.HowDidItGo),
            outcomes = options(questions, OUTCOME).filter { it.id != NOT_REACHED }
                .map { Chip(Press(words(it.label), VisitIntent.Went(it.id)), it.id == text(OUTCOME)) },
            togetherTitle = if (together.isEmpty()) "" else words(Word.Together),
            togetherAbout = if (together.isEmpty()) "" else words(if (byPhone) Word.TogetherByPhone else Word.TogetherAbout, "count" to together.size),
            together = together,
            said = Typing(words(Word.WhatWasSaid), text(SUMMARY), words(Word.WhatWasSaidHint)) { VisitIntent.Said(it) },
            phrases = offered(),
            promise = Typing(words(Word.WhatWasPromised), text(PROMISE), words(Word.WhatWasPromisedHint)) { VisitIntent.Promise(it) },
            promisedTitle = if (promising) words(Word.PromisedUntil) else null,
            promised = if (!promising) emptyList()
            else days(date).map { Chip(Press(app.formats.near(it, date), VisitIntent.PromisedUntil(it)), it.toString() == text(PROMISE_BY)) },
            againTitle = again?.let { words(Word.WhenAgain) },
            again = if (again == null) emptyList()
            else evenings(date).map { Chip(Press(app.formats.nearTime(it, date), VisitIntent.Again(it)), answers.fields[QuestionId(NEXT)] == Value.Int(it.toEpochMilli())) },
            photos = photos(app, photos()) { VisitIntent.Look(it) },
            photo = Press(words(if (photos().isEmpty()) Word.TakePhoto else Word.AnotherPhoto), VisitIntent.Photo),
            alsoTitle = if (items.size == toDo.size) null else words(Word.AlsoToDo),
            also = items.filter { item -> toDo.none { it.item.id == item.id } }.map { Spoken(words(it.title), it.subject) },
            record = Press(
                words(if (byPhone) Word.RecordIt else Word.NoteNext), VisitIntent.Record,
                locked = missing.takeIf { it.isNotEmpty() }
                    ?.let { words(Word.StillMissing, "count" to it.size, "what" to words.list(it.map { question -> short(question) })) },
            ),
        )
    }

    private suspend fun tick(toDo: ToDo, date: LocalDate): Tick {
        val (item, work) = toDo.item to toDo.work
        val ticked = isTicked(toDo)
        val title = app.words(item.title)
        val late = if (item.overdue) app.formats.say(item.why, date) else ""
        val asked = if (work is Work.Step && !ticked) emptyList() else asked(toDo)
        return Tick(
            Press(
                if (work is Work.Ring) "$title ${work.phone.number?.let(app.formats::phone).orEmpty()}" else title, VisitIntent.Tick(item.id),
                locked = if (work is Work.Answer && !ticked) app.words(Word.AnswerBelow) else null,
            ),
            ticked, if (work is Work.Ring) app.words(Word.RungHere) else late,
            asked.map { asking(item.id, it, if (asked.size > 1) app.words(it.label) else "", beside(item.id).state(it, date, listOf(home))) },
        )
    }

    private fun asking(item: DueId, question: Question, label: String, state: AnswerState): Asking {
        fun Press<FormIntent>.here() = Press(this.label, VisitIntent.Answer(item, intent), locked)
        return when (state) {
            is AnswerState.Options -> Asking(label, chips = state.chips.map { Chip(it.press.here(), it.chosen) })
            is AnswerState.Count -> Asking(label, count = Counting(state.number, state.unit, state.less.here(), state.more.here()))
            is AnswerState.Words -> Asking(
                typing = Typing(app.words(question.label), state.typing.text, state.typing.hint) { VisitIntent.Answer(item, state.typing.intent(it)) },
            )
            is AnswerState.Photos -> Asking(
                label, photos = photos(app, beside(item).photos[question.field].orEmpty()) { VisitIntent.Look(it) }, photo = state.take.here(),
            )
            else -> Asking(label)
        }
    }

    /** What was written already is not offered again. */
    private suspend fun offered(): List<Press<VisitIntent>> {
        val text = text(SUMMARY)
        val known = phrases ?: app.butler.contacts.phrases().also { phrases = it }
        return known.filter { it !in text }.map { phrase ->
            Press(phrase, VisitIntent.Said(if (text.isBlank()) phrase else text.trimEnd() + app.words(Word.ThenAlso) + phrase))
        }
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

        /** No question: that the number of an item rang and was answered. */
        val RUNG = QuestionId("rung")

        /** Between an item and its question. */
        const val OF = "/"

        /** What can be answered beside a tick; all else takes a form. */
        val BESIDE = setOf(
            AnswerType.CHOICE, AnswerType.MULTI_CHOICE, AnswerType.FLAG, AnswerType.SCORE, AnswerType.NUMBER, AnswerType.TEXT, AnswerType.PHONE, AnswerType.PHOTO,
        )
    }
}
