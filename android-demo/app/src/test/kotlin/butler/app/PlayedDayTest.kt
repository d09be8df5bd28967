package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.SyncEnd
import butler.app.desktop.OpenedApp
import butler.app.desktop.phoneOfDay
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Place
import butler.app.models.SettingsKeeper
import butler.app.models.TodayModel
import butler.app.screens.AppScreen
import butler.app.words.Language
import butler.app.words.Words
import java.io.File
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Assume.assumeTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What `cargo xtask app` opens: a phone of the demo's, as the window on a desk opens it, at the time its day was left. */
@RunWith(RobolectricTestRunner::class)
class PlayedDayTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @get:Rule(order = 2) val folder = TemporaryFolder()

    @Test
    fun `a phone of the demo opens at its first doors, and syncs with its office`() {
        val (data, phone) = File(folder.root, "office") to File(folder.root, "phones/zhang.li")
        val ahead = OfficeProcess.ahead(OfficeProcess.MORNING)
        OfficeProcess(data, ahead).use { office ->
            val at = arrayOf("phone", "--folder", phone.path, "--clock-ms", "${ahead.toMillis()}")
            demo(*at, "enrol", office.address, office.code("zhang.li"), "华为 Mate 60")
            demo(*at, "sync", office.address)
            opens(phone, office, ahead)
        }
    }

    /** It takes a minute to play. */
    @Test
    fun `so does the phone of the day it plays`() {
        assumeTrue(FULL)
        val day = File(folder.root, "day")
        demo("--keep", day.path, "--on", "$DAY", "--register", "$REPO/office/tests/fixtures/register-jinse.xlsx")
        val left = Instant.ofEpochMilli(File(day, "left").readText().trim().toLong())
        assertEquals(DAY, left.atOffset(ZoneOffset.ofHours(8)).toLocalDate())
        val ahead = OfficeProcess.ahead(left)
        OfficeProcess(File(day, "office"), ahead).use { opens(File(day, "phones/zhang.li"), it, ahead) }
    }

    private fun opens(folder: File, office: OfficeProcess, ahead: Duration) {
        val phone = runBlocking { phoneOfDay(folder, office.address, ahead) }
        val opened = runBlocking { OpenedApp.open(phone, SettingsKeeper()) { TestDevice() } }
        assertEquals(Place.Today, opened.navigator.way.value.top)
        val app = opened.app(Words(Language.ZH))
        val today = runBlocking { TodayModel(app).also { it.refresh() }.state.value }
        assertTrue(app.formats.date(DAY) in today.subtitle, today.subtitle)
        val stop = assertNotNull(today.stops.firstOrNull { "户" in it.about }, Shown.json(today))

        rule.setContent { Themed(Theme.Light) { AppScreen(app, opened.navigator) } }
        val thumb = DrawnThumb(rule)
        // It is folded as long as something comes before it.
        if (stop.doors.isEmpty()) thumb.press(stop.name)
        thumb.await("没人")
        assertEquals(SyncEnd.Complete, runBlocking { opened.line.sync() }?.end)
        rule.runOnUiThread { rule.activity.finish() }
        runBlocking { phone.close() }
    }

    /** Runs the demo, or a phone of it, to its end. */
    private fun demo(vararg words: String) {
        val log = File(folder.root, "log")
        val demo = ProcessBuilder(System.getProperty("butler.demo"), *words).directory(folder.root).redirectErrorStream(true).redirectOutput(log)
        assertEquals(0, demo.start().waitFor(), log.readText())
    }

    private companion object {
        val FULL = System.getenv("BUTLER_TEST_TIER") == "full"
        val DAY: LocalDate = LocalDate.of(2026, 11, 23)
        val REPO: String = System.getProperty("butler.repo")
    }
}
