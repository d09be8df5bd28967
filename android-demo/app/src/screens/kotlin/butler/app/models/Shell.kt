package butler.app.models

import butler.Butler
import butler.CaseFilter
import butler.CaseTurn
import butler.app.words.Word
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.onEach

/** The five places of the bar at the foot. */
enum class Tab(val root: Place) {
    /** In the place of 今天 for those who look after others; theirs is one press below it. */
    Overview(Place.Overview),
    Today(Place.Today),
    Homes(Place.Homes),
    Record(Place.Record),
    Cases(Place.Cases),
    More(Place.More),
}

/** Where one is: each tab keeps its own way. */
data class Way(val tab: Tab, val stacks: Map<Tab, List<Place>>, /** Where back leads to from every other tab. */ val first: Tab = Tab.Today) {
    /** What is shown. */
    val top: Place get() = stacks[tab]?.lastOrNull() ?: tab.root

    /** Whether there is a way back that does not leave the app. */
    val mayGoBack: Boolean get() = top != Place.Enrol && (stacks[tab].orEmpty().isNotEmpty() || tab != first)

    fun to(place: Place): Way {
        // Whose phone it will be is not known: nothing of the way so far is theirs.
        if (place == Place.Enrol) return Way(Tab.Today, mapOf(Tab.Today to listOf(place)), first)
        val root = Tab.entries.find { it.root == place }
        if (root != null) return copy(tab = root, stacks = stacks - root)
        if (place == top) return this
        return copy(stacks = stacks + (tab to stacks[tab].orEmpty() + place))
    }

    /** Pressed again, a tab leads to its root. */
    fun tab(next: Tab): Way = if (next == tab) copy(stacks = stacks - tab) else copy(tab = next)

    /** Up one level; from the root of a tab to the first one. */
    fun back(): Way {
        if (!mayGoBack) return this
        val stack = stacks[tab].orEmpty()
        return if (stack.isEmpty()) copy(tab = first) else copy(stacks = stacks + (tab to stack.dropLast(1)))
    }
}

/** Goes from place to place, and has where one is [kept]; what only a platform can do it leaves to [device]. */
class Navigator(private val device: Device, private val kept: WayKeeper = WayKeeper()) : Platform, Device by device {
    private val here = MutableStateFlow(Way(Tab.Today, emptyMap()))

    val way: StateFlow<Way> = here.asStateFlow()

    private fun at(way: Way) {
        here.value = way
        kept.keep(way)
    }

    /** The app is opened: to enrolment, or to where one was when it died. */
    suspend fun open(butler: Butler) {
        if (firstPlace(butler) == Place.Enrol) go(Place.Enrol) else kept.read()?.let { at(stillThere(butler, it)) }
    }

    override suspend fun scan(): String? = device.scan()?.also { device.scanned() }

    override val tags: Flow<String> get() = device.tags.onEach { device.scanned() }

    override fun go(to: Place) = at(here.value.to(to))

    override fun back() = at(here.value.back())

    /** Another tab is the first one. */
    fun first(tab: Tab) {
        val way = here.value
        if (way.first != tab) at(way.copy(tab = if (way.tab == way.first && way.top != Place.Enrol) tab else way.tab, first = tab))
    }

    fun tab(next: Tab) = at(here.value.tab(next))
}

/** The bar at the foot. */
data class TabsState(val tabs: List<TabState> = emptyList())

data class TabState(val press: Press<Tab>, val count: Int)

/** How many cases wait for this person stands on the tab of cases; none is not shown. */
class TabsModel(app: App) : Model<TabsState, Tab>(app, TabsState()) {
    override suspend fun read(): TabsState {
        val mine = app.butler.cases.list(CaseFilter(turn = CaseTurn.MINE, closed = false)).size
        val left = if (overlooks(app)) Tab.Today else Tab.Overview
        return TabsState((Tab.entries - left).map { TabState(Press(app.words(word(it)), it), if (it == Tab.Cases) mine else 0) })
    }

    override suspend fun act(intent: Tab) {}

    override fun failed(words: String) {}

    private fun word(tab: Tab): Word = when (tab) {
        Tab.Overview -> Word.TabOverview
        Tab.Today -> Word.TabToday
        Tab.Homes -> Word.TabHomes
        Tab.Record -> Word.TabRecord
        Tab.Cases -> Word.TabCases
        Tab.More -> Word.TabMore
    }
}
