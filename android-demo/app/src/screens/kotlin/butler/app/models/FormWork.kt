package butler.app.models

import butler.AnswerType
import butler.ArticleRow
import butler.Butler
import butler.ButlerException
import butler.Draft
import butler.DueAnswer
import butler.DueId
import butler.Evidence
import butler.FormId
import butler.Label
import butler.NewCase
import butler.NewEntry
import butler.PhotoRule
import butler.PlaceId
import butler.Procedure
import butler.ProcedureRow
import butler.Proposal
import butler.Question
import butler.QuestionId
import butler.RecordEdit
import butler.RecordId
import butler.Recorded
import butler.Shown
import butler.StepId
import butler.SubjectKind
import butler.Submission
import butler.Value
import butler.WorkflowId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate

/** What stands above the questions: how it is done, and what is read before. */
class Advice(val guidance: Label?, val articles: List<ArticleRow> = emptyList())

/** What one form is for: what it is called, what it asks, and what handing it in does. */
abstract class FormWork(protected val app: App, val title: Label, val subtitle: String, val advice: Advice) {
    /** The homes it is about: whose people are offered first. */
    abstract val homes: List<RecordId>

    /** What the screen showed of the record it changes. */
    open val shown: Shown? = null

    /** What stands in it before anybody answers. */
    open val given: Evidence = Evidence()

    /** Whether free words go with it. */
    open val remarks: Boolean = false

    abstract suspend fun ask(answers: Evidence): List<Question>

    /** Hands it in; what of it may be taken back. */
    abstract suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded>

    /** A draft of it. */
    abstract fun draft(submission: Submission, answers: Evidence, remark: String): Draft

    /** Whether that draft was begun for the same. */
    fun continues(other: Draft): Boolean = draft(other.submission, other.answers, other.note).let {
        it.form == other.form && it.step == other.step && it.about == other.about && it.due == other.due
    }

    /** What the answers suggest about the record they are about. */
    open suspend fun proposals(answers: Evidence): List<Proposal> = emptyList()

    open suspend fun take(proposals: List<Proposal>) {}

    /** What was done, in words. */
    open suspend fun done(answers: Evidence): String = app.words(Word.Saved, "what" to app.words(title))

    /** Where one goes on once it is handed in; null for back where one came from. */
    open fun next(made: List<Recorded>): Place? = null

    companion object {
        suspend fun of(app: App, of: FormOf): FormWork = when (of) {
            is FormOf.Step -> step(app, of.case, of.step)
            is FormOf.Row -> form(app, of.form, null, of.about, null)
            is FormOf.Opening -> opened(app, of.workflow, of.about)
            is FormOf.Due -> due(app, of.due, of.workflow)
            is FormOf.Instead -> instead(app, of)
            is FormOf.Unfinished -> unfinished(app, of)
        }

        private suspend fun step(app: App, case: RecordId, step: StepId): FormWork {
            val details = app.butler.cases.details(case)
            val next = app.butler.cases.nextSteps(case).firstOrNull { it.step == step }
                ?: throw ButlerException.StepNotPossible(step, null)
            val homes = details.about.filter { homeTitle(app, it) != null }
            val at = homes.firstOrNull()?.let { homeTitle(app, it) }
            val about = listOfNotNull(details.case.title, at).joinToString(DOT)
            return StepWork(app, next.label, about, Advice(next.guidance, next.articles), case, step, details.case.playbook, homes, details.shown, prefilled(next.questions))
        }

        /** What is read before something due is done. */
        private suspend fun toRead(app: App, due: DueId?): List<ArticleRow> = due?.let { app.butler.today.item(it) }?.articles.orEmpty()

        /** What stands in a form before anybody answers. */
        private fun prefilled(questions: List<Question>) = Evidence(questions.mapNotNull { asked -> asked.prefilled?.let { asked.field to it } }.toMap())

        private suspend fun row(app: App, form: FormId, place: PlaceId?, about: RecordId?, due: DueId?): FormWork {
            val known = app.butler.registers.form(form)
            val home = about?.let { record -> found { app.butler.homes.details(record) } }
            val person = if (home == null && about != null) found { app.butler.residents.details(about) } else null
            val name = about?.let { record -> person?.let { app.names.of(record, it.resident) } }
            val row = if (home == null && person == null && about != null) found { app.butler.registers.details(about) } else null
            val at = place ?: home?.home?.place ?: person?.resident?.place ?: row?.place
                ?: app.butler.me().grids.firstOrNull()?.let { PlaceId(it.id.value) } ?: throw ButlerException.NotFound()
            val said = row?.said?.take(SAID_OF_A_ROW)?.map { app.formats.say(it.words, app.butler.date()) }?.joinToString(DOT)
            val subject = home?.title ?: name ?: said ?: app.place(at).orEmpty()
            val asksHome = about == null && app.butler.office.procedures().any {
                (it.begin as? Procedure.Form)?.form == form && SubjectKind.HOME in it.about
            }
            val homes = listOfNotNull(about.takeIf { home != null }, person?.resident?.home)
            return RowWork(app, known.title, if (asksHome) "" else subject, Advice(known.guidance, toRead(app, due)), form, at, about, due, homes, asksHome)
        }

        private suspend fun due(app: App, due: DueId, opened: WorkflowId?): FormWork {
            val item = app.butler.today.item(due) ?: throw ButlerException.NotFound()
            if (opened != null) return opening(app, opened, item.place, item.about, due, procedure(app, opened).title)
            return when (val begin = item.begin) {
                is Procedure.Form -> form(app, begin.form, item.place, item.about, due)
                is Procedure.Workflow -> opening(app, begin.workflow, item.place, item.about, due, item.title)
                is Procedure.Checklist -> throw ButlerException.NotFound()
            }
        }

        private suspend fun form(app: App, form: FormId, place: PlaceId?, about: RecordId?, due: DueId?): FormWork =
            instead(app, form, about, due) ?: data(app, form, about, due) ?: row(app, form, place, about, due)

        /** The form of a home's or a person's own data: it writes them, not a row about them. */
        private suspend fun data(app: App, form: FormId, about: RecordId?, due: DueId?): FormWork? {
            if (about == null || form !in DATA) return null
            val known = app.butler.registers.form(form)
            val record = app.butler.records.get(about)
            val home = homeTitle(app, about)
            if (home != null && form == ResidentModel.BASIC) return PersonWork(app, known.title, home, Advice(known.guidance, toRead(app, due)), about, due)
            val subject = home ?: found { app.names.of(about, app.butler.residents.details(about).resident) }.orEmpty()
            val now = record.fields.associate { QuestionId(it.path) to it.shown.value }
            // What somebody else fills in is no answer of one's own.
            val writable = app.butler.registers.ask(form, Evidence(now)).filter { it.writable }.map { it.field }
            val given = Evidence(now.filterKeys { it in writable })
            return DataWork(app, known.title, subject, Advice(known.guidance, toRead(app, due)), form, about, home != null, due, record.shown, given)
        }

        /** Its first answers name a row. */
        private const val SAID_OF_A_ROW = 2
        private val DATA = setOf(FormId("home.basic"), ResidentModel.BASIC)
        private val INSTEAD = mapOf(FormId("due.snooze") to DueAnswer.SNOOZE, FormId("due.skip") to DueAnswer.SKIP)

        /** A draft of the form for putting off or leaving out. */
        private suspend fun instead(app: App, form: FormId, about: RecordId?, due: DueId?): FormWork? =
            INSTEAD[form]?.let { instead(app, FormOf.Instead(it, due, about)) }

        /** Something else is done with what is due: with one item, or with all of a home. */
        private suspend fun instead(app: App, of: FormOf.Instead): FormWork {
            val form = INSTEAD.entries.first { it.value == of.answer }.key
            val known = app.butler.registers.form(form)
            val items = of.due?.let { listOfNotNull(app.butler.today.item(it)) }
                ?: of.about?.let { toDo(app, it) }.orEmpty()
            if (items.isEmpty()) throw ButlerException.NotFound()
            val tomorrow = Value.Text(app.butler.date().plusDays(1).toString())
            val given = Evidence(known.questions.filter { it.answer == AnswerType.DATE }.associate { it.field to tomorrow })
            val what = app.words.list(items.map { app.words(it.title) }.distinct())
            val subtitle = listOf(items.first().subject, what).filter { it.isNotEmpty() }.joinToString(DOT)
            return InsteadWork(app, known.title, subtitle, Advice(known.guidance), form, of, items.map { it.id }, what, given)
        }

        /** A case about a record, or of the grid: what that is about, its questions say. */
        private suspend fun opened(app: App, workflow: WorkflowId, about: RecordId?): FormWork {
            val known = procedure(app, workflow)
            val grid = if (about == null) app.butler.me().grids.firstOrNull()?.let { PlaceId(it.id.value) } else null
            return opening(app, workflow, grid, about, null, known.title)
        }

        private suspend fun procedure(app: App, workflow: WorkflowId): ProcedureRow =
            app.butler.office.procedures().firstOrNull { it.begin == Procedure.Workflow(workflow) } ?: throw ButlerException.NotFound()

        private suspend fun opening(app: App, workflow: WorkflowId, place: PlaceId?, about: RecordId?, due: DueId?, title: Label): FormWork {
            val home = about?.let { record -> found { app.butler.homes.details(record) } }
            val at = place ?: home?.home?.place ?: throw ButlerException.NotFound()
            val step = app.butler.cases.opening(workflow, at).firstOrNull() ?: throw ButlerException.NotFound()
            return OpeningWork(app, title, home?.title ?: app.place(at).orEmpty(), Advice(step.guidance, (step.articles + toRead(app, due)).distinct()), workflow, step.step, at, about, due, listOfNotNull(about.takeIf { home != null }))
        }

        private suspend fun unfinished(app: App, of: FormOf.Unfinished): FormWork {
            val details = app.butler.drafts.get(of.draft) ?: throw ButlerException.NotFound()
            val draft = details.draft
            val about = draft.about.firstOrNull()
            val step = draft.step?.let(::StepId) ?: return form(app, FormId(draft.form), draft.place, about, draft.due)
            if (about != null && found { app.butler.cases.details(about) } != null) return step(app, about, step)
            return opening(app, WorkflowId(draft.form), draft.place, about, draft.due, details.title ?: Label("", ""))
        }
    }
}

/** A step of a case. */
private class StepWork(
    app: App,
    title: Label,
    subtitle: String,
    advice: Advice,
    private val case: RecordId,
    private val step: StepId,
    private val workflow: WorkflowId?,
    override val homes: List<RecordId>,
    override val shown: Shown?,
    override val given: Evidence,
) : FormWork(app, title, subtitle, advice) {
    override val remarks = true

    override suspend fun ask(answers: Evidence) = app.butler.cases.ask(case, step, answers)

    override suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded> {
        // Asked before: the step may answer what was urgent.
        val urgent = app.isUrgent(case)
        butler.cases.take(case, step, answers, remark)
        if (urgent) app.platform.sync()
        // A step cannot be taken back: its form was the confirmation.
        return emptyList()
    }

    override fun draft(submission: Submission, answers: Evidence, remark: String) =
        Draft(submission, workflow?.value.orEmpty(), step.value, null, listOf(case), null, answers, remark)
}

/** A row of a register. */
private class RowWork(
    app: App,
    title: Label,
    subtitle: String,
    advice: Advice,
    private val form: FormId,
    private val place: PlaceId,
    private val about: RecordId?,
    private val due: DueId?,
    private val known: List<RecordId>,
    private val asksHome: Boolean,
) : FormWork(app, title, subtitle, advice) {
    private var picked: RecordId? = null

    override val homes get() = known + listOfNotNull(picked)

    override suspend fun ask(answers: Evidence): List<Question> {
        picked = home(answers)
        val asked = app.butler.registers.ask(form, own(answers), listOfNotNull(about ?: picked), place)
        return if (asksHome) listOf(whichHome()) + asked else asked
    }

    override suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded> {
        val home = home(answers)
        val at = home?.let { app.butler.homes.details(it).home.place } ?: place
        return listOf(butler.registers.add(NewEntry(form, at, own(answers), listOfNotNull(about ?: home), due)))
    }

    override fun draft(submission: Submission, answers: Evidence, remark: String) =
        Draft(submission, form.value, null, place, listOfNotNull(about), due, answers, remark)

    override suspend fun proposals(answers: Evidence) = if (about == null) emptyList() else app.butler.registers.propose(form, answers)

    override suspend fun take(proposals: List<Proposal>) {
        val record = about ?: return
        if (record in homes) app.butler.homes.edit(record) { proposals.forEach(::take) }
        else app.butler.residents.edit(record) { proposals.forEach(::take) }
    }

    private fun whichHome() = Question(
        field = WHICH_HOME, label = Label(Word.WhichHome.zh, Word.WhichHome.en), answer = AnswerType.HOME, required = true, writable = true,
        personal = false, options = emptyList(), help = null, unit = null, min = null, max = null, maxLength = null, atLeast = null,
        photo = PhotoRule.NEVER, must = false, invalid = null,
        problem = if (picked == null) Label(Word.WhichHome.zh, Word.WhichHome.en) else null,
    )

    private fun home(answers: Evidence) = (answers.fields[WHICH_HOME] as? Value.Text)?.v1?.let(::RecordId)

    /** What the register itself asked for. */
    private fun own(answers: Evidence) = answers.copy(fields = answers.fields - WHICH_HOME)

    private companion object {
        /** No question of a playbook has such an id. */
        val WHICH_HOME = QuestionId("which-home")
    }
}

/** A case that is opened. */
private class OpeningWork(
    app: App,
    title: Label,
    subtitle: String,
    advice: Advice,
    private val workflow: WorkflowId,
    private val step: StepId,
    private val place: PlaceId,
    private val about: RecordId?,
    private val due: DueId?,
    override val homes: List<RecordId>,
) : FormWork(app, title, subtitle, advice) {
    override val remarks = true

    override suspend fun ask(answers: Evidence) = app.butler.cases.askOpening(workflow, step, place, answers)

    override suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded> {
        val opened = butler.cases.open(
            NewCase(workflow, step, title = app.words(title), place = place, about = listOfNotNull(about), evidence = answers, note = remark, due = due),
        )
        if (app.isUrgent(opened.record)) app.platform.sync()
        // A case is cancelled by a step of its own, not taken back.
        return emptyList()
    }

    override fun draft(submission: Submission, answers: Evidence, remark: String) =
        Draft(submission, workflow.value, step.value, place, listOfNotNull(about), due, answers, remark)
}

/** The data of a home or a person: what stands there is shown, and what is changed is written. */
private class DataWork(
    app: App,
    title: Label,
    subtitle: String,
    advice: Advice,
    private val form: FormId,
    private val about: RecordId,
    private val home: Boolean,
    private val due: DueId?,
    override val shown: Shown?,
    override val given: Evidence,
) : FormWork(app, title, subtitle, advice) {
    override val homes = if (home) listOf(about) else emptyList()

    override suspend fun ask(answers: Evidence) = app.butler.registers.ask(form, answers)

    override suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded> {
        // An answer that was taken out is taken out of the record; one whose question is not asked now is left alone.
        val asked = ask(answers).filter { it.writable }.map { it.field }
        val changed = asked.filter { given.fields[it] != answers.fields[it] }
        if (changed.isEmpty()) return emptyList()
        fun RecordEdit.write() = changed.forEach { answer(it, answers.fields[it]) }
        return listOf(if (home) butler.homes.edit(about) { write() } else butler.residents.edit(about) { write() })
    }

    override fun draft(submission: Submission, answers: Evidence, remark: String) =
        Draft(submission, form.value, null, null, listOf(about), due, answers, remark)
}

/** Somebody who is entered in a household. */
private class PersonWork(app: App, title: Label, subtitle: String, advice: Advice, private val home: RecordId, private val due: DueId?) :
    FormWork(app, title, subtitle, advice) {
    override val homes = listOf(home)

    override suspend fun ask(answers: Evidence) = app.butler.registers.ask(ResidentModel.BASIC, answers)

    override suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded> =
        listOf(butler.residents.add(home) { answers.fields.forEach { (question, value) -> answer(question, value) } })

    /** Their number comes next. */
    override fun next(made: List<Recorded>): Place? = made.firstOrNull()?.let { Place.Resident(it.record) }

    override fun draft(submission: Submission, answers: Evidence, remark: String) =
        Draft(submission, ResidentModel.BASIC.value, null, null, listOf(home), due, answers, remark)
}

/** What is due is put off, or left out. */
private class InsteadWork(
    app: App,
    title: Label,
    subtitle: String,
    advice: Advice,
    private val form: FormId,
    private val of: FormOf.Instead,
    private val dues: List<DueId>,
    private val what: String,
    override val given: Evidence,
) : FormWork(app, title, subtitle, advice) {
    override val homes = listOfNotNull(of.about)

    override suspend fun ask(answers: Evidence) = app.butler.registers.ask(form, answers)

    override suspend fun record(butler: Butler, answers: Evidence, remark: String): List<Recorded> = when (of.answer) {
        DueAnswer.SNOOZE -> butler.today.snoozeMany(dues, answers)
        DueAnswer.SKIP -> butler.today.skipMany(dues, answers)
    }

    override suspend fun done(answers: Evidence): String {
        val until = answers.fields.values.firstNotNullOfOrNull { value -> (value as? Value.Text)?.v1?.let { runCatching { LocalDate.parse(it) }.getOrNull() } }
        return if (until == null) app.words(Word.SkippedNow, "what" to what)
        else app.words(Word.PutOffUntil, "what" to what, "day" to app.formats.near(until, app.butler.date()))
    }

    override fun draft(submission: Submission, answers: Evidence, remark: String) =
        Draft(submission, form.value, null, null, listOfNotNull(of.about), of.due, answers, remark)
}
