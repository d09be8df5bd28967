package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.performTouchInput
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Drawing
import butler.app.models.Stroke
import butler.app.parts.SignaturePad
import kotlin.test.assertContains
import kotlin.test.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A signature by somebody in a hurry. */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
class SignatureTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `a stroke faster than the screen is whole, and none is lost while the model catches up`() {
        var strokes by mutableStateOf(emptyList<Stroke>())
        val told = mutableListOf<Stroke>()
        rule.setContent { Themed(Theme.Light) { SignaturePad(Drawing("客户签名", "在这里签", strokes) { it }, signed = false, { told += it }) } }
        val pad = rule.onNodeWithContentDescription("客户签名", substring = true)
        pad.performTouchInput {
            // One frame: the finger went down to the corner and up again between where it was and where it is.
            down(Offset(width * 0.1f, height * 0.5f))
            updatePointerTo(0, Offset(width * 0.9f, height * 0.5f))
            moveWithHistory(listOf(-12L, -6L), listOf(Offset(width * 0.3f, height * 0.9f), Offset(width * 0.6f, height * 0.1f)))
            up()
            down(Offset(width * 0.2f, height * 0.2f))
            moveTo(Offset(width * 0.2f, height * 0.8f))
            up()
        }
        rule.waitForIdle()
        assertEquals(2, told.size, "the model has answered neither")
        val seen = told.first().points.map { (x, y) -> (x + 5) / 10 to (y + 5) / 10 }
        for (point in listOf(10 to 50, 30 to 90, 60 to 10, 90 to 50)) assertContains(seen, point)
        strokes = told.toList()
        rule.waitForIdle()
        pad.performTouchInput { down(center); up() }
        rule.waitForIdle()
        assertEquals(3, told.size)
    }
}
