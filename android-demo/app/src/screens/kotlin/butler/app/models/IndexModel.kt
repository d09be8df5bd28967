package butler.app.models

import butler.app.words.Word

/** The upper part of 更多: what is not needed every day. */
data class IndexState(val rows: List<IndexRow> = emptyList())

data class IndexRow(val kind: IndexKind, val open: Press<IndexIntent>)

enum class IndexKind { Duties, DayRounds, Metrics, Library, Procedures, Handover }

data class IndexIntent(val to: Place)

class IndexModel(app: App) : Model<IndexState, IndexIntent>(app, IndexState()) {
    override suspend fun read(): IndexState = IndexState(
        listOf(row(IndexKind.Duties, Word.DutiesTitle, Place.Duties)) + rounds() + listOfNotNull(
            row(IndexKind.Metrics, Word.MetricsTitle, Place.Metrics),
            row(IndexKind.Library, Word.LibraryTitle, Place.Library),
            row(IndexKind.Procedures, Word.ProceduresTitle, Place.Procedures),
            // A grid changes hands once in years.
            if (handover(app) == null) null else row(IndexKind.Handover, Word.HandoverTitle, Place.Handover),
        ),
    )

    /** Where several homes are inspected by one checklist today, they have a list of their own. */
    private suspend fun rounds(): List<IndexRow> = dayRounds(app).mapNotNull { (checklist, items) ->
        val homes = items.distinctBy { it.about }
        if (homes.size < SEVERAL_HOMES) null
        else IndexRow(IndexKind.DayRounds, Press(app.words(Word.DayRoundsOf, "what" to app.words(items.first().title), "count" to homes.size), IndexIntent(Place.DayRounds(checklist))))
    }

    private fun row(kind: IndexKind, word: Word, to: Place) = IndexRow(kind, Press(app.words(word), IndexIntent(to)))

    override suspend fun act(intent: IndexIntent) = app.platform.go(intent.to)

    override fun failed(words: String) {}
}
