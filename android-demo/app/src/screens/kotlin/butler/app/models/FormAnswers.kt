package butler.app.models

import butler.AnswerType
import butler.CaseFilter
import butler.Evidence
import butler.Label
import butler.PhotoId
import butler.PlaceId
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.Value
import butler.app.words.Word
import java.math.BigDecimal
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime

/** `830`, `08:30`, `8：30` as people type it. */
internal fun time(text: String): LocalTime? {
    val digits = text.filter { it.isDigit() }
    val (hours, minutes) = when (digits.length) {
        3 -> digits.take(1).toInt() to digits.drop(1).toInt()
        4 -> digits.take(2).toInt() to digits.drop(2).toInt()
        else -> return null
    }
    return if (hours in 0..23 && minutes in 0..59) LocalTime.of(hours, minutes) else null
}

/** The answers of a form so far: as they are stored, as they were typed, as they are shown. */
class FormAnswers(private val app: App) {
    private val fields = mutableMapOf<QuestionId, Value>()
    private val typed = mutableMapOf<QuestionId, String>()

    /** By question, as many as were taken. */
    val photos = mutableMapOf<QuestionId, List<PhotoId>>()

    /** What was signed since the form opened. */
    val strokes = mutableMapOf<QuestionId, List<Stroke>>()

    fun evidence() = Evidence(fields.toMap(), photos.filterValues { it.isNotEmpty() })

    /** The answers to what is asked: one to a question that is not asked any more is not handed in. */
    fun of(questions: List<Question>): Evidence {
        val asked = questions.map { it.field }.toSet()
        return Evidence(fields.filterKeys { it in asked }, photos.filter { it.key in asked && it.value.isNotEmpty() })
    }

    fun has(question: QuestionId) = question in fields || photos[question].orEmpty().isNotEmpty()

    fun clear() {
        fields.clear()
        typed.clear()
        photos.clear()
        strokes.clear()
    }

    fun takeUp(answers: Evidence) {
        fields += answers.fields
        photos += answers.photos
    }

    // What is answered.

    fun put(question: QuestionId, value: Value?) {
        if (value == null) fields.remove(question) else fields[question] = value
        typed.remove(question)
    }

    /** What cannot be read as the kind of answer it is stays as it was typed, and the procedure says what is wrong. */
    fun type(question: Question, text: String) {
        val value = when {
            text.isBlank() -> null
            question.answer == AnswerType.NUMBER -> number(text)
            question.answer == AnswerType.MONEY -> money(text)
            question.answer == AnswerType.TIME -> Value.Text(time(text)?.let(app.formats::time) ?: text)
            else -> Value.Text(text)
        }
        put(question.field, value)
        typed[question.field] = text
    }

    fun tick(question: Question, option: String) {
        val chosen = (fields[question.field] as? Value.Text)?.v1?.split(",").orEmpty().toSet()
        val now = if (option in chosen) chosen - option else chosen + option
        val ordered = question.options.map { it.id }.filter { it in now }
        put(question.field, if (ordered.isEmpty()) null else Value.Text(ordered.joinToString(",")))
    }

    fun day(question: Question, day: LocalDate, now: Instant) {
        if (question.answer == AnswerType.DATE) return put(question.field, Value.Text(day.toString()))
        val time = moment(question.field)?.let { app.formats.clock(it) } ?: app.formats.clock(now).withSecond(0).withNano(0)
        put(question.field, Value.Int(app.formats.at(day, time).toEpochMilli()))
    }

    fun clock(question: QuestionId, text: String, today: LocalDate) {
        val day = moment(question)?.let { app.formats.day(it) } ?: today
        val time = time(text)
        if (time != null) fields[question] = Value.Int(app.formats.at(day, time).toEpochMilli())
        typed[question] = text
    }

    fun moment(question: QuestionId, now: Instant) = put(question, Value.Int(now.toEpochMilli()))

    private fun moment(question: QuestionId): Instant? = (fields[question] as? Value.Int)?.let { Instant.ofEpochMilli(it.v1) }

    fun dayOf(question: Question): LocalDate? = when (val value = fields[question.field]) {
        is Value.Text -> runCatching { LocalDate.parse(value.v1) }.getOrNull()
        is Value.Int -> app.formats.day(Instant.ofEpochMilli(value.v1))
        else -> null
    }

    private fun number(text: String): Value = text.trim().toLongOrNull()?.let { Value.Int(it) }
        ?: text.trim().toDoubleOrNull()?.let { Value.Real(it) } ?: Value.Text(text)

    /** Yuan as people write them, as fen. */
    private fun money(text: String): Value = text.trim().toBigDecimalOrNull()?.let { yuan ->
        runCatching { Value.Int(yuan.movePointRight(2).longValueExact()) }.getOrNull()
    } ?: Value.Text(text)

    // What is shown.

    suspend fun state(question: Question, today: LocalDate, homes: List<RecordId>): AnswerState {
        val words = app.words
        question.workedOut?.let { return AnswerState.Sum(app.formats.say(it, today)) }
        if (!question.writable) return AnswerState.Locked(words(Word.NotYours))
        val field = question.field
        fun answer(value: Value?) = FormIntent.Answer(field, value)
        return when (question.answer) {
            AnswerType.TEXT -> words(question, Keys.Words, long = (question.maxLength?.toInt() ?: LONG) > SHORT)
            AnswerType.PHONE -> words(question, Keys.Phone)
            AnswerType.MONEY -> words(question, Keys.Number, unit = words(Word.Yuan))
            AnswerType.TIME -> words(question, Keys.Number, hint = words(Word.TimeHint))
            AnswerType.NUMBER -> number(question)
            AnswerType.SCORE -> AnswerState.Options((1L..SCORES).map { Chip(Press("$it", answer(Value.Int(it))), fields[field] == Value.Int(it)) })
            AnswerType.FLAG -> AnswerState.Options(
                listOf(true to Word.Yes, false to Word.No).map { (value, word) -> Chip(Press(words(word), answer(Value.Bool(value))), fields[field] == Value.Bool(value)) },
            )
            AnswerType.CHOICE -> AnswerState.Options(
                question.options.map { option ->
                    val chosen = fields[field] == Value.Text(option.id)
                    // Pressed again, a choice that may be left out is taken back.
                    Chip(Press(words(option.label), answer(if (chosen && !question.required) null else Value.Text(option.id))), chosen)
                },
            )
            AnswerType.MULTI_CHOICE -> {
                val chosen = text(field).split(",").toSet()
                AnswerState.Options(question.options.map { Chip(Press(words(it.label), FormIntent.Tick(field, it.id)), it.id in chosen) })
            }
            AnswerType.DATE -> {
                val day = dayOf(question)
                val near = listOf(today to Word.DayToday, today.plusDays(1) to Word.DayTomorrow)
                AnswerState.Pick(
                    PickKind.Day, day?.let { app.formats.date(it, today) } ?: partly(field, today) ?: words(Word.ChooseDay), Press(words(Word.ChooseDay), FormIntent.Open(field)),
                    near.map { (date, word) -> Chip(Press(words(word).replaceFirstChar(Char::uppercase), FormIntent.Day(field, date)), date == day) },
                )
            }
            AnswerType.MOMENT -> {
                val at = moment(field)
                AnswerState.Moment(
                    Press(at?.let { app.formats.near(app.formats.day(it), today).replaceFirstChar(Char::uppercase) } ?: words(Word.ChooseDay), FormIntent.Open(field)),
                    Typing(words(question.label), typed[field] ?: at?.let { app.formats.time(it) }.orEmpty(), words(Word.TimeHint)) { FormIntent.Clock(field, it) },
                    Press(words(Word.RightNow), FormIntent.Now(field)),
                )
            }
            AnswerType.PHOTO -> photos(question)
            AnswerType.SIGNATURE -> {
                val signed = photos[field].orEmpty().isNotEmpty()
                AnswerState.Signature(
                    Drawing(words(question.label), if (signed) words(Word.Signed) else words(Word.SignHere), strokes[field].orEmpty()) { FormIntent.Sign(field, it) },
                    if (signed) Press(words(Word.SignAgain), FormIntent.SignAgain(field)) else null,
                )
            }
            AnswerType.PERSON -> pick(question, PickKind.Person, homes)
            AnswerType.STAFF -> pick(question, PickKind.Person, homes)
            AnswerType.HOME -> pick(question, PickKind.Home, homes)
            AnswerType.CASE -> pick(question, PickKind.Case, homes)
            AnswerType.PLACE -> pick(question, PickKind.Place, homes)
        }
    }

    private fun words(question: Question, keys: Keys, long: Boolean = false, unit: String? = null, hint: String = "") = AnswerState.Words(
        Typing(app.words(question.label), written(question), hint) { FormIntent.Type(question.field, it) }, keys, long, unit,
    )

    /** What stands in its field. */
    internal fun written(question: Question): String = typed[question.field] ?: when (val value = fields[question.field]) {
        is Value.Text -> value.v1
        is Value.Int -> if (question.answer == AnswerType.MONEY) BigDecimal.valueOf(value.v1, 2).toPlainString() else "${value.v1}"
        is Value.Real -> BigDecimal.valueOf(value.v1).stripTrailingZeros().toPlainString()
        else -> ""
    }

    /** A date of which only the year, or the month, is known. */
    private fun partly(question: QuestionId, today: LocalDate): String? = text(question).takeIf { it.isNotEmpty() }?.let { app.formats.say(Label(if (it.length == YEAR) "${it}年" else it, it), today) }

    private fun text(question: QuestionId) = (fields[question] as? Value.Text)?.v1.orEmpty()

    /** A count of a few is stepped, another number is typed. */
    private suspend fun number(question: Question): AnswerState {
        val unit = question.unit?.let { app.butler.office.unit(it) }?.let { app.words(it) }
        val most = question.max ?: Double.MAX_VALUE
        val least = (question.min ?: 0.0).toLong()
        if (most > STEPPED) return words(question, Keys.Number, unit = unit)
        val now = (fields[question.field] as? Value.Int)?.v1
        fun step(label: Word, to: Long, locked: Boolean) =
            Press(app.words(label), FormIntent.Answer(question.field, Value.Int(to)), if (locked) app.words(Word.NoFurther) else null)
        return AnswerState.Count(
            now?.toString() ?: NOTHING, unit,
            less = step(Word.Less, (now ?: (least + 1)) - 1, now != null && now <= least),
            more = step(Word.More, (now ?: (least - 1)) + 1, now != null && now >= most.toLong()),
        )
    }

    private fun photos(question: Question): AnswerState {
        val photos = photos[question.field].orEmpty()
        val taken = photos.size
        val least = question.atLeast?.toInt() ?: 1
        return AnswerState.Photos(
            taken = if (taken == 0) app.words(Word.PhotosNeeded, "count" to least) else app.words(Word.Photos, "count" to taken),
            photos = photos(app, photos) { FormIntent.Look(it) },
            take = Press(app.words(if (taken == 0) Word.TakePhoto else Word.AnotherPhoto), FormIntent.Photo(question.field)),
            remove = if (taken == 0) null else Press(app.words(Word.RemovePhoto), FormIntent.RemovePhoto(question.field)),
        )
    }

    private suspend fun pick(question: Question, kind: PickKind, homes: List<RecordId>): AnswerState {
        val chosen = text(question.field)
        val name = if (chosen.isEmpty()) app.words(Word.Choose) else name(question.answer, chosen)
        val near = if (question.answer == AnswerType.PERSON) people(homes).take(FEW) else emptyList()
        return AnswerState.Pick(
            kind, name, Press(app.words(Word.Choose), FormIntent.Open(question.field)),
            near.map { Chip(Press(it.name, FormIntent.Answer(question.field, Value.Text(it.id))), it.id == chosen) },
        )
    }

    /** Something that can be picked. */
    class Choice(val id: String, val name: String, val about: String)

    /** What may be picked for a question, narrowed by what was typed. */
    suspend fun choices(question: Question, typed: String, homes: List<RecordId>): List<Choice> = when (question.answer) {
        AnswerType.PERSON -> if (typed.isEmpty()) people(homes) else app.butler.search(typed, SHOWN)
            .filter { it.kind == butler.Kind.RESIDENT }.map { Choice(it.record.value, it.title, it.detail) }
        AnswerType.HOME -> if (typed.isEmpty()) app.butler.homes.list(limit = SHOWN).map { Choice(it.record.id.value, it.title, "") }
        else app.butler.homes.find(typed).map { Choice(it.record.value, it.title, it.state?.let { state -> app.words(state) }.orEmpty()) }
        AnswerType.STAFF -> app.butler.office.staff().filter { !it.left && typed in it.name }.map { staff -> Choice(staff.id.value, staff.name, roles(staff.roles)) }
        AnswerType.CASE -> app.butler.cases.list(CaseFilter(closed = false)).filter { typed in it.title.orEmpty() }
            .map { Choice(it.id.value, it.title.orEmpty(), it.stateLabel?.let { state -> app.words(state) }.orEmpty()) }
        else -> app.butler.office.places().filter { typed in it.name }.take(SHOWN).map { Choice(it.id.value, it.name, "") }
    }

    private suspend fun roles(roles: List<butler.RoleId>): String {
        val known = app.butler.office.roles().associate { it.id to app.words(it.label) }
        return app.words.list(roles.mapNotNull { known[it] })
    }

    private suspend fun people(homes: List<RecordId>): List<Choice> = homes.flatMap { app.butler.homes.details(it).residents }.map { person ->
        val role = when (person.role?.code) {
            butler.ResidentRole.OWNER -> app.words(Word.Owner)
            null -> ""
            else -> app.words(Word.LivesThere)
        }
        Choice(person.record.id.value, app.names.of(person), role)
    }

    private suspend fun name(type: AnswerType, id: String): String = when (type) {
        AnswerType.PERSON -> found { app.names.of(RecordId(id), app.butler.residents.details(RecordId(id)).resident) }
        AnswerType.HOME -> homeTitle(app, RecordId(id))
        AnswerType.CASE -> found { app.butler.cases.details(RecordId(id)).case.title.orEmpty() }
        AnswerType.STAFF -> app.butler.office.staff().find { it.id.value == id }?.name
        else -> app.place(PlaceId(id))
    } ?: app.words(Word.ErrorNotFound)

    private companion object {
        const val SHORT = 60

        /** Digits of a year. */
        const val YEAR = 4
        const val LONG = 500
        const val SCORES = 5L
        const val STEPPED = 99.0
        const val FEW = 4
        const val SHOWN = 50
        const val NOTHING = "–"
    }
}
