package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.DueStatus
import butler.RecordId
import butler.RecordState
import butler.Value
import butler.app.DayPhone.Spot
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.FormOf
import butler.app.models.Place
import butler.app.models.all
import butler.app.screens.AppScreen
import butler.testing.TestClock
import java.io.File
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.StandardTestDispatcher
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/**
 * The same day as [DayTest]'s, pressed through on the drawn app: whatever 张丽 does is a press or a text on her screen. What her colleague
 * and the office do is not drawn.
 */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w412dp-h9000dp-port-mdpi")
class DrawnDayTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    /** Whatever a screen waits for comes back to it on the main thread, as on a phone: the usual dispatcher goes on wherever the answer came from. */
    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>(StandardTestDispatcher())

    @get:Rule(order = 2) val folder = TemporaryFolder()

    private val clock = TestClock(OfficeProcess.MORNING)
    private val background = CoroutineScope(Dispatchers.Default)
    private val thumb by lazy { DrawnThumb(rule) }
    private var drawn by mutableStateOf<DayPhone?>(null)

    private fun phone(name: String) = DayPhone(File(folder.root, name), clock) { background.launch { app.line.sync() } }

    @Test
    fun `a day is pressed through, from the code to the evening`() = OfficeProcess(File(folder.root, "office"), OfficeProcess.ahead(clock.time)).use { office ->
        val (zhang, wang) = phone("zhang") to phone("wang")
        runBlocking {
            zhang.open()
            wang.open()
            wang.app.line.enrol(office.code("wang.wei"), "王伟的手机", office.address)
            wang.sync()
        }
        rule.setContent { drawn?.let { phone -> key(phone.app) { Themed(Theme.Light) { AppScreen(phone.app, phone.navigator) } } } }
        drawn = zhang
        enrolled(zhang, office)

        // In the cellar: nothing reaches the office from here on.
        zhang.at = Spot.Cellar
        patrolled()
        nobodyHome()
        val met = edited(zhang)
        runBlocking {
            wang.butler.homes.edit(met) { layout = "四室两厅" }
            wang.sync()
        }
        refusedLater()
        visited()
        office.butlerOnly("zhang.li")

        sent(zhang)
        settled(zhang)
        corrected(zhang)
        evening(zhang, office)

        runBlocking {
            wang.sync()
            assertEquals(RecordState.Acknowledged, zhang.butler.records.state(met))
            assertEquals(zhang.butler.records.fingerprint(met), wang.butler.records.fingerprint(met), "both hold the same")
            assertEquals(LAYOUT, wang.butler.homes.details(met).home.layout)
        }
        drawn = null
        rule.waitForIdle()
        background.cancel()
        runBlocking {
            zhang.die()
            wang.die()
        }
        rule.runOnUiThread { rule.activity.finish() }
    }

    /** By the code the office says, at the address it says. */
    private fun enrolled(phone: DayPhone, office: OfficeProcess) {
        thumb.type("登记码", office.code("zhang.li").lowercase())
        thumb.type("办公室地址", office.address)
        thumb.press("连办公室")
        thumb.await("锦瑟家园 物业服务中心")
        thumb.press("登记这部手机")
        thumb.press("开始今天的路")
        thumb.await("绿化专项检查")
        assertEquals("zhang.li", runBlocking { phone.butler.me().staff.value })
    }

    /** A point in order, a finding at the next; an order is made of it. */
    private fun patrolled() {
        thumb.press("巡查", under = "绿化专项检查")
        thumb.press("这一点 4 项都正常")
        thumb.await("灌木绿篱与花坛")
        thumb.press("有问题")
        thumb.type("写一句", "北门绿篱新枝过长，挡住路灯")
        thumb.await("再拍一张")
        thumb.press("记下")
        thumb.awaitNo("写一句")
        thumb.pressWith("开单")
        thumb.fill("北门绿篱新枝过长，挡住路灯")
        thumb.press("返回")
        thumb.await("接着走")
    }

    /** The first door of the walk stays shut. */
    private fun nobodyHome() {
        thumb.press("1栋1单元")
        thumb.press("没人")
        thumb.press("记下，下一户")
        thumb.awaitNo("记下，下一户")
    }

    /** At another door her app is killed in the middle of a form; opened again, it is there, with what she typed. */
    private fun edited(phone: DayPhone): RecordId {
        thumb.pressOver("见到了")
        thumb.press("全部资料")
        thumb.type("户型", LAYOUT)
        thumb.awaitThat("a draft of what was typed") { runBlocking { phone.butler.drafts.list() }.any { Value.Text(LAYOUT) in it.draft.answers.fields.values } }
        drawn = null
        rule.waitForIdle()
        runBlocking {
            phone.die()
            phone.open()
        }
        val form = assertIs<FormOf.Row>(assertIs<Place.Form>(phone.navigator.way.value.top).of)
        drawn = phone
        thumb.await(LAYOUT)
        thumb.fill("现场核对")
        thumb.await("全部资料")
        assertEquals(emptyList(), runBlocking { phone.butler.drafts.list() }, "a form handed in is no draft")
        return assertNotNull(form.about)
    }

    /** She stands in for finance, and does no more by the time it is sent. */
    private fun refusedLater() {
        thumb.press("全部资料")
        thumb.type("欠费金额", "1200")
        thumb.press("本市他处")
        thumb.type("朝向", "南北通透")
        thumb.fill("现场核对")
        thumb.await("全部资料")
    }

    private fun visited() {
        thumb.press("记拜访")
        thumb.press("达成一致")
        thumb.type("谈了什么", "阳台地漏慢，约周六请工程看")
        thumb.press("记下，下一户")
        thumb.await("今天走不完")
    }

    /** Up in the yard the line holds for a while, then in the office for good. */
    private fun sent(phone: DayPhone) {
        thumb.press("更多")
        thumb.press("手机与办公室")
        thumb.press("现在试一次")
        thumb.await("现在没网", part = true)
        phone.at = Spot.Yard
        thumb.press("现在试一次")
        thumb.await("其余下次接着送", part = true)
        phone.at = Spot.Office
        thumb.press("现在试一次")
        thumb.await("要您看一眼 1")
        thumb.awaitThat("everything sent") { runBlocking { phone.unsent() } == 0uL }
    }

    private fun settled(phone: DayPhone) {
        thumb.press("两种说法 1 件")
        thumb.await("王伟 管家")
        thumb.press("选“$LAYOUT”")
        thumb.press("就用“$LAYOUT”")
        thumb.awaitThat("nothing contested") { runBlocking { phone.butler.conflicts.list() }.isEmpty() }
        thumb.press("返回")
    }

    private fun corrected(phone: DayPhone) {
        thumb.pressWith("欠费金额")
        thumb.press("去掉这项，再送 2 项")
        thumb.awaitThat("nothing rejected") { runBlocking { phone.butler.rejected.list() }.isEmpty() }
        thumb.press("现在试一次")
        thumb.await("都送到了")
    }

    /** Half an hour is left: what is not walked any more waits for tomorrow, and the office knows. */
    private fun evening(phone: DayPhone, office: OfficeProcess) {
        val passes = Duration.ofHours(7)
        office.passes(passes)
        clock.time += passes
        thumb.press("返回")
        thumb.press("今天")
        thumb.press("今天走不完")
        thumb.press("30 分")
        thumb.await("改到明天", part = true)
        thumb.press("就这样走")
        thumb.awaitNo("就这样走")
        thumb.awaitThat("something put off") { runBlocking { phone.butler.today.all() }.any { it.status == DueStatus.SNOOZED } }
        thumb.press("更多")
        thumb.press("手机与办公室")
        thumb.press("现在试一次")
        thumb.await("都送到了")
        thumb.awaitThat("everything sent") { runBlocking { phone.unsent() } == 0uL }
    }

    private companion object {
        const val LAYOUT = "三室两厅（已改书房）"
    }
}
