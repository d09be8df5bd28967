package butler.app

import butler.app.models.CaseModel
import butler.app.models.CasesModel
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Cases, one case and the form of a step, state by state. */
@RunWith(RobolectricTestRunner::class)
class CaseTest {
    @Test
    fun `cases of mine`() = Scene("cases", "mine", "morning").check { CasesModel(it.app) }

    @Test
    fun `cases of others`() = Scene("cases", "others", "morning").press("等别人").check { CasesModel(it.app) }

    @Test
    fun `no case is done`() = Scene("cases", "closed", "morning").press("办完的").check { CasesModel(it.app) }

    @Test
    fun `an urgent repair`() = Scene("case", "urgent", "morning").case(URGENT)

    @Test
    fun `an urgent repair in English`() = Scene("case", "urgent-en", "morning", Language.EN).case(URGENT)

    @Test
    fun `what else is possible`() = Scene("case", "other-steps", "morning").press("其他").case(URGENT)

    @Test
    fun `a step leads to its form`() = Scene("case", "step", "morning").press("派单").case(URGENT)

    @Test
    fun `the form of a step`() = Scene("form", "dispatch", "morning").dispatch()

    @Test
    fun `what is answered is not asked again`() = Scene("form", "dispatch-filled", "morning").press("工程").press("李强").dispatch()

    @Test
    fun `the step is made`() = Stage("morning", Language.ZH).use { stage ->
        Scene("form", "dispatched", "morning").press("工程").press("李强").press("记下").play(stage, ::dispatch)
        val case = runBlocking { stage.world.butler.cases.details(stage.case(URGENT)) }
        assertEquals("dispatched", case.state)
        assertEquals(emptyList(), runBlocking { stage.world.butler.drafts.list() })
    }

    @Test
    fun `a form half filled in is still so`() = Stage("morning", Language.ZH).use { stage ->
        Scene("form", "draft", "morning").press("李强").play(stage, ::dispatch)
        val again = dispatch(stage)
        runBlocking { again.refresh() }
        assertEquals(listOf("李强"), again.state.value.questions.flatMap { it.chips }.filter { it.chosen }.map { it.press.label })
    }

    private fun Scene.case(title: String) = check { CaseModel(it.app, it.case(title)) }

    private fun Scene.dispatch() = check { dispatch(it) }

    private fun dispatch(stage: Stage) = FormModel(stage.app, FormOf.Step(stage.case(URGENT), butler.StepId("dispatch")))

    private companion object {
        const val URGENT = "卫生间渗水"
    }
}

/** A case by its title. */
fun Stage.case(title: String) = runBlocking { world.butler.cases.openList().first { it.title == title }.id }
