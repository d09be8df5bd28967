package butler.app

import butler.ButlerException
import butler.Channel
import butler.FormId
import butler.Lifecycle
import butler.NewContact
import butler.Outcome
import butler.QuestionId
import butler.app.models.DealingKind
import butler.app.models.FormOf
import butler.app.models.HomeIntent
import butler.app.models.HomeModel
import butler.app.models.Place
import butler.app.models.archivedLine
import butler.app.words.Language
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A home, state by state. */
@RunWith(RobolectricTestRunner::class)
class HomeTest {
    @Test
    fun `a household with something to do`() = Scene("home", "household", "morning").home("3-2-1501")

    @Test
    fun `a household in English`() = Scene("home", "household-en", "morning", Language.EN).home("3-2-1501")

    @Test
    fun `two answers`() = Scene("home", "two-answers", "morning").home("3-2-802")

    @Test
    fun `nobody lives here and the key is held`() = Scene("home", "vacant", "morning").home("3-2-101")

    @Test
    fun `nobody answers`() = Scene("home", "missed", "morning").press("打给刘敏").press("没打通").press("明天 09:30").home("3-2-1501")

    @Test
    fun `the call is recorded`() = Scene("home", "missed-noted", "morning").press("打给刘敏").press("没打通").press("记下").home("3-2-1501")

    @Test
    fun `which slip, for what is said at the door`() = Scene("home", "orders", "morning").press("开单").home("3-2-1501")

    @Test
    fun `what stands under no answer`() = Scene("home", "orders-others", "morning").press("开单").press("其他 14 种").home("3-2-1501")

    @Test
    fun `a slip is found by a word of it`() = Scene("home", "orders-found", "morning").press("开单").press("其他 14 种").type("搜索", "维修").home("3-2-1501")

    @Test
    fun `nothing is called so`() = Scene("home", "orders-none", "morning").press("开单").press("其他 14 种").type("搜索", "蒸汽机").home("3-2-1501")

    @Test
    fun `which slip, in English`() = Scene("home", "orders-en", "morning", Language.EN).press("Order").home("3-2-1501")

    @Test
    fun `what is due may be put off or left out`() = Scene("home", "dues", "morning").press("办、改天，还是不做").home("3-2-1501")

    @Test
    fun `all of it is put off`() = Scene("home", "dues-later", "morning").press("办、改天，还是不做").press("都改天").home("3-2-1501")

    @Test
    fun `a field opens where it is asked`() = Scene("home", "field", "morning").press("业主状况").home("3-2-1501")

    @Test
    fun `two answers open where they are decided`() = Scene("home", "two-answers-open", "morning").press("业主状况").home("3-2-802")

    @Test
    fun `what is missing opens where it is asked`() = Stage("morning", Language.ZH).use { stage ->
        val model = Scene("home", "gap", "morning").press("补上").play(stage) { HomeModel(it.app, it.home("3-2-1501")) }
        assertEquals("入住日期", model.state.value.fields.single { it.value.isEmpty() }.label)
        assertEquals(FormOf.Row(FormId("home.basic"), stage.home("3-2-1501"), QuestionId("moved_in")), assertIs<Place.Form>(stage.navigator.way.value.top).of)
    }

    @Test
    fun `all that was talked about and done stands behind one press`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        runBlocking {
            repeat(6) { day ->
                val at = stage.world.office.clock.time - Duration.ofDays(day + 1L)
                stage.world.butler.contacts.record(NewContact(about = listOf(home), channel = Channel.VISIT, purpose = "planned_visit", outcome = Outcome.AGREED, summary = "无事", at = at))
            }
        }
        val few = Scene("home", "few", "morning").play(stage) { HomeModel(it.app, home) }
        assertEquals(5 to "全部 7", few.state.value.dealings.size to few.state.value.allDealings?.label)
        val all = Scene("home", "all", "morning").press("全部 7").play(stage) { HomeModel(it.app, home) }
        assertEquals(7 to "只看最近", all.state.value.dealings.size to all.state.value.allDealings?.label)
        runBlocking { all.handle(assertNotNull(all.state.value.dealings.first { it.kind == DealingKind.Visit }.open).intent) }
        assertIs<Place.History>(stage.navigator.way.value.top)
        runBlocking { all.handle(assertNotNull(all.state.value.history).intent) }
        assertEquals(Place.History(home), stage.navigator.way.value.top)
    }

    @Test
    fun `somebody keeps their name`() = confidential(Scene("home", "confidential", "morning"))

    @Test
    fun `their name is asked for`() = confidential(Scene("home", "confidential-shown", "morning").press("看姓名"))

    private fun confidential(scene: Scene) = Stage("morning", Language.ZH).use { stage ->
        runBlocking { stage.confidential() }
        scene.checkOn(stage) { HomeModel(it.app, it.home("3-2-1501")) }
    }

    @Test
    fun `an archived home says so, and offers to be put back alone`() = archived(Scene("home", "archived", "supervisor", about = "3-2-802"))

    @Test
    fun `an archived home is put back`() = archived(Scene("home", "archived-restored", "supervisor", about = "3-2-802").press("恢复"))

    private fun archived(scene: Scene) = Stage("supervisor", Language.ZH).use { stage ->
        val home = stage.home("3-2-802")
        runBlocking { stage.world.butler.records.archive(home) }
        scene.checkOn(stage) { HomeModel(it.app, home) }
    }

    @Test
    fun `whoever may not archive is not offered to put back`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        runBlocking {
            assertFailsWith<ButlerException.NotAllowed> { stage.world.butler.records.archive(home) }
            val record = stage.world.butler.records.get(home).copy(lifecycle = Lifecycle.ARCHIVED)
            assertEquals(null, archivedLine(stage.app, record, HomeIntent.Restore)?.restore)
        }
    }

    @Test
    fun `works that nobody permitted`() = Scene("home", "no-permit", "sites", about = "3-1-503").home("3-1-503")

    @Test
    fun `works that are permitted, and a severe violation`() = Scene("home", "violation", "sites", about = "3-2-904").home("3-2-904")

    @Test
    fun `what is in arrears is said with its day`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking { stage.arrears("3-2-1501") }
        Scene("home", "arrears", "morning").checkOn(stage) { HomeModel(it.app, it.home("3-2-1501")) }
    }

    @Test
    fun `parking and meters are folded`() = parked(Scene("home", "parked", "morning"))

    @Test
    fun `parking and meters are opened`() = parked(Scene("home", "parked-open", "morning").press("车位 1、表 2"))

    private fun parked(scene: Scene) = Stage("morning", Language.ZH).use { stage ->
        runBlocking { stage.parked("3-2-1501") }
        scene.checkOn(stage) { HomeModel(it.app, it.home("3-2-1501")) }
    }

    @Test
    fun `a round of the home is opened`() = Scene("home", "round", "sites", about = "3-2-904").press("装修日巡查", "昨天 · 张丽").home("3-2-904")

    @Test
    fun `the owner is called`() = Scene("home", "call", "morning").press("打给刘敏").home("3-2-1501")
}

/** A home by its room. */
fun Stage.home(room: String) = runBlocking { world.butler.homes.find(room).first().record }

private fun Scene.home(room: String) = check { HomeModel(it.app, it.home(room)) }
