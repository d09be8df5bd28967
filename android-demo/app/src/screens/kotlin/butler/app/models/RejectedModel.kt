package butler.app.models

import butler.AnswerType
import butler.Change
import butler.ChangeHash
import butler.Evidence
import butler.Fate
import butler.Kind
import butler.Label
import butler.Question
import butler.QuestionId
import butler.RejectedRow
import butler.TouchRow
import butler.Value
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate

/** What can be pressed on 被退回. */
sealed interface RejectedIntent {
    data object Back : RejectedIntent
    data class Tick(val touch: Int) : RejectedIntent
    data object AskDismiss : RejectedIntent
    data object Keep : RejectedIntent
    data object Dismiss : RejectedIntent
    data object Resend : RejectedIntent
    data class Correct(val touch: Int) : RejectedIntent
    data class Answer(val value: Value) : RejectedIntent
    data class Type(val text: String) : RejectedIntent
    data object Use : RejectedIntent
    data object Leave : RejectedIntent
}

/**
 * 被退回: of `rejected.list`, one edit. What the reason is about is not sent again unless it is ticked; what the form over the record
 * asks of this person may be answered anew.
 */
class RejectedModel(app: App, private val change: ChangeHash) : Model<RejectedState, RejectedIntent>(app, RejectedState()) {
    private var ticked: Set<Int>? = null
    private var asking = false
    private var problem: String? = null

    /** What was put right of it, and not sent yet. */
    private val corrected = mutableMapOf<Int, TouchRow>()
    private var correcting: Correcting? = null

    /** The open sheet of a value. */
    private class Correcting(val touch: Int, val question: Question, val answers: FormAnswers) {
        val answer: Value? get() = answers.evidence().fields[question.field]
    }

    override suspend fun act(intent: RejectedIntent) {
        problem = null
        when (intent) {
            RejectedIntent.Back -> app.platform.back()
            is RejectedIntent.Tick -> ticked = ticked.orEmpty().let { if (intent.touch in it) it - intent.touch else it + intent.touch }
            RejectedIntent.AskDismiss -> asking = true
            RejectedIntent.Keep -> asking = false
            RejectedIntent.Dismiss -> {
                app.butler.rejected.dismiss(change)
                asking = false
                app.platform.back()
            }
            RejectedIntent.Resend -> resend()
            is RejectedIntent.Correct -> open(intent.touch)
            is RejectedIntent.Answer -> correcting?.let { it.answers.put(it.question.field, intent.value) }
            is RejectedIntent.Type -> correcting?.let { it.answers.type(it.question, intent.text) }
            RejectedIntent.Use -> correcting?.let { use(it) }
            RejectedIntent.Leave -> correcting = null
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private suspend fun row(): RejectedRow? = app.butler.rejected.list().find { it.change == change }

    private suspend fun resend() {
        val row = row() ?: return
        val chosen = meant(row).filterIndexed { index, _ -> index in ticked.orEmpty() }
        val butler = app.butler.submitting(app.butler.submission(row.shown))
        butler.rejected.resend(change, if (chosen == row.meant) null else chosen)
        app.platform.recorded()
        app.platform.back()
    }

    /** As it is to be sent: what was put right stands in the place of what was meant. */
    private fun meant(row: RejectedRow): List<TouchRow> = row.meant.mapIndexed { index, touch -> corrected[index] ?: touch }

    /** What the form over that record asks, as it stood with these; nothing of a record without such a form. */
    private suspend fun asked(row: RejectedRow, touches: List<TouchRow>): Map<String, Question> {
        val form = FORMS[row.kind] ?: return emptyMap()
        val known = found { app.butler.records.get(row.record) }?.fields.orEmpty().associate { QuestionId(it.path) to it.shown.value }
        val written = touches.mapNotNull { touch -> (touch.change as? Change.Write)?.let { QuestionId(touch.path) to it.value } }
        return app.butler.registers.ask(form, Evidence(known + written)).associateBy { it.field.value }
    }

    private suspend fun open(at: Int) {
        val row = row() ?: return
        val touches = meant(row)
        val question = asked(row, touches)[touches[at].path] ?: return
        val answers = FormAnswers(app)
        answers.put(question.field, (touches[at].change as? Change.Write)?.value)
        correcting = Correcting(at, question, answers)
    }

    private suspend fun use(open: Correcting) {
        val row = row() ?: return
        val value = open.answer ?: return
        val touch = row.meant[open.touch]
        corrected[open.touch] = TouchRow(touch.path, touch.label, Change.Write(value), said(open, value))
        ticked = ticked.orEmpty() + open.touch
        correcting = null
    }

    /** An answer in words. */
    private suspend fun said(open: Correcting, value: Value): Label {
        val question = open.question
        question.options.find { Value.Text(it.id) == value }?.let { return it.label }
        if (value is Value.Bool) return (if (value.v1) Word.Yes else Word.No).let { Label(it.zh, it.en) }
        val unit = unit(question)
        val written = open.answers.written(question)
        return if (unit == null) Label(written, written) else Label(written + unit.zh, "$written ${unit.en}")
    }

    private suspend fun unit(question: Question): Label? =
        if (question.answer == AnswerType.MONEY) Label(Word.Yuan.zh, Word.Yuan.en) else question.unit?.let { app.butler.office.unit(it) }

    override suspend fun read(): RejectedState {
        val words = app.words
        val back = Press(words(Word.Back), RejectedIntent.Back)
        val all = app.butler.rejected.list()
        val row = all.find { it.change == change }
            ?: return RejectedState(words(Word.StateRejected), back = back, problem = problem, empty = Empty(words(Word.NothingRejected), words(Word.NothingRejectedAbout)))
        val today = app.butler.date()
        val mayAct = row.fate == Fate.REJECTED || row.fate == Fate.QUARANTINED
        val bad = row.meant.indices.filter { row.meant[it].path == row.path }.toSet()
        val chosen = ticked ?: (row.meant.indices.toSet() - bad).also { ticked = it }
        val field = row.meant.find { it.path == row.path } ?: row.meant.singleOrNull()
        val touches = meant(row)
        val questions = if (mayAct) asked(row, touches) else emptyMap()
        // Whose it is to answer, where that is why it came back.
        val whose = field?.let { questions[it.path]?.whose }?.let { words(it) }
        val said = field?.let { words(it.label) }.orEmpty()
        val time = app.formats.nearTime(row.at, today)
        return RejectedState(
            title = words(Word.StateRejected),
            subtitle = words(Word.RejectedAbout, "count" to all.size),
            back = back,
            problem = problem,
            subject = listOf(row.subject, words(kindWord(row.kind))).filter { it.isNotEmpty() }.joinToString(DOT),
            field = field?.let { words(it.label) } ?: words(kindWord(row.kind)),
            badge = fateBadge(app, row.fate),
            reason = words(row.reason),
            reasonAbout = if (whose == null) words(Word.RejectedAt, "time" to time) else words(Word.RejectedWhose, "whose" to whose, "time" to time),
            meantTitle = if (row.meant.isEmpty()) null else words(Word.Meant, "count" to row.meant.size),
            // What the reason is about stands first.
            meant = row.meant.indices.sortedBy { it !in bad }.map { touch(it, touches[it], it in bad, it in chosen, mayAct, questions[touches[it].path], today) },
            adviceTitle = when {
                !mayAct || bad.isEmpty() -> null
                whose != null -> words(Word.WhoseTitle, "whose" to whose, "field" to said)
                else -> words(Word.AdviceTitle, "field" to said)
            },
            advice = when {
                !mayAct -> words(Word.GoesByItself)
                bad.isEmpty() -> null
                whose != null -> words(Word.WhoseAdvice, "whose" to whose)
                else -> words(Word.Advice)
            },
            dismiss = if (mayAct) Press(words(Word.DoNotSend), RejectedIntent.AskDismiss) else null,
            resend = if (mayAct) resend(row, chosen, bad) else null,
            correct = correcting?.let { correct(it, row, today) },
            sheet = if (asking) sheet() else null,
        )
    }

    private fun touch(index: Int, touch: TouchRow, bad: Boolean, ticked: Boolean, mayAct: Boolean, question: Question?, today: LocalDate): TouchLine {
        val words = app.words
        val said = when (val change = touch.change) {
            is Change.Write -> touch.words?.let { app.formats.say(it, today) }.orEmpty()
            Change.Clear -> words(Word.Cleared)
            is Change.Splice -> change.insert.ifEmpty { words(Word.Cleared) }
        }
        return TouchLine(
            about = listOf(said, if (index in corrected) words(Word.PutRight) else if (bad) words(Word.CannotPass) else "").filter { it.isNotEmpty() }.joinToString(DOT),
            bad = bad,
            tick = Chip(Press(words(touch.label), RejectedIntent.Tick(index), if (mayAct) null else words(Word.GoesByItself)), ticked),
            correct = if (question?.writable != true || question.answer !in ANSWERED) null
            else Press(words(Word.CorrectField, "field" to words(touch.label)), RejectedIntent.Correct(index)),
        )
    }

    private suspend fun correct(open: Correcting, row: RejectedRow, today: LocalDate): CorrectSheet {
        val words = app.words
        val question = open.question
        val answer = open.answer
        val touches = meant(row).toMutableList()
        if (answer != null) touches[open.touch] = TouchRow(question.field.value, question.label, Change.Write(answer), null)
        val problem = if (answer == null) words(question.label) else asked(row, touches)[question.field.value]?.problem?.let { words(it) }
        fun chip(label: String, value: Value) = Chip(Press(label, RejectedIntent.Answer(value)), value == answer)
        return CorrectSheet(
            title = words(Word.CorrectField, "field" to words(question.label)),
            about = row.meant[open.touch].words?.let { words(Word.WrittenThen, "value" to app.formats.say(it, today)) }.orEmpty(),
            help = question.help?.let { words(it) },
            chips = when (question.answer) {
                AnswerType.CHOICE -> question.options.map { chip(words(it.label), Value.Text(it.id)) }
                AnswerType.FLAG -> listOf(chip(words(Word.Yes), Value.Bool(true)), chip(words(Word.No), Value.Bool(false)))
                else -> emptyList()
            },
            typed = if (question.answer in CHOSEN) null else Typing(words(question.label), open.answers.written(question)) { RejectedIntent.Type(it) },
            unit = unit(question)?.let { words(it) },
            digits = question.answer != AnswerType.TEXT,
            problem = problem.takeIf { answer != null },
            leave = Press(words(Word.ThinkAgain), RejectedIntent.Leave),
            use = Press(words(Word.UseIt), RejectedIntent.Use, if (problem == null) null else words(Word.StillMissing, "count" to 1, "what" to problem)),
        )
    }

    private fun resend(row: RejectedRow, chosen: Set<Int>, bad: Set<Int>): Press<RejectedIntent> {
        val words = app.words
        val label = when {
            corrected.keys.any { it in chosen } -> words(Word.SendCorrected, "count" to chosen.size)
            chosen.size == row.meant.size -> words(Word.SendAsMeant)
            bad.isNotEmpty() && chosen == row.meant.indices.toSet() - bad -> words(Word.SendWithout, "count" to chosen.size)
            else -> words(Word.SendThese, "count" to chosen.size)
        }
        return Press(label, RejectedIntent.Resend, if (chosen.isEmpty()) words(Word.NothingTicked) else null)
    }

    private fun sheet() = DismissSheet(
        app.words(Word.DismissTitle), app.words(Word.DismissAbout),
        Press(app.words(Word.ThinkAgain), RejectedIntent.Keep), Press(app.words(Word.DoNotSend), RejectedIntent.Dismiss),
    )

    private companion object {
        /** The form over a record of a kind. */
        val FORMS = mapOf(Kind.HOME to HomeModel.BASIC, Kind.RESIDENT to ResidentModel.BASIC, Kind.CONTACT to ContactForm.FORM)
        val CHOSEN = setOf(AnswerType.CHOICE, AnswerType.FLAG)

        /** What is answered in a sheet of its own. */
        val ANSWERED = CHOSEN + setOf(AnswerType.TEXT, AnswerType.NUMBER, AnswerType.MONEY, AnswerType.PHONE)
    }
}
