package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import butler.Evidence
import butler.NewCase
import butler.QuestionId
import butler.RuleId
import butler.StepId
import butler.Value
import butler.WorkflowId
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.FormOf
import butler.app.models.HandoverModel
import butler.app.models.IndexModel
import butler.app.models.OverviewModel
import butler.app.models.Place
import butler.app.models.Tab
import butler.app.models.Way
import butler.app.screens.AppScreen
import butler.app.words.Language
import butler.app.words.paired
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 总览 of a supervisor and the handover of a grid, state by state. */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
class OverviewTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `what nobody took, what is to be decided, and each butler`() = Scene("overview", "morning", "supervisor").check { OverviewModel(it.app) }

    @Test
    fun `in English`() = Scene("overview", "morning-en", "supervisor", Language.EN).check { OverviewModel(it.app) }

    @Test
    fun `a round nobody walks so fast`() = Scene("overview", "hasty", "hasty").check { OverviewModel(it.app) }

    @Test
    fun `it leads to that round`() = Scene("overview", "hasty-round", "hasty").press("公共区域巡视（客户触点）").check { OverviewModel(it.app) }

    @Test
    fun `complaints of several homes about one thing may be one matter`() = Stage("supervisor", Language.ZH).use { stage ->
        val butler = stage.app.butler
        fun said(vararg answers: Pair<String, Value>) = Evidence(answers.associate { (question, answer) -> QuestionId(question) to answer })
        runBlocking {
            for (room in listOf("3-2-1501", "3-2-904", "3-1-904")) {
                val home = butler.homes.find(room).first().record
                val told = said(
                    "channel" to Value.Text("visit"), "sort" to Value.Text("complaint"), "topic" to Value.Text(butler.office.choices("complaint_topic").first().id),
                    "complaint_subject" to Value.Text("电梯异响"), "description" to Value.Text("一上一下都响"), "customer_wish" to Value.Text("修好"), "keep_source" to Value.Bool(false),
                )
                val case = butler.cases.open(NewCase(WorkflowId("complaint.handling"), StepId("receive"), title = "电梯异响", about = listOf(home), evidence = told)).record
                butler.cases.take(case, StepId("classify"), said("class" to Value.Text("management"), "handled_by" to Value.Text("zhang.li")))
            }
            val model = OverviewModel(stage.app).also { it.refresh() }
            val matter = model.state.value.together.single()
            assertEquals("疑似群诉", matter.open.label)
            model.handle(matter.open.intent)
            val begun = (stage.navigator.way.value.top as Place.Form).of as FormOf.Due
            assertEquals(RuleId("complaint.group"), butler.today.item(begun.due)?.rule)
        }
    }

    @Test
    fun `it is the first tab of a supervisor, and today lies below it`() = Stage("supervisor", Language.ZH).use { stage ->
        rule.setContent { Themed(Theme.Light) { AppScreen(stage.app, stage.navigator) } }
        rule.waitUntilAtLeastOneExists(hasText(paired("厨房水管爆裂")), PATIENCE)
        rule.onAllNodesWithText(paired("更多")).onFirst().performClick()
        rule.waitUntilAtLeastOneExists(hasText(paired("案例库")), PATIENCE)
        assertEquals(Place.Overview, stage.navigator.way.value.back().top)
        rule.runOnUiThread { rule.activity.finish() }
    }

    @Test
    fun `back leads to the first tab, and leaves from there`() {
        val way = Way(Tab.Overview, emptyMap(), Tab.Overview)
        assertFalse(way.mayGoBack)
        assertEquals(Place.Overview, way.to(Place.Today).back().top)
        assertEquals(Place.Overview, way.tab(Tab.Cases).back().top)
    }

    @Test
    fun `a grid changes hands`() = Scene("handover", "begun", "emergency").check { HandoverModel(it.app) }

    @Test
    fun `in English, too`() = Scene("handover", "begun-en", "emergency", Language.EN).check { HandoverModel(it.app) }

    @Test
    fun `the cases are gone through one by one`() =
        Scene("handover", "through", "emergency").press("逐件说").press("说清了", "3栋地下一层 · 水浸与跑水 · 处置中").check { HandoverModel(it.app) }

    @Test
    fun `no grid changes hands`() = Scene("handover", "none", "morning").check { HandoverModel(it.app) }

    @Test
    fun `where it is reached from`() = Scene("index", "handover", "emergency").press("网格交接").check { IndexModel(it.app) }

    @Test
    fun `what there is when no grid changes hands`() = Scene("index", "morning", "morning").check { IndexModel(it.app) }

    private companion object {
        const val PATIENCE = 30_000L
    }
}
