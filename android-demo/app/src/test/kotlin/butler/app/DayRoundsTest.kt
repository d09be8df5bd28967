package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.ChecklistId
import butler.DueStatus
import butler.app.models.DayRoundsModel
import butler.app.models.Place
import butler.app.models.RoundModel
import butler.app.models.RoundOf
import butler.app.models.Tab
import butler.app.screens.DayRoundsScreen
import butler.app.screens.RoundScreen
import butler.app.words.Language
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The inspections of a day, and of a home, state by state. */
@RunWith(RobolectricTestRunner::class)
class DayRoundsTest {
    @Test
    fun `open violations first, then by how far the works are`() = list("renovations").check { it.renovations() }

    @Test
    fun `the renovations in English`() = Scene("day-rounds", "renovations-en", "sites", Language.EN).check { it.renovations() }

    @Test
    fun `those that were seen`() = list("seen").press("看过 1").check { it.renovations() }

    @Test
    fun `nobody opened`() = list("nobody").press("没人", NOT_OPENED).check { it.renovations() }

    @Test
    fun `empty homes`() = list("vacant").check { DayRoundsModel(it.app, ChecklistId("vacant.inspection")) }

    @Test
    fun `nobody opens in two presses, and the home is seen`() = Stage("sites", Language.ZH).use { stage ->
        list("nobody").press("没人", NOT_OPENED).press("记下，下一户").play(stage) { it.renovations() }
        runBlocking {
            val open = stage.world.butler.today.about(stage.home("3-1-503")).filter { it.status == DueStatus.OPEN }
            assertTrue(open.none { it.begin == butler.Procedure.Checklist(ChecklistId("renovation.inspection")) }, "$open")
        }
    }

    @Test
    fun `the key of an empty home is booked out first`() = Stage("sites", Language.ZH).use { stage ->
        val seen = home("vacant-home", "3-2-101").press("先借钥匙").play(stage) { it.inside("3-2-101") }
        assertIs<Place.Form>(stage.navigator.way.value.top)
        assertEquals(null, seen.state.value.problem)
    }

    @Test
    fun `one enters an empty home, and its key is out`() = home("key-out", "2-2-702").check { it.inside("2-2-702") }

    @Test
    fun `an empty home before one goes in`() = home("vacant-home", "3-2-101").check { it.inside("3-2-101") }

    @Test
    fun `inside an empty home its groups are tiles`() = entered("vacant-groups").check { it.inside(EMPTY) }

    @Test
    fun `inside an empty home, in English`() = Scene("round", "vacant-groups-en", "sites", Language.EN, about = EMPTY)
        .press("Scan").press("Record, next point").press("inside").press("dry").press("All in order here: 1 item")
        .type("Entered together with", "王强").press("Record, next point").check { it.inside(EMPTY) }

    @Test
    fun `every group is in order with one press`() = entered("vacant-in-order").groups().check { it.inside(EMPTY) }

    @Test
    fun `a finding in a group needs its photo`() = entered("vacant-finding").press(BATHROOM).press("有问题", WALL).type("写一句", "墙角返潮发霉").check { it.inside(EMPTY) }

    @Test
    fun `a finding in a group, and an order for it`() = entered("vacant-found").found().check { it.inside(EMPTY) }

    @Test
    fun `meters stand beside what they showed the last time`() =
        entered("vacant-meters").groups().type("水表读数", "253.6").press("拍照").type("电表读数", "1083").check { it.inside(EMPTY) }

    @Test
    fun `a meter that shows less than the last time`() = entered("vacant-meters-less").groups().type("水表读数", "217.3").check { it.inside(EMPTY) }

    @Test
    fun `whether windows were opened is asked, not taken for granted`() = entered("vacant-airing").groups().meters().check { it.inside(EMPTY) }

    @Test
    fun `an empty home is left, its door locked`() = entered("vacant-left").groups().meters()
        .press("天气不宜，未开窗").press("洁净，不需保洁").press("记下，下一点").press("拍照").press("这一点 1 项都正常").check { it.inside(EMPTY) }

    @Test
    fun `what nobody asks for is passed by where all is normal`() = Stage("sites", Language.ZH).use { stage ->
        val round = home("normal", "1-2-1203").atUnit().press("正常").press("这一点 2 项都正常").press("这一点 4 项都正常").play(stage) { it.inside("1-2-1203") }
        assertEquals("人员与进度", round.state.value.point)
        assertTrue(round.state.value.items.none { it.reading?.text?.isNotEmpty() == true }, "nothing is filled in from yesterday")
        assertTrue(round.state.value.items.any { it.last != null }, "what was found the last time stands beside it")
    }

    @Test
    fun `what is asked where all is normal`() = home("renovation-normal", "1-2-1203").atUnit().press("正常").press("这一点 2 项都正常").press("这一点 4 项都正常").check { it.inside("1-2-1203") }

    @Test
    fun `where something is wrong, its groups are tiles`() = home("renovation-violation", "1-2-1203").violation().check { it.inside("1-2-1203") }

    @Test
    fun `what is severe is marked in words`() = home("renovation-severe", "1-2-1203").violation().press("九个关键项").check { it.inside("1-2-1203") }

    @Test
    fun `and again where it is found`() = home("renovation-severe-finding", "1-2-1203").violation().press("九个关键项").press("有问题", BEARING).check { it.inside("1-2-1203") }

    @Test
    fun `a group says that something severe was found in it`() = home("renovation-severe-found", "1-2-1203").violation().press("九个关键项")
        .press("有问题", BEARING).press("记下").press("其余 8 项都正常").check { it.inside("1-2-1203") }

    @Test
    fun `what is met at the door may turn out otherwise`() = Stage("sites", Language.ZH).use { stage ->
        val round = home("otherwise", "1-2-1203").atUnit().press("正常").press("这一点 2 项都正常").play(stage) { it.inside("1-2-1203") }
        stage.world.office.clock.time += Duration.ofMinutes(1)
        runBlocking { round.handle(round.state.value.met.single { it.press.label == "有违规" }.press.intent) }
        assertEquals("到场", round.state.value.point)
        assertTrue(round.state.value.items.any { it.label == "哪里违规" && it.reading != null })
    }

    private fun list(name: String) = Scene("day-rounds", name, "sites")

    private fun home(name: String, room: String) = Scene("round", name, "sites", about = room)
}

/** One stands at the unit of the home. */
private fun Scene.atUnit() = press("扫码").press("记下，下一点")

/** Something is wrong in a home under renovation: what is said at its door. */
private fun Scene.violation() = atUnit().press("有违规").press("这一点 2 项都正常").type("哪里违规", "卫生间防水没做闭水").press("记下，下一点")

/** An empty home whose key is out, and what is told at its door: its unit's code is scanned, two people enter. */
private fun entered(name: String) = Scene("round", name, "sites", about = EMPTY).atUnit()
    .press("进门检查了").press("下雨").press("这一点 1 项都正常").type("同行人", "王强").press("记下，下一点")

/** All eight groups are in order. */
private fun Scene.groups() = listOf("一、门窗" to 4, "二、地面" to 3, "三、墙面" to 2, "四、顶面" to 2, "五、阳台" to 3, "六、卫生间" to 3, "七、厨房" to 3, "八、电气" to 3)
    .fold(this) { scene, (group, items) -> scene.press("$group，$items 项都正常") }

/** The wall of the bathroom is damp, all else there is in order. */
private fun Scene.found() = press(BATHROOM).press("有问题", WALL).type("写一句", "墙角返潮发霉").press("记下").press("其余 2 项都正常")

private fun Scene.meters() = type("水表读数", "247.3").press("拍照").type("电表读数", "1083").press("这一点 1 项都正常")

private const val BEARING = "承重墙、梁、柱、楼板被拆改"
private const val EMPTY = "2-2-702"
private const val BATHROOM = "六、卫生间"
private const val WALL = "墙地砖、防水无异常"

private const val NOT_OPENED = "水电隐蔽 · 昨天无人"

/** The renovations of today. */
private fun Stage.renovations() = DayRoundsModel(app, ChecklistId("renovation.inspection"))

/** The inspection of a home that is due; what is scanned is the code of its unit. */
private fun Stage.inside(room: String) = runBlocking {
    device.scanned = "qr:jinse/" + room.substringBeforeLast("-").replace("-", "/")
    RoundModel(app, RoundOf.Due(world.butler.today.about(home(room)).filter { it.begin is butler.Procedure.Checklist }.maxBy { it.due }.id))
}

/** The inspections as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class DayRoundsPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `the renovations of a day`() {
        with(Pictures(rule, Tab.Today)) {
            take("day-rounds", Scene("day-rounds", "renovations", "sites"), { it.renovations() }, *EVERY) { state, foot -> DayRoundsScreen(state, {}, foot) }
            val nobody = Scene("day-rounds", "nobody", "sites").press("没人", NOT_OPENED)
            take("day-rounds-nobody", nobody, { it.renovations() }, LIGHT, LARGEST) { state, foot -> DayRoundsScreen(state, {}, foot) }
        }
    }

    @Test
    fun `a home one goes through`() {
        with(Pictures(rule, Tab.Today)) {
            val key = Scene("round", "vacant-home", "sites", about = "3-2-101")
            take("vacant-home-key", key, { it.inside("3-2-101") }, LIGHT, LARGEST) { state, _ -> RoundScreen(state) {} }
            take("vacant-home", entered("vacant-groups").press("一、门窗，4 项都正常").press("二、地面，3 项都正常").found(), { it.inside(EMPTY) }, *EVERY) { state, _ -> RoundScreen(state) {} }
            take("vacant-meters", entered("vacant-meters").groups().type("水表读数", "253.6").press("拍照").type("电表读数", "1083"), { it.inside(EMPTY) }, LIGHT, LARGEST, SMALL) { state, _ -> RoundScreen(state) {} }
            val normal = Scene("round", "renovation-normal", "sites", about = "1-2-1203").atUnit().press("正常").press("这一点 2 项都正常").press("这一点 4 项都正常")
            take("renovation-home", normal, { it.inside("1-2-1203") }, LIGHT, LARGEST) { state, _ -> RoundScreen(state) {} }
            take("renovation-severe", Scene("round", "renovation-severe", "sites", about = "1-2-1203").violation().press("九个关键项"), { it.inside("1-2-1203") }, LIGHT, LARGEST, SMALL) { state, _ -> RoundScreen(state) {} }
            val found = Scene("round", "renovation-severe-finding", "sites", about = "1-2-1203").violation().press("九个关键项").press("有问题", BEARING)
            take("renovation-severe-finding", found, { it.inside("1-2-1203") }, LIGHT, SUNLIGHT) { state, _ -> RoundScreen(state) {} }
            val violation = Scene("round", "renovation-violation", "sites", about = "1-2-1203").violation()
            take("renovation-violation", violation, { it.inside("1-2-1203") }, *EVERY) { state, _ -> RoundScreen(state) {} }
        }
    }
}
