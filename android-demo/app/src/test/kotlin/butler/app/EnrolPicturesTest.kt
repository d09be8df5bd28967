package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.EnrolModel
import butler.app.models.SettingsModel
import butler.app.models.Tab
import butler.app.screens.EnrolScreen
import butler.app.screens.SettingsScreen
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 登记 and 设置 as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class EnrolPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `giving a phone to a person, and settings`() {
        with(Pictures(rule, Tab.More)) {
            val typed = Scene("enrol", "found", "new").type("办公室地址", "butler.jinse.example").press("连办公室").type("登记码", "K739Q")
            take("enrol", typed, { EnrolModel(it.app) }, LIGHT, DARK, LARGEST, ENGLISH) { state, _ -> EnrolScreen(state) {} }
            take("enrol-loading", Scene("enrol", "cut", "new"), { it.cutOff() }, LIGHT, SUNLIGHT, LARGEST) { state, _ -> EnrolScreen(state) {} }
            val settings = Scene("settings", "first", "morning")
            take("settings", settings, { SettingsModel(it.app) }, *LOOKS) { state, _ -> SettingsScreen(state) {} }
            take("settings-hours", settings.press("改", "每天能走多久"), { SettingsModel(it.app) }, LIGHT) { state, _ -> SettingsScreen(state) {} }
        }
    }

    /** The first sync broke in its middle. */
    private fun Stage.cutOff() = EnrolModel(app).also {
        runBlocking {
            line.enrol(world.office.code("zhang.li"), device.model, "https://butler.jinse.example")
            transport = breaking(this@cutOff, after = 3)
            line.sync()
        }
    }
}
