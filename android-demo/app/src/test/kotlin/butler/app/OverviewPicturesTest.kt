package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.HandoverModel
import butler.app.models.OverviewModel
import butler.app.models.Tab
import butler.app.screens.HandoverScreen
import butler.app.screens.OverviewScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 总览 and the handover of a grid as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class OverviewPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `a supervisor's overview and a handover`() {
        with(Pictures(rule, Tab.Overview)) {
            take("overview", Scene("overview", "morning", "supervisor"), { OverviewModel(it.app) }, LIGHT, DARK, LARGEST, ENGLISH) { state, foot -> OverviewScreen(state, {}, foot) }
            take("overview-hasty", Scene("overview", "hasty", "hasty"), { OverviewModel(it.app) }, LIGHT, LARGEST) { state, foot -> OverviewScreen(state, {}, foot) }
            take("handover", Scene("handover", "begun", "emergency"), { HandoverModel(it.app) }, LIGHT, LARGEST, ENGLISH) { state, _ -> HandoverScreen(state) {} }
            take("handover-through", Scene("handover", "through", "emergency").press("逐件说").press("说清了", "3栋地下一层 · 水浸与跑水 · 处置中"), { HandoverModel(it.app) }, LIGHT) { state, _ -> HandoverScreen(state) {} }
        }
    }
}
