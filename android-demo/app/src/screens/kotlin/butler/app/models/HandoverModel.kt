package butler.app.models

import butler.CaseDetails
import butler.CaseFilter
import butler.CaseRow
import butler.Draft
import butler.FormId
import butler.GridId
import butler.NextStep
import butler.PlanStep
import butler.QuestionId
import butler.RecordId
import butler.RegisterFilter
import butler.StepId
import butler.StepPhase
import butler.WorkflowId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate

/** A grid that changes hands, as a checklist. */
data class HandoverState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<HandoverIntent>? = null,
    val problem: String? = null,
    val progress: String = "",
    val done: Chart? = null,
    val left: Badge? = null,
    val items: List<HandoverItem> = emptyList(),
    val next: Press<HandoverIntent>? = null,
    val empty: Empty<HandoverIntent>? = null,
    val sheet: HandoverSheet? = null,
)

enum class HandoverMark { Done, Open, Locked }

/** One thing to hand over: how much of it there is, who did it when, or what comes first. */
data class HandoverItem(val mark: HandoverMark, val title: String, val about: String, val take: Press<HandoverIntent>?)

/** The walk through the cases that are not over: each is told, then ticked. */
data class HandoverSheet(
    val title: String,
    val about: String,
    val cases: List<HandoverCase>,
    val record: Press<HandoverIntent>,
    val close: Press<HandoverIntent>,
)

data class HandoverCase(val about: String, val open: Press<HandoverIntent>, val told: Chip<HandoverIntent>)

sealed interface HandoverIntent {
    data object Back : HandoverIntent
    data class Take(val step: StepId) : HandoverIntent
    data object GoThrough : HandoverIntent
    data class Tell(val case: RecordId) : HandoverIntent
    data class Open(val case: RecordId) : HandoverIntent
    data object CloseSheet : HandoverIntent
}

/** The grid that changes hands now, the newest first; null when none does. */
suspend fun handover(app: App): CaseRow? = app.butler.cases.list(CaseFilter(workflow = HANDOVER, closed = false), limit = 1).firstOrNull()

private val HANDOVER = WorkflowId("grid.handover")

/** The handover of a grid: of `cases.plan`, the cases of the grid, and the register of the keys. */
class HandoverModel(app: App) : Model<HandoverState, HandoverIntent>(app, HandoverState()) {
    private var case: RecordId? = null
    private var through = false
    private var told: Set<RecordId> = emptySet()
    private var problem: String? = null

    override suspend fun act(intent: HandoverIntent) {
        problem = null
        when (intent) {
            HandoverIntent.Back -> app.platform.back()
            is HandoverIntent.Take -> {
                through = false
                case?.let { app.platform.go(Place.Form(FormOf.Step(it, intent.step))) }
            }
            HandoverIntent.GoThrough -> through = true
            is HandoverIntent.Tell -> tell(intent.case)
            is HandoverIntent.Open -> app.platform.go(Place.Case(intent.case))
            HandoverIntent.CloseSheet -> through = false
        }
    }

    /** Going through dozens of cases takes days: what was told is a draft about them and the handover. */
    private suspend fun tell(told: RecordId) {
        val handover = case ?: return
        val before = draft(handover)
        val about = before?.about.orEmpty().ifEmpty { listOf(handover) }
        val now = if (told in about) about - told else about + told
        app.butler.drafts.save(Draft(before?.submission ?: app.butler.submission(), TOLD, about = now))
    }

    private suspend fun draft(handover: RecordId): Draft? = app.butler.drafts.list().map { it.draft }.find { it.form == TOLD && it.about.firstOrNull() == handover }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): HandoverState {
        val words = app.words
        val back = Press(words(Word.Back), HandoverIntent.Back)
        val row = case?.let { id -> app.butler.cases.list(CaseFilter(workflow = HANDOVER)).firstOrNull { it.id == id } } ?: handover(app)
            ?: return HandoverState(words(Word.HandoverTitle), back = back, empty = Empty(words(Word.NoHandover), words(Word.NoHandoverAbout)))
        case = row.id
        val draft = draft(row.id)
        told = draft?.about.orEmpty().drop(1).toSet()
        val details = app.butler.cases.details(row.id)
        val plan = app.butler.cases.plan(row.id)
        val next = app.butler.cases.nextSteps(row.id).filter { it.whyNot == null && it.first.isEmpty() }
        val open = app.butler.cases.list(CaseFilter(grid = row.place?.let { GridId(it.value) }, closed = false)).filter { it.id != row.id }
        val today = app.butler.date()
        val items = items(plan, details)
        // Handed over, what was ticked is no more.
        if (draft != null && items.any { it.step == CASES && it.made.isNotEmpty() }) app.butler.drafts.discard(draft.submission.id)
        val done = items.count { it.made.isNotEmpty() }
        val first = items.firstOrNull { item -> item.made.isEmpty() && next.any { it.step == item.step } }
        // Once all is handed over, what closes it is the first step that is none of the things.
        val closing = if (done < items.size) null else next.firstOrNull { step -> items.none { it.step == step.step } && !step.step.value.startsWith("$") }
        return HandoverState(
            title = details.case.title ?: words(details.workflow),
            subtitle = subtitle(details, today),
            back = back,
            problem = problem,
            progress = words(Word.HandedOver, "done" to done, "open" to items.size - done),
            done = Chart(words(Word.ToldOf, "done" to done, "all" to items.size), listOf(if (items.isEmpty()) 0 else done * 1000 / items.size)),
            left = details.deadlines.firstOrNull { it.met == null }?.due?.let { due -> left(app.formats.day(due), today) },
            items = items.map { item(it, details, next, open, row) },
            next = when {
                closing != null -> Press(words(closing.label), HandoverIntent.Take(closing.step))
                first != null -> Press(words(Word.GoOnWith, "step" to words(first.label)), if (first.step == CASES) HandoverIntent.GoThrough else HandoverIntent.Take(first.step))
                else -> null
            },
            sheet = if (through) sheet(open) else null,
        )
    }

    /** Who gives it to whom, then what else was said of it. */
    private fun subtitle(details: CaseDetails, today: LocalDate): String {
        val said = details.steps.firstOrNull()?.said.orEmpty()
        fun words(of: QuestionId) = said.find { it.field == of }?.let { app.formats.say(it.words, today) }
        val (from, to) = words(FROM) to words(TO)
        val pair = if (from != null && to != null) app.words(Word.HandsTo, "from" to from, "to" to to) else null
        val rest = said.filter { pair == null || it.field != FROM && it.field != TO }.map { app.formats.say(it.words, today) }
        return (listOfNotNull(pair) + rest).joinToString(DOT)
    }

    private fun left(due: LocalDate, today: LocalDate): Badge {
        val days = due.toEpochDay() - today.toEpochDay()
        return if (days < 0) Badge(BadgeKind.Overdue, app.words(Word.Late, "days" to -days)) else Badge(BadgeKind.Due, app.words(Word.DaysLeft, "days" to days))
    }

    /** The things to hand over: what closing it waits for, and what is made of it; not the opening. */
    private fun items(plan: List<PlanStep>, details: CaseDetails): List<PlanStep> {
        val opening = details.steps.firstOrNull()?.step
        val needed = plan.flatMap { it.first }.map { it.step }.toSet()
        return plan.filter { step ->
            step.step != opening && (step.made.isNotEmpty() || (step.step in needed && (step.phase != StepPhase.LOCKED || step.first.isNotEmpty())))
        }
    }

    private suspend fun item(step: PlanStep, details: CaseDetails, next: List<NextStep>, open: List<CaseRow>, row: CaseRow): HandoverItem {
        val words = app.words
        val made = step.made.lastOrNull()
        val status = app.butler.status()
        val mine = next.any { it.step == step.step }
        return HandoverItem(
            mark = if (made != null) HandoverMark.Done else if (step.phase == StepPhase.LOCKED) HandoverMark.Locked else HandoverMark.Open,
            title = words(step.label),
            about = when {
                made != null -> listOf(app.formats.nearTime(made.at, app.butler.date()), made.byName).joinToString(DOT) +
                    details.steps.firstOrNull { it.event == made.event }?.evidence?.photos.orEmpty().values.sumOf { it.size }
                        .let { if (it == 0) "" else DOT + words(Word.Photos, "count" to it) }
                step.phase == StepPhase.LOCKED -> step.whyNot?.let { words(it) }.orEmpty()
                step.step == CASES && told.isNotEmpty() -> words(Word.ToldOf, "done" to open.count { it.id in told }, "all" to open.size)
                step.step == CASES -> words(Word.OpenCases, "count" to open.size)
                step.step == KEYS -> words(Word.KeysHeld, "count" to keys(row))
                mine -> ""
                else -> words(Word.DoneBy, "who" to either(app, step.roles.map { words(it.label) }))
            },
            take = when {
                made != null || !mine -> null
                step.step == CASES -> Press(words(Word.TellNext), HandoverIntent.GoThrough)
                // What is still on the phone would leave with it.
                step.step == DEVICE && status.unsentRecords + status.unsentPhotos > 0uL -> Press(words(Word.Begin), HandoverIntent.Take(step.step), words(Word.SyncFirst, "what" to unsent(app, status)))
                else -> Press(words(Word.Begin), HandoverIntent.Take(step.step))
            },
        )
    }

    private suspend fun keys(row: CaseRow): Int =
        app.butler.registers.list(KEY_REGISTER, RegisterFilter(grid = row.place?.let { GridId(it.value) }), limit = 1).count.toInt()

    private suspend fun sheet(open: List<CaseRow>): HandoverSheet {
        val words = app.words
        val done = open.count { it.id in told }
        return HandoverSheet(
            title = words(Word.OpenCases, "count" to open.size),
            about = words(Word.ToldOf, "done" to done, "all" to open.size),
            cases = open.map { row ->
                val about = app.butler.cases.details(row.id).about.firstNotNullOfOrNull { homeTitle(app, it) } ?: row.place?.let { app.place(it) }
                HandoverCase(
                    about = listOfNotNull(about, row.workflowLabel?.let { words(it) }, row.stateLabel?.let { words(it) }).joinToString(DOT),
                    open = Press(row.title.orEmpty(), HandoverIntent.Open(row.id)),
                    told = Chip(Press(words(Word.Tell), HandoverIntent.Tell(row.id)), row.id in told),
                )
            },
            record = Press(words(Word.AllTold), HandoverIntent.Take(CASES), if (done < open.size) words(Word.ToldOf, "done" to done, "all" to open.size) else null),
            close = Press(words(Word.CloseIt), HandoverIntent.CloseSheet),
        )
    }

    internal companion object {
        /** What a draft of the cases that were told is called. */
        const val TOLD = "handover.told"
        private val FROM = QuestionId("from_staff")
        private val TO = QuestionId("to_staff")
        private val CASES = StepId("cases")
        private val KEYS = StepId("keys")
        private val DEVICE = StepId("device")
        private val KEY_REGISTER = FormId("keys.owner")
    }
}
