package butler.app.models

import butler.FormId
import butler.Kind
import butler.Label
import butler.Procedure
import butler.ProcedureRow
import butler.SlipAnswer
import butler.SlipRow
import butler.SubjectKind
import butler.WorkflowId
import butler.app.words.Word

/** 记一笔: what one may enter without being asked to, in two presses for what is entered most. */
data class RecordState(
    val title: String = "",
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val tiles: List<RecordTile> = emptyList(),
    val registersTitle: String? = null,
    val all: Press<RecordIntent>? = null,
    val registers: List<Press<RecordIntent>> = emptyList(),
    val empty: Empty<RecordIntent>? = null,
    val sheet: RecordSheet? = null,
)

/** How a tile is drawn: a meeting, or an answer to the first question. */
enum class TileLook { Visit, Call, Broken, NotDone, ToDo, Unhappy, Other }

data class RecordTile(val look: TileLook, val open: Press<RecordIntent>)

/** Which slip it is, where an answer leads to several. */
data class RecordSheet(val title: String, val slips: List<SlipLine<RecordIntent>>, val close: Press<RecordIntent>)

sealed interface RecordIntent {
    data class Meet(val errand: Errand) : RecordIntent
    data class Answer(val answer: String) : RecordIntent
    data class OpenCase(val workflow: WorkflowId) : RecordIntent
    data class OpenRow(val form: FormId) : RecordIntent
    data object All : RecordIntent
    data object CloseSheet : RecordIntent
}

private val OUTSIDE = setOf(SubjectKind.PLACE, SubjectKind.GRID, SubjectKind.COMMUNITY)

/**
 * Where a case is opened that nobody was asked for: what concerns the grid as well asks where in its form, what concerns a home
 * alone asks for that first, and an emergency begins with its clock.
 */
internal fun opening(procedure: ProcedureRow): Place? {
    val workflow = (procedure.begin as? Procedure.Workflow)?.workflow ?: return null
    return when {
        procedure.section == EMERGENCY -> Place.Emergencies
        procedure.about.any { it in OUTSIDE } -> Place.Form(FormOf.Opening(workflow))
        else -> Place.FindHome(Errand.Open(workflow))
    }
}

class RecordModel(app: App) : Model<RecordState, RecordIntent>(app, RecordState()) {
    private var problem: String? = null

    /** The answer that leads to several slips, while one is chosen. */
    private var answer: String? = null

    override suspend fun read(): RecordState {
        val words = app.words
        val procedures = app.butler.office.procedures()
        val answers = answers()
        val tiles = meetings() + answers.map { RecordTile(look(it.id), Press(capitalised(it.label), RecordIntent.Answer(it.id))) }
        val registers = procedures.filter { row -> row.begin is Procedure.Form && row.about.any { it in ANYWHERE } }
        return RecordState(
            title = words(Word.RecordTitle),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            tiles = tiles,
            registersTitle = if (registers.isEmpty()) null else words(Word.MostUsedRegisters),
            all = if (registers.isEmpty()) null else Press(words(Word.AllOfThem, "count" to procedures.count { it.begin !is Procedure.Checklist }), RecordIntent.All),
            // Where nothing was entered yet, by their rank.
            registers = registers.sortedByDescending { it.here }.take(MOST_USED)
                .map { Press(words(it.title), RecordIntent.OpenRow((it.begin as Procedure.Form).form)) },
            empty = if (tiles.isEmpty() && registers.isEmpty()) Empty(words(Word.NothingToRecord), "") else null,
            sheet = answers.find { it.id == answer }?.let { sheet(it) },
        )
    }

    /** What a customer says at a door, and what is opened then. */
    private suspend fun answers(): List<SlipAnswer> = app.butler.office.slips(SubjectKind.HOME).answers

    private suspend fun meetings(): List<RecordTile> {
        if (app.butler.me().mayWrite.none { it.kind == Kind.CONTACT }) return emptyList()
        return listOf(
            RecordTile(TileLook.Visit, Press(app.words(Word.RecordAVisit), RecordIntent.Meet(Errand.Visit))),
            RecordTile(TileLook.Call, Press(app.words(Word.RecordACall), RecordIntent.Meet(Errand.Call))),
        )
    }

    private fun sheet(answer: SlipAnswer) = RecordSheet(
        capitalised(answer.label),
        answer.slips.mapNotNull { slip -> slipLine<RecordIntent>(app, slip.procedure, slip.hint) { RecordIntent.OpenCase(it) } },
        Press(app.words(Word.CloseIt), RecordIntent.CloseSheet),
    )

    private fun workflow(slip: SlipRow) = (slip.procedure.begin as? Procedure.Workflow)?.workflow

    private fun capitalised(label: Label) = app.words(label).replaceFirstChar(Char::uppercase)

    override suspend fun act(intent: RecordIntent) {
        problem = null
        when (intent) {
            is RecordIntent.Meet -> app.platform.go(Place.FindHome(intent.errand))
            is RecordIntent.Answer -> {
                val slips = answers().find { it.id == intent.answer }?.slips.orEmpty()
                if (slips.size > 1) answer = intent.answer else slips.firstOrNull()?.let { open(it) }
            }
            is RecordIntent.OpenCase -> {
                answers().flatMap { it.slips }.find { workflow(it) == intent.workflow }?.let { open(it) }
                answer = null
            }
            is RecordIntent.OpenRow -> app.platform.go(Place.Form(FormOf.Row(intent.form, null)))
            RecordIntent.All -> app.platform.go(Place.Procedures)
            RecordIntent.CloseSheet -> answer = null
        }
    }

    private fun open(slip: SlipRow) {
        opening(slip.procedure)?.let(app.platform::go)
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        const val MOST_USED = 6
        /** What is about a person or a case begins on their screen. */
        val ANYWHERE = OUTSIDE + SubjectKind.HOME

        fun look(answer: String) = when (answer) {
            "broken" -> TileLook.Broken
            "not_done" -> TileLook.NotDone
            "to_do" -> TileLook.ToDo
            "unhappy" -> TileLook.Unhappy
            // An answer of the company's own.
            else -> TileLook.Other
        }
    }
}
