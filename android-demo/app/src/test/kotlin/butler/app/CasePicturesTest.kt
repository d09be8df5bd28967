package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.CaseModel
import butler.app.models.CasesModel
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.Tab
import butler.app.screens.CaseScreen
import butler.app.screens.CasesScreen
import butler.app.screens.FormScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Cases as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class CasePicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `cases, a case and its form`() {
        with(Pictures(rule, Tab.Cases)) {
            take("cases", Scene("cases", "mine", "morning"), { CasesModel(it.app) }, LIGHT, DARK) { state, foot -> CasesScreen(state, {}, foot) }
            val case = { stage: Stage -> CaseModel(stage.app, stage.case("卫生间渗水")) }
            take("case", Scene("case", "urgent", "morning"), case, LIGHT, LARGEST) { state, _ -> CaseScreen(state) {} }
            take("case-steps", Scene("case", "other-steps", "morning").press("其他"), case, LIGHT) { state, _ -> CaseScreen(state) {} }
            val form = { stage: Stage -> FormModel(stage.app, FormOf.Step(stage.case("卫生间渗水"), butler.StepId("dispatch"))) }
            take("form", Scene("form", "dispatch-filled", "morning").press("李强"), form, LIGHT, SUNLIGHT) { state, _ -> FormScreen(state) {} }
        }
    }
}
