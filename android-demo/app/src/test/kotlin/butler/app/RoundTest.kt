package butler.app

import butler.ChecklistId
import butler.Procedure
import butler.app.models.RoundModel
import butler.app.words.Language
import kotlin.test.assertEquals
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
