package butler.app

import butler.app.models.Appearance
import butler.app.models.SettingsModel
import butler.app.models.TodayModel
import butler.app.screens.theme
import butler.app.design.Theme
import butler.app.words.Language
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 设置, state by state. */
@RunWith(RobolectricTestRunner::class)
class SettingsTest {
    @Test
    fun `as it is at first`() = scene("first").check { SettingsModel(it.app) }

    @Test
    fun `in English`() = Scene("settings", "first-en", "morning", Language.EN).check { SettingsModel(it.app) }

    @Test
    fun `for the sun, in gloves, from the ground up, photos on Wi-Fi, in silence`() =
        scene("changed").press("阳光下").press("戴手套").press("由下往上").press("照片只在 Wi-Fi 送").press("急事响铃").check { SettingsModel(it.app) }

    @Test
    fun `the hours of the day`() = scene("hours").press("改", "每天能走多久").press("开始早半小时").press("收工晚半小时").check { SettingsModel(it.app) }

    @Test
    fun `lunch ends before it begins`() =
        scene("hours-order").press("改", "每天能走多久").press("午休到早半小时").press("午休到早半小时").press("午休到早半小时").check { SettingsModel(it.app) }

    @Test
    fun `the phone is lost`() = scene("lost").press("手机丢了怎么办").check { SettingsModel(it.app) }

    @Test
    fun `a day that ends earlier is planned into fewer hours`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking {
            stage.settings.change { copy(until = 14 * 60) }
            val today = TodayModel(stage.app).also { it.refresh() }.state.value
            assertContains(today.capacity?.spare.orEmpty(), "14:00")
        }
    }

    @Test
    fun `help shows what would be sent, then lets it be sent`() = Stage("morning", Language.ZH).use { stage ->
        val shown = Scene("settings", "help", "morning").press("求助").press("发给帮忙的人").play(stage) { SettingsModel(it.app) }.state.value.sheet
        assertEquals(runBlocking { stage.app.butler.diagnostics() }.lines().first(), shown?.text?.lines()?.first())
        assertEquals(listOf("share"), stage.device.asked)
    }

    @Test
    fun `what is chosen is believed before what the phone says`() {
        assertEquals(Theme.Dark, theme(Appearance.Auto, dark = true, sunShines = false))
        assertEquals(Theme.Sunlight, theme(Appearance.Auto, dark = true, sunShines = true))
        assertEquals(Theme.Light, theme(Appearance.Light, dark = true, sunShines = true))
    }

    private fun scene(name: String) = Scene("settings", name, "morning")
}
