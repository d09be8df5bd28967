package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.ConflictModel
import butler.app.models.OutboxModel
import butler.app.models.SearchModel
import butler.app.models.Tab
import butler.app.screens.ConflictScreen
import butler.app.screens.HistoryScreen
import butler.app.screens.OutboxScreen
import butler.app.screens.RejectedScreen
import butler.app.screens.SearchScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 房屋, 手机与办公室, 被退回, 两种说法, 经过 as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class OutboxPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `search, outbox, conflict, rejected, history`() {
        with(Pictures(rule, Tab.Homes)) {
            val room = Scene("search", "room", "morning").press("3").press("-").press("2").press("-").press("1").press("5")
            take("search", room, { SearchModel(it.app) }, *EVERY) { state, foot -> SearchScreen(state, {}, foot) }
            take("outbox", Scene("outbox", "morning", "morning"), { OutboxModel(it.app) }, *EVERY) { state, _ -> OutboxScreen(state) {} }
            take("conflict", Scene("conflict", "morning", "morning"), { ConflictModel(it.app) }, *LOOKS) { state, _ -> ConflictScreen(state) {} }
            take("conflict-steps", Scene("conflict", "steps", "morning").press("先放着"), { ConflictModel(it.app) }, LIGHT) { state, _ -> ConflictScreen(state) {} }
            take("rejected", Scene("rejected", "morning", "morning"), { it.rejected() }, *LOOKS) { state, _ -> RejectedScreen(state) {} }
            take("rejected-correct", Scene("rejected", "correct", "morning").press("改“业主状况”").press("常年国外"), { it.rejected() }, LIGHT, LARGEST) { state, _ -> RejectedScreen(state) {} }
            take("rejected-correct-number", Scene("rejected", "correct-number", "morning").press("改“常住人口”").type("常住人口", "60"), { it.rejected() }, LIGHT) { state, _ -> RejectedScreen(state) {} }
            take("history", Scene("history", "home", "morning"), { it.history("3-2-802") }, *LOOKS) { state, _ -> HistoryScreen(state) {} }
            take("history-then", Scene("history", "then", "morning").press("打开当时的样子"), { it.history("3-2-802") }, LIGHT) { state, _ -> HistoryScreen(state) {} }
        }
    }
}
