package butler.app

import butler.Channel
import butler.ChecklistId
import butler.Evidence
import butler.NewCase
import butler.Outcome
import butler.PlaceId
import butler.Procedure
import butler.QuestionId
import butler.RecordId
import butler.StepId
import butler.Value
import butler.WorkflowId
import butler.app.models.ArticleModel
import butler.app.models.ArticleState
import butler.app.models.EmergenciesModel
import butler.app.models.EmergencyEntryModel
import butler.app.models.EmergencyModel
import butler.app.models.EmergencyState
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.FormState
import butler.app.models.HomeModel
import butler.app.models.Model
import butler.app.models.Place
import butler.app.models.RegisterModel
import butler.app.models.RoundModel
import butler.app.models.RecordModel
import butler.app.models.RoundOf
import butler.app.models.RoundState
import butler.app.models.SearchModel
import butler.app.models.Tab
import butler.app.models.TodayModel
import butler.app.models.VisitModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** How often one has to press for the jobs of a day, from screen to screen; a field one types into is one press. */
@RunWith(RobolectricTestRunner::class)
class TapsTest {
    /** Goes through the app by presses alone, and counts them. */
    private class Thumb(private val stage: Stage) {
        /** What was pressed, in order. */
        val trail = mutableListOf<String>()
        val taps get() = trail.size
        private var place: Place? = null
        private lateinit var model: Model<*, *>

        /** What stands above the screen one is at and is pressed there, too. */
        private var above: Model<*, *>? = null

        suspend fun tab(to: Tab) {
            trail += to.name
            stage.navigator.tab(to)
        }

        suspend fun press(label: String, beside: String? = null) {
            val (on, press) = assertNotNull(
                listOfNotNull(at(), above).firstNotNullOfOrNull { on ->
                    val found = Shown.presses(on.state.value).firstOrNull { it.press?.label == label && (beside == null || beside in it.around) }
                    found?.press?.let { on to it }
                },
                "nothing says $label: ${Shown.json(at().state.value)}",
            )
            assertEquals(null, press.locked, label)
            told(on, label, press.intent)
        }

        suspend fun type(label: String, text: String) {
            told(at(), label, assertNotNull(Shown.presses(at().state.value).firstOrNull { it.typing?.label == label }?.typing, label).intent(text))
        }

        @Suppress("UNCHECKED_CAST") // What a state offers to press, its model understands.
        private suspend fun told(on: Model<*, *>, label: String, intent: Any) {
            trail += label
            (on as Model<*, Any>).handle(intent)
        }

        /** The screen one is at now. */
        suspend fun at(): Model<*, *> {
            val top = stage.navigator.way.value.top
            if (top == place) return model
            place = top
            model = when (top) {
                Place.Today -> TodayModel(stage.app)
                Place.Homes -> SearchModel(stage.app)
                is Place.FindHome -> SearchModel(stage.app, top.errand)
                Place.Record -> RecordModel(stage.app)
                is Place.Home -> HomeModel(stage.app, top.home)
                is Place.Visit -> VisitModel(stage.app, top.home, top.byPhone)
                is Place.Round -> RoundModel(stage.app, top.of)
                is Place.Form -> FormModel(stage.app, top.of)
                is Place.Article -> ArticleModel(stage.app, top.article)
                is Place.Register -> RegisterModel(stage.app, top.of)
                Place.Emergencies -> EmergenciesModel(stage.app)
                is Place.Emergency -> EmergencyModel(stage.app, top.of)
                else -> error("no job of this test leads to $top")
            }
            above = if (top == Place.Record) EmergencyEntryModel(stage.app) else null
            listOfNotNull(model, above).forEach { it.refresh() }
            return model
        }
    }

    @Test
    fun `a normal point of a patrol, 1`() = job("patrol", 1) { stage ->
        stage.navigator.go(Place.Round(RoundOf.Due(stage.due("patrol.public-area"))))
        press("这一点 4 项都正常")
    }

    @Test
    fun `nobody home, 2`() = job("morning", 2) {
        press("没人", "1501")
        press("记下，下一户")
    }

    @Test
    fun `nobody at a renovation, 2`() = job("morning", 2) { stage ->
        press("没人", "904")
        press("记下，下一户")
        val round = stage.world.butler.rounds.underWay().first { it.checklist == ChecklistId("renovation.inspection") }
        val said = stage.world.butler.rounds.details(round.id).points.flatMap { it.items }.filter { it.results.isNotEmpty() }
        assertEquals(listOf("outcome" to "nobody", "absence_handled" to "not_reached"), said.map { it.question.field.value to (it.results.last().answer as Value.Text).v1 })
        assertTrue(stage.world.butler.today.about(stage.home("3-2-904")).none { it.begin is Procedure.Checklist && it.status == butler.DueStatus.OPEN })
    }

    @Test
    fun `met them, with all items of the door, 4`() = job("morning", 4) { stage ->
        press("见到了", "1501")
        press("达成一致")
        type("谈了什么", "次卫墙角已干，摸着不潮。")
        press("记下，下一户")
        val open = stage.world.butler.today.about(stage.home("3-2-1501")).filter { it.status == butler.DueStatus.OPEN }
        assertTrue(open.none { it.begin == butler.Procedure.Form(butler.FormId("contact.log")) }, "$open")
    }

    @Test
    fun `met them, with a phrase, 4`() = job("morning", 4) { stage ->
        press("见到了", "1501")
        press("达成一致")
        press("一切都好，问了车位")
        press("记下，下一户")
        assertEquals("一切都好，问了车位", stage.world.butler.contacts.details(stage.world.butler.homes.details(stage.home("3-2-1501")).contacts.first().record.id).contact.summary)
    }

    @Test
    fun `an urgent repair is handed on, 3`() = job("morning", 3) { stage ->
        press("派单")
        press("工程")
        press("记下")
        assertEquals("3栋1单元1203", stage.world.butler.cases.details(stage.caseId("卫生间渗水")).let { details -> stage.app.butler.homes.details(details.about.first()).title })
        assertTrue(stage.world.butler.cases.details(stage.caseId("卫生间渗水")).steps.size > 1)
    }

    @Test
    fun `what is read before a talk, and back to what was typed, 3`() = job("morning", 3) { stage ->
        stage.navigator.go(Place.Form(FormOf.Step(stage.caseId("承重墙开槽"), StepId("talk"))))
        type("沟通要点与承诺", "周六复工前看图纸")
        press("支配型客户")
        assertEquals("支配型客户", (at().state.value as ArticleState).title)
        press("返回")
        assertTrue("周六复工前看图纸" in Shown.json(at().state.value as FormState))
    }

    @Test
    fun `a home by its room, 6`() = job("morning", 6) { stage ->
        tab(Tab.Homes)
        for (key in "3215") press("$key")
        press("3栋2单元1501")
        assertEquals(Place.Home(stage.home("3-2-1501")), stage.navigator.way.value.top)
    }

    @Test
    fun `a call and what became of it, 3`() = job("morning", 3) { stage ->
        stage.navigator.go(Place.Home(stage.home("3-2-1501")))
        press("打电话")
        press("没打通")
        press("记下")
        val call = stage.world.butler.homes.details(stage.home("3-2-1501")).contacts.first { it.channel?.code == Channel.PHONE }
        assertEquals(Outcome.NOT_REACHED, call.outcome)
        assertEquals(emptyList(), stage.world.butler.drafts.list())
    }

    @Test
    fun `a repair is reported from a home, 6`() = job("morning", 6) { stage ->
        stage.navigator.go(Place.Home(stage.home("3-2-1501")))
        // The answer is read off the heading: it costs no press.
        press("开单")
        press("有偿维修（户内）")
        press("排水")
        press("普通")
        type("情况说明", "厨房水槽下水管接口滴水")
        press("记下")
        val opened = stage.world.butler.homes.details(stage.home("3-2-1501")).cases.first { it.workflow == WorkflowId("repair.paid") && it.title == "有偿维修（户内）" }
        assertEquals(listOf(stage.home("3-2-1501")), stage.world.butler.cases.details(opened.id).about)
    }

    @Test
    fun `a repair is reported from the plus, 8`() = job("morning", 8) { stage ->
        tab(Tab.Record)
        press("坏了要修")
        press("有偿维修（户内）")
        press("3栋2单元1501")
        press("排水")
        press("普通")
        type("情况说明", "厨房水槽下水管接口滴水")
        press("记下")
        assertTrue(stage.world.butler.homes.details(stage.home("3-2-1501")).cases.any { it.title == "有偿维修（户内）" })
        assertEquals(Place.Record, stage.navigator.way.value.top, "one is not asked for a home again")
    }

    @Test
    fun `an emergency is begun, 3`() = job("emergency", 3) {
        tab(Tab.Record)
        press("突发事件")
        press("火灾")
        val card = at().state.value as EmergencyState
        assertEquals("火灾", card.title)
        assertTrue(card.clock != null && card.calls.isNotEmpty(), "its clock runs, and one can call: $card")
    }

    @Test
    fun `a key is taken back, 2`() = job("morning", 2) { stage ->
        val lent = stage.lent("3栋地下室配电间")
        stage.navigator.go(Place.Register(Procedure.Workflow(WorkflowId("keys.loan"))))
        press("归还")
        press("记下")
        assertEquals(1, stage.device.asked.count { it == "photo" }, "the camera opens by itself")
        assertEquals("back", stage.world.butler.cases.details(lent).state)
    }

    @Test
    fun `an owner's key is taken back, 2`() = job("morning", 2) { stage ->
        val lent = stage.lent("2栋1单元702", "owner", "F-0113")
        stage.navigator.go(Place.Register(Procedure.Workflow(WorkflowId("keys.loan"))))
        press("归还")
        press("记下")
        val details = stage.world.butler.cases.details(lent)
        assertEquals("back", details.state)
        val sealed = details.steps.first { it.step == StepId("give_back") }.evidence.fields[QuestionId("resealed_bag")]
        assertEquals<Value?>(Value.Text("F-0113"), sealed, "the bag keeps its number unless another is written")
    }

    @Test
    fun `a normal inspection of a renovation, 10`() = Stage("morning", Language.ZH).use { stage ->
        val thumb = Thumb(stage)
        runBlocking {
            thumb.press("开始巡查", "904")
            while (thumb.taps <= 20) {
                val round = thumb.at().state.value as? RoundState ?: break
                val record = round.record ?: break
                val missing = record.locked
                val open = round.items.firstOrNull { missing != null && it.label in missing && it.choices.none { chip -> chip.chosen } }
                when {
                    missing == null -> thumb.press(record.label)
                    open?.reading?.text == "" -> thumb.type(open.label, "3")
                    open?.photo != null -> thumb.press(assertNotNull(open.photo).label, open.label)
                    else -> thumb.press(assertNotNull(open, missing).choices.first().press.label, open.label)
                }
            }
            assertNotNull((thumb.at().state.value as RoundState).done, "${thumb.trail}")
        }
        assertEquals(10, thumb.taps, "${thumb.trail}")
    }

    private fun job(world: String, taps: Int, work: suspend Thumb.(Stage) -> Unit) = Stage(world, Language.ZH).use { stage ->
        val thumb = Thumb(stage)
        runBlocking { thumb.work(stage) }
        assertEquals(taps, thumb.taps)
    }
}
