package butler.app.models

import butler.Kind
import butler.RecordId
import butler.SearchRow
import butler.app.words.DOT
import butler.app.words.Word
import kotlinx.coroutines.flow.first

/** 房屋: any home by its room, with keys as large as a thumb. */
data class SearchState(
    val title: String = "",
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val typed: Typing<SearchIntent>? = null,
    val clear: Press<SearchIntent>? = null,
    val heading: String = "",
    val rows: List<FoundLine> = emptyList(),
    val empty: Empty<SearchIntent>? = null,
    /** Rows of keys; none while words are typed. */
    val keys: List<List<Press<SearchIntent>>> = emptyList(),
    val keyboard: Press<SearchIntent>? = null,
)

data class FoundLine(val title: String, val about: String, val open: Press<SearchIntent>)

sealed interface SearchIntent {
    data class Type(val text: String) : SearchIntent
    data class Key(val key: Char) : SearchIntent
    data object Delete : SearchIntent
    data object Clear : SearchIntent
    data object Keyboard : SearchIntent
    data class Open(val record: RecordId, val kind: Kind) : SearchIntent
}

class SearchModel(app: App) : Model<SearchState, SearchIntent>(app, SearchState()) {
    private var typed = ""
    private var words = false
    private var problem: String? = null

    override suspend fun read(): SearchState {
        val say = app.words
        val rows = if (typed.isEmpty()) today() else found()
        return SearchState(
            title = say(Word.SearchTitle),
            syncBadge = syncBadge(app, app.butler.status().first()),
            problem = problem,
            typed = Typing(say(Word.Search), typed, say(if (words) Word.SearchWordsHint else Word.SearchHint)) { SearchIntent.Type(it) },
            clear = if (typed.isEmpty()) null else Press(say(Word.KeyClear), SearchIntent.Clear),
            heading = if (typed.isEmpty()) say(Word.OfToday) else say(Word.Results, "count" to rows.size),
            rows = rows,
            empty = if (rows.isEmpty() && typed.isNotEmpty()) Empty(say(Word.NoResult), say(Word.NoResultAbout)) else null,
            keys = if (words) emptyList() else KEYS.map { row -> row.map { Press(it.toString(), SearchIntent.Key(it)) } } +
                listOf(listOf(Press("-", SearchIntent.Key('-')), Press("0", SearchIntent.Key('0')), Press(say(Word.KeyDelete), SearchIntent.Delete))),
            keyboard = Press(say(if (words) Word.KeyDigits else Word.KeyWords), SearchIntent.Keyboard),
        )
    }

    /** The doors of today's walk: one is mostly looked for. */
    private suspend fun today(): List<FoundLine> = app.butler.today.walk().stops.flatMap { it.doors }.filter { it.open }.take(FEW).map { door ->
        FoundLine(door.title, door.people.firstOrNull()?.name.orEmpty(), Press(door.title, SearchIntent.Open(door.home, Kind.HOME)))
    }

    private suspend fun found(): List<FoundLine> = app.butler.search(typed, FEW).map(::line)

    private fun line(row: SearchRow) = FoundLine(
        row.title,
        listOfNotNull(row.detail.takeIf { it.isNotEmpty() }, row.state?.let { app.words(it) }).joinToString(DOT),
        Press(row.title, SearchIntent.Open(row.record, row.kind)),
    )

    override suspend fun act(intent: SearchIntent) {
        problem = null
        when (intent) {
            is SearchIntent.Type -> typed = intent.text
            is SearchIntent.Key -> typed += intent.key
            SearchIntent.Delete -> typed = typed.dropLast(1)
            SearchIntent.Clear -> typed = ""
            SearchIntent.Keyboard -> words = !words
            is SearchIntent.Open -> open(intent)
        }
    }

    private suspend fun open(found: SearchIntent.Open) {
        when (found.kind) {
            Kind.CASE -> app.platform.go(Place.Case(found.record))
            Kind.RESIDENT -> app.butler.residents.details(found.record).resident.home?.let { app.platform.go(Place.Home(it)) }
            else -> app.platform.go(Place.Home(found.record))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        val KEYS = listOf("123", "456", "789").map { it.toList() }
        const val FEW = 20
    }
}
