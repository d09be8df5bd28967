package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.assert
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.performTextInput
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Typing
import butler.app.parts.Field
import kotlin.test.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A field whose model answers later than a thumb types. */
@RunWith(RobolectricTestRunner::class)
class FieldTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    private var model by mutableStateOf("")

    @Test
    fun `no letter is lost while the model catches up, and its own words win`() {
        val told = mutableListOf<String>()
        rule.setContent { Themed(Theme.Light) { Field(Typing("说明", model) { it }, { told += it }) } }
        type("滴")
        type("水")
        assertEquals(listOf("滴", "滴水"), told)
        says("滴", shows = "滴水")
        says("滴水", shows = "滴水")
        type("了")
        says("", shows = "")
    }

    private fun type(text: String) = rule.onNodeWithContentDescription("说明").performTextInput(text)

    private fun says(words: String, shows: String) {
        model = words
        rule.waitForIdle()
        rule.onNodeWithContentDescription("说明").assert(if (shows.isEmpty()) hasText("滴水了").not() else hasText(shows))
    }
}
