package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.performClick
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Place
import butler.app.models.Tab
import butler.app.models.Way
import butler.app.screens.AppScreen
import butler.app.words.Language
import butler.app.words.paired
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The whole app, pressed through like by a thumb. */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
class AppTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `every tab opens, and a case from its list`() = Stage("morning", Language.ZH).use { stage ->
        rule.setContent { Themed(Theme.Light) { AppScreen(stage.app, stage.navigator) } }
        await("卫生间渗水")
        for ((tab, words) in listOf("房屋" to "今天接着要去的", "更多" to "手机与办公室", "事项" to "承重墙开槽")) {
            press(tab)
            await(words)
        }
        press("承重墙开槽")
        await("经过")
        assertTrue(stage.navigator.way.value.top is Place.Case)
        stage.navigator.back()
        await("轮到我 3")
        rule.runOnUiThread { rule.activity.finish() }
    }

    @Test
    fun `back leads up one level and from a tab to today`() {
        val start = Way(Tab.Today, emptyMap())
        assertFalse(start.mayGoBack)
        val home = start.to(Place.CanWait).tab(Tab.Cases).to(Place.Outbox)
        assertEquals(Place.Outbox, home.top)
        assertEquals(Place.Cases, home.back().top)
        assertEquals(Place.CanWait, home.back().back().top, "today is where it was left")
        assertEquals(Place.Today, home.back().back().back().top)
        assertEquals(Place.Today, home.to(Place.Today).top, "what is done leads back to the walk")
    }

    private fun press(words: String) {
        rule.onAllNodesWithText(paired(words)).onFirst().performClick()
    }

    private fun await(words: String) {
        rule.waitUntilAtLeastOneExists(hasText(paired(words)), PATIENCE)
    }

    private companion object {
        const val PATIENCE = 30_000L
    }
}
