package butler.app

import butler.NewCase
import butler.QuestionId
import butler.StepId
import butler.Value
import butler.WorkflowId
import butler.app.models.EmergenciesModel
import butler.app.models.EmergencyEntryModel
import butler.app.models.EmergencyMark
import butler.app.models.EmergencyModel
import butler.app.models.EmergencyOf
import butler.app.models.FormOf
import butler.app.models.Place
import butler.app.models.RunningModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** An emergency from the tap on, state by state. */
@RunWith(RobolectricTestRunner::class)
class EmergencyTest {
    @Test
    fun `the way to it`() = Scene("emergency-entry", "morning", "morning").check { EmergencyEntryModel(it.app) }

    @Test
    fun `which kind it is`() = Scene("emergencies", "kinds", "morning").check { EmergenciesModel(it.app) }

    @Test
    fun `a kind is pressed and its clock runs`() = Scene("emergencies", "begun", "morning").press("水浸与跑水").check { EmergenciesModel(it.app) }

    @Test
    fun `whom to call comes before the first record`() = begun("begun").check { it.begun() }

    @Test
    fun `in English`() = begun("begun-en", Language.EN).check { it.begun() }

    @Test
    fun `three taps lead to it, and the strip leads back`() = Stage("emergency", Language.ZH).use { stage ->
        Scene("emergency-entry", "pressed", "emergency").press("突发事件").play(stage) { EmergencyEntryModel(it.app) }
        assertEquals(Place.Emergencies, stage.navigator.way.value.top)
        Scene("emergencies", "begun", "emergency").press("燃气泄漏").play(stage) { EmergenciesModel(it.app) }
        val card = assertIs<Place.Emergency>(stage.navigator.way.value.top)
        val strip = Scene("running", "begun", "emergency").play(stage) { RunningModel(it.app) }.state.value.open
        assertEquals(card.of, strip?.intent)
    }

    @Test
    fun `once the first record is made, the same card goes on with the steps that follow`() = Stage("emergency", Language.ZH).use { stage ->
        val card = stage.begun()
        runBlocking {
            card.refresh()
            val before = card.state.value.steps
            assertEquals("现场首报", before.first().title)
            assertEquals(listOf(EmergencyMark.Next), before.map { it.mark }.filter { it != EmergencyMark.Locked })
            val butler = stage.app.butler
            val draft = butler.drafts.list().first().draft
            val said = listOf("spot", "description", "people").associate { QuestionId(it) to Value.Text("3栋2单元12层") } +
                listOf("injured", "trapped").associate { QuestionId(it) to Value.Int(0) } + (QuestionId("burning") to Value.Text("kitchen"))
            val photo = mapOf(QuestionId("photo") to listOf(butler.photos.add(ByteArray(64) { it.toByte() })))
            val evidence = draft.answers.copy(fields = draft.answers.fields + said, photos = photo)
            butler.submitting(draft.submission).cases.open(NewCase(WorkflowId(draft.form), StepId(draft.step.orEmpty()), title = "火灾", place = draft.place, evidence = evidence))
            card.refresh()
            assertEquals(before.map { it.title }, card.state.value.steps.take(before.size).map { it.title }, "a step stays where it stood")
        }
        val shown = card.state.value
        assertEquals(EmergencyMark.Made, shown.steps.first().mark)
        assertEquals("00:00", shown.clock?.text)
        assertTrue(shown.steps.size > 5, "the steps that follow: ${shown.steps.map { it.title }}")
    }

    @Test
    fun `the steps in their order, with whose and by when`() = card("water").check { it.water() }

    @Test
    fun `the steps in English`() = card("water-en", Language.EN).check { it.water() }

    @Test
    fun `how far one is with a step stands beside it`() = Stage("emergency", Language.ZH).use { stage ->
        runBlocking { stage.told("水浸与跑水") }
        card("told").checkOn(stage) { it.water() }
    }

    @Test
    fun `a desk is called, a step is taken, a photo leads to the step that asks for one`() = Stage("emergency", Language.ZH).use { stage ->
        card("").press("监控中心").play(stage) { it.water() }
        assertEquals(listOf("dial"), stage.device.asked)
        fun form() = ((stage.navigator.way.value.top as Place.Form).of as FormOf.Step).step.value
        card("").press("去通报", "通报相关人员").play(stage) { it.water() }
        assertEquals("notify", form())
        card("").press("拍照留证").play(stage) { it.water() }
        assertEquals("evidence", form())
    }

    @Test
    fun `what is said goes into the note`() = card("said").press("说一句").type("现在怎样", "水已到配电间门口").press("记下").check { it.water() }

    @Test
    fun `what is being said`() = card("saying").press("说一句").type("现在怎样", "水已到配电").check { it.water() }

    @Test
    fun `it runs, wherever one is`() = Scene("running", "water", "emergency").check { RunningModel(it.app) }

    @Test
    fun `nothing runs`() = Scene("running", "none", "morning").check { RunningModel(it.app) }

    private fun begun(name: String, language: Language = Language.ZH) = Scene("emergency", name, "emergency", language, about = "火灾")

    private fun card(name: String, language: Language = Language.ZH) = Scene("emergency", name, "emergency", language, about = "水浸与跑水")
}

/** The card of a fire that is reported now. */
fun Stage.begun(): EmergencyModel {
    val kind = if (app.words.language == Language.ZH) "火灾" else "Fire"
    Scene("emergencies", "begun", "emergency", app.words.language).press(kind).play(this) { EmergenciesModel(it.app) }
    return EmergencyModel(app, (navigator.way.value.top as Place.Emergency).of)
}

/** The card of the water in the basement. */
fun Stage.water(): EmergencyModel = EmergencyModel(app, EmergencyOf.Case(caseId("水浸与跑水")))
