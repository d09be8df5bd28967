package butler.app.models

import butler.AnswerType
import butler.ArticleRow
import butler.ButlerException
import butler.Draft
import butler.DraftDetails
import butler.DueAnswer
import butler.DueId
import butler.FormId
import butler.PhotoId
import butler.Proposal
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.StepId
import butler.Submission
import butler.Value
import butler.WorkflowId
import butler.app.words.Word
import java.time.LocalDate
import java.time.YearMonth

/** What can be pressed on a form. */
sealed interface FormIntent {
    data object Back : FormIntent
    data object Restart : FormIntent
    data class Read(val article: ArticleRow) : FormIntent
    data class Answer(val question: QuestionId, val value: Value?) : FormIntent
    data class Type(val question: QuestionId, val text: String) : FormIntent
    data class Tick(val question: QuestionId, val option: String) : FormIntent
    data class Clock(val question: QuestionId, val text: String) : FormIntent
    data class Now(val question: QuestionId) : FormIntent
    data class Photo(val question: QuestionId) : FormIntent
    data class RemovePhoto(val question: QuestionId) : FormIntent
    data class Look(val at: PhotosAt) : FormIntent
    data class Sign(val question: QuestionId, val stroke: Stroke) : FormIntent
    data class SignAgain(val question: QuestionId) : FormIntent
    data class Open(val question: QuestionId) : FormIntent
    data class Day(val question: QuestionId, val day: LocalDate) : FormIntent
    data class Month(val month: YearMonth) : FormIntent
    data class Find(val text: String) : FormIntent
    data object CloseSheet : FormIntent
    data class Remark(val text: String) : FormIntent
    data object Record : FormIntent
    data class Proposals(val take: Boolean) : FormIntent
}

/** What a form is filled in for. */
sealed interface FormOf {
    /** A step of a case. */
    data class Step(val case: RecordId, val step: StepId) : FormOf

    /** A row of a register, about a record where that is known; one that is about a home asks which. Or a record's own data. */
    data class Row(val form: FormId, val about: RecordId?, /** The question one came for. */ val at: QuestionId? = null) : FormOf

    /** A case that is opened without being asked to, about a record where that is known. */
    data class Opening(val workflow: WorkflowId, val about: RecordId? = null) : FormOf

    /** Something due; a finding is opened as one of the cases its checklist offers. */
    data class Due(val due: DueId, val workflow: WorkflowId? = null) : FormOf

    /** Something else instead of what is due: of one item, or of all that is open about a home. */
    data class Instead(val answer: DueAnswer, val due: DueId?, val about: RecordId?) : FormOf

    /** What was half filled in. */
    data class Unfinished(val draft: butler.SubmissionId) : FormOf
}

/**
 * The general form: a step of a case, a row of a register, the opening of a case. It draws itself from the questions the
 * procedure asks with the answers so far. Everything filled in is kept as a draft at once; who comes back finds it.
 */
class FormModel(app: App, private val of: FormOf) : Model<FormState, FormIntent>(app, FormState()) {
    private var work: FormWork? = null
    private var submission: Submission? = null
    private val answers = FormAnswers(app)
    private var remark = ""
    private var taken: DraftDetails? = null
    private var at: QuestionId? = null
    private var asked = false
    private var lookAt: QuestionId? = null
    private var picking: Picking? = null
    private var proposals: List<Proposal> = emptyList()
    private var problem: String? = null

    /** It was handed in and does not stand open again: what is handed in next, should it be possible, knows of it. */
    private var handedIn = false

    /** The open list of a question. */
    private class Picking(val question: QuestionId, var month: YearMonth?, var typed: String = "")

    // What is written.

    override suspend fun act(intent: FormIntent) {
        problem = null
        lookAt = null
        when (intent) {
            FormIntent.Back -> app.platform.back()
            FormIntent.Restart -> restart()
            is FormIntent.Read -> app.platform.go(Place.Article(intent.article))
            is FormIntent.Answer -> answered(intent.question) { answers.put(it, intent.value) }
            is FormIntent.Type -> answered(intent.question) { answers.type(question(it), intent.text) }
            is FormIntent.Tick -> answered(intent.question) { answers.tick(question(it), intent.option) }
            is FormIntent.Clock -> answered(intent.question) { answers.clock(it, intent.text, app.butler.date()) }
            is FormIntent.Now -> answered(intent.question) { answers.moment(it, app.now()) }
            is FormIntent.Day -> answered(intent.question) { answers.day(question(it), intent.day, app.now()) }
            is FormIntent.Photo -> photo(intent.question)
            is FormIntent.RemovePhoto -> answered(intent.question) { removed(it) }
            is FormIntent.Look -> app.platform.go(Place.Photo(intent.at))
            is FormIntent.Sign -> sign(intent.question, answers.strokes[intent.question].orEmpty() + intent.stroke)
            is FormIntent.SignAgain -> sign(intent.question, emptyList())
            is FormIntent.Open -> open(intent.question)
            is FormIntent.Month -> picking?.month = intent.month
            is FormIntent.Find -> picking?.typed = intent.text
            FormIntent.CloseSheet -> picking = null
            is FormIntent.Remark -> {
                remark = intent.text
                save()
            }
            FormIntent.Record -> record()
            is FormIntent.Proposals -> propose(intent.take)
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private suspend fun answered(question: QuestionId, change: suspend (QuestionId) -> Unit) {
        change(question)
        at = question
        picking = null
        save()
    }

    private suspend fun draft(): Draft? = submission().let { submission -> work?.draft(submission, answers.evidence(), remark) }

    private suspend fun save() {
        draft()?.let { app.butler.drafts.save(it) }
    }

    private suspend fun photo(question: QuestionId) {
        draft()?.let { app.photo(it, question) }?.let { answered(question, it) }
    }

    private suspend fun answered(question: QuestionId, photo: PhotoId) = answered(question) { answers.photos[it] = answers.photos[it].orEmpty() + photo }

    private suspend fun removed(question: QuestionId) {
        val photos = answers.photos[question].orEmpty()
        answers.photos[question] = photos.dropLast(1)
        save()
        photos.lastOrNull()?.let { app.butler.photos.discard(it) }
    }

    /** The picture of the lines so far takes the place of the one before. */
    private suspend fun sign(question: QuestionId, strokes: List<Stroke>) {
        val before = answers.photos.remove(question).orEmpty()
        answers.strokes[question] = strokes
        if (strokes.isEmpty()) {
            answered(question) {}
        } else {
            save()
            answered(question, app.butler.drafts.addPhoto(submission().id, question, Signature.png(strokes)))
        }
        for (photo in before) app.butler.photos.discard(photo)
    }

    private suspend fun open(question: QuestionId) {
        val asked = question(question)
        val month = if (asked.answer == AnswerType.DATE || asked.answer == AnswerType.MOMENT) {
            YearMonth.from(answers.dayOf(asked) ?: app.butler.date())
        } else null
        picking = Picking(question, month)
    }

    private suspend fun restart() {
        submission?.let { app.butler.drafts.discard(it.id) }
        forget()
        work?.let { answers.takeUp(it.given) }
    }

    private fun forget() {
        submission = null
        taken = null
        answers.clear()
        remark = ""
        asked = false
        at = null
    }

    private suspend fun record() {
        val work = work ?: return
        val questions = work.ask(answers.evidence())
        val missing = questions.firstOrNull { it.problem != null }
        if (missing != null) {
            asked = true
            lookAt = missing.field
            return app.platform.notPossible()
        }
        val given = answers.of(questions)
        val records = work.record(app.butler.submitting(submission()), given, remark)
        app.recorded(work.done(given), records)
        val next = work.next(records)
        proposals = work.proposals(given)
        forget()
        again()
        if (proposals.isEmpty()) app.platform.back()
        next?.let(app.platform::go)
    }

    /** Whoever comes back finds it as it stands now: of a record's own data nothing is missing, which would be taken out of it. */
    private suspend fun again() {
        val now = try {
            FormWork.of(app, of)
        } catch (_: ButlerException.NotFound) {
            null
        } catch (_: ButlerException.StepNotPossible) {
            null
        }
        handedIn = now == null
        if (now == null) return
        work = now
        answers.takeUp(now.given)
    }

    private suspend fun propose(take: Boolean) {
        if (take) work?.take(proposals)
        proposals = emptyList()
        app.platform.back()
    }

    private suspend fun submission(): Submission {
        submission?.let { return it }
        if (handedIn) {
            work = FormWork.of(app, of)
            handedIn = false
        }
        return app.butler.submission(work?.shown).also { submission = it }
    }

    private suspend fun question(id: QuestionId): Question =
        work?.ask(answers.evidence())?.firstOrNull { it.field == id } ?: throw ButlerException.NotFound()

    // What is shown.

    override suspend fun read(): FormState {
        val back = Press(app.words(Word.Back), FormIntent.Back)
        return try {
            val work = work ?: FormWork.of(app, of).also { begin(it) }
            shown(work, work.ask(answers.evidence())).copy(back = back)
        } catch (_: ButlerException.NotFound) {
            FormState(back = back, problem = problem, empty = Empty(app.words(Word.ErrorNotFound), ""))
        } catch (stale: ButlerException.StepNotPossible) {
            FormState(back = back, problem = problem, empty = Empty(app.problem(stale), app.words(Word.AnswersKept)))
        }
    }

    /** Takes up what was filled in before, if there is any. */
    private suspend fun begin(work: FormWork) {
        this.work = work
        lookAt = (of as? FormOf.Row)?.at
        val known = app.butler.drafts.list()
        val draft = known.firstOrNull { if (of is FormOf.Unfinished) it.draft.submission.id == of.draft else work.continues(it.draft) }
        if (draft == null) {
            answers.takeUp(work.given)
            return photoAtOnce(work)
        }
        submission = draft.draft.submission
        taken = draft
        remark = draft.draft.note
        answers.takeUp(draft.draft.answers)
    }

    /** Where nothing but a photo is missing, the camera is what one wants. */
    private suspend fun photoAtOnce(work: FormWork) {
        val missing = work.ask(answers.evidence()).filter { it.problem != null }.singleOrNull() ?: return
        if (missing.answer == AnswerType.PHOTO) photo(missing.field)
    }

    private suspend fun shown(work: FormWork, questions: List<Question>): FormState {
        val words = app.words
        val missing = questions.filter { it.problem != null }
        val open = missing.map { words(it.label) }
        val today = app.butler.date()
        return FormState(
            title = words(work.title),
            subtitle = work.subtitle,
            problem = problem,
            guidance = work.advice.guidance?.let { words(it) },
            reading = reading(app, work.advice.articles) { FormIntent.Read(it) },
            draft = taken?.let { draftLine(it, today) },
            questions = questions.map { state(it, today) },
            remark = if (work.remarks) Typing(words(Word.NoteOf), remark, words(Word.MayBeEmpty)) { FormIntent.Remark(it) } else null,
            empty = if (questions.isEmpty()) Empty(words(Word.AsksNothing), "") else null,
            lookAt = questions.find { it.field == lookAt }?.let { words(it.label) },
            record = Press(
                when {
                    open.isNotEmpty() -> words(
                        if (open.size > NAMED) Word.MissingSome else Word.Missing,
                        "count" to open.size, "what" to words.list(open.take(NAMED)),
                    )
                    questions.isEmpty() -> words(work.title)
                    else -> words(Word.RecordIt)
                },
                FormIntent.Record,
            ),
            ready = open.isEmpty(),
            sheet = sheet(questions, today),
        )
    }

    private fun draftLine(draft: DraftDetails, today: LocalDate) = DraftLine(
        app.words(if (draft.formChanged) Word.DraftChanged else Word.DraftOf, "time" to app.formats.nearTime(draft.changedAt, today)),
        Press(app.words(Word.Restart), FormIntent.Restart),
    )

    private suspend fun state(question: Question, today: LocalDate): QuestionState {
        val words = app.words
        val help = question.help?.let { words(it) }
        val typed = question.field == at && question.answer in TYPED
        // While it is typed nothing is wrong yet; what was never touched is missing, not wrong.
        val said = asked || (answers.has(question.field) && !typed)
        val problem = question.problem?.let { words(it) }.takeIf { said }
        return QuestionState(
            label = words(question.label),
            hint = when {
                question.workedOut != null -> words(Word.WorkedOut)
                question.answer == AnswerType.MULTI_CHOICE -> words(Word.MayBeSeveral)
                !question.required -> words(Word.MayBeEmpty)
                else -> ""
            },
            help = help.takeIf { it != problem },
            answer = answers.state(question, today, work?.homes.orEmpty()),
            problem = problem,
        )
    }

    private suspend fun sheet(questions: List<Question>, today: LocalDate): FormSheet? {
        val words = app.words
        val open = picking
        val question = questions.find { it.field == open?.question }
        return when {
            proposals.isNotEmpty() -> FormSheet.Proposals(
                words(Word.Proposed), work?.subtitle.orEmpty(), proposals.map { words(it.label) },
                Press(words(Word.LeaveProposed), FormIntent.Proposals(false)), Press(words(Word.TakeProposed), FormIntent.Proposals(true)),
            )
            open == null || question == null -> null
            else -> open.month?.let { days(question, it, today) } ?: picks(question, open.typed)
        }
    }

    private fun days(question: Question, month: YearMonth, today: LocalDate) = FormSheet.Days(
        monthDays(
            app, app.words(question.label), month, today, answers.dayOf(question),
            turn = { FormIntent.Month(it) }, choose = { FormIntent.Day(question.field, it) }, close = FormIntent.CloseSheet,
        ),
    )

    private suspend fun picks(question: Question, typed: String): FormSheet.Picks {
        val words = app.words
        val rows = answers.choices(question, typed.trim(), work?.homes.orEmpty())
        return FormSheet.Picks(
            title = words(question.label),
            search = Typing(words(Word.Search), typed, words(Word.FindHint)) { FormIntent.Find(it) },
            rows = rows.map { PickRow(it.about, Press(it.name, FormIntent.Answer(question.field, Value.Text(it.id)))) },
            none = if (rows.isEmpty()) words(Word.FoundNothingTry) else null,
            close = Press(words(Word.CloseIt), FormIntent.CloseSheet),
        )
    }

    private companion object {
        const val NAMED = 2
        val TYPED = setOf(AnswerType.TEXT, AnswerType.NUMBER, AnswerType.TIME, AnswerType.MOMENT, AnswerType.PHONE, AnswerType.MONEY)
    }
}
