package butler.app.models

import butler.Butler
import butler.ChangeHash
import butler.ChecklistId
import butler.DueAnswer
import butler.DueId
import butler.FormId
import butler.Procedure
import butler.QuestionId
import butler.RecordId
import butler.StepId
import butler.SubmissionId
import butler.WorkflowId
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import java.time.Instant
import java.time.ZoneId

/**
 * Where one is, kept in [file] at every step: an app that died opens there, and every form there takes up its draft. The file names
 * screens and records, and says nothing of what stands in them. Another day begins with its walk.
 */
class WayKeeper(private val file: File? = null, private val now: () -> Instant = Instant::now) {
    private fun today(): String = now().atZone(ZoneId.systemDefault()).toLocalDate().toString()

    /** Keeps it; on a phone that is full it is not kept, which nobody need be told. */
    fun keep(way: Way) {
        if (file == null) return
        // What a line does not say is not kept, nor is what lies above it.
        val stacks = way.stacks.flatMap { (tab, stack) -> stack.map(::line).takeWhile { it != null }.map { "$tab$GAP$it" } }
        val beside = File(file.path + ".new")
        try {
            beside.writeText((listOf(today(), "${way.tab}$GAP${way.first}") + stacks).joinToString("\n"))
            Files.move(beside.toPath(), file.toPath(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)
        } catch (_: IOException) {
            return
        }
    }

    /** Where one was today; null where that is not known. */
    fun read(): Way? {
        val lines = try {
            file?.readLines().orEmpty()
        } catch (_: IOException) {
            return null
        }
        if (lines.size < HEAD || lines.first() != today()) return null
        val (tab, first) = lines[1].split(GAP).map(::tab).takeIf { it.size == HEAD } ?: return null
        val kept = lines.drop(HEAD).groupBy({ tab(it.substringBefore(GAP)) }, { placeIn(it.substringAfter(GAP)) })
        val stacks = kept.mapNotNull { (tab, stack) -> tab?.let { it to stack.takeWhile { place -> place != null }.filterNotNull() } }.toMap()
        return if (tab == null || first == null) null else Way(tab, stacks, first)
    }

    private fun tab(name: String): Tab? = Tab.entries.find { it.name == name }

    private companion object {
        /** Lines before those of the places. */
        const val HEAD = 2
    }
}

/** The same way as far as the records on it are still on this phone. */
internal suspend fun stillThere(butler: Butler, way: Way): Way = way.copy(
    stacks = way.stacks.mapValues { (_, stack) -> stack.take(stack.indexOfFirst { !isThere(butler, it) }.let { if (it < 0) stack.size else it }) },
)

private suspend fun isThere(butler: Butler, place: Place): Boolean = when (place) {
    is Place.Home -> isHere(butler, place.home)
    is Place.Resident -> isHere(butler, place.resident)
    is Place.Visit -> isHere(butler, place.home)
    is Place.Case -> isHere(butler, place.case)
    is Place.Entry -> isHere(butler, place.entry)
    is Place.History -> isHere(butler, place.record)
    is Place.Round -> when (val of = place.of) {
        is RoundOf.Due -> butler.today.item(of.due) != null
        is RoundOf.Begun -> isHere(butler, of.round)
    }
    // What else there is says itself that it is gone.
    else -> true
}

private suspend fun isHere(butler: Butler, record: RecordId): Boolean = found { butler.records.get(record) } != null

private const val GAP = "\t"

private const val NONE = "-"

/** Places that are named, and nothing more. */
private val NAMED = listOf(
    Place.CanWait, Place.Emergencies, Place.Handover, Place.Procedures, Place.Library, Place.Metrics, Place.Settings, Place.Help, Place.Outbox,
).associateBy { it.toString() }

private fun said(vararg words: String?): String = words.joinToString(GAP) { it ?: NONE }

/** A place in a line; null for one that is not kept. */
internal fun line(place: Place): String? = when (place) {
    is Place.Home -> said("home", place.home.value)
    is Place.Resident -> said("resident", place.resident.value)
    is Place.Visit -> said(if (place.byPhone) "call" else "visit", place.home.value)
    is Place.Round -> when (val of = place.of) {
        is RoundOf.Due -> said("round-due", of.due.value)
        is RoundOf.Begun -> said("round", of.round.value)
    }
    is Place.Case -> said("case", place.case.value)
    is Place.Form -> line(place.of)
    is Place.FindHome -> when (val errand = place.errand) {
        Errand.Visit -> "find-to-visit"
        Errand.Call -> "find-to-call"
        is Errand.Open -> said("find-to-open", errand.workflow.value)
    }
    is Place.Emergency -> when (val of = place.of) {
        is EmergencyOf.Begun -> said("emergency-begun", of.draft.value)
        is EmergencyOf.Case -> said("emergency", of.case.value)
    }
    is Place.Register -> when (val of = place.of) {
        is Procedure.Form -> said("register-form", of.form.value)
        is Procedure.Workflow -> said("register-workflow", of.workflow.value)
        is Procedure.Checklist -> said("register-checklist", of.checklist.value)
    }
    is Place.Entry -> said("entry", place.entry.value)
    is Place.Conflicts -> said("conflicts", place.about?.value)
    is Place.Rejected -> said("rejected", place.change.value)
    is Place.History -> said("history", place.record.value)
    // They hold words of the library and of the office: one comes back to the list they stand in; from photos to what they show.
    is Place.Article, is Place.MetricRecords, is Place.Photo -> null
    else -> place.toString().takeIf { it in NAMED }
}

private fun line(of: FormOf): String = when (of) {
    is FormOf.Step -> said("step", of.case.value, of.step.value)
    is FormOf.Row -> said("row", of.form.value, of.about?.value, of.at?.value)
    is FormOf.Opening -> said("opening", of.workflow.value, of.about?.value)
    is FormOf.Due -> said("due", of.due.value, of.workflow?.value)
    is FormOf.Instead -> said("instead", of.answer.name, of.due?.value, of.about?.value)
    is FormOf.Unfinished -> said("unfinished", of.draft.value)
}

/** The place of a line; null for what is no place. */
internal fun placeIn(line: String): Place? {
    val words = line.split(GAP)
    fun word(at: Int): String? = words.getOrNull(at)?.takeIf { it != NONE }
    val of = word(1).orEmpty()
    return when (words.first()) {
        "home" -> Place.Home(RecordId(of))
        "resident" -> Place.Resident(RecordId(of))
        "visit" -> Place.Visit(RecordId(of))
        "call" -> Place.Visit(RecordId(of), byPhone = true)
        "round-due" -> Place.Round(RoundOf.Due(DueId(of)))
        "round" -> Place.Round(RoundOf.Begun(RecordId(of)))
        "case" -> Place.Case(RecordId(of))
        "find-to-visit" -> Place.FindHome(Errand.Visit)
        "find-to-call" -> Place.FindHome(Errand.Call)
        "find-to-open" -> Place.FindHome(Errand.Open(WorkflowId(of)))
        "emergency-begun" -> Place.Emergency(EmergencyOf.Begun(SubmissionId(of)))
        "emergency" -> Place.Emergency(EmergencyOf.Case(RecordId(of)))
        "register-form" -> Place.Register(Procedure.Form(FormId(of)))
        "register-workflow" -> Place.Register(Procedure.Workflow(WorkflowId(of)))
        "register-checklist" -> Place.Register(Procedure.Checklist(ChecklistId(of)))
        "entry" -> Place.Entry(RecordId(of))
        "conflicts" -> Place.Conflicts(word(1)?.let(::RecordId))
        "rejected" -> Place.Rejected(ChangeHash(of))
        "history" -> Place.History(RecordId(of))
        "step" -> Place.Form(FormOf.Step(RecordId(of), StepId(word(2).orEmpty())))
        "row" -> Place.Form(FormOf.Row(FormId(of), word(2)?.let(::RecordId), word(3)?.let(::QuestionId)))
        "opening" -> Place.Form(FormOf.Opening(WorkflowId(of), word(2)?.let(::RecordId)))
        "due" -> Place.Form(FormOf.Due(DueId(of), word(2)?.let(::WorkflowId)))
        "instead" -> DueAnswer.entries.find { it.name == of }?.let { Place.Form(FormOf.Instead(it, word(2)?.let(::DueId), word(3)?.let(::RecordId))) }
        "unfinished" -> Place.Form(FormOf.Unfinished(SubmissionId(of)))
        else -> NAMED[line]
    }
}
