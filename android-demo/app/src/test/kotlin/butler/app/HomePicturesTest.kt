package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.HomeModel
import butler.app.models.ResidentModel
import butler.app.models.Tab
import butler.app.models.VisitModel
import butler.app.screens.HomeScreen
import butler.app.screens.ResidentScreen
import butler.app.screens.VisitScreen
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A home and a visit as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class HomePicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `a home and a visit`() {
        with(Pictures(rule, Tab.Today)) {
            home("home", Scene("home", "household", "morning"), "3-2-1501", *EVERY, GLOVE)
            take("home-parked", Scene("home", "parked-open", "morning").press("车位 1、表 2"), { runBlocking { it.parked("3-2-1501") }; HomeModel(it.app, it.home("3-2-1501")) }, LIGHT, LARGEST) { state, _ -> HomeScreen(state) {} }
            home("home-two-answers", Scene("home", "two-answers", "morning"), "3-2-802", LIGHT, SUNLIGHT)
            home("home-violation", Scene("home", "violation", "sites", about = "3-2-904"), "3-2-904", LIGHT, LARGEST)
            home("home-no-permit", Scene("home", "no-permit", "sites", about = "3-1-503"), "3-1-503", LIGHT, SMALL)
            take("home-archived", Scene("home", "archived", "supervisor", about = "3-2-802"), { stage ->
                val home = stage.home("3-2-802")
                runBlocking { stage.world.butler.records.archive(home) }
                HomeModel(stage.app, home)
            }, LIGHT, LARGEST) { state, _ -> HomeScreen(state) {} }
            home("home-called", Scene("home", "call", "morning").press("打给刘敏"), "3-2-1501", *EVERY)
            home("home-missed", Scene("home", "missed", "morning").press("打给刘敏").press("没打通"), "3-2-1501", LIGHT, LARGEST)
            home("home-dues", Scene("home", "dues", "morning").press("办、改天，还是不做"), "3-2-1501", LIGHT, LARGEST)
            resident("resident", Scene("resident", "owner", "morning"), *EVERY)
            resident("resident-add", Scene("resident", "add", "morning").press("加号码").type("电话号码", "139 1111 2222"), LIGHT, SMALL)
            resident("resident-confidential", Scene("resident", "confidential", "morning"), LIGHT) { runBlocking { it.confidential() } }
            home("home-orders", Scene("home", "orders", "morning").press("开单"), "3-2-1501", LIGHT, SMALL)
            home("home-orders-others", Scene("home", "orders-others", "morning").press("开单").press("其他 14 种"), "3-2-1501", LIGHT)
            visit("visit-empty", Scene("visit", "empty", "morning"), LIGHT, ENGLISH)
            val agreed = Scene("visit", "promised", "door").press("达成一致").press("干燥，无渗漏").press("拍照", "照片").press("核实联系电话 138****5021").press("加一").press("加一").press("加一").press("加一")
                .type("谈了什么", "次卫墙角已干，摸着不潮。").type("答应了什么", "厨房下水，请工程来看")
            visit("visit", agreed, *EVERY)
        }
    }

    private fun Pictures.home(name: String, scene: Scene, room: String, vararg looks: Look) =
        take(name, scene, { HomeModel(it.app, it.home(room)) }, *looks) { state, _ -> HomeScreen(state) {} }

    private fun Pictures.resident(name: String, scene: Scene, vararg looks: Look, before: (Stage) -> Unit = {}) =
        take(name, scene, { before(it); ResidentModel(it.app, it.owner()) }, *looks) { state, _ -> ResidentScreen(state) {} }

    private fun Pictures.visit(name: String, scene: Scene, vararg looks: Look) =
        take(name, scene, { VisitModel(it.app, it.home("3-2-1501")) }, *looks) { state, _ -> VisitScreen(state) {} }
}
