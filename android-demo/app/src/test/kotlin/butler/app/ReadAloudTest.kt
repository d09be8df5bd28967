package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onFirst
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.design.Type
import butler.app.models.Clock
import butler.app.models.TodayIntent
import butler.app.models.TodayModel
import butler.app.screens.Ticking
import butler.app.screens.TodayScreen
import butler.app.words.Language
import kotlin.test.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What a screen reader says, beyond the labels that every picture is checked for. */
@RunWith(RobolectricTestRunner::class)
class ReadAloudTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `what may be done at a door is an action of the door`() = Stage("morning", Language.ZH).use { stage ->
        val state = Scene("today", "actions", "morning").play(stage) { TodayModel(it.app) }.state.value
        val pressed = mutableListOf<TodayIntent>()
        rule.setContent { Themed(Theme.Light) { TodayScreen(state, { pressed += it }) {} } }
        val door = rule.onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsActions.CustomActions)).onFirst().fetchSemanticsNode()
        val actions = door.config[SemanticsActions.CustomActions]
        val first = state.stops.flatMap { it.doors }.first()
        assertEquals(listOfNotNull(first.nobody, first.main).map { it.label }, actions.map { it.label })
        actions.first().action()
        assertEquals(true, pressed.single() is TodayIntent.NobodyHome)
    }

    @Test
    fun `a running clock is said once a minute`() {
        var seconds = 0
        rule.mainClock.autoAdvance = false
        rule.setContent { Themed(Theme.Light) { Ticking(Clock("04:12") { "04:12 + ${++seconds}" }, Type.bold, Color.Black, told = true) } }
        fun node() = rule.onNode(SemanticsMatcher.expectValue(SemanticsProperties.LiveRegion, LiveRegionMode.Polite)).fetchSemanticsNode().config
        fun said(millis: Long): String? {
            rule.mainClock.advanceTimeBy(millis)
            return node().getOrNull(SemanticsProperties.ContentDescription)?.single()
        }
        assertEquals(listOf<String?>("04:12", "04:12 + 60", "04:12 + 60"), listOf(said(58_000), said(3_000), said(50_000)))
    }
}
