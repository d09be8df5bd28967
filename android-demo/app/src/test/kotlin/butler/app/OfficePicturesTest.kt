package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.ConflictModel
import butler.app.models.MoreModel
import butler.app.models.OutboxModel
import butler.app.models.RecordModel
import butler.app.models.SearchModel
import butler.app.models.Tab
import butler.app.screens.ConflictScreen
import butler.app.screens.MoreScreen
import butler.app.screens.OutboxScreen
import butler.app.screens.RecordScreen
import butler.app.screens.SearchScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Search, outbox, conflicts and 更多 as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class OfficePicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun search() {
        with(Pictures(rule, Tab.Homes)) {
            val room = Scene("search", "room", "morning").press("1").press("5").press("0").press("1")
            take("search", room, { SearchModel(it.app) }, LIGHT, LARGEST) { state, foot -> SearchScreen(state, {}, foot) }
        }
    }

    @Test
    fun `outbox, conflicts, more and what may be recorded`() {
        with(Pictures(rule, Tab.More)) {
            take("outbox", Scene("outbox", "morning", "morning"), { OutboxModel(it.app) }, LIGHT) { state, _ -> OutboxScreen(state) {} }
            take("conflict", Scene("conflict", "two-answers", "morning"), { ConflictModel(it.app) }, LIGHT, DARK, SUNLIGHT) { state, _ -> ConflictScreen(state) {} }
            take("record", Scene("record", "morning", "morning"), { RecordModel(it.app) }, LIGHT) { state, foot -> RecordScreen(state, {}, foot) }
            take("more", Scene("more", "morning", "morning"), { MoreModel(it.app) }, LIGHT) { state, foot -> MoreScreen(state, {}, foot) }
        }
    }
}
