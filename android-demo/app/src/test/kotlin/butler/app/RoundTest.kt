package butler.app

import butler.ChecklistId
import butler.GeoPoint
import butler.Kind
import butler.Procedure
import butler.ProofKind
import butler.WorkflowId
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.Place
import butler.app.models.RoundModel
import butler.app.models.RoundOf
import butler.app.words.Language
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A patrol, state by state. */
@RunWith(RobolectricTestRunner::class)
class RoundTest {
    @Test
    fun `three points are walked`() = scene("fourth-point").patrol()

    @Test
    fun `three points are walked, in English`() = Scene("round", "fourth-point-en", "patrol", Language.EN).patrol()

    @Test
    fun `one press and the point is done`() = scene("fifth-point").press(FOURTH).patrol()

    @Test
    fun `something is wrong`() = scene("finding").press("有问题").patrol()

    @Test
    fun `a finding needs its photo`() = scene("finding-photo").press("有问题").type("写一句", "消防通道停了电动车").patrol()

    @Test
    fun `a case is opened as the checklist offers, in one press`() = Stage("patrol", Language.ZH).use { stage ->
        scene("opened").press("有问题").type("写一句", "消防门闭门器坏了").press("开“公共部位维修”").press("记下，去开单").play(stage) { it.patrol() }
        val of = assertIs<FormOf.Due>(assertIs<Place.Form>(stage.navigator.way.value.top).of)
        assertEquals(WorkflowId("repair.public"), of.workflow)
        runBlocking {
            val form = FormModel(stage.app, of).also { it.refresh() }.state.value
            assertEquals("公共部位维修" to null, form.title to form.problem)
        }
    }

    @Test
    fun `a finding is opened as one of its cases`() = scene("finding-open").press("有问题").type("写一句", "消防门闭门器坏了").press("开“公共部位维修”").patrol()

    @Test
    fun `a finding without its photo is not recorded`() = Stage("patrol", Language.ZH).use { stage ->
        stage.device.shut = true
        val sheet = scene("shut").press("有问题").play(stage) { it.patrol() }.state.value.finding
        assertEquals("还差 1 项：拍照", assertNotNull(sheet).record.locked)
        assertEquals(emptyList(), runBlocking { stage.world.butler.drafts.list() })
    }

    @Test
    fun `put right on the spot`() =
        scene("put-right").press("有问题").type("写一句", "消防通道停了电动车").press("当场改好了").press("记下").patrol()

    @Test
    fun `a look back at the point before`() = scene("look-back").press("改").patrol()

    @Test
    fun `a finding that is not recorded yet is still there`() = Stage("patrol", Language.ZH).use { stage ->
        scene("draft").press("有问题").type("写一句", "消防通道停了电动车").play(stage) { it.patrol() }
        val again = scene("draft").press("有问题").play(stage) { it.patrol() }
        assertEquals("消防通道停了电动车", again.state.value.finding?.words?.text)
    }

    @Test
    fun `a result is recorded again, and both stay`() = Stage("patrol", Language.ZH).use { stage ->
        val seen = scene("again").press("改").press("有问题").press("记下").play(stage) {
            it.world.office.clock.time += Duration.ofMinutes(1)
            it.patrol()
        }
        runBlocking {
            val right = seen.state.value.items.flatMap { it.choices }.single().press
            assertEquals("合格", right.label)
            stage.world.office.clock.time += Duration.ofMinutes(1)
            seen.handle(right.intent)
            seen.handle(assertNotNull(seen.state.value.record).intent)
            val round = stage.world.butler.rounds.underWay().first { it.checklist == ChecklistId("patrol.public-area") }
            val item = stage.world.butler.rounds.details(round.id).points.flatMap { it.items }.single { it.results.size > 1 }
            assertEquals(listOf(false, true, false), item.results.map { it.fails })
        }
    }

    @Test
    fun `a tag held to the phone proves the point, without a press`() = Stage("patrol", Language.ZH).use { stage ->
        runBlocking {
            val round = stage.patrol()
            val life = launch { round.run() }
            round.state.first { it.point.isNotEmpty() }
            stage.device.tags.subscriptionCount.first { it > 0 }
            stage.device.tags.emit("qr:jinse/3/2")
            assertTrue("已扫码" in round.state.first { "已扫码" in it.pointAbout }.pointAbout)
            life.cancelAndJoin()
        }
    }

    @Test
    fun `an order is opened from a finding`() = Stage("patrol", Language.ZH).use { stage ->
        val found = scene("order").press("有问题").type("写一句", "消防通道停了电动车").press("记下").play(stage) { it.patrol() }
        val order = assertNotNull(found.state.value.order)
        assertEquals("为「疏散通道畅通、防火门常闭」开单", order.label)
        runBlocking {
            found.handle(order.intent)
            val form = FormModel(stage.app, assertIs<Place.Form>(stage.navigator.way.value.top).of)
            form.refresh()
            assertTrue(form.state.value.questions.isNotEmpty(), "${form.state.value}")
            assertEquals(null, form.state.value.problem)
        }
    }

    @Test
    fun `where no spot is registered, a round that is walked without a code is not walked through`() =
        scene("not-counted").press(FOURTH).press(FOURTH).press("这一点 3 项都正常").press(FOURTH).press("这一点 3 项都正常").press("这一点 2 项都正常").patrol()

    @Test
    fun `a point stands for each lobby`() = surveyed("surveyed").patrol()

    @Test
    fun `a code leads to the point of its place`() = surveyed("scanned").press("扫码").patrol { it.device.scanned = FAR_LOBBY }

    @Test
    fun `the code of a place that is not on the round`() = surveyed("code-elsewhere").press("扫码").patrol { it.device.scanned = "qr:jinse/3/2" }

    @Test
    fun `a code of no place`() = surveyed("code-of-no-place").press("扫码").patrol { it.device.scanned = "https://example.com/wifi" }

    @Test
    fun `nobody walks three hundred metres in a minute`() = surveyed("too-fast").press("扫码").press(FOURTH).patrol { it.device.scanned = FAR_LOBBY }

    @Test
    fun `nobody walks three hundred metres in a minute, in English`() =
        Scene("round", "too-fast-en", "surveyed", Language.EN).press("Scan").press("All in order here: 4 items").patrol { it.device.scanned = FAR_LOBBY }

    @Test
    fun `nothing was scanned, and the office knows the next spot not at all`() = surveyed("unproven").press(FOURTH).press(FOURTH).patrol()

    @Test
    fun `a place that has neither code nor position`() = Scene("round", "unproven-here", "hasty").press("改").check { it.walked() }

    @Test
    fun `near the place the phone's position is a proof`() =
        surveyed("located").press(FOURTH).press("改").patrol { it.device.at = GeoPoint(22.53 + 245 / METRES, 113.93) }

    @Test
    fun `from the gate it is none`() = surveyed("too-far").press(FOURTH).press("改").patrol { it.device.at = GeoPoint(22.53, 113.93) }

    @Test
    fun `the supervisor sees what nothing proves and where nobody walks so fast`() = Scene("round", "walked", "hasty").check { it.walked() }

    @Test
    fun `the record of a patrol is printed`() = Scene("round", "papers", "hasty").press("打印单据").check { it.walked() }

    @Test
    fun `the supervisor sees it in English`() = Scene("round", "walked-en", "hasty", Language.EN).check { it.walked() }

    @Test
    fun `two people found the same floor otherwise`() = inConflict().check { it.walked() }

    @Test
    fun `a code of another place ticks nothing`() = Stage("surveyed", Language.ZH).use { stage ->
        stage.device.scanned = "qr:jinse/3/2"
        surveyed("foreign").press("扫码").play(stage) { it.patrol() }
        val round = runBlocking { stage.world.butler.rounds.run { details(underWay().single().id) } }
        assertEquals(listOf("南大门"), round.points.filter { it.visited != null }.map { it.label.zh })
        assertTrue("recorded" !in stage.device.asked)
    }

    @Test
    fun `what is scanned is recorded with its own point alone`() = Stage("surveyed", Language.ZH).use { stage ->
        stage.device.scanned = FAR_LOBBY
        val round = surveyed("own").press("扫码").press("改").press(FOURTH).play(stage) { it.patrol() }
        assertEquals("3栋2单元大堂" to "已扫码", round.state.value.run { point to pointAbout }, "it waits for its own point")
        runBlocking {
            val points = stage.world.butler.rounds.run { details(underWay().single().id) }.points
            assertEquals(listOf(ProofKind.SCAN, null, null), points.take(3).map { it.proof })
        }
    }

    private fun scene(name: String) = Scene("round", name, "patrol")

    private fun surveyed(name: String) = Scene("round", name, "surveyed")
}

private const val FOURTH = "这一点 4 项都正常"
private const val FAR_LOBBY = "qr:jinse/3-2-lobby"

/** So many are a degree of latitude. */
private const val METRES = 111_195.0

/** Back from the end of the round to the lobby two people looked at. */
fun inConflict() = Scene("round", "in-conflict", "hasty").apply { repeat(8) { press("改") } }

/** What is due of a checklist. */
fun Stage.due(checklist: String) = runBlocking {
    world.butler.today.list().items.first { it.begin == Procedure.Checklist(ChecklistId(checklist)) }.id
}

/** The patrol of today: begun, or gone on with. */
fun Stage.patrol() = RoundModel(app, RoundOf.Due(due("patrol.public-area")))

/** The patrol of today, whoever walked it. */
fun Stage.walked() = runBlocking { RoundModel(app, RoundOf.Begun(world.butler.records.page(Kind.ROUND).first().id)) }

private fun Scene.patrol(before: (Stage) -> Unit = {}) = check { it.also(before).patrol() }
