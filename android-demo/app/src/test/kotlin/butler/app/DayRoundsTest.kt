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
    fun `what nobody asks for is passed by where all is normal`() = Stage("sites", Language.ZH).use { stage ->
        val round = home("normal", "1-2-1203").press("正常").press("这一点 2 项都正常").press("这一点 4 项都正常").play(stage) { it.inside("1-2-1203") }
        assertEquals("人员与进度", round.state.value.point)
        assertTrue(round.state.value.items.none { it.reading?.text?.isNotEmpty() == true }, "nothing is filled in from yesterday")
        assertTrue(round.state.value.items.any { it.last != null }, "what was found the last time stands beside it")
    }

    @Test
    fun `what is asked where all is normal`() = home("renovation-normal", "1-2-1203").press("正常").press("这一点 2 项都正常").press("这一点 4 项都正常").check { it.inside("1-2-1203") }

    @Test
    fun `where something is wrong, its groups are tiles`() = home("renovation-violation", "1-2-1203").violation().check { it.inside("1-2-1203") }

    @Test
    fun `what is met at the door may turn out otherwise`() = Stage("sites", Language.ZH).use { stage ->
        val round = home("otherwise", "1-2-1203").press("正常").press("这一点 2 项都正常").play(stage) { it.inside("1-2-1203") }
        stage.world.office.clock.time += Duration.ofMinutes(1)
        runBlocking { round.handle(round.state.value.met.single { it.press.label == "有违规" }.press.intent) }
        assertEquals("到场", round.state.value.point)
        assertTrue(round.state.value.items.any { it.label == "哪里违规" && it.reading != null })
    }

    private fun list(name: String) = Scene("day-rounds", name, "sites")

    private fun home(name: String, room: String) = Scene("round", name, "sites", about = room)
}

/** Something is wrong in a home under renovation: what is said at its door. */
private fun Scene.violation() = press("有违规").press("这一点 2 项都正常").type("哪里违规", "卫生间防水没做闭水").press("记下，下一点")

private const val NOT_OPENED = "水电隐蔽 · 昨天无人"

/** The renovations of today. */
private fun Stage.renovations() = DayRoundsModel(app, ChecklistId("renovation.inspection"))

/** The inspection of a home that is due. */
private fun Stage.inside(room: String) = runBlocking {
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
            val normal = Scene("round", "renovation-normal", "sites", about = "1-2-1203").press("正常").press("这一点 2 项都正常").press("这一点 4 项都正常")
            take("renovation-home", normal, { it.inside("1-2-1203") }, LIGHT, LARGEST) { state, _ -> RoundScreen(state) {} }
            val violation = Scene("round", "renovation-violation", "sites", about = "1-2-1203").violation()
            take("renovation-violation", violation, { it.inside("1-2-1203") }, *EVERY) { state, _ -> RoundScreen(state) {} }
        }
    }
}
