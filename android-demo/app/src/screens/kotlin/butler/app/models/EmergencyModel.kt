package butler.app.models

import butler.AnswerType
import butler.CaseDetails
import butler.CaseFilter
import butler.Draft
import butler.DraftDetails
import butler.Evidence
import butler.NextStep
import butler.PlaceId
import butler.PlanStep
import butler.Procedure
import butler.ProcedureRow
import butler.RecordId
import butler.StepId
import butler.StepPhase
import butler.Submission
import butler.SubmissionId
import butler.Value
import butler.WorkflowId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant

/** Which emergency a card is of. */
sealed interface EmergencyOf {
    /** One whose clock runs and whose first record is not made yet: nobody fills a form before calling. */
    data class Begun(val draft: SubmissionId) : EmergencyOf

    data class Case(val case: RecordId) : EmergencyOf
}

/** What may be reported as an emergency: the cases of that section of the menu. */
suspend fun emergencies(app: App): List<ProcedureRow> =
    app.butler.office.procedures().filter { it.section == EMERGENCY && it.begin is Procedure.Workflow }

/** The section of the menu where emergencies stand. */
internal const val EMERGENCY = "emergency"

/** The kind of place whose telephone is always answered. */
internal const val DESK = "desk"

private fun workflow(row: ProcedureRow): WorkflowId? = (row.begin as? Procedure.Workflow)?.workflow

/** The time of the tap: the first moment the record was given. */
private fun tapped(answers: Evidence?): Instant? =
    answers?.fields?.values?.filterIsInstance<Value.Int>()?.map { it.v1 }?.filter { it >= A_MOMENT }?.minOrNull()?.let(Instant::ofEpochMilli)

/** No count is as large as milliseconds since 1970 are. */
private const val A_MOMENT = 100_000_000_000L

/** Whether it still stands where it was opened: nobody has said that it is under control. */
private fun runs(case: CaseDetails): Boolean = !case.ended && case.steps.firstOrNull()?.to == case.state

private fun since(case: CaseDetails): Instant? = tapped(case.steps.firstOrNull()?.evidence) ?: case.steps.firstOrNull()?.at

private fun clock(app: App, since: Instant?): Clock? = since?.let { Clock(app.formats.elapsed(it, app.now())) { app.formats.elapsed(it, app.now()) } }

/** What can be pressed above 记一笔. */
data object EmergencyEntryIntent

/** The way to an emergency card; nothing for whoever may report none. */
class EmergencyEntryModel(app: App) : Model<EmergencyEntryState, EmergencyEntryIntent>(app, EmergencyEntryState()) {
    override suspend fun read(): EmergencyEntryState {
        val kinds = emergencies(app).map { app.words(it.title) }
        if (kinds.isEmpty()) return EmergencyEntryState()
        val about = app.words(Word.EmergencyKinds, "some" to app.words.list(kinds.take(NAMED)), "count" to kinds.size)
        return EmergencyEntryState(about, Press(app.words(Word.Emergency), EmergencyEntryIntent))
    }

    override suspend fun act(intent: EmergencyEntryIntent) = app.platform.go(Place.Emergencies)

    override fun failed(words: String) {}

    private companion object {
        const val NAMED = 3
    }
}

/** What can be pressed where the kinds of emergency stand. */
sealed interface EmergenciesIntent {
    data object Back : EmergenciesIntent
    data class Begin(val workflow: WorkflowId) : EmergenciesIntent
}

/** 突发事件: which one. */
class EmergenciesModel(app: App) : Model<EmergenciesState, EmergenciesIntent>(app, EmergenciesState()) {
    private var problem: String? = null

    override suspend fun read(): EmergenciesState {
        val kinds = emergencies(app)
        return EmergenciesState(
            title = app.words(Word.Emergency),
            about = if (kinds.isEmpty()) "" else app.words(Word.EmergencyWhich),
            back = Press(app.words(Word.Back), EmergenciesIntent.Back),
            problem = problem,
            kinds = kinds.mapNotNull { row -> workflow(row)?.let { Press(app.words(row.title), EmergenciesIntent.Begin(it)) } },
            empty = if (kinds.isEmpty()) Empty(app.words(Word.NoEmergencies), "") else null,
        )
    }

    override suspend fun act(intent: EmergenciesIntent) {
        problem = null
        when (intent) {
            EmergenciesIntent.Back -> app.platform.back()
            is EmergenciesIntent.Begin -> begin(intent.workflow)
        }
    }

    /** The clock runs from here: what is kept is a draft of the first record, with the time of the tap in it. */
    private suspend fun begin(workflow: WorkflowId) {
        val place = app.butler.me().grids.firstOrNull()?.let { PlaceId(it.id.value) } ?: throw butler.ButlerException.NotFound()
        val step = app.butler.cases.opening(workflow, place).firstOrNull() ?: throw butler.ButlerException.NotFound()
        val at = step.questions.firstOrNull { it.answer == AnswerType.MOMENT }
        val answers = if (at == null) Evidence() else Evidence(fields = mapOf(at.field to Value.Int(app.now().toEpochMilli())))
        val submission = app.butler.submission(null)
        app.butler.drafts.save(Draft(submission, workflow.value, step.step.value, place, emptyList(), null, answers, ""))
        app.platform.recorded()
        app.platform.go(Place.Emergency(EmergencyOf.Begun(submission.id)))
    }

    override fun failed(words: String) {
        problem = words
    }
}

/** What can be pressed on an emergency card. */
sealed interface EmergencyIntent {
    data object Back : EmergencyIntent
    data class Call(val number: String) : EmergencyIntent
    data class Take(val form: FormOf) : EmergencyIntent
    data object Say : EmergencyIntent
    data class Type(val text: String) : EmergencyIntent
    data object RecordSaid : EmergencyIntent
    data object CloseSheet : EmergencyIntent
}

/** An emergency card: of a draft and `cases.planOpening` until the first record is made, then of `cases.details`, `plan` and `nextSteps`. */
class EmergencyModel(app: App, private val of: EmergencyOf) : Model<EmergencyState, EmergencyIntent>(app, EmergencyState()) {
    private var case: RecordId? = (of as? EmergencyOf.Case)?.case
    private var draft: Draft? = null
    private var problem: String? = null
    private var said: String? = null
    private var form: Submission? = null

    override suspend fun act(intent: EmergencyIntent) {
        problem = null
        when (intent) {
            EmergencyIntent.Back -> app.platform.back()
            is EmergencyIntent.Call -> app.platform.dial(intent.number)
            is EmergencyIntent.Take -> app.platform.go(Place.Form(intent.form))
            EmergencyIntent.Say -> {
                val kept = jotted(app, SAID, case, begun())
                said = kept?.note.orEmpty()
                form = kept?.submission ?: app.butler.submission(case?.let { app.butler.cases.details(it).shown })
            }
            is EmergencyIntent.Type -> {
                said = intent.text
                form?.let { jot(app, it, SAID, case, begun(), intent.text) }
            }
            EmergencyIntent.RecordSaid -> said?.trim()?.takeIf { it.isNotEmpty() }?.let { record(it) }
            EmergencyIntent.CloseSheet -> said = null
        }
    }

    /** The first record that is not made yet: what is said belongs to it. */
    private fun begun(): String? = if (case == null) draft?.submission?.id?.value else null

    /** What is said goes below what was said before, with its time. */
    private suspend fun record(words: String) {
        val line = app.formats.time(app.now()) + " " + words
        val known = case
        val begun = draft
        when {
            known != null -> {
                val note = below(app.butler.cases.details(known).case.note, line)
                val butler = form?.let { app.butler.submitting(it) } ?: app.butler
                butler.records.editNote(known, note)
                app.platform.recorded()
                if (app.isUrgent(known)) app.platform.sync()
            }
            begun != null -> {
                app.butler.drafts.save(begun.copy(note = below(begun.note, line)))
                form?.let { app.butler.drafts.discard(it.id) }
            }
        }
        said = null
        form = null
    }

    private fun below(before: String, line: String) = if (before.isBlank()) line else before + "\n" + line

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): EmergencyState {
        val back = Press(app.words(Word.Back), EmergencyIntent.Back)
        val begun = if (case == null && of is EmergencyOf.Begun) app.butler.drafts.get(of.draft) else null
        if (begun != null) return card(begun).copy(back = back)
        case = case ?: opened()
        val details = case?.let { found { app.butler.cases.details(it) } }
            ?: return EmergencyState(app.words(Word.Emergency), back = back, empty = Empty(app.words(Word.ErrorNotFound), ""))
        return card(details).copy(back = back)
    }

    /** The case that came of the draft one began. */
    private suspend fun opened(): RecordId? {
        val begun = draft ?: return null
        val newest = app.butler.cases.list(CaseFilter(workflow = WorkflowId(begun.form), closed = false), limit = 1)
        return newest.firstOrNull { row -> row.openedAt?.let { at -> tapped(begun.answers)?.let { at >= it } } ?: false }?.id
    }

    private suspend fun card(begun: DraftDetails): EmergencyState {
        draft = begun.draft
        val kind = emergencies(app).firstOrNull { workflow(it)?.value == begun.draft.form }
        val place = begun.draft.place
        val step = begun.draft.step
        val plan = if (place == null || step == null) emptyList() else app.butler.cases.planOpening(WorkflowId(begun.draft.form), StepId(step), place)
        val shown = shown(plan)
        val fill = EmergencyIntent.Take(FormOf.Unfinished(begun.draft.submission.id))
        return frame(kind?.title?.let { app.words(it) } ?: begun.title?.let { app.words(it) }.orEmpty(), begun.draft.note).copy(
            subtitle = place?.let { app.place(it) }.orEmpty(),
            clock = clock(app, tapped(begun.draft.answers)),
            guidance = kind?.guidance?.let { app.words(it) },
            calls = calls(),
            steps = shown.mapIndexed { index, planned ->
                val first = planned.phase == StepPhase.POSSIBLE
                EmergencyStep(
                    if (first) EmergencyMark.Next else EmergencyMark.Locked, "${index + 1}", app.words(planned.label), null,
                    if (first) "" else firstDo(planned, shown), null, if (first) Press(app.words(Word.StepRecord), fill) else null,
                )
            },
            later = app.words(Word.AfterFirstRecord),
            evidence = Press(app.words(Word.TakeEvidence), fill),
        )
    }

    private suspend fun card(details: CaseDetails): EmergencyState {
        val words = app.words
        val plan = app.butler.cases.plan(details.case.id)
        val next = app.butler.cases.nextSteps(details.case.id)
        val shown = shown(plan)
        val photo = photo(plan, next)
        val begun = app.butler.drafts.list().map { it.draft }.filter { details.case.id in it.about }.associateBy { it.step }
        val by = details.steps.firstOrNull()?.byName?.let { words(Word.ReportedBy, "who" to it) }
        val running = runs(details)
        return frame(words(details.workflow), details.case.note).copy(
            subtitle = listOfNotNull(details.case.place?.let { app.place(it) }, by).joinToString(DOT),
            clock = if (running) clock(app, since(details)) else null,
            badge = if (running) null else Badge(BadgeKind.Ok, words(details.stateLabel)),
            guidance = details.guidance?.let { words(it) },
            calls = calls(),
            steps = shown.mapIndexed { index, step -> step(step, "${index + 1}", due(step, shown.take(index)), shown, next, details, begun[step.step.value]?.answers) },
            later = (plan.size - shown.size).takeIf { it > 0 }?.let { words(Word.LaterSteps, "count" to it) },
            evidence = Press(
                words(Word.TakeEvidence), EmergencyIntent.Take(FormOf.Step(details.case.id, photo ?: StepId(""))),
                if (photo == null) words(Word.NoPhotoAsked) else null,
            ),
        )
    }

    private fun frame(title: String, note: String): EmergencyState {
        val words = app.words
        val text = said
        return EmergencyState(
            title = title,
            problem = problem,
            numbers = NUMBERS.map { (number, word) -> Press(words(word), EmergencyIntent.Call(number)) },
            note = note.takeIf { it.isNotBlank() }?.let { NoteLine(words(Word.NoteOf), it) },
            say = Press(words(Word.SayIt), EmergencyIntent.Say),
            sheet = text?.let {
                SaySheet(
                    words(Word.SayIt), Typing(words(Word.WhatHappens), it) { typed -> EmergencyIntent.Type(typed) },
                    Press(words(Word.RecordIt), EmergencyIntent.RecordSaid), Press(words(Word.CloseIt), EmergencyIntent.CloseSheet),
                )
            },
        )
    }

    /** Duty desks first, then colleagues; whoever has no number cannot be called. */
    private suspend fun calls(): List<CallTile> {
        val words = app.words
        val me = app.butler.me().staff
        val roles = app.butler.office.roles().associate { it.id to words(it.label) }
        val desks = app.butler.office.places().filter { it.kind == DESK }.mapNotNull { desk ->
            desk.phone?.let { CallTile(desk.kindLabel?.let { kind -> words(kind) }.orEmpty(), Press(desk.name, EmergencyIntent.Call(it))) }
        }
        val people = app.butler.office.staff().filter { !it.left && it.id != me }.mapNotNull { staff ->
            staff.phone?.let { CallTile(staff.roles.mapNotNull(roles::get).firstOrNull().orEmpty(), Press(staff.name, EmergencyIntent.Call(it))) }
        }
        return desks + people
    }

    /** By when a step is to be made: of steps that meet the same deadline, the first has it. */
    private fun due(step: PlanStep, before: List<PlanStep>): Instant? {
        val taken = before.filter { it.phase != StepPhase.MADE }.flatMap { it.ends }.map { it.id }
        return step.ends.filter { it.id !in taken }.firstNotNullOfOrNull { it.due }
    }

    private fun step(step: PlanStep, number: String, due: Instant?, shown: List<PlanStep>, next: List<NextStep>, details: CaseDetails, begun: Evidence?): EmergencyStep {
        val words = app.words
        val left = due?.let { Clock(app.formats.countdown(it, app.now())) { app.formats.countdown(it, app.now()) } }
        val who = step.roles.map { words(it.label) }
        val take = next.firstOrNull { it.step == step.step && it.whyNot == null && it.first.isEmpty() }
        val mark = when {
            step.phase == StepPhase.MADE -> EmergencyMark.Made
            step.phase == StepPhase.LOCKED -> EmergencyMark.Locked
            take == null -> EmergencyMark.Others
            step.step == soonest(shown, next) -> EmergencyMark.Next
            else -> EmergencyMark.Mine
        }
        return EmergencyStep(
            mark = mark,
            number = number,
            title = words(step.label),
            left = if (mark == EmergencyMark.Made) null else left,
            about = when (mark) {
                EmergencyMark.Made -> made(step, details)
                EmergencyMark.Locked -> firstDo(step, shown)
                EmergencyMark.Others -> words(Word.OthersDo, "who" to words.list(who))
                else -> take?.let { progress(it, begun) }.orEmpty()
            },
            waits = if (mark == EmergencyMark.Others) words(Word.WaitsFor, "who" to who.firstOrNull().orEmpty()) else null,
            take = if (take == null || mark == EmergencyMark.Made) null
            else Press(take.button?.let { words(it) } ?: words(doing(take)), EmergencyIntent.Take(FormOf.Step(details.case.id, step.step))),
        )
    }

    /** What the button of a step says that has no words for it: by what it asks, because the step itself stands beside it. */
    private fun doing(step: NextStep): Word = when {
        step.questions.isEmpty() -> Word.StepDone
        step.questions.first().answer == AnswerType.MULTI_CHOICE -> Word.StepGoThrough
        else -> Word.StepRecord
    }

    /** How far one is with a step: of what is ticked one by one how many, and how many photos it takes. */
    private fun progress(step: NextStep, begun: Evidence?): String {
        val words = app.words
        val ticked = step.questions.filter { it.answer == AnswerType.MULTI_CHOICE && it.required }.map { question ->
            val count = (begun?.fields?.get(question.field) as? Value.Text)?.v1.orEmpty().split(",").count { it.isNotEmpty() }
            words(Word.TickedOf, "what" to words(question.label), "count" to count, "left" to question.options.size - count)
        }
        val asked = step.questions.filter { it.answer == AnswerType.PHOTO && it.required }
        val (least, taken) = asked.sumOf { it.atLeast?.toInt() ?: 1 } to asked.sumOf { begun?.photos?.get(it.field).orEmpty().size }
        val photos = when {
            least == 0 -> null
            taken == 0 -> words(Word.AtLeastPhotos, "count" to least)
            else -> words(Word.PhotosTaken, "taken" to taken, "count" to least)
        }
        return (ticked + listOfNotNull(photos)).joinToString(DOT)
    }

    /** The steps whose turn may come in the state it is in; of the others it is said how many. */
    private fun shown(plan: List<PlanStep>) = plan.filter { it.phase != StepPhase.LOCKED || it.first.isNotEmpty() || it.made.isNotEmpty() }

    private fun firstDo(step: PlanStep, shown: List<PlanStep>): String =
        app.words(Word.FirstDo, "steps" to app.words.list(step.first.map { first -> numberOf(first.step, shown) ?: app.words(first.label) }))

    private fun numberOf(step: StepId, shown: List<PlanStep>): String? = shown.indexOfFirst { it.step == step }.takeIf { it >= 0 }?.let { "${it + 1}" }

    /** The step of one's own whose time runs out first. */
    private fun soonest(shown: List<PlanStep>, next: List<NextStep>): StepId? = shown
        .filter { step -> step.phase == StepPhase.POSSIBLE && next.any { it.step == step.step && it.whyNot == null && it.first.isEmpty() } }
        .mapNotNull { step -> step.ends.firstNotNullOfOrNull { it.due }?.let { it to step.step } }.minByOrNull { it.first }?.second

    private fun made(step: PlanStep, details: CaseDetails): String {
        val last = step.made.last()
        val photos = details.steps.firstOrNull { it.event == last.event }?.evidence?.photos.orEmpty().values.sumOf { it.size }
        return listOfNotNull(
            app.formats.time(last.at), last.byName, if (photos == 0) null else app.words(Word.Photos, "count" to photos),
        ).joinToString(DOT)
    }

    /** The first step in the order of the procedure that may be made now and asks for a photo. */
    private fun photo(plan: List<PlanStep>, next: List<NextStep>): StepId? = plan.firstNotNullOfOrNull { step ->
        next.firstOrNull { it.step == step.step && it.whyNot == null && it.first.isEmpty() && it.questions.any { asked -> asked.answer == AnswerType.PHOTO } }?.step
    }

    companion object {
        /** What a draft of what is said beside a case is called. */
        internal const val SAID = "emergency.said"
        private val NUMBERS = listOf("110" to Word.Police, "119" to Word.FireBrigade, "120" to Word.Ambulance)
    }
}

/** The emergency that runs: the last begun, or the newest case that nobody has said to be under control. */
class RunningModel(app: App) : Model<RunningState, EmergencyOf>(app, RunningState()) {
    override suspend fun read(): RunningState {
        val kinds = emergencies(app).associateBy { workflow(it) }
        val draft = app.butler.drafts.list().firstOrNull { WorkflowId(it.draft.form) in kinds && it.draft.about.isEmpty() }
        if (draft != null) {
            val title = kinds.getValue(WorkflowId(draft.draft.form)).title
            return RunningState(clock(app, tapped(draft.draft.answers)), Press(app.words(title), EmergencyOf.Begun(draft.draft.submission.id)))
        }
        val rows = app.butler.cases.list(CaseFilter(closed = false)).filter { it.workflow in kinds }
        val case = rows.firstNotNullOfOrNull { row -> app.butler.cases.details(row.id).takeIf(::runs) } ?: return RunningState()
        return RunningState(clock(app, since(case)), Press(app.words(case.workflow), EmergencyOf.Case(case.case.id)))
    }

    override suspend fun act(intent: EmergencyOf) = app.platform.go(Place.Emergency(intent))

    override fun failed(words: String) {}
}
