package butler.app.models

import butler.DayWalk
import butler.FoundBy
import butler.HomeFilter
import butler.Kind
import butler.PlaceRow
import butler.Procedure
import butler.RecordId
import butler.SearchRow
import butler.WalkDoor
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate
import kotlinx.coroutines.flow.Flow

/** What can be pressed on 房屋. */
sealed interface SearchIntent {
    data object Back : SearchIntent
    data object Outbox : SearchIntent
    data class Type(val text: String) : SearchIntent
    data class Key(val key: Char) : SearchIntent
    data object Delete : SearchIntent
    data object Clear : SearchIntent
    data class Letters(val letters: Boolean) : SearchIntent
    data object Go : SearchIntent
    data object Scan : SearchIntent
    data class Open(val kind: Kind, val record: RecordId, val home: RecordId?) : SearchIntent
}

/**
 * 房屋: of `search(typed)`; with nothing typed, the doors of today and what was opened last. Looked up for an errand, a home
 * leads to that, and nothing else is found.
 */
class SearchModel(app: App, private val errand: Errand? = null) : Model<SearchState, SearchIntent>(app, SearchState()) {
    private var typed = ""
    private var letters = false

    /** The place whose code was scanned: its homes stand here until something else is looked for. */
    private var within: PlaceRow? = null
    private var opened: List<RecordId> = emptyList()
    private var best: SearchIntent.Open? = null
    private var problem: String? = null

    override val follows: Flow<*> get() = app.handed

    override suspend fun act(intent: SearchIntent) {
        problem = null
        if (intent is SearchIntent.Type || intent is SearchIntent.Key || intent == SearchIntent.Clear) within = null
        when (intent) {
            SearchIntent.Back -> app.platform.back()
            SearchIntent.Outbox -> app.platform.go(Place.Outbox)
            is SearchIntent.Type -> typed = intent.text
            is SearchIntent.Key -> typed += intent.key
            SearchIntent.Delete -> typed = typed.dropLast(1)
            SearchIntent.Clear -> typed = ""
            is SearchIntent.Letters -> letters = intent.letters
            SearchIntent.Go -> best?.let { open(it) }
            SearchIntent.Scan -> app.platform.scan()?.let { openScanned(app, it) }
            is SearchIntent.Open -> open(intent)
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private fun open(hit: SearchIntent.Open) {
        val home = if (hit.kind == Kind.HOME) hit.record else hit.home
        if (home != null) opened = (listOf(home) + opened).distinct().take(REMEMBERED)
        if (errand == null) return app.platform.go(if (home != null) Place.Home(home) else placeOf(hit.kind, hit.record))
        val to = when (errand) {
            Errand.Visit -> Place.Visit(home ?: return)
            Errand.Call -> Place.Visit(home ?: return, byPhone = true)
            is Errand.Open -> Place.Form(FormOf.Opening(errand.workflow, home ?: return))
        }
        // From there one does not come back to looking for a home.
        app.platform.back()
        app.platform.go(to)
    }

    override suspend fun read(): SearchState {
        val words = app.words
        if (errand == null) app.taken<Handed.Homes>()?.let {
            within = it.place
            typed = ""
        }
        val today = app.butler.date()
        val walk = app.butler.today.walk(app.settings.now.hours)
        val query = typed.trim()
        val found = if (query.isEmpty()) near(walk, today) else app.butler.search(query, SHOWN).map { hit(it, query, walk, today) }
        val hits = if (errand == null) found else found.filter { isHome(it.open.intent as SearchIntent.Open) }
        best = hits.firstOrNull()?.open?.intent as? SearchIntent.Open
        return SearchState(
            title = words(if (errand == null) Word.TabHomes else Word.WhichHome),
            subtitle = errand?.let { name(it) }
                ?: (app.butler.me().grids.map { it.name } + words(Word.Homes, "count" to app.butler.homes.count())).joinToString(DOT),
            back = errand?.let { Press(words(Word.Back), SearchIntent.Back) },
            sync = if (errand == null) Press(words(Word.SyncNow), SearchIntent.Outbox) else null,
            syncBadge = if (errand == null) syncBadge(app, app.butler.status()) else null,
            problem = problem,
            typed = Typing(words(Word.Search), typed, words(Word.SearchHint)) { SearchIntent.Type(it) },
            clear = if (typed.isEmpty() && within == null) null else Press(words(Word.ClearIt), SearchIntent.Clear),
            heading = when {
                query.isNotEmpty() || hits.isEmpty() -> null
                within != null -> within?.name
                opened.isEmpty() -> words(Word.DoorsToday)
                else -> words(Word.OpenedLast)
            },
            hits = hits,
            none = if (query.isNotEmpty() && hits.isEmpty()) words(Word.NoSuchHome) else null,
            keys = if (letters) emptyList() else keys(),
            rooms = if (letters) Press(words(Word.RoomKeys), SearchIntent.Letters(false)) else null,
        )
    }

    private suspend fun name(errand: Errand): String = when (errand) {
        Errand.Visit -> app.words(Word.RecordAVisit)
        Errand.Call -> app.words(Word.RecordACall)
        is Errand.Open -> app.butler.office.procedures().firstOrNull { it.begin == Procedure.Workflow(errand.workflow) }?.let { app.words(it.title) }.orEmpty()
    }

    private fun isHome(hit: SearchIntent.Open) = hit.kind == Kind.HOME || hit.home != null

    /** The homes of the place that was scanned, else what was opened last, else the next doors of today. */
    private suspend fun near(walk: DayWalk, today: LocalDate): List<SearchHit> {
        within?.let { place -> return app.butler.homes.list(HomeFilter(place = place.id)).mapNotNull { home(it.record.id, "", walk, today) } }
        val doors = walk.stops.flatMap { it.doors }.filter { it.open }.take(FEW).map { it.home }
        return opened.ifEmpty { doors }.mapNotNull { home(it, "", walk, today) }
    }

    private suspend fun hit(row: SearchRow, query: String, walk: DayWalk, today: LocalDate): SearchHit {
        if (row.kind == Kind.HOME) home(row.record, query, walk, today)?.let { return it }
        val excerpt = row.found.firstOrNull { it.excerpt.isNotEmpty() }?.let {
            if (it.by == FoundBy.PHONE) app.words(Word.PhoneTail, "digits" to it.excerpt) else it.excerpt
        }
        val person = if (row.kind == Kind.RESIDENT) found { app.butler.residents.details(row.record).resident }?.home else null
        val (before, match, after) = marked(row.title, query)
        return SearchHit(
            when (row.kind) {
                Kind.RESIDENT -> HitKind.Person
                Kind.CASE -> HitKind.Case
                else -> HitKind.Other
            },
            before, match, after,
            listOfNotNull(
                if (row.kind == Kind.RESIDENT || row.kind == Kind.CASE) null else app.words(kindWord(row.kind)),
                if (row.kind == Kind.CONTACT || row.kind == Kind.ROUND) aboutHome(app, row.record) else null,
                row.detail.takeIf { it.isNotEmpty() }, excerpt, row.state?.let { app.words(it) },
            ).joinToString(DOT),
            null,
            Press(row.title, SearchIntent.Open(row.kind, row.record, person)),
        )
    }

    private suspend fun home(home: RecordId, query: String, walk: DayWalk, today: LocalDate): SearchHit? {
        val details = found { app.butler.homes.details(home) } ?: return null
        val people = details.residents.map(app.names::of).filter { it.isNotEmpty() }.take(PEOPLE)
        val state = app.butler.records.get(home).fields.find { it.path == STATE }?.let { app.words(it.words) }
        val (before, match, after) = marked(details.title, query)
        val door = walk.stops.flatMap { it.doors }.find { it.home == home }
        return SearchHit(
            HitKind.Home, before, match, after,
            listOfNotNull(app.words.list(people).takeIf { people.isNotEmpty() }, state).joinToString(DOT),
            door?.let { late(it, today) } ?: if (details.home.keyHeld == true) Badge(BadgeKind.Key, app.words(Word.KeyHeld)) else null,
            Press(details.title, SearchIntent.Open(Kind.HOME, home, null)),
        )
    }

    private fun late(door: WalkDoor, today: LocalDate): Badge? {
        val open = door.items.filter { it.isToDo }
        val days = open.maxOfOrNull { today.toEpochDay() - it.due.toEpochDay() } ?: return null
        return if (days > 0) Badge(BadgeKind.Overdue, app.words(Word.Late, "days" to days)) else null
    }

    /** Where what was typed stands in a title: as it is, or, of a room, as the beginning of its number. */
    private fun marked(title: String, query: String): Triple<String, String, String> {
        val at = title.indexOf(query)
        if (query.isNotEmpty() && at >= 0 && !query.all { it.isDigit() }) return Triple(title.take(at), query, title.drop(at + query.length))
        val room = title.takeLastWhile { it.isDigit() }
        val digits = query.takeLastWhile { it.isDigit() }
        val match = (digits.length downTo 1).map { digits.takeLast(it) }.firstOrNull { room.startsWith(it) } ?: return Triple(title, "", "")
        val before = title.dropLast(room.length)
        return Triple(before, match, room.drop(match.length))
    }

    private fun keys(): List<KeyRow> {
        val words = app.words
        fun digit(key: Char) = SearchKey(KeyLook.Digit, Press("$key", SearchIntent.Key(key)))
        return listOf(
            KeyRow(listOf(digit('1'), digit('2'), digit('3'), SearchKey(KeyLook.Delete, Press(words(Word.DeleteOne), SearchIntent.Delete)))),
            KeyRow(listOf(digit('4'), digit('5'), digit('6'), SearchKey(KeyLook.Dash, Press("-", SearchIntent.Key('-'))))),
            KeyRow(listOf(digit('7'), digit('8'), digit('9'), SearchKey(KeyLook.Letters, Press(words(Word.LetterKeys), SearchIntent.Letters(true))))),
            KeyRow(
                listOf(
                    SearchKey(KeyLook.Clear, Press(words(Word.ClearIt), SearchIntent.Clear)), digit('0'),
                    if (errand == null) SearchKey(KeyLook.Scan, Press(words(Word.Scan), SearchIntent.Scan)) else null,
                    SearchKey(KeyLook.Go, Press(words(Word.SearchGo), SearchIntent.Go, if (best == null) words(Word.FoundNothing) else null)),
                ).filterNotNull(),
            ),
        )
    }

    private companion object {
        const val STATE = "state"
        const val SHOWN = 20
        const val REMEMBERED = 10
        const val FEW = 5
        const val PEOPLE = 2
    }
}
