package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.EmergencyEntryModel
import butler.app.models.EmergencyEntryState
import butler.app.models.Errand
import butler.app.models.IndexModel
import butler.app.models.IndexState
import butler.app.models.MoreModel
import butler.app.models.RecordModel
import butler.app.models.SearchModel
import butler.app.models.Tab
import butler.app.screens.EmergencyButton
import butler.app.screens.IndexCard
import butler.app.screens.MoreScreen
import butler.app.screens.RecordScreen
import butler.app.screens.SearchScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 记一笔 and 更多 as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class RecordPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `what may be recorded`() {
        with(Pictures(rule, Tab.Record)) {
            var entry = EmergencyEntryState()
            val record: (Stage) -> RecordModel = { stage ->
                entry = Scene("emergency-entry", "morning", "morning").play(stage) { EmergencyEntryModel(it.app) }.state.value
                RecordModel(stage.app)
            }
            take("record", Scene("record", "morning", "morning"), record, *LOOKS) { state, foot -> RecordScreen(state, {}, foot) { EmergencyButton(entry) {} } }
            take("record-slips", Scene("record", "broken", "morning").press("坏了要修"), record, LIGHT, LARGEST) { state, foot -> RecordScreen(state, {}, foot) { EmergencyButton(entry) {} } }
            take("find-home", Scene("find-home", "visit", "morning"), { SearchModel(it.app, Errand.Visit) }, LIGHT, SMALL) { state, _ -> SearchScreen(state, {}) {} }
        }
    }

    @Test
    fun `what is rarely needed`() {
        with(Pictures(rule, Tab.More)) {
            var index = IndexState()
            val more: (Stage) -> MoreModel = { stage ->
                index = Scene("index", "morning", "morning").play(stage) { IndexModel(it.app) }.state.value
                MoreModel(stage.app)
            }
            take("more", Scene("more", "morning", "morning"), more, *LOOKS) { state, foot -> MoreScreen(state, {}, foot) { IndexCard(index) {} } }
        }
    }
}
