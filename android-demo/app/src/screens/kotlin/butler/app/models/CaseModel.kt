package butler.app.models

import butler.AnswerInWords
import butler.AnswerType
import butler.CaseDetails
import butler.CaseStep
import butler.DeadlineRow
import butler.Lifecycle
import butler.NextStep
import butler.PaperRow
import butler.PlanStep
import butler.Procedure
import butler.RecordId
import butler.Standing
import butler.StepId
import butler.StepPhase
import butler.Urgency
import butler.Value
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Duration
import java.time.Instant
import java.time.LocalDate

/** What can be pressed on a case. */
sealed interface CaseIntent {
    data object Back : CaseIntent
    data object History : CaseIntent
    data object Restore : CaseIntent
    data object AllSteps : CaseIntent
    data object OpenHome : CaseIntent
    data object Conflict : CaseIntent
    data object Others : CaseIntent
    data object CloseSheet : CaseIntent
    data object Receipt : CaseIntent
    data class SendReceipt(val text: String) : CaseIntent
    data object Papers : CaseIntent
    data class Print(val paper: PaperRow) : CaseIntent
    data class Share(val paper: PaperRow) : CaseIntent
    data class Take(val step: StepId) : CaseIntent
    data object Link : CaseIntent
    data class LinkAs(val how: String) : CaseIntent
    data class LinkWith(val case: RecordId) : CaseIntent
    data class OpenLinked(val case: RecordId) : CaseIntent
    data class Look(val at: PhotosAt) : CaseIntent
}

/** A case: of `cases.details`, `nextSteps` and `plan`. */
class CaseModel(app: App, private val case: RecordId) : Model<CaseState, CaseIntent>(app, CaseState()) {
    private var whole = false
    private var others = false
    private var giving = false
    private var printing = false

    /** How it is linked, while the other case is looked for. */
    private var linking: String? = null
    private val papers = Papers(app, case)
    private var home: RecordId? = null
    private var problem: String? = null

    override suspend fun act(intent: CaseIntent) {
        problem = null
        when (intent) {
            CaseIntent.Back -> app.platform.back()
            CaseIntent.History -> app.platform.go(Place.History(case))
            CaseIntent.Restore -> restore(app, case)
            CaseIntent.AllSteps -> whole = !whole
            CaseIntent.OpenHome -> home?.let { app.platform.go(Place.Home(it)) }
            CaseIntent.Conflict -> app.platform.go(Place.Conflicts(case))
            CaseIntent.Others -> others = true
            CaseIntent.CloseSheet -> {
                others = false
                giving = false
                printing = false
                linking = null
            }
            CaseIntent.Link -> {
                others = false
                linking = LINKS.first().first
            }
            is CaseIntent.LinkAs -> linking = intent.how
            is CaseIntent.LinkWith -> link(intent.case)
            CaseIntent.Receipt -> {
                others = false
                giving = true
            }
            is CaseIntent.SendReceipt -> app.platform.share(intent.text)
            CaseIntent.Papers -> {
                others = false
                printing = true
            }
            is CaseIntent.Print -> papers.print(intent.paper)
            is CaseIntent.Share -> papers.share(intent.paper)
            is CaseIntent.Take -> {
                others = false
                app.platform.go(Place.Form(FormOf.Step(case, intent.step)))
            }
            is CaseIntent.Look -> app.platform.go(Place.Photo(intent.at))
            is CaseIntent.OpenLinked -> app.platform.go(Place.Case(intent.case))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private suspend fun link(other: RecordId) {
        val how = linking ?: return
        val recorded = app.butler.cases.link(case, other, how)
        linking = null
        app.recorded(app.words(Word.LinkedNow), listOf(recorded))
    }

    /** Those of the same home first, then what is open now. */
    private suspend fun linking(details: CaseDetails): LinkSheet? {
        val chosen = linking ?: return null
        val words = app.words
        val here = home?.let { app.butler.homes.details(it).cases }.orEmpty()
        val known = details.links.map { it.case } + case
        val rows = (here + app.butler.cases.openList()).distinctBy { it.id }.filter { it.id !in known }.take(LINKABLE)
        return LinkSheet(
            title = words(Word.LinkAnother),
            how = LINKS.map { (how, word) -> Chip(Press(words(word), CaseIntent.LinkAs(how)), how == chosen) },
            cases = rows.map { row ->
                val about = listOfNotNull(row.aboutTitle.ifEmpty { null }, row.workflowLabel?.let { words(it) }, row.stateLabel?.let { words(it) })
                LinkLine(about.joinToString(DOT), Press(row.title ?: words(Word.KindCase), CaseIntent.LinkWith(row.id)))
            },
            none = if (rows.isEmpty()) words(Word.FoundNothing) else null,
            close = Press(words(Word.CloseIt), CaseIntent.CloseSheet),
        )
    }

    private suspend fun kind(details: CaseDetails): CaseKind {
        val row = app.butler.office.procedures().find { (it.begin as? Procedure.Workflow)?.workflow == details.case.playbook }
        return when (row?.section) {
            "repair" -> CaseKind.Repair
            "complaint" -> CaseKind.Complaint
            EMERGENCY -> CaseKind.Emergency
            "renovation" -> CaseKind.Renovation
            "order", "grid", "patrol" -> CaseKind.Order
            else -> CaseKind.Other
        }
    }

    override suspend fun read(): CaseState {
        val words = app.words
        val back = Press(words(Word.Back), CaseIntent.Back)
        val details = found { app.butler.cases.details(case) }
            ?: return CaseState(words(Word.KindCase), back = back, empty = Empty(words(Word.ErrorNotFound), ""))
        val now = app.now()
        val today = app.butler.date()
        val next = app.butler.cases.nextSteps(case)
        val plan = app.butler.cases.plan(case)
        val mine = app.butler.me().roles.map { it.id }.any { it in details.waitsFor }
        val main = if (mine) main(next, plan) else null
        val at = details.about.firstOrNull()?.let { record -> homeTitle(app, record)?.also { home = record } }
            ?: details.case.place?.let { app.place(it) }
        val record = app.butler.records.get(case)
        val state = CaseState(
            title = details.case.title.orEmpty(),
            subtitle = listOfNotNull(words(details.workflow), at).joinToString(DOT),
            back = back,
            history = Press(words(Word.History), CaseIntent.History),
            problem = problem,
            archived = archivedLine(app, record, CaseIntent.Restore),
            phase = phase(details, now, today),
            situation = situation(details, at),
            courseTitle = words(Word.Course),
            allSteps = allSteps(details),
            course = course(details, today),
            linksTitle = if (details.links.isEmpty()) null else words(Word.Linked),
            links = details.links.map { LinkLine(words(it.how), Press(it.title, CaseIntent.OpenLinked(it.case))) },
            note = details.case.note.takeIf { it.isNotBlank() }?.let { NoteLine(words(Word.NoteOf), it) },
            others = Press(words(Word.OtherSteps), CaseIntent.Others),
            next = main?.let { Press(words(it.label), CaseIntent.Take(it.step)) },
            signs = main?.questions.orEmpty().any { it.answer == AnswerType.SIGNATURE },
            waits = if (main == null) waits(details) else null,
            sheet = if (others) sheet(next, plan, main) else null,
            receipt = if (giving) receipt(today) else null,
            linking = linking(details),
            papers = if (printing) papers.sheet(CaseIntent::Print, CaseIntent::Share, CaseIntent.CloseSheet) else null,
        )
        return if (record.lifecycle == Lifecycle.ARCHIVED) state.copy(others = null, next = null, signs = false, waits = null, sheet = null, linking = null) else state
    }

    /** The step that moves the case on: one that meets a running deadline, else the first that was not made yet. */
    private fun main(next: List<NextStep>, plan: List<PlanStep>): NextStep? {
        val possible = next.filter { possible(it) && !it.step.value.startsWith(OF_EVERY_CASE) }
        val planned = plan.associateBy { it.step }
        return possible.firstOrNull { planned[it.step]?.ends.orEmpty().isNotEmpty() }
            ?: possible.firstOrNull { planned[it.step]?.made.orEmpty().isEmpty() }
            ?: possible.firstOrNull()
    }

    private fun possible(step: NextStep) = step.whyNot == null && step.first.isEmpty()

    private suspend fun waits(details: CaseDetails): String? {
        if (details.ended) return app.words(Word.CaseOver)
        val roles = roles(details)
        return if (roles.isEmpty()) null else app.words(Word.WaitsFor, "who" to either(app, roles))
    }

    private suspend fun roles(details: CaseDetails): List<String> {
        val known = app.butler.office.roles().associate { it.id to app.words(it.label) }
        return details.waitsFor.mapNotNull { known[it] }
    }

    private suspend fun phase(details: CaseDetails, now: Instant, today: LocalDate): CasePhase {
        val roles = roles(details)
        return CasePhase(
            state = app.words(details.stateLabel),
            turn = when {
                details.ended -> app.words(Word.CaseOver)
                roles.isEmpty() -> ""
                else -> app.words(Word.TurnOf, "who" to either(app, roles))
            },
            badges = listOfNotNull(
                if (details.urgency == Urgency.URGENT) Badge(BadgeKind.Urgent, app.words(Word.UrgentNow)) else null,
                if (details.severe) Badge(BadgeKind.Problem, app.words(Word.Severe)) else null,
                if (details.rounds > 1u) Badge(BadgeKind.Plain, app.words(Word.Rounds, "count" to details.rounds)) else null,
                if (details.steps.any { it.standing is Standing.InConflict }) Badge(BadgeKind.Conflict, app.words(Word.Conflicts)) else null,
                recordBadge(app, app.butler.records.state(case)),
            ),
            sums = details.sums.filterNot { it.none }.map { app.words(Word.Said, "what" to app.words(it.label), "words" to app.formats.say(it.words, today)) },
            deadlines = details.deadlines.sortedWith(compareBy<DeadlineRow> { it.met != null }.thenBy(nullsLast()) { it.due })
                .map { deadline(it, now, today) },
        )
    }

    private fun deadline(row: DeadlineRow, now: Instant, today: LocalDate): DeadlineLine {
        val words = app.words
        val met = row.met
        val due = row.due
        val took = row.took?.takeIf { it > 0u }
        return DeadlineLine(
            title = words(row.label),
            about = when {
                met != null && took != null -> words(Word.MetIn, "time" to app.formats.nearTime(met, today), "took" to app.formats.minutes(took.toLong()))
                met != null -> words(Word.MetAt, "time" to app.formats.nearTime(met, today))
                due != null -> words(Word.DueBy, "time" to app.formats.nearTime(due, today))
                else -> words(Word.Paused)
            },
            badge = when {
                met != null && row.late -> Badge(BadgeKind.Overdue, words(Word.WasLate))
                met != null -> Badge(BadgeKind.Ok, words(Word.OnTime))
                due == null -> null
                Duration.between(now, due).abs() < HOUR -> Badge(BadgeKind.Urgent, app.formats.clock(due, now))
                Duration.between(now, due).abs() < DAY -> Badge(if (due < now) BadgeKind.Overdue else BadgeKind.Due, app.formats.clock(due, now))
                row.late -> Badge(BadgeKind.Overdue, words(Word.Late, "days" to today.toEpochDay() - app.formats.day(due).toEpochDay()))
                else -> Badge(BadgeKind.Due, words(Word.DaysLeft, "days" to app.formats.day(due).toEpochDay() - today.toEpochDay()))
            },
        )
    }

    private suspend fun situation(details: CaseDetails, at: String?): Situation? {
        val opening = details.steps.firstOrNull()?.said?.firstOrNull { it.field.value == DESCRIPTION }
        val text = details.case.description ?: opening?.let { app.words(it.words) }
        val people = home?.let { found { app.butler.homes.details(it) } }?.residents.orEmpty()
        val head = people.firstOrNull { it.role?.code == butler.ResidentRole.OWNER } ?: people.firstOrNull()
        val phone = head?.phones?.firstNotNullOfOrNull { it.number }?.let(app.formats::phone)
        val about = head?.let { listOfNotNull(app.names.of(it).ifEmpty { null }?.let { name -> app.words(Word.Customer, "name" to name) }, phone).joinToString(" ") } ?: at.orEmpty()
        if (text == null && head == null) return null
        return Situation(kind(details), app.words(Word.Situation), text ?: details.case.title.orEmpty(), about, home?.let { Press(app.words(Word.OpenHome), CaseIntent.OpenHome) })
    }

    private fun allSteps(details: CaseDetails): Press<CaseIntent>? = when {
        whole -> Press(app.words(Word.LatestSteps), CaseIntent.AllSteps)
        details.steps.size > SHOWN -> Press(app.words(Word.AllSteps, "count" to details.steps.size), CaseIntent.AllSteps)
        details.steps.any { it.said.size > told(it).size } -> Press(app.words(Word.AllAnswers), CaseIntent.AllSteps)
        else -> null
    }

    private fun course(details: CaseDetails, today: LocalDate): List<CourseStep> {
        val newest = details.steps.asReversed()
        val latest = newest.firstOrNull { it.standing == Standing.Counts }
        return newest.take(if (whole) newest.size else SHOWN).map { step(it, it == latest, details, today) }
    }

    private fun step(step: CaseStep, latest: Boolean, details: CaseDetails, today: LocalDate): CourseStep {
        val words = app.words
        val against = details.steps.filter { other -> (other.standing as? Standing.InConflict)?.by == step.event }
        val over = (step.standing as? Standing.InConflict)?.by?.let { by -> details.steps.find { it.event == by } }
        val conflict = (over ?: against.firstOrNull())?.let { words(Word.StepAgainst, "step" to words(it.label)) }
        fun say(answer: AnswerInWords) = app.formats.say(answer.words, today)
        val said = if (whole) step.said.map { words(Word.Said, "what" to words(it.label), "words" to say(it)) } else told(step).map(::say)
        return CourseStep(
            mark = when {
                conflict != null -> CourseMark.Conflict
                step.standing is Standing.Overruled || step.standing == Standing.Impossible -> CourseMark.Overruled
                latest -> CourseMark.Latest
                else -> CourseMark.Step
            },
            title = words(step.label),
            about = listOf(step.byName, app.formats.nearTime(step.at, today)).joinToString(" "),
            said = listOfNotNull(step.note.takeIf { it.isNotBlank() }) + when {
                whole -> said
                said.isEmpty() -> emptyList()
                else -> listOf(said.joinToString(words(Word.Between)))
            },
            photos = photos(app, step.evidence.photos) { CaseIntent.Look(it) },
            badge = when {
                step.standing is Standing.Overruled -> Badge(BadgeKind.Plain, words(Word.Overruled))
                step.standing == Standing.Impossible -> Badge(BadgeKind.Plain, words(Word.DoesNotCount))
                step.received == null -> Badge(BadgeKind.Unsent, words(Word.StateUnsent))
                else -> null
            },
            conflict = conflict?.let { Press(it, CaseIntent.Conflict) },
        )
    }

    /** The answers that say something by themselves: a yes does not, nor a time beside the step's own. */
    private fun told(step: CaseStep): List<AnswerInWords> = step.said.filter { said ->
        when (val value = step.evidence.fields[said.field]) {
            is Value.Bool -> false
            is Value.Int -> value.v1 < A_MOMENT
            else -> true
        }
    }.take(SAID)

    private suspend fun sheet(next: List<NextStep>, plan: List<PlanStep>, main: NextStep?): StepsSheet {
        val words = app.words
        val possible = next.filter { possible(it) && it.step != main?.step }
        val mine = next.filterNot { possible(it) }.map { step ->
            val why = step.whyNot?.let { words(it) } ?: words(Word.FirstDo, "steps" to words.list(step.first.map { words(it.label) }))
            LockedStep(words(step.label), listOfNotNull(why, step.guidance?.let { words(it) }).joinToString("\n"))
        }
        val others = plan.filter { !it.mine && it.phase == StepPhase.POSSIBLE }.map { step ->
            LockedStep(words(step.label), words(Word.DoneBy, "who" to either(app, step.roles.map { words(it.label) })))
        }
        // What the course has left behind is no news.
        val behind = plan.indexOfLast { it.made.isNotEmpty() }
        val later = plan.drop(behind + 1).filter { step -> step.mine && step.phase == StepPhase.LOCKED && next.none { it.step == step.step } }
            .map { LockedStep(words(it.label), it.whyNot?.let { why -> words(why) }.orEmpty()) }
        val locked = mine + others + later
        return StepsSheet(
            title = words(Word.OtherStepsTitle),
            possible = possible.map { StepLine(it.guidance?.let { words(it) }.orEmpty(), Press(words(it.label), CaseIntent.Take(it.step))) },
            lockedTitle = if (locked.isEmpty()) null else words(Word.NotYet),
            locked = locked,
            link = Press(words(Word.LinkAnother), CaseIntent.Link),
            receipt = Press(words(Word.GiveReceipt), CaseIntent.Receipt),
            papers = if (papers.rows().isEmpty()) null else Press(words(Word.PrintSlips), CaseIntent.Papers),
            close = Press(words(Word.CloseIt), CaseIntent.CloseSheet),
        )
    }

    private suspend fun receipt(today: LocalDate): ReceiptSheet {
        val words = app.words
        val given = app.butler.cases.receipt(case)
        val lines = if (given == null) emptyList() else listOf(
            ReceiptLine(words(Word.ReceiptNumber), given.number),
            ReceiptLine(words(Word.ReceiptWhat), given.what),
            ReceiptLine(words(Word.ReceiptWhen), app.formats.nearTime(given.reported, today)),
            ReceiptLine(words(Word.ReceiptBy), given.by),
        )
        return ReceiptSheet(
            title = words(Word.ReceiptTitle),
            company = given?.company.orEmpty(),
            code = given?.picture?.let { QrCode(words(Word.ReceiptCode), it.width.toInt(), it.dark) },
            lines = lines,
            about = words(if (given == null) Word.ReceiptMissing else Word.ReceiptAbout),
            // Who cannot scan it gets the same as text, what is checked in its last line.
            send = given?.let { Press(words(Word.SendReceipt), CaseIntent.SendReceipt((listOf(it.company) + lines.map { line -> words(Word.Said, "what" to line.what, "words" to line.words) } + it.text).joinToString("\n"))) },
            close = Press(words(Word.CloseIt), CaseIntent.CloseSheet),
        )
    }

    private companion object {
        /** Steps every workflow has are called so. */
        const val OF_EVERY_CASE = "$"
        /** What most procedures call the words a case is opened with. */
        const val DESCRIPTION = "description"
        const val SHOWN = 4

        /** As many as one looks through. */
        const val LINKABLE = 12

        /** How two cases belong together. */
        val LINKS = listOf("repeat" to Word.LinkRepeat, "group" to Word.LinkGroup)

        /** No count and no amount is as large as milliseconds since 1970 are. */
        const val A_MOMENT = 100_000_000_000L
        const val SAID = 3
        val HOUR: Duration = Duration.ofHours(1)
        val DAY: Duration = Duration.ofDays(1)
    }
}
