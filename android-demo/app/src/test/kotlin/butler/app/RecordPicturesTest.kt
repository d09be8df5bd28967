package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.app.models.MoreModel
import butler.app.models.RecordModel
import butler.app.models.Tab
import butler.app.screens.MoreScreen
import butler.app.screens.RecordScreen
import butler.app.words.Language
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
    fun `what may be recorded, and more`() {
        with(Pictures(rule, Tab.More)) {
            take("record", Scene("record", "morning", "morning"), { RecordModel(it.app) }, *LOOKS) { state, foot -> RecordScreen(state, {}, foot) }
            take("record-en", Scene("record", "morning-en", "morning", Language.EN), { RecordModel(it.app) }, LIGHT) { state, foot -> RecordScreen(state, {}, foot) }
            take("more", Scene("more", "morning", "morning"), { MoreModel(it.app) }, *LOOKS) { state, foot -> MoreScreen(state, {}, foot) }
            take("more-en", Scene("more", "morning-en", "morning", Language.EN), { MoreModel(it.app) }, LIGHT) { state, foot -> MoreScreen(state, {}, foot) }
        }
    }
}
