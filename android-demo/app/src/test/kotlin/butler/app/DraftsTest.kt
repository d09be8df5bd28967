package butler.app

import butler.Draft
import butler.QuestionId
import butler.app.models.ConflictIntent
import butler.app.models.ConflictModel
import butler.app.models.FormOf
import butler.app.models.HandoverModel
import butler.app.models.HomeModel
import butler.app.models.HomeSheet
import butler.app.models.OutboxIntent
import butler.app.models.OutboxModel
import butler.app.models.Place
import butler.app.models.RoundIntent
import butler.app.models.RoundModel
import butler.app.models.RoundOf
import butler.app.models.TodayIntent
import butler.app.models.TodayModel
import butler.app.models.VisitModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.measureTime
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What was typed and chosen in the sheets of 今天 is there again, whatever became of the app. */
@RunWith(RobolectricTestRunner::class)
class DraftsTest {
    private class Sheet(val open: Scene.() -> Scene, vararg val steps: Scene.() -> Scene)

    private val nobody = Sheet({ press("没人", "1501") }, { press("周一 18:30") }, { press("门上留条，拍一张") }, { press("今天 18:30") })
    private val cutShort = Sheet({ press("今天走不完") }, { press("30 分") }, { press("其他") }, { type("说明", "下午公司") }, { type("说明", "下午公司开会") })

    @Test
    fun `the app dies after any step of a sheet`() {
        for (sheet in listOf(nobody, cutShort)) for (count in 1..sheet.steps.size) died(sheet, count)
    }

    private fun died(sheet: Sheet, count: Int) = Stage("leaks", Language.ZH).use { stage ->
        val before = sheet.steps.take(count).fold(scene().apply { sheet.open(this) }) { scene, step -> step(scene) }.today(stage)
        runBlocking { stage.restart() }
        assertSameSheet(before, sheet.open(scene()).today(stage))
    }

    @Test
    fun `a sheet one left goes on where it was, and handing it in ends it`() {
        for ((sheet, record) in listOf(nobody to "记下，下一户", cutShort to "就这样走")) Stage("leaks", Language.ZH).use { stage ->
            val model = sheet.steps.fold(sheet.open(scene())) { scene, step -> step(scene) }.today(stage)
            val before = model.state.value.sheet
            runBlocking { model.handle(TodayIntent.CloseSheet) }
            val again = sheet.open(scene()).today(stage)
            assertEquals(Shown.json(before), Shown.json(again.state.value.sheet))
            runBlocking {
                val press = assertNotNull(Shown.presses(again.state.value.sheet).single { it.press?.label == record }.press)
                again.handle(press.intent as TodayIntent)
                assertEquals(null, again.state.value.sheet)
                assertEquals(emptyList(), stage.world.butler.drafts.list())
            }
        }
    }

    @Test
    fun `nobody home is forgotten once somebody was`() = Stage("leaks", Language.ZH).use { stage ->
        scene().press("没人", "1501").press("周一 18:30").today(stage)
        runBlocking {
            assertEquals(1, stage.world.butler.drafts.list().size)
            val met = Scene("visit", "met", "leaks").press("达成一致").type("谈了什么", "墙角已干").press("记下，下一户")
            met.play(stage) { VisitModel(it.app, it.home("3-2-1501")) }
            assertEquals(emptyList(), stage.world.butler.drafts.list())
        }
    }

    @Test
    fun `a call that was made is asked for until somebody says how it went`() = Stage("morning", Language.ZH).use { stage ->
        home("call").press("打给刘敏").play(stage) { HomeModel(it.app, it.home("3-2-1501")) }
        runBlocking { stage.restart() }
        val again = home("call").play(stage) { HomeModel(it.app, it.home("3-2-1501")) }
        assertEquals("打给刘敏", assertIs<HomeSheet.Called>(again.state.value.sheet).title)
        val outbox = Scene("outbox", "call", "morning").play(stage) { OutboxModel(it.app) }.state.value.drafts.single()
        runBlocking {
            again.handle(assertIs<HomeSheet.Called>(again.state.value.sheet).notDialled.intent)
            assertEquals(null, again.state.value.sheet)
            assertEquals(emptyList(), stage.world.butler.drafts.list(), outbox.open.label)
        }
    }

    @Test
    fun `what was gone through of a handover is still gone through`() = Stage("emergency", Language.ZH).use { stage ->
        val case = "3栋地下一层 · 水浸与跑水 · 处置中"
        fun handover() = Scene("handover", "told", "emergency").press("逐件说")
        val before = handover().press("说清了", case).play(stage) { HandoverModel(it.app) }.state.value.sheet
        runBlocking { stage.restart() }
        assertEquals(Shown.json(before), Shown.json(handover().play(stage) { HandoverModel(it.app) }.state.value.sheet))
        handover().press("说清了", case).play(stage) { HandoverModel(it.app) }
        assertEquals(false, handover().play(stage) { HandoverModel(it.app) }.state.value.sheet?.cases?.any { it.told.chosen })
    }

    @Test
    fun `what is answered at a point of a round is still answered, its photo too`() = Stage("morning", Language.ZH).use { stage ->
        Scene("today", "inspect", "morning").press("开始巡查", "904").play(stage) { TodayModel(it.app) }
        val of = assertIs<Place.Round>(stage.navigator.way.value.top).of
        fun round() = Scene("round", "draft", "morning").play(stage) { RoundModel(it.app, of) }
        val outcome = QuestionId("outcome")
        val model = round()
        fun answers(of: RoundModel) = Shown.json(of.state.value.items)
        val untouched = answers(model)
        runBlocking {
            model.handle(RoundIntent.Choose(outcome, "nearly_finished"))
            model.handle(RoundIntent.PhotoOf(outcome))
        }
        val before = answers(model)
        assertNotEquals(untouched, before)
        runBlocking { stage.restart() }
        val again = round()
        assertEquals(before, answers(again))
        val draft = runBlocking { stage.world.butler.drafts.list() }.single().draft
        assertEquals("round.point" to 1, draft.form to draft.answers.photos[outcome]?.size)
        val outbox = Scene("outbox", "draft", "morning").press("接着走").play(stage) { OutboxModel(it.app) }
        assertEquals(Place.Round(of), stage.navigator.way.value.top, "${outbox.state.value.drafts}")
        runBlocking {
            again.handle(assertNotNull(again.state.value.record).intent)
            assertEquals(emptyList(), stage.world.butler.drafts.list(), "${again.state.value.problem}")
        }
    }

    @Test
    fun `a finding that was put right on the spot still is`() = Stage("patrol", Language.ZH).use { stage ->
        fun finding(scene: Scene) = scene.play(stage) { RoundModel(it.app, RoundOf.Due(stage.due("patrol.public-area"))) }.state.value.finding
        val before = finding(Scene("round", "finding", "patrol").press("有问题").press("当场改好了"))
        runBlocking { stage.restart() }
        assertEquals(Shown.json(before), Shown.json(finding(Scene("round", "finding", "patrol").press("有问题"))))
    }

    @Test
    fun `what one was about to say beside an emergency is still there`() = Stage("emergency", Language.ZH).use { stage ->
        fun card(scene: Scene) = scene.play(stage) { it.water() }.state.value.sheet
        val before = card(Scene("emergency", "saying", "emergency").press("说一句").type("现在怎样", "水已经退到脚踝"))
        runBlocking { stage.restart() }
        assertEquals(Shown.json(before), Shown.json(card(Scene("emergency", "saying", "emergency").press("说一句"))))
    }

    private fun home(name: String) = Scene("home", name, "morning")

    /**
     * A key is kept when it is done: nothing of it waits for a timer, which the clock of the test would show, and keeping it is no long
     * work. What a key takes besides is the screen's reading, which a draft does not wait for.
     */
    @OptIn(ExperimentalCoroutinesApi::class) // The clock of the test is.
    @Test
    fun `what is typed is kept by the time the next key can be pressed`() = Stage("leaks", Language.ZH).use { stage ->
        val butler = stage.world.butler
        val model = scene().press("今天走不完").press("30 分").press("其他").today(stage)
        val words = "下午公司开会，晚上再走"
        runTest(timeout = 5.minutes) {
            val kept = words.indices.map { end ->
                val before = testScheduler.currentTime
                model.handle(TodayIntent.Remark(words.take(end + 1)))
                assertTrue(testScheduler.currentTime - before <= LATEST, "a key waits ${testScheduler.currentTime - before} ms")
                val draft = butler.drafts.list().single().draft
                assertEquals(words.take(end + 1), draft.note)
                measureTime { butler.drafts.save(draft) }
            }
            val median = kept.drop(1).sorted()[kept.size / 2]
            assertTrue(median < LATEST.milliseconds, "to keep it took $median, of $kept")
        }
    }

    @Test
    fun `a draft of a sheet has a name, and leads back to it`() = Stage("leaks", Language.ZH).use { stage ->
        scene().press("今天走不完").press("30 分").today(stage)
        val outbox = Scene("outbox", "draft", "leaks").press("今天走不完").play(stage) { OutboxModel(it.app) }
        assertEquals(listOf("今天走不完"), outbox.state.value.drafts.map { it.open.label })
        assertEquals(Place.Today, stage.navigator.way.value.top)
    }

    @Test
    fun `the draft of a finding that names no round opens as a form`() = Stage("morning", Language.ZH).use { stage ->
        val butler = stage.world.butler
        val form = runBlocking { butler.submission() }
        runBlocking {
            butler.drafts.save(Draft(form, "round.finding"))
            OutboxModel(stage.app).handle(OutboxIntent.Draft(form.id))
        }
        assertEquals(Place.Form(FormOf.Unfinished(form.id)), stage.navigator.way.value.top)
    }

    private fun scene() = Scene("today", "draft", "leaks")

    private fun Scene.today(stage: Stage) = play(stage) { TodayModel(it.app) }

    private fun assertSameSheet(before: TodayModel, after: TodayModel) =
        assertEquals(Shown.json(before.state.value.sheet), Shown.json(after.state.value.sheet))

    private companion object {
        /** In milliseconds after a key it is kept. */
        const val LATEST = 300L
    }
}
