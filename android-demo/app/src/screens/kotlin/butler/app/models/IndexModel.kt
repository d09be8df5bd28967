package butler.app.models

import butler.Procedure
import butler.app.words.Word

/** The upper part of 更多: what is not needed every day. */
data class IndexState(
    /** Registers, procedures and the library are found by words. */
    val find: Press<IndexIntent>? = null,
    val rows: List<IndexRow> = emptyList(),
    val registersTitle: String? = null,
    val all: Press<IndexIntent>? = null,
    val registers: List<IndexRegister> = emptyList(),
)

data class IndexRow(val kind: IndexKind, val open: Press<IndexIntent>, val about: String = "")

/** A register this phone has rows of. */
data class IndexRegister(val about: String, val open: Press<IndexIntent>)

enum class IndexKind { Duties, DayRounds, Metrics, Library, Handover }

data class IndexIntent(val to: Place)

class IndexModel(app: App) : Model<IndexState, IndexIntent>(app, IndexState()) {
    override suspend fun read(): IndexState {
        val procedures = app.butler.office.procedures().filter { it.begin !is Procedure.Checklist }
        val registers = procedures.filter { it.begin is Procedure.Form && it.here > 0u }.sortedByDescending { it.here }.take(MOST_USED)
        val articles = app.butler.library.list().size
        return IndexState(
            find = Press(app.words(Word.FindProcedure), IndexIntent(Place.Procedures)),
            rows = listOf(row(IndexKind.Duties, Word.DutiesTitle, Place.Duties)) + rounds() + listOfNotNull(
                row(IndexKind.Metrics, Word.MetricsTitle, Place.Metrics),
                row(IndexKind.Library, Word.LibraryTitle, Place.Library, app.words(Word.LibraryAbout, "count" to articles)),
                // A grid changes hands once in years.
                if (handover(app) == null) null else row(IndexKind.Handover, Word.HandoverTitle, Place.Handover),
            ),
            registersTitle = app.words(Word.ProceduresTitle),
            all = Press(app.words(Word.AllOfThem, "count" to procedures.size), IndexIntent(Place.Procedures)),
            registers = registers.map { IndexRegister(app.words(Word.RowsCount, "count" to it.here), Press(app.words(it.title), IndexIntent(Place.Register(it.begin)))) },
        )
    }

    /** Where several homes are inspected by one checklist today, they have a list of their own. */
    private suspend fun rounds(): List<IndexRow> = dayRounds(app).mapNotNull { (checklist, items) ->
        val homes = items.distinctBy { it.about }
        if (homes.size < SEVERAL_HOMES) null
        else IndexRow(IndexKind.DayRounds, Press(app.words(Word.DayRoundsOf, "what" to app.words(items.first().title), "count" to homes.size), IndexIntent(Place.DayRounds(checklist))))
    }

    private fun row(kind: IndexKind, word: Word, to: Place, about: String = "") = IndexRow(kind, Press(app.words(word), IndexIntent(to)), about)

    override suspend fun act(intent: IndexIntent) = app.platform.go(intent.to)

    override fun failed(words: String) {}

    private companion object {
        const val MOST_USED = 5
    }
}
