package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.unit.dp
import butler.app.design.Measure
import butler.app.design.Theme
import butler.app.models.ArticleState
import butler.app.models.CanWaitState
import butler.app.models.CaseState
import butler.app.models.CasesState
import butler.app.models.ConflictState
import butler.app.models.DayRoundsState
import butler.app.models.DutiesState
import butler.app.models.EmergenciesState
import butler.app.models.EmergencyEntryState
import butler.app.models.EmergencyState
import butler.app.models.EnrolState
import butler.app.models.EntryState
import butler.app.models.FormState
import butler.app.models.HandoverState
import butler.app.models.HistoryState
import butler.app.models.HomeScreenState
import butler.app.models.IndexState
import butler.app.models.LibraryState
import butler.app.models.MetricRecordsState
import butler.app.models.MetricsState
import butler.app.models.Model
import butler.app.models.MoreModel
import butler.app.models.MoreState
import butler.app.models.OutboxState
import butler.app.models.OverviewState
import butler.app.models.PhotoState
import butler.app.models.ProceduresState
import butler.app.models.RecentState
import butler.app.models.RecordModel
import butler.app.models.RecordState
import butler.app.models.RegisterState
import butler.app.models.RejectedState
import butler.app.models.ResidentState
import butler.app.models.RoundState
import butler.app.models.RunningState
import butler.app.models.SearchState
import butler.app.models.SettingsState
import butler.app.models.StorageState
import butler.app.models.Tab
import butler.app.models.TabsModel
import butler.app.models.TodayModel
import butler.app.models.TodayState
import butler.app.models.VisitState
import butler.app.parts.Bar
import butler.app.parts.SnackView
import butler.app.screens.ArticleScreen
import butler.app.screens.CanWaitScreen
import butler.app.screens.CaseScreen
import butler.app.screens.CasesScreen
import butler.app.screens.ConflictScreen
import butler.app.screens.DayRoundsScreen
import butler.app.screens.DutiesScreen
import butler.app.screens.EmergenciesScreen
import butler.app.screens.EmergencyButton
import butler.app.screens.EmergencyScreen
import butler.app.screens.EnrolScreen
import butler.app.screens.EntryScreen
import butler.app.screens.FormScreen
import butler.app.screens.FullPhoneView
import butler.app.screens.HandoverScreen
import butler.app.screens.HistoryScreen
import butler.app.screens.HomeScreen
import butler.app.screens.IndexCard
import butler.app.screens.LibraryScreen
import butler.app.screens.MetricRecordsScreen
import butler.app.screens.MetricsScreen
import butler.app.screens.MoreScreen
import butler.app.screens.OutboxScreen
import butler.app.screens.OverviewScreen
import butler.app.screens.PhotoScreen
import butler.app.screens.ProceduresScreen
import butler.app.screens.RecordScreen
import butler.app.screens.RegisterScreen
import butler.app.screens.RejectedScreen
import butler.app.screens.ResidentScreen
import butler.app.screens.RoundScreen
import butler.app.screens.RunningStrip
import butler.app.screens.SearchScreen
import butler.app.screens.SettingsScreen
import butler.app.screens.TabBar
import butler.app.screens.TodayScreen
import butler.app.screens.VisitScreen
import butler.app.words.Language
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.runner.Description
import org.junit.runners.model.Statement

/**
 * Every state of the contract as it is drawn: where it is held to its file, its picture is computed by [Checks], too. None is kept;
 * which look it is drawn in follows from its name, so that it is the same in every run, and over all states every look occurs.
 */
object Drawn {
    /** In which looks a state is drawn; what is told in English is drawn in English. */
    fun looks(screen: String, name: String, told: Language): List<Look> {
        val look = look("$screen/$name")
        val own = if (told == Language.EN) look.copy(language = told) else look
        return if (ALL) (listOf(own) + Language.entries.flatMap(::hardest)).filter { told == Language.ZH || it.language == told }.distinct() else listOf(own)
    }

    /** One of all, by a name: more often than not in the largest text, which is what breaks most. */
    private fun look(of: String): Look {
        var rest = of.fold(0L) { sum, letter -> (sum * PRIME + letter.code) % RANGE }
        fun <T> one(vararg among: T): T = among[(rest % among.size).toInt()].also { rest /= among.size }
        return Look(one(*Theme.entries.toTypedArray()), one(2f, 1f, 2f, TIGHT), one(Language.ZH, Language.EN), one(true, false, false), one(false, false, false, true))
    }

    /** What most faults of any other look show in, too. */
    private fun hardest(language: Language) = listOf(
        Look(Theme.Sunlight, 2f, language, small = true),
        Look(Theme.Dark, TIGHT, language, small = true),
        Look(Theme.Light, 1f, language, small = true, glove = true),
        Look(Theme.Dark, 2f, language),
    )

    /** Draws what a stage shows in each of the looks, which are all of its language. */
    fun check(name: String, stage: Stage, state: Any, looks: List<Look>) {
        if (looks.isEmpty()) return
        val screen = stage.screen(state)
        val faults = mutableListOf<String>()
        EmptyActivity.make()
        val rule = createAndroidComposeRule<ComponentActivity>()
        val drawing = object : Statement() {
            override fun evaluate() {
                val pictures = Pictures(rule, Tab.Today)
                for (look in looks) {
                    val file = File(FOLDER, "${name.replace('/', '-')}${look.suffix}.png")
                    pictures.show(look, screen)
                    if (KEEP) Gallery.write(pictures.photograph(look), file)
                    faults += pictures.faults(look) { Gallery.write(it, file) }.map { "$name${look.suffix}: $it; it is drawn in $file" }
                }
            }
        }
        rule.apply(drawing, Description.createTestDescription(Drawn::class.java, name)).evaluate()
        if (faults.isNotEmpty()) throw AssertionError(faults.joinToString("\n", "${faults.size} faults in pictures\n"))
    }

    /** The screen a state belongs to: a new one is named here. What is a part of a screen is drawn in its place. */
    private fun Stage.screen(state: Any): @Composable () -> Unit = when (state) {
        is ArticleState -> drawn { ArticleScreen(state) {} }
        is CanWaitState -> footed(Tab.Today) { CanWaitScreen(state, {}, it) }
        is CaseState -> drawn { CaseScreen(state) {} }
        is CasesState -> footed(Tab.Cases) { CasesScreen(state, {}, it) }
        is ConflictState -> drawn { ConflictScreen(state) {} }
        is DayRoundsState -> footed(Tab.Today) { DayRoundsScreen(state, {}, it) }
        is DutiesState -> footed(Tab.Today) { DutiesScreen(state, {}, it) }
        is EmergenciesState -> drawn { EmergenciesScreen(state) {} }
        is EmergencyEntryState -> shown(RecordModel(app)).let { record -> footed(Tab.Record) { foot -> RecordScreen(record, {}, foot) { EmergencyButton(state) {} } } }
        is EmergencyState -> drawn { EmergencyScreen(state) {} }
        is EnrolState -> drawn { EnrolScreen(state) {} }
        is EntryState -> drawn { EntryScreen(state) {} }
        is FormState -> drawn { FormScreen(state) {} }
        is HandoverState -> drawn { HandoverScreen(state) {} }
        is HistoryState -> drawn { HistoryScreen(state) {} }
        is HomeScreenState -> drawn { HomeScreen(state) {} }
        is IndexState -> shown(MoreModel(app)).let { more -> footed(Tab.More) { foot -> MoreScreen(more, {}, foot) { IndexCard(state) {} } } }
        is LibraryState -> drawn { LibraryScreen(state) {} }
        is MetricRecordsState -> drawn { MetricRecordsScreen(state) {} }
        is MetricsState -> drawn { MetricsScreen(state) {} }
        is MoreState -> footed(Tab.More) { MoreScreen(state, {}, it) }
        is OutboxState -> drawn { OutboxScreen(state) {} }
        is OverviewState -> footed(Tab.Overview) { OverviewScreen(state, {}, it) }
        is PhotoState -> drawn { PhotoScreen(state) {} }
        is ProceduresState -> drawn { ProceduresScreen(state) {} }
        is RecentState -> over { SnackView(state.snack, {}, it) }
        is RecordState -> footed(Tab.Record) { RecordScreen(state, {}, it) }
        is RegisterState -> drawn { RegisterScreen(state) {} }
        is RejectedState -> drawn { RejectedScreen(state) {} }
        is ResidentState -> drawn { ResidentScreen(state) {} }
        is RoundState -> drawn { RoundScreen(state) {} }
        is RunningState -> shown(TodayModel(app)).let { today ->
            footed(Tab.Today) { foot ->
                TodayScreen(today, {}) {
                    Column {
                        RunningStrip(state) {}
                        foot()
                    }
                }
            }
        }
        // Whoever looks for a home comes back to what it is for, and sees no bar.
        is SearchState -> if (state.back == null) footed(Tab.Homes) { SearchScreen(state, {}, it) } else drawn { SearchScreen(state, {}) {} }
        is SettingsState -> drawn { SettingsScreen(state) {} }
        is StorageState -> over { place -> state.full?.let { FullPhoneView(it, {}, place) } }
        is TodayState -> footed(Tab.Today) { TodayScreen(state, {}, it) }
        is VisitState -> drawn { VisitScreen(state) {} }
        else -> throw AssertionError("nobody knows how ${state.javaClass.simpleName} is drawn: name its screen in Drawn.kt")
    }

    private fun drawn(screen: @Composable () -> Unit): @Composable () -> Unit = screen

    /** With the bar at the foot. */
    private fun Stage.footed(tab: Tab, screen: @Composable (@Composable () -> Unit) -> Unit): @Composable () -> Unit {
        val tabs = shown(TabsModel(app))
        return { screen { TabBar(tabs, tab) {} } }
    }

    /** It lies over whatever screen one is on. */
    private fun over(part: @Composable (Modifier) -> Unit): @Composable () -> Unit = {
        Box(Modifier.fillMaxSize()) {
            Column(Modifier.fillMaxSize()) { Bar<Unit>("3栋2单元1501") {} }
            part(Modifier.align(Alignment.BottomCenter).padding(bottom = Measure.nav.dp))
        }
    }

    private fun <S : Any> shown(model: Model<S, *>): S = runBlocking {
        model.refresh()
        model.state.value
    }

    private val FOLDER = File(System.getProperty("butler.pictures"), "states")

    /** All pictures are left to be looked at, not only those with a fault. */
    private val KEEP = System.getenv("BUTLER_PICTURES") == "1"

    private val ALL = System.getenv("BUTLER_TEST_TIER") == "full"

    /** Rows become columns at 150 %: the largest text they still stand beside each other with. */
    private const val TIGHT = 1.3f
    private const val PRIME = 131L
    private const val RANGE = 1_000_003L
}
