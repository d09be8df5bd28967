package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.MetricsModel
import butler.app.models.Tab
import butler.app.screens.MetricRecordsScreen
import butler.app.screens.MetricsScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The metrics of a month as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class MetricsPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `metrics and the records behind them`() {
        with(Pictures(rule, Tab.More)) {
            take("metrics", Scene("metrics", "month", "morning"), { MetricsModel(it.app) }, LIGHT, SUNLIGHT, LARGEST, ENGLISH) { state, _ -> MetricsScreen(state) {} }
            take("metric-records", Scene("metric-records", "in-part", "morning"), { it.behind("orders_taken_on_time") }, LIGHT, LARGEST) { state, _ -> MetricRecordsScreen(state) {} }
        }
    }
}
