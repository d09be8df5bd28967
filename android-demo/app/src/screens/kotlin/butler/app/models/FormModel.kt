package butler.app.models

import butler.AnswerType
import butler.ButlerException
import butler.Draft
import butler.DueId
import butler.Evidence
import butler.FormId
import butler.Kind
import butler.NewEntry
import butler.PhotoId
import butler.PlaceId
import butler.Procedure
import butler.Proposal
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.Recorded
import butler.StepId
import butler.Submission
import butler.Value
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime

/** A form, drawn from what the procedures ask. */
data class FormState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<FormIntent>? = null,
    val problem: String? = null,
    val guidance: String? = null,
    val questions: List<QuestionState> = emptyList(),
    val nothing: String? = null,
    val record: Press<FormIntent>? = null,
)

/** One question. It has whatever its type is answered with. */
data class QuestionState(
    val label: String,
    val required: String?,
    val help: String?,
    val typing: Typing<FormIntent>?,
    val unit: String?,
    val value: String?,
    val chips: List<Chip<FormIntent>>,
    val earlier: Press<FormIntent>?,
    val later: Press<FormIntent>?,
    val photo: Press<FormIntent>?,
    /** What will not do, once the question was left or the form was to be handed in. */
    val problem: String?,
    /** Why it cannot be answered. */
    val locked: String?,
)

sealed interface FormIntent {
    data object Back : FormIntent
    data class Type(val question: QuestionId, val text: String) : FormIntent
    data class Choose(val question: QuestionId, val value: Value) : FormIntent
    data class Toggle(val question: QuestionId, val choice: String) : FormIntent
    data class Photo(val question: QuestionId) : FormIntent
    data class Room(val text: String) : FormIntent
    data class Home(val home: RecordId) : FormIntent
    data object Record : FormIntent
}

/** What a form is handed in to. */
sealed interface FormOf {
    /** What is due: a register, or the data of a home or a person. */
    data class Due(val due: DueId) : FormOf

    /** A row of a register that nobody waits for; about a home where the form is. */
    data class Register(val form: FormId, val aboutHome: Boolean) : FormOf

    /** A step of a case. */
    data class Step(val case: RecordId, val step: StepId) : FormOf
}

/**
 * Any form: which questions there are, which are required and what is wrong is asked of the butler after every answer. What
 * is filled in is a draft at every change.
 */
class FormModel(app: App, private val of: FormOf) : Model<FormState, FormIntent>(app, FormState()) {
    private var form: Submission? = null
    private var answers = Evidence()
    private val typed = mutableMapOf<QuestionId, String>()
    private val touched = mutableSetOf<QuestionId>()
    private var problem: String? = null
    private var room = ""
    private var home: RecordId? = null
    private var handedIn = false

    /** What is known of the form without asking. */
    private class Head(
        val title: String,
        val subtitle: String,
        val guidance: String?,
        val name: String,
        val step: String?,
        val place: PlaceId?,
        val about: List<RecordId>,
        val ask: suspend (Evidence) -> List<Question>,
        val record: suspend (Submission) -> Pair<String, List<Recorded>>,
    )

    private suspend fun head(): Head = when (of) {
        is FormOf.Due -> due(of.due)
        is FormOf.Register -> register(of)
        is FormOf.Step -> step(of)
    }

    private suspend fun register(of: FormOf.Register): Head {
        val form = app.butler.registers.form(of.form)
        val about = home
        val title = app.words(form.title)
        val details = about?.let { app.butler.homes.details(it) }
        val grids = app.butler.me().grids.map { it.id.value }
        val places = app.butler.office.places()
        val place = details?.home?.place ?: (places.find { it.id.value in grids } ?: places.firstOrNull())?.id
        return Head(
            title, details?.title.orEmpty(), form.guidance?.let { app.words(it) }, of.form.value, null, place, listOfNotNull(about),
            ask = { app.butler.registers.ask(of.form, it) },
            record = { submission ->
                val entry = NewEntry(of.form, place ?: throw ButlerException.NotFound(), answers, listOfNotNull(about))
                app.words(Word.Saved, "what" to title) to listOf(app.butler.submitting(submission).registers.add(entry))
            },
        )
    }

    private suspend fun due(due: DueId): Head {
        val item = app.butler.today.item(due) ?: throw ButlerException.NotFound()
        val form = (item.begin as? Procedure.Form)?.form ?: throw ButlerException.NotFound()
        val about = item.about
        val kind = about?.let { app.butler.records.get(it).kind }
        val title = app.words(item.title)
        return Head(
            title, item.subject, (item.guidance ?: app.butler.registers.form(form).guidance)?.let { app.words(it) }, form.value, null, item.place, listOfNotNull(about),
            ask = { app.butler.registers.ask(form, it) },
            record = { submission ->
                val signed = app.butler.submitting(submission)
                val written = answers.fields.map { (field, value) -> Proposal(field.value, value, item.title) }
                val recorded = when {
                    about != null && kind == Kind.HOME && form == HOME -> listOf(signed.homes.edit(about) { written.forEach(::take) })
                    about != null && kind == Kind.RESIDENT && form == RESIDENT -> listOf(signed.residents.edit(about) { written.forEach(::take) })
                    else -> {
                        val place = item.place ?: throw ButlerException.NotFound()
                        listOf(signed.registers.add(NewEntry(form, place, answers, listOfNotNull(about), due)))
                    }
                }
                app.words(Word.Saved, "what" to title) to recorded
            },
        )
    }

    private suspend fun step(of: FormOf.Step): Head {
        val details = app.butler.cases.details(of.case)
        val step = app.butler.cases.nextSteps(of.case).find { it.step == of.step } ?: throw ButlerException.NotFound()
        val title = app.words(step.label)
        return Head(
            title, listOfNotNull(details.case.title, app.words(details.stateLabel)).joinToString(DOT), step.guidance?.let { app.words(it) },
            "step", of.step.value, details.case.place, listOf(of.case),
            ask = { app.butler.cases.ask(of.case, of.step, it) },
            record = { submission ->
                app.butler.submitting(submission).cases.take(of.case, of.step, answers)
                // A step cannot be taken back: its form was the confirmation.
                app.words(Word.Saved, "what" to title) to emptyList()
            },
        )
    }

    /** The draft that was begun of the same, or a new form over what the screen shows. */
    private suspend fun opened(head: Head): Submission {
        form?.let { return it }
        val draft = app.butler.drafts.list().map { it.draft }
            .find { it.form == head.name && it.step == head.step && it.about == head.about }
        if (draft != null) answers = draft.answers
        val shown = head.about.firstOrNull()?.let { app.butler.records.get(it).shown }
        return (draft?.submission ?: app.butler.submission(if (of is FormOf.Step || head.name in OVER_A_RECORD) shown else null)).also { form = it }
    }

    private suspend fun keep(head: Head) {
        val due = (of as? FormOf.Due)?.due
        app.butler.drafts.save(Draft(opened(head), head.name, head.step, head.place, head.about, due, answers))
    }

    override suspend fun act(intent: FormIntent) {
        problem = null
        if (intent == FormIntent.Back) return app.platform.back()
        val head = head()
        opened(head)
        when (intent) {
            FormIntent.Record -> return record(head)
            is FormIntent.Type -> type(head, intent)
            is FormIntent.Choose -> put(intent.question, intent.value)
            is FormIntent.Toggle -> toggle(head, intent)
            is FormIntent.Photo -> photo(head, intent.question)
            is FormIntent.Room -> room = intent.text
            is FormIntent.Home -> home = intent.home
            FormIntent.Back -> {}
        }
        keep(head)
    }

    private suspend fun record(head: Head) {
        val (words, records) = head.record(opened(head))
        app.recorded(words, records)
        handedIn = true
        app.platform.back()
    }

    private suspend fun type(head: Head, intent: FormIntent.Type) {
        typed[intent.question] = intent.text
        val question = head.ask(answers).find { it.field == intent.question }
        val number = intent.text.trim().replace(',', '.').toDoubleOrNull()
        put(
            intent.question,
            when {
                intent.text.isBlank() -> null
                question?.answer == AnswerType.NUMBER -> number?.let { Value.Real(it) }
                question?.answer == AnswerType.MONEY -> number?.let { Value.Int(Math.round(it * FEN)) }
                question?.answer == AnswerType.HOME -> app.butler.homes.find(intent.text, 1).firstOrNull()?.let { Value.Text(it.record.value) }
                else -> Value.Text(intent.text)
            },
        )
    }

    private fun put(question: QuestionId, value: Value?) {
        touched += question
        answers = answers.copy(fields = if (value == null) answers.fields - question else answers.fields + (question to value))
    }

    /** Several choices are one text, in the order the form has them. */
    private suspend fun toggle(head: Head, intent: FormIntent.Toggle) {
        val now = chosen(intent.question)
        val next = if (intent.choice in now) now - intent.choice else now + intent.choice
        val order = head.ask(answers).find { it.field == intent.question }?.options.orEmpty().map { it.id }
        put(intent.question, if (next.isEmpty()) null else Value.Text(order.filter { it in next }.joinToString(",")))
    }

    private fun chosen(question: QuestionId): List<String> =
        (answers.fields[question] as? Value.Text)?.v1?.split(",")?.filter { it.isNotEmpty() }.orEmpty()

    private suspend fun photo(head: Head, question: QuestionId) {
        val bytes = app.platform.photo() ?: return
        keep(head)
        val form = opened(head)
        app.butler.drafts.addPhoto(form.id, question, bytes)
        answers = app.butler.drafts.get(form.id)?.draft?.answers ?: answers
    }

    private fun photos(question: QuestionId): List<PhotoId> = answers.photos[question].orEmpty()

    override suspend fun read(): FormState {
        // What is handed in may not be possible any more, and the screen is on its way out.
        if (handedIn) return state.value
        val head = head()
        opened(head)
        val questions = head.ask(answers)
        val missing = questions.filter { it.writable && it.problem != null && it.required }
        return FormState(
            title = head.title,
            subtitle = head.subtitle,
            back = Press(app.words(Word.Back), FormIntent.Back),
            problem = problem,
            guidance = head.guidance,
            questions = listOfNotNull(whichHome()) + questions.map { question(it) },
            nothing = if (questions.isEmpty()) app.words(Word.NothingAsked) else null,
            record = Press(
                if (questions.isEmpty()) head.title else app.words(Word.RecordIt), FormIntent.Record,
                locked = when {
                    of is FormOf.Register && of.aboutHome && home == null -> app.words(Word.StillMissing, "count" to missing.size + 1, "what" to app.words(Word.WhichHome))
                    missing.isEmpty() -> null
                    else -> app.words(Word.StillMissing, "count" to missing.size, "what" to app.words(missing.first().label))
                },
            ),
        )
    }

    /** Which home it is about, where nothing says so yet. */
    private suspend fun whichHome(): QuestionState? {
        if (of !is FormOf.Register || !of.aboutHome) return null
        val hits = if (room.isBlank()) emptyList() else app.butler.homes.find(room, HITS)
        return QuestionState(
            app.words(Word.WhichHome), app.words(Word.Required), null,
            Typing("", room, app.words(Word.RoomHint)) { FormIntent.Room(it) }, null, null,
            hits.map { Chip(Press(it.title, FormIntent.Home(it.record)), it.record == home) }, null, null, null, null, null,
        )
    }

    private suspend fun question(question: Question): QuestionState {
        val words = app.words
        val field = question.field
        val typing = question.writable && question.answer in TYPED
        val moving = question.writable && question.answer in TIMES
        return QuestionState(
            label = words(question.label),
            required = if (question.required && question.writable) words(Word.Required) else null,
            help = question.help?.let { words(it) },
            typing = if (typing) Typing("", text(question), if (question.answer == AnswerType.HOME) words(Word.RoomHint) else "") { FormIntent.Type(field, it) } else null,
            unit = if (typing) question.unit?.let { unit -> app.butler.office.unit(unit)?.let { words(it) } ?: unit } else null,
            value = value(question),
            chips = if (question.writable) chips(question) else emptyList(),
            earlier = if (moving) moved(question, -1)?.let { Press(words(Word.Earlier), FormIntent.Choose(field, it)) } else null,
            later = if (moving) moved(question, 1)?.let { Press(words(Word.Later), FormIntent.Choose(field, it)) } else null,
            photo = if (question.writable && (question.answer == AnswerType.PHOTO || question.answer == AnswerType.SIGNATURE)) {
                Press(if (photos(field).isEmpty()) words(Word.TakePhoto) else words(Word.PhotosTaken, "count" to photos(field).size), FormIntent.Photo(field))
            } else {
                null
            },
            problem = question.problem?.takeIf { field in touched }?.let { words(it) },
            locked = if (question.writable) null else words(Word.NotYours),
        )
    }

    private fun text(question: Question): String = typed[question.field] ?: when (val value = answers.fields[question.field]) {
        is Value.Text -> value.v1
        is Value.Real -> app.formats.number(value.v1)
        is Value.Int -> if (question.answer == AnswerType.MONEY) app.formats.number(value.v1 / FEN.toDouble()) else value.v1.toString()
        else -> ""
    }

    /** A day or a time as it stands; what is not typed is not a text. */
    private suspend fun value(question: Question): String? {
        val value = answers.fields[question.field] ?: return null
        val today = app.butler.date()
        return when (question.answer) {
            AnswerType.DATE -> (value as? Value.Text)?.v1?.let { app.formats.near(LocalDate.parse(it), today) + DOT + app.formats.date(LocalDate.parse(it), today) }
            AnswerType.MOMENT -> (value as? Value.Int)?.v1?.let { app.formats.nearTime(Instant.ofEpochMilli(it), today) }
            AnswerType.TIME -> (value as? Value.Text)?.v1
            AnswerType.HOME -> (value as? Value.Text)?.v1?.let { app.butler.homes.details(RecordId(it)).title }
            else -> null
        }
    }

    private suspend fun chips(question: Question): List<Chip<FormIntent>> {
        val field = question.field
        val now = answers.fields[field]
        fun one(label: String, value: Value) = Chip<FormIntent>(Press(label, FormIntent.Choose(field, value)), now == value)
        val today = app.butler.date()
        return when (question.answer) {
            AnswerType.CHOICE -> question.options.map { one(app.words(it.label), Value.Text(it.id)) }
            AnswerType.MULTI_CHOICE -> question.options.map {
                Chip(Press(app.words(it.label), FormIntent.Toggle(field, it.id)), it.id in chosen(field))
            }
            AnswerType.FLAG -> listOf(one(app.words(Word.Yes), Value.Bool(true)), one(app.words(Word.No), Value.Bool(false)))
            AnswerType.SCORE -> (1L..5L).map { one(it.toString(), Value.Int(it)) }
            AnswerType.DATE -> listOf(0L, 1L, 2L).map { today.plusDays(it) }.map { one(app.formats.near(it, today), Value.Text(it.toString())) }
            AnswerType.MOMENT -> {
                val at = app.now()
                listOf(one(app.words(Word.Now), Value.Int(at.toEpochMilli()))) +
                    listOf(app.formats.at(today.plusDays(1), MORNING), app.formats.at(today.plusDays(1), EVENING))
                        .map { one(app.formats.nearTime(it, today), Value.Int(it.toEpochMilli())) }
            }
            AnswerType.TIME -> listOf(MORNING, EVENING).map { one(app.formats.time(it), Value.Text(app.formats.time(it))) }
            AnswerType.STAFF -> app.butler.office.staff().filterNot { it.left }.map { one(it.name, Value.Text(it.id.value)) }
            AnswerType.PLACE -> app.butler.office.places().map { one(it.name, Value.Text(it.id.value)) }
            AnswerType.PERSON -> people().map { one(it.second, Value.Text(it.first.value)) }
            AnswerType.CASE -> app.butler.cases.openList(limit = FEW).map { one(it.title.orEmpty(), Value.Text(it.id.value)) }
            else -> emptyList()
        }
    }

    /** The people of the home the form is about. */
    private suspend fun people(): List<Pair<RecordId, String>> {
        val home = head().about.firstOrNull() ?: return emptyList()
        if (app.butler.records.get(home).kind != Kind.HOME) return emptyList()
        return app.butler.homes.details(home).residents.map { it.record.id to it.name.orEmpty() }
    }

    /** A day or half an hour before or after what stands there. */
    private fun moved(question: Question, by: Long): Value? = when (val value = answers.fields[question.field]) {
        is Value.Text -> when (question.answer) {
            AnswerType.DATE -> Value.Text(LocalDate.parse(value.v1).plusDays(by).toString())
            AnswerType.TIME -> Value.Text(app.formats.time(LocalTime.parse(value.v1).plusMinutes(by * HALF_AN_HOUR)))
            else -> null
        }
        is Value.Int -> if (question.answer == AnswerType.MOMENT) Value.Int(value.v1 + by * HALF_AN_HOUR * 60_000) else null
        else -> null
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** Forms over the data of a record, which they edit instead of adding a row. */
        val HOME = FormId("home.basic")
        val RESIDENT = FormId("resident.basic")
        val OVER_A_RECORD = setOf(HOME.value, RESIDENT.value)
        val TYPED = setOf(AnswerType.TEXT, AnswerType.NUMBER, AnswerType.PHONE, AnswerType.MONEY, AnswerType.HOME)
        val TIMES = setOf(AnswerType.DATE, AnswerType.TIME, AnswerType.MOMENT)
        const val FEN = 100
        const val HITS = 4
        const val FEW = 20
        const val HALF_AN_HOUR = 30L
        val MORNING: LocalTime = LocalTime.of(9, 30)
        val EVENING: LocalTime = LocalTime.of(18, 30)
    }
}
