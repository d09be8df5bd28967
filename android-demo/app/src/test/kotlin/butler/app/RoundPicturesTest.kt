package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.Tab
import butler.app.screens.RoundScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A patrol as it is drawn. */
@RunWith(RobolectricTestRunner::class)
class RoundPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `a point and a finding`() {
        with(Pictures(rule, Tab.Today)) {
            round("round", Scene("round", "fourth-point", "patrol"), *EVERY)
            val finding = Scene("round", "finding", "patrol").press("有问题").type("写一句", "消防通道停了电动车")
            round("round-finding", finding, *EVERY)
            round("round-order", Scene("round", "order", "patrol").press("有问题").type("写一句", "消防通道停了电动车").press("记下"), LIGHT, LARGEST)
            round("round-look-back", Scene("round", "look-back", "patrol").press("改"), LIGHT)
        }
    }

    @Test
    fun `what a code chooses, and what stands in doubt`() {
        with(Pictures(rule, Tab.Today)) {
            val fast = Scene("round", "too-fast", "surveyed").press("扫码").press("这一点 4 项都正常")
            round("round-too-fast", fast, *EVERY) { it.device.apply { scanned = "qr:jinse/3-2-lobby" } }
            val elsewhere = Scene("round", "code-elsewhere", "surveyed").press("扫码")
            round("round-code-elsewhere", elsewhere, LIGHT, LARGEST) { it.device.apply { scanned = "qr:jinse/3/2" } }
            take("round-walked", Scene("round", "walked", "hasty"), { it.walked() }, *EVERY) { state, _ -> RoundScreen(state) {} }
            take("round-in-conflict", inConflict(), { it.walked() }, LIGHT, LARGEST) { state, _ -> RoundScreen(state) {} }
            val through = listOf(4, 4, 3, 4, 3, 2).fold(Scene("round", "not-counted", "patrol")) { scene, items -> scene.press("这一点 $items 项都正常") }
            round("round-not-counted", through, LIGHT, LARGEST, SMALL)
        }
    }

    private fun Pictures.round(name: String, scene: Scene, vararg looks: Look, before: (Stage) -> Unit = {}) =
        take(name, scene, { it.also(before).patrol() }, *looks) { state, _ -> RoundScreen(state) {} }
}
