package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.ResidentEdit
import butler.app.models.CanWaitModel
import butler.app.models.DutiesModel
import butler.app.models.Tab
import butler.app.models.TodayModel
import butler.app.screens.CanWaitScreen
import butler.app.screens.DutiesScreen
import butler.app.screens.TodayScreen
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 今天 as it is drawn. */
@RunWith(RobolectricTestRunner::class)
class TodayPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `every theme, both languages, the largest text`() {
        with(Pictures(rule, Tab.Today)) {
            today("today", Scene("today", "morning", "morning"), *EVERY, GLOVE)
            today("today-nobody", Scene("today", "nobody", "morning").press("没人", "1501"), *EVERY)
            // She scrolled down to it before she pressed.
            take("today-another-stop", Scene("today", "another-stop", "morning").press("3栋1单元"), { TodayModel(it.app) }, LIGHT, LARGEST) { state, foot ->
                TodayScreen(state.copy(lookAt = "3栋1单元"), {}, foot)
            }
            today("today-walked", Scene("today", "walked", "morning").press("走过 1 站，4 件"), *LOOKS)
            today("today-cut-short-homes", Scene("today", "cut-short-homes", "morning").press("今天走不完").press("1 小时").press("装修日巡查 3 户今天算没看"), LIGHT, LARGEST)
            take("today-does-not-fit", Scene("today", "does-not-fit", "leaks"), { it.shortDay(); TodayModel(it.app) }, LIGHT, LARGEST) { state, foot -> TodayScreen(state, {}, foot) }
            take("today-done", Scene("today", "done", "morning"), { runBlocking { it.dayDone() }; TodayModel(it.app) }, *LOOKS) { state, foot -> TodayScreen(state, {}, foot) }
            today("today-start-here", Scene("today", "start-here", "morning").press("3栋1单元").press("从这里走起"), LIGHT, LARGEST)
            today("today-nobody-month", Scene("today", "nobody-month", "morning").press("没人", "1501").press("另选时间"), LIGHT)
            today("today-nobody-picked", Scene("today", "nobody-picked", "morning").press("没人", "1501").press("另选时间").press("30").type("几点", "15:30"), LIGHT, LARGEST)
            asking("today-nobody-no-calls", Scene("today", "nobody-no-calls", "morning").press("没人", "1501")) { noCalls = true }
            asking("today-no-visits", Scene("today", "no-visits", "morning")) { noVisits = true }
            today("today-cut-short", Scene("today", "cut-short", "morning").press("今天走不完").press("1 小时"), *LOOKS)
            today("today-no-grid", Scene("today", "no-grid", "lost"), LIGHT)
            waiting("can-wait", Scene("can-wait", "morning", "morning"), *LOOKS)
            take("can-wait-does-not-fit", Scene("can-wait", "does-not-fit", "leaks"), { it.shortDay(); CanWaitModel(it.app) }, *LOOKS) { state, foot -> CanWaitScreen(state, {}, foot) }
            waiting("can-wait-things", Scene("can-wait", "things", "morning").press("核心人物面谈 4"), LIGHT, LARGEST)
            waiting("can-wait-no-room", Scene("can-wait", "no-room", "morning").press("核心人物面谈 4").press("排进今天 4 件"), LIGHT, LARGEST)
            take("duties", Scene("duties", "morning", "morning"), { DutiesModel(it.app) }, *LOOKS) { state, foot -> DutiesScreen(state, {}, foot) }
        }
    }

    private fun Pictures.today(name: String, scene: Scene, vararg looks: Look) =
        take(name, scene, { TodayModel(it.app) }, *looks) { state, foot -> TodayScreen(state, {}, foot) }

    private fun Pictures.asking(name: String, scene: Scene, what: ResidentEdit.() -> Unit) = take(
        name, scene,
        {
            runBlocking { it.ask("3-2-1501", what) }
            TodayModel(it.app)
        },
        LIGHT, LARGEST,
    ) { state, foot -> TodayScreen(state, {}, foot) }

    private fun Pictures.waiting(name: String, scene: Scene, vararg looks: Look) =
        take(name, scene, { CanWaitModel(it.app) }, *looks) { state, foot -> CanWaitScreen(state, {}, foot) }
}
