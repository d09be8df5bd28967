package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.EmergenciesModel
import butler.app.models.EmergencyEntryModel
import butler.app.models.EmergencyEntryState
import butler.app.models.RecordModel
import butler.app.models.RunningModel
import butler.app.models.RunningState
import butler.app.models.Tab
import butler.app.screens.EmergenciesScreen
import butler.app.screens.EmergencyButton
import butler.app.screens.EmergencyScreen
import butler.app.screens.RecordScreen
import butler.app.screens.RunningStrip
import org.junit.Rule
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** An emergency as it is drawn. */
@RunWith(RobolectricTestRunner::class)
class EmergencyPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `an emergency`() {
        with(Pictures(rule, Tab.Record)) {
            take("emergencies", Scene("emergencies", "kinds", "morning"), { EmergenciesModel(it.app) }, LIGHT, LARGEST) { state, _ -> EmergenciesScreen(state) {} }
            take("emergency-begun", Scene("emergency", "begun", "emergency"), { it.begun() }, LIGHT, LARGEST, SMALL) { state, _ -> EmergencyScreen(state) {} }
            take("emergency", Scene("emergency", "water", "emergency"), { it.water() }, *LOOKS) { state, _ -> EmergencyScreen(state) {} }
            take("emergency-told", Scene("emergency", "told", "emergency", about = "水浸与跑水"), { runBlocking { it.told("水浸与跑水") }; it.water() }, LIGHT, LARGEST) { state, _ -> EmergencyScreen(state) {} }
            var running = RunningState()
            var entry = EmergencyEntryState()
            val record: (Stage) -> RecordModel = { stage ->
                entry = Scene("emergency-entry", "morning", "emergency").play(stage) { EmergencyEntryModel(it.app) }.state.value
                running = Scene("running", "water", "emergency").play(stage) { RunningModel(it.app) }.state.value
                RecordModel(stage.app)
            }
            take("record-running", Scene("record", "running", "emergency"), record, LIGHT) { state, foot ->
                val strip: @Composable () -> Unit = {
                    Column {
                        RunningStrip(running) {}
                        foot()
                    }
                }
                RecordScreen(state, {}, strip) { EmergencyButton(entry) {} }
            }
        }
    }
}
