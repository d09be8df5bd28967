package butler.app

import butler.ChecklistId
import butler.Procedure
import butler.app.models.FormModel
import butler.app.models.Place
import butler.app.models.RoundModel
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
    fun `a finding needs its photo`() = scene("finding-photo").press("有问题").press("拍照").type("写一句", "消防通道停了电动车").patrol()

    @Test
    fun `put right on the spot`() =
        scene("put-right").press("有问题").press("拍照").type("写一句", "消防通道停了电动车").press("当场改好了").press("记下").patrol()

    @Test
    fun `a look back at the point before`() = scene("look-back").press("改").patrol()

    @Test
    fun `a finding that is not recorded yet is still there`() = Stage("patrol", Language.ZH).use { stage ->
        scene("draft").press("有问题").type("写一句", "消防通道停了电动车").play(stage) { RoundModel(it.app, it.due("patrol.public-area")) }
        val again = scene("draft").press("有问题").play(stage) { RoundModel(it.app, it.due("patrol.public-area")) }
        assertEquals("消防通道停了电动车", again.state.value.finding?.words?.text)
    }

    @Test
    fun `a result is recorded again, and both stay`() = Stage("patrol", Language.ZH).use { stage ->
        val seen = scene("again").press("改").press("有问题").press("拍照").press("记下").play(stage) {
            it.world.office.clock.time += Duration.ofMinutes(1)
            RoundModel(it.app, it.due("patrol.public-area"))
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
            val round = RoundModel(stage.app, stage.due("patrol.public-area"))
            val life = launch { round.run() }
            round.state.first { it.point.isNotEmpty() }
            stage.device.tags.subscriptionCount.first { it > 0 }
            stage.device.tags.emit("qr:jinse/3-2-lobby")
            assertTrue("已扫码" in round.state.first { "已扫码" in it.pointAbout }.pointAbout)
            life.cancelAndJoin()
        }
    }

    @Test
    fun `an order is opened from a finding`() = Stage("patrol", Language.ZH).use { stage ->
        val found = scene("order").press("有问题").press("拍照").type("写一句", "消防通道停了电动车").press("记下").play(stage) { RoundModel(it.app, it.due("patrol.public-area")) }
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

    private fun scene(name: String) = Scene("round", name, "patrol")

    private companion object {
        const val FOURTH = "这一点 4 项都正常"
    }
}

/** What is due of a checklist. */
fun Stage.due(checklist: String) = runBlocking {
    world.butler.today.list().items.first { it.begin == Procedure.Checklist(ChecklistId(checklist)) }.id
}

private fun Scene.patrol() = check { RoundModel(it.app, it.due("patrol.public-area")) }
