package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.RoundModel
import butler.app.models.Tab
import butler.app.screens.RoundScreen
import butler.app.words.Language
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
            round("round-en", Scene("round", "fourth-point-en", "patrol", Language.EN), LIGHT)
            val finding = Scene("round", "finding", "patrol").press("有问题").press("拍照").type("写一句", "消防通道停了电动车")
            round("round-finding", finding, *EVERY)
            round("round-order", Scene("round", "order", "patrol").press("有问题").press("拍照").type("写一句", "消防通道停了电动车").press("记下"), LIGHT, LARGEST)
            round("round-look-back", Scene("round", "look-back", "patrol").press("改"), LIGHT)
        }
    }

    private fun Pictures.round(name: String, scene: Scene, vararg looks: Look) =
        take(name, scene, { RoundModel(it.app, it.due("patrol.public-area")) }, *looks) { state, _ -> RoundScreen(state) {} }
}
