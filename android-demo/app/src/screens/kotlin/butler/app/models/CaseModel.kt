package butler.app.models

import butler.CaseStep
import butler.DeadlineRow
import butler.NextStep
import butler.PlanStep
import butler.RecordId
import butler.Standing
import butler.StepId
import butler.StepPhase
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate

/** One case: how it stands, whose turn it is, what happened, and the next step. */
data class CaseState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<CaseIntent>? = null,
    val badge: Badge? = null,
    val problem: String? = null,
    val state: String = "",
    val turn: String = "",
    val deadlinesTitle: String = "",
    val deadlines: List<DeadlineLine> = emptyList(),
    val aboutTitle: String = "",
    val about: List<FieldLine> = emptyList(),
    val homes: List<Press<CaseIntent>> = emptyList(),
    val happenedTitle: String = "",
    val happened: List<StepMade> = emptyList(),
    val linksTitle: String = "",
    val links: List<LinkLine> = emptyList(),
    val other: Press<CaseIntent>? = null,
    val next: Press<CaseIntent>? = null,
    val sheet: StepsSheet? = null,
)

data class DeadlineLine(val label: String, val badge: Badge)

/** A step that was made: what was said in it stands below. */
data class StepMade(val title: String, val about: String, val said: List<FieldLine>, val note: String, val badge: Badge?)

data class LinkLine(val how: String, val open: Press<CaseIntent>)

/** Every step that is possible, and what the others wait for. */
data class StepsSheet(val title: String, val possible: List<StepLine>, val lockedTitle: String, val locked: List<StepLine>)

data class StepLine(val press: Press<CaseIntent>, val about: String)

sealed interface CaseIntent {
    data object Back : CaseIntent
    data class Take(val step: StepId) : CaseIntent
    data object Others : CaseIntent
    data object CloseSheet : CaseIntent
    data class OpenHome(val home: RecordId) : CaseIntent
    data class OpenCase(val case: RecordId) : CaseIntent
}

class CaseModel(app: App, private val case: RecordId) : Model<CaseState, CaseIntent>(app, CaseState()) {
    private var others = false
    private var problem: String? = null

    override suspend fun read(): CaseState {
        val words = app.words
        val details = app.butler.cases.details(case)
        val today = app.butler.date()
        val steps = app.butler.cases.nextSteps(case)
        val possible = steps.filter { it.whyNot == null && it.first.isEmpty() }
        val roles = app.butler.me().roles.map { it.id }
        val names = app.butler.office.roles().associate { it.id to words(it.label) }
        val waits = details.waitsFor.map { names[it] ?: it.value }
        return CaseState(
            title = details.case.title ?: words(details.workflow),
            subtitle = listOfNotNull(details.case.place?.let { app.place(it) }, words(details.workflow)).joinToString(DOT),
            back = Press(words(Word.Back), CaseIntent.Back),
            badge = recordBadge(app, app.butler.records.state(case)),
            problem = problem,
            state = words(details.stateLabel),
            turn = when {
                details.ended || waits.isEmpty() -> ""
                details.waitsFor.any { it in roles } -> words(Word.YourTurn)
                else -> words(Word.WaitsFor, "who" to words.list(waits))
            },
            deadlinesTitle = words(Word.Deadlines),
            deadlines = details.deadlines.sortedBy { it.met != null }.mapNotNull(::deadline),
            aboutTitle = words(Word.WhatItIs),
            about = about(today),
            homes = details.about.mapNotNull { home(it) },
            happenedTitle = words(Word.WhatHappened),
            happened = details.steps.sortedByDescending { it.at }.map { made(it, today) },
            linksTitle = words(Word.Linked),
            links = details.links.map { LinkLine(words(it.how), Press(it.title, CaseIntent.OpenCase(it.case))) },
            other = if (steps.size > 1) Press(words(Word.Others), CaseIntent.Others) else null,
            next = possible.firstOrNull()?.let { Press(words(it.label), CaseIntent.Take(it.step)) },
            sheet = if (others) sheet(possible) else null,
        )
    }

    private fun deadline(row: DeadlineRow): DeadlineLine? {
        val due = row.due
        val badge = when {
            row.met != null -> if (row.late) Badge(BadgeKind.Overdue, app.words(Word.DeadlineMetLate)) else Badge(BadgeKind.Ok, app.words(Word.DeadlineMet))
            due != null -> clockBadge(app, due, late = false)
            else -> return null
        }
        return DeadlineLine(app.words(row.label), badge)
    }

    /** What the record says of itself, but for what stands elsewhere on the screen. */
    private suspend fun about(today: LocalDate): List<FieldLine> =
        app.butler.records.get(case).fields.filter { it.path in SHOWN }.map { FieldLine(app.words(it.label), app.formats.say(it.words, today), null) }

    private suspend fun home(record: RecordId): Press<CaseIntent>? =
        runCatching { app.butler.homes.details(record).title }.getOrNull()?.let { Press(it, CaseIntent.OpenHome(record)) }

    private fun made(step: CaseStep, today: LocalDate) = StepMade(
        title = listOfNotNull(app.words(step.label), step.toLabel?.let { app.words(it) }).joinToString(" → "),
        about = step.byName + DOT + app.formats.nearTime(step.at, today),
        said = step.said.map { FieldLine(app.words(it.label), app.formats.say(it.words, today), null) },
        note = step.note,
        badge = when {
            step.standing is Standing.InConflict -> Badge(BadgeKind.Conflict, app.words(Word.StepInConflict))
            step.standing !is Standing.Counts -> Badge(BadgeKind.Plain, app.words(Word.StepVoid))
            step.received == null -> Badge(BadgeKind.Unsent, app.words(Word.StepNotSent))
            else -> null
        },
    )

    private suspend fun sheet(possible: List<NextStep>): StepsSheet {
        val open = possible.map { it.step }
        return StepsSheet(
            title = app.words(Word.OtherSteps),
            possible = possible.map { StepLine(Press(app.words(it.label), CaseIntent.Take(it.step)), it.guidance?.let { text -> app.words(text) }.orEmpty()) },
            lockedTitle = app.words(Word.NotYetPossible),
            locked = app.butler.cases.plan(case).filter { it.phase == StepPhase.LOCKED && it.step !in open }.map(::locked),
        )
    }

    private fun locked(step: PlanStep): StepLine {
        val words = app.words
        val why = when {
            step.first.isNotEmpty() -> words(Word.FirstDo, "what" to words.list(step.first.map { words(it.label) }))
            !step.mine -> words(Word.OfOthers, "who" to words.list(step.roles.map { words(it.label) }))
            else -> step.whyNot?.let { words(it) }.orEmpty()
        }
        return StepLine(Press(words(step.label), CaseIntent.Take(step.step), locked = why.ifEmpty { words(Word.NotYetPossible) }), why)
    }

    override suspend fun act(intent: CaseIntent) {
        problem = null
        when (intent) {
            CaseIntent.Back -> app.platform.back()
            CaseIntent.Others -> others = true
            CaseIntent.CloseSheet -> others = false
            is CaseIntent.OpenHome -> app.platform.go(Place.Home(intent.home))
            is CaseIntent.OpenCase -> app.platform.go(Place.Case(intent.case))
            is CaseIntent.Take -> {
                others = false
                app.platform.go(Place.Form(FormOf.Step(case, intent.step)))
            }
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** What a case is about; its title, place and state stand above. */
        val SHOWN = setOf("category", "urgency", "spot", "description", "appointment", "expected", "port", "contractor", "assignee", "price")
    }
}
