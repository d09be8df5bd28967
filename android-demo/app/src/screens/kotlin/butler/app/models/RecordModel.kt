package butler.app.models

import butler.FormId
import butler.Procedure
import butler.SubjectKind
import butler.app.words.Word

/** 记一笔: what one may enter without being asked to. A new register appears by itself. */
data class RecordState(
    val title: String = "",
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val heading: String = "",
    val rows: List<Press<RecordIntent>> = emptyList(),
    val empty: Empty<RecordIntent>? = null,
)

sealed interface RecordIntent {
    data class Open(val form: FormId) : RecordIntent
}

class RecordModel(app: App) : Model<RecordState, RecordIntent>(app, RecordState()) {
    private var problem: String? = null

    override suspend fun read(): RecordState {
        val rows = app.butler.office.procedures().mapNotNull { row ->
            val form = (row.begin as? Procedure.Form)?.form ?: return@mapNotNull null
            // What is about a person or a case begins on their screen.
            if (row.about.none { it in ANYWHERE }) return@mapNotNull null
            Press(app.words(row.title), RecordIntent.Open(form))
        }
        return RecordState(
            title = app.words(Word.RecordTitle),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            heading = app.words(Word.Registers),
            rows = rows,
            empty = if (rows.isEmpty()) Empty(app.words(Word.NothingToRecord), "") else null,
        )
    }

    override suspend fun act(intent: RecordIntent) {
        problem = null
        when (intent) {
            is RecordIntent.Open -> app.platform.go(Place.Form(FormOf.Row(intent.form, null)))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        val ANYWHERE = setOf(SubjectKind.HOME, SubjectKind.PLACE, SubjectKind.GRID, SubjectKind.COMMUNITY)
    }
}
