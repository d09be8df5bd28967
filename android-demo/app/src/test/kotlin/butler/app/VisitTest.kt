package butler.app

import butler.Channel
import butler.DueStatus
import butler.NewContact
import butler.Outcome
import butler.WorkflowId
import butler.app.models.HomeModel
import butler.app.models.VisitIntent
import butler.app.models.VisitModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 见到了, state by state. */
@RunWith(RobolectricTestRunner::class)
class VisitTest {
    @Test
    fun `nothing is said yet`() = scene("empty").visit()

    @Test
    fun `met and agreed`() = agreed("agreed").visit()

    @Test
    fun `met and agreed, in English`() =
        Scene("visit", "agreed-en", "morning", Language.EN).press("agreed").type("What was said", "Dry again").visit()

    @Test
    fun `not agreed asks for the next time`() = scene("not-agreed").press("未达成一致").type("谈了什么", "物业费有疑问").visit()

    @Test
    fun `something is promised`() = agreed("promised").type("答应了什么", "厨房下水，请工程来看").press("周二").visit()

    @Test
    fun `one thing is left for another time`() = agreed("left").press("定期拜访").visit()

    @Test
    fun `the number that was dialled is verified beside what the call answers`() = Stage("morning", Language.ZH).use { stage ->
        Scene("home", "got", "morning").press("打给刘敏").press("打通了").play(stage) { HomeModel(it.app, it.home("3-2-1501")) }
        Scene("visit", "by-phone", "morning").checkOn(stage) { VisitModel(it.app, it.home("3-2-1501"), byPhone = true) }
    }

    @Test
    fun `what is left for another time outlives the app`() = Stage("morning", Language.ZH).use { stage ->
        val before = agreed("left").press("定期拜访").play(stage) { VisitModel(it.app, it.home("3-2-1501")) }.state.value.together
        runBlocking { stage.restart() }
        val after = scene("left").play(stage) { VisitModel(it.app, it.home("3-2-1501")) }.state.value.together
        assertEquals(Shown.json(before), Shown.json(after))
    }

    @Test
    fun `what an item needs stands beside its tick`() = door("door").visit()

    @Test
    fun `an item is done by what it needs, not by the talk`() =
        door("door-done").press("达成一致").press("一切都好，问了车位").press("核实联系电话 138****5021").press("加一").press("加一").press("干燥，无渗漏").press("拍照", "照片").visit()

    @Test
    fun `a step that is answered in part is missing its other half`() = door("door-half").press("达成一致").press("一切都好，问了车位").press("干燥，无渗漏").visit()

    @Test
    fun `all of the door, by one form`() = door("door-recorded").press("达成一致").press("一切都好，问了车位").press("核实联系电话 138****5021")
        .press("加一").press("加一").press("干燥，无渗漏").press("拍照", "照片").press("记下，下一户").visit()

    @Test
    fun `what stands beside ticks outlives the app, and is written with the visit`() = Stage("door", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        val given = door("kept").press("达成一致").press("一切都好，问了车位").press("核实联系电话 138****5021").press("加一").press("加一").press("干燥，无渗漏").press("拍照", "照片")
        val before = Shown.json(given.play(stage) { VisitModel(it.app, home) }.state.value.together)
        runBlocking { stage.restart() }
        val butler = stage.world.butler
        assertEquals(before, Shown.json(door("kept").play(stage) { VisitModel(it.app, home) }.state.value.together))
        door("kept").press("记下，下一户").play(stage) { VisitModel(it.app, home) }
        runBlocking {
            val details = butler.homes.details(home)
            assertEquals(1L, details.home.people)
            val owner = butler.residents.details(details.residents.first().record.id).resident
            assertEquals(butler.date(), owner.phones.first().verified)
            val check = butler.cases.details(details.cases.first { it.workflow == WorkflowId("repair.paid") }.id).steps.last()
            assertEquals("rain_check" to 1, check.step.value to check.evidence.photos.values.flatten().size)
            assertEquals(emptyList(), butler.today.about(home).filter { it.status == DueStatus.OPEN }.map { it.title.zh })
            assertEquals(emptyList(), butler.drafts.list())
        }
    }

    @Test
    fun `a number nobody rang is not verified by a visit`() = Stage("door", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        door("left").press("达成一致").press("一切都好，问了车位").press("记下，下一户").play(stage) { VisitModel(it.app, home) }
        val open = runBlocking { stage.world.butler.today.about(home).filter { it.status == DueStatus.OPEN }.map { it.title.zh } }
        assertEquals(listOf("核实联系电话", "补填常住人口"), open.sorted())
    }

    @Test
    fun `what was written of other talks is asked for once`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        val model = scene("phrases").play(stage) { VisitModel(it.app, home) }
        fun offered(model: VisitModel) = model.state.value.phrases.map { it.label }
        runBlocking {
            stage.world.butler.contacts.record(
                NewContact(about = listOf(home), channel = Channel.VISIT, purpose = "care", outcome = Outcome.AGREED, summary = "问了门禁", at = stage.app.now()),
            )
            model.handle(VisitIntent.Said("问"))
        }
        assertFalse("问了门禁" in offered(model), "${offered(model)}")
        val again = VisitModel(stage.app, home)
        runBlocking {
            again.refresh()
            again.handle(VisitIntent.Said(""))
        }
        assertTrue("问了门禁" in offered(again), "${offered(again)}")
    }

    @Test
    fun `it is recorded`() = agreed("recorded").press("记下，下一户").visit()

    @Test
    fun `what is typed outlives the screen`() = Stage("morning", Language.ZH).use { stage ->
        agreed("draft").play(stage) { VisitModel(it.app, it.home("3-2-1501")) }
        val again = VisitModel(stage.app, stage.home("3-2-1501"))
        runBlocking { again.refresh() }
        assertEquals("次卫墙角已干，摸着不潮。", assertNotNull(again.state.value.said).text)
        assertEquals(true, again.state.value.outcomes.first().chosen)
    }

    @Test
    fun `one visit answers every ticked item of the door`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        suspend fun open() = stage.world.butler.today.about(home).count { it.status == DueStatus.OPEN && it.begin == butler.Procedure.Form(butler.FormId("contact.log")) }
        assertEquals(2, runBlocking { open() })
        agreed("answers").press("记下，下一户").play(stage) { VisitModel(it.app, home) }
        assertEquals(0, runBlocking { open() })
        assertEquals(emptyList(), runBlocking { stage.world.butler.drafts.list() })
    }

    private fun scene(name: String) = Scene("visit", name, "morning")

    private fun door(name: String) = Scene("visit", name, "door")

    private fun agreed(name: String) = scene(name).press("达成一致").type("谈了什么", "次卫墙角已干，摸着不潮。")

    private fun Scene.visit() = check { VisitModel(it.app, it.home("3-2-1501")) }
}
