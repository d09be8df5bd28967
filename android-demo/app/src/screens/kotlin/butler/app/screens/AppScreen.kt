package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Theme
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.App
import butler.app.models.ArticleModel
import butler.app.models.Appearance
import butler.app.models.CanWaitModel
import butler.app.models.DutiesModel
import butler.app.models.CaseModel
import butler.app.models.CasesModel
import butler.app.models.ConflictModel
import butler.app.models.DayRoundsModel
import butler.app.models.EmergenciesModel
import butler.app.models.EmergencyEntryModel
import butler.app.models.EmergencyModel
import butler.app.models.EntryModel
import butler.app.models.EnrolModel
import butler.app.models.FormModel
import butler.app.models.FullPhone
import butler.app.models.HandoverModel
import butler.app.models.HistoryModel
import butler.app.models.HomeModel
import butler.app.models.IndexModel
import butler.app.models.LibraryModel
import butler.app.models.MetricRecordsModel
import butler.app.models.MetricsModel
import butler.app.models.Model
import butler.app.models.MoreModel
import butler.app.models.Navigator
import butler.app.models.OutboxModel
import butler.app.models.OverviewModel
import butler.app.models.PhotoModel
import butler.app.models.Place
import butler.app.models.ProceduresModel
import butler.app.models.RecentIntent
import butler.app.models.RecentModel
import butler.app.models.RecordModel
import butler.app.models.RegisterModel
import butler.app.models.RejectedModel
import butler.app.models.ResidentModel
import butler.app.models.RoundModel
import butler.app.models.RunningModel
import butler.app.models.SearchModel
import butler.app.models.SettingsIntent
import butler.app.models.SettingsModel
import butler.app.models.StorageIntent
import butler.app.models.StorageModel
import butler.app.models.Tab
import butler.app.models.TabsModel
import butler.app.models.TabsState
import butler.app.models.TagsModel
import butler.app.models.TodayModel
import butler.app.models.VisitModel
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.SnackView
import butler.app.parts.Words
import butler.app.parts.softEdge

/** Which look the app takes: as it was settled, else as the phone has it and the sun allows. */
fun theme(appearance: Appearance, dark: Boolean, sunShines: Boolean): Theme = when (appearance) {
    Appearance.Light -> Theme.Light
    Appearance.Dark -> Theme.Dark
    Appearance.Sunlight -> Theme.Sunlight
    Appearance.Auto -> if (sunShines) Theme.Sunlight else if (dark) Theme.Dark else Theme.Light
}

/** The whole app: the screen one is at, over the bar with the five places. */
@Composable
fun AppScreen(app: App, navigator: Navigator) {
    val way by navigator.way.collectAsState()
    val tabs = living(remember(app) { TabsModel(app) })
    val running = remember(app) { RunningModel(app) }
    val shown = living(running)
    val recent = remember(app) { RecentModel(app) }
    val snack = living(recent).snack
    val storage = remember(app) { StorageModel(app) }
    val full = living(storage).full
    val tags = remember(app) { TagsModel(app) }
    // A round takes a tag as its point's; before the phone is somebody's there is nothing to open.
    if (way.top !is Place.Round && way.top != Place.Enrol) living(tags)
    val first = tabs.tabs.firstOrNull()?.press?.intent
    LaunchedEffect(first) { first?.let(navigator::first) }
    val models = remember(app) { Models(app) }
    val kept = rememberSaveableStateHolder()
    Box(Modifier.fillMaxSize().background(design.colours.bg)) {
        key(way.tab, way.top) {
            kept.SaveableStateProvider("${way.tab} ${way.top}") {
                Screen(models, way.top) {
                    Column {
                        RunningStrip(shown, running::on)
                        // Where the bar has no place for today, it lies below the first tab.
                        TabBar(tabs, if (way.tab == Tab.Today) way.first else way.tab, navigator::tab)
                    }
                }
            }
        }
        full?.let { FullPhoneView(it, storage::on, Modifier.align(Alignment.BottomCenter).padding(bottom = Measure.nav.dp)) }
        SnackView(snack, recent::on, Modifier.align(Alignment.BottomCenter).padding(bottom = Measure.nav.dp)) { recent.on(RecentIntent.Settled) }
    }
}

/** Which screen a place is: a new one is named here. */
@Composable
private fun Screen(models: Models, place: Place, tabs: @Composable () -> Unit) {
    when (place) {
        Place.CanWait -> models.of(place, ::CanWaitModel).let { CanWaitScreen(living(it), it::on, tabs) }
        Place.Duties -> models.of(place, ::DutiesModel).let { DutiesScreen(living(it), it::on, tabs) }
        Place.Enrol -> models.of(place, ::EnrolModel).let { EnrolScreen(living(it), it::on) }
        is Place.Resident -> models.of(place) { ResidentModel(it, place.resident) }.let { ResidentScreen(living(it), it::on) }
        is Place.Photo -> models.of(place) { PhotoModel(it, place.shown) }.let { PhotoScreen(living(it), it::on) }
        is Place.Home -> models.of(place) { HomeModel(it, place.home) }.let { HomeScreen(living(it), it::on) }
        Place.Homes -> models.of(place) { SearchModel(it) }.let { SearchScreen(living(it), it::on, tabs) }
        is Place.FindHome -> models.of(place) { SearchModel(it, place.errand) }.let { SearchScreen(living(it), it::on) {} }
        Place.Record -> models.of(place, ::RecordModel).let {
            val entry = models.above(place, ::EmergencyEntryModel)
            RecordScreen(living(it), it::on, tabs) { EmergencyButton(living(entry), entry::on) }
        }
        Place.Emergencies -> models.of(place, ::EmergenciesModel).let { EmergenciesScreen(living(it), it::on) }
        is Place.Emergency -> models.of(place) { EmergencyModel(it, place.of) }.let { EmergencyScreen(living(it), it::on) }
        Place.Overview -> models.of(place, ::OverviewModel).let { OverviewScreen(living(it), it::on, tabs) }
        Place.Handover -> models.of(place, ::HandoverModel).let { HandoverScreen(living(it), it::on) }
        Place.Procedures -> models.of(place, ::ProceduresModel).let { ProceduresScreen(living(it), it::on) }
        is Place.Register -> models.of(place) { RegisterModel(it, place.of) }.let { RegisterScreen(living(it), it::on) }
        is Place.Entry -> models.of(place) { EntryModel(it, place.entry) }.let { EntryScreen(living(it), it::on) }
        Place.Library -> models.of(place, ::LibraryModel).let { LibraryScreen(living(it), it::on) }
        is Place.Article -> models.of(place) { ArticleModel(it, place.article) }.let { ArticleScreen(living(it), it::on) }
        Place.Metrics -> models.of(place, ::MetricsModel).let { MetricsScreen(living(it), it::on) }
        is Place.MetricRecords -> models.of(place) { MetricRecordsModel(it, place) }.let { MetricRecordsScreen(living(it), it::on) }
        Place.More -> models.of(place, ::MoreModel).let {
            val index = models.above(place, ::IndexModel)
            MoreScreen(living(it), it::on, tabs) { IndexCard(living(index), index::on) }
        }
        Place.Outbox -> models.of(place, ::OutboxModel).let { OutboxScreen(living(it), it::on) }
        is Place.Conflicts -> models.of(place) { ConflictModel(it, place.about) }.let { ConflictScreen(living(it), it::on) }
        Place.Cases -> models.of(place, ::CasesModel).let { CasesScreen(living(it), it::on, tabs) }
        is Place.Case -> models.of(place) { CaseModel(it, place.case) }.let { CaseScreen(living(it), it::on) }
        is Place.Form -> models.of(place) { FormModel(it, place.of) }.let { FormScreen(living(it), it::on) }
        is Place.Rejected -> models.of(place) { RejectedModel(it, place.change) }.let { RejectedScreen(living(it), it::on) }
        is Place.History -> models.of(place) { HistoryModel(it, place.record) }.let { HistoryScreen(living(it), it::on) }
        is Place.Round -> models.of(place) { RoundModel(it, place.of) }.let { RoundScreen(living(it), it::on) }
        is Place.DayRounds -> models.of(place) { DayRoundsModel(it, place.checklist) }.let { DayRoundsScreen(living(it), it::on, tabs) }
        is Place.Visit -> models.of(place) { VisitModel(it, place.home, place.byPhone) }.let { VisitScreen(living(it), it::on) }
        Place.Settings -> models.of(place) { SettingsModel(it) }.let { SettingsScreen(living(it), it::on) }
        Place.Help -> models.of(place) { SettingsModel(it, SettingsIntent.Sheet.Help) }.let { SettingsScreen(living(it), it::on) }
        Place.Today -> models.of(place, ::TodayModel).let { TodayScreen(living(it), it::on, tabs) }
    }
}

/** The models of places one has been to: what is typed and folded there is still so when one comes back. */
private class Models(private val app: App) {
    private val models = mutableMapOf<Place, Model<*, *>>()
    private val above = mutableMapOf<Place, Model<*, *>>()

    @Suppress("UNCHECKED_CAST") // A place has one kind of model.
    fun <M : Model<*, *>> of(place: Place, make: (App) -> M): M = models.getOrPut(place) { make(app) } as M

    /** What stands above the screen of a place and lives by itself. */
    @Suppress("UNCHECKED_CAST") // A place has one such kind.
    fun <M : Model<*, *>> above(place: Place, make: (App) -> M): M = above.getOrPut(place) { make(app) } as M
}

/** A model's state while it is drawn. */
@Composable
private fun <S : Any> living(model: Model<S, *>): S {
    LaunchedEffect(model) { model.run() }
    val state by model.state.collectAsState()
    return state
}

/** Told at once, over whichever screen one is on; what is typed there stays. */
@Composable
fun FullPhoneView(full: FullPhone, on: (StorageIntent) -> Unit, modifier: Modifier = Modifier) {
    Column(
        modifier.fillMaxWidth().background(design.colours.surface).border(design.hair, design.colours.line).padding(Measure.margin.dp).semantics {
            liveRegion = LiveRegionMode.Polite
            paneTitle = full.title
        },
        Arrangement.spacedBy(design.gap),
    ) {
        Banner(BannerKind.Danger, full.title, full.about, Icon.HardDrive, head = true)
        Button(full.again, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp)
        Button(full.open, on, Modifier.fillMaxWidth(), ButtonLook.Outline)
    }
}

/** Its labels stop growing at 130 %, on a narrow phone before, so that five of them fit. */
@Composable
fun TabBar(state: TabsState, at: Tab, on: (Tab) -> Unit) = BoxWithConstraints {
    val density = LocalDensity.current
    val cap = if (maxWidth < NARROW.dp) NAV_CAP_NARROW else NAV_CAP
    CompositionLocalProvider(LocalDensity provides Density(density.density, density.fontScale.coerceAtMost(cap))) {
        val colours = design.colours
        Column(Modifier.fillMaxWidth().background(colours.surface)) {
            Rule()
            Row(Modifier.fillMaxWidth().heightIn(min = Measure.nav.dp).padding(horizontal = 4.dp)) {
                for (tab in state.tabs) {
                    val here = tab.press.intent == at
                    Column(
                        Modifier.weight(1f).height(Measure.nav.dp).clickable(role = Role.Tab) { on(tab.press.intent) }.semantics { selected = here },
                        Arrangement.spacedBy(2.dp, Alignment.CenterVertically),
                        Alignment.CenterHorizontally,
                    ) {
                        TabIcon(tab.press.intent, here, tab.count)
                        Words(tab.press.label, style = if (here) Type.metaBold else Type.meta, colour = if (here || tab.press.intent == Tab.Record) colours.ink else colours.ink2, lines = 1)
                    }
                }
            }
        }
    }
}

private const val NAV_CAP = 1.3f
private const val NAV_CAP_NARROW = 1.15f
private const val NARROW = 390

@Composable
private fun TabIcon(tab: Tab, here: Boolean, count: Int) {
    val colours = design.colours
    val record = tab == Tab.Record
    val (back, ink) = when {
        record -> colours.accent to colours.onAccent
        here -> colours.accentSoft to colours.accentInk
        else -> colours.surface to colours.ink2
    }
    val icon = when (tab) {
        Tab.Overview -> Icon.LayoutDashboard
        Tab.Today -> Icon.Footprints
        Tab.Homes -> Icon.Building2
        Tab.Record -> Icon.Plus
        Tab.Cases -> Icon.ClipboardList
        Tab.More -> Icon.LayoutGrid
    }
    val round = RoundedCornerShape(Measure.pillRadius.dp)
    Box(Modifier.size(if (record) 64.dp else 60.dp, if (design.large) 38.dp else 30.dp)) {
        val edge = if (here && !record) Modifier.softEdge(ink, round) else Modifier
        Box(Modifier.fillMaxSize().clip(round).background(back).then(edge), Alignment.Center) { Picture(icon, colour = ink) }
        if (count > 0) {
            Box(Modifier.align(Alignment.TopEnd).padding(end = 6.dp).sizeIn(minWidth = 20.dp, minHeight = 20.dp).background(colours.ink, round).padding(horizontal = 4.dp), Alignment.Center) {
                Words("$count", style = Type.metaBold, colour = colours.surface)
            }
        }
    }
}
