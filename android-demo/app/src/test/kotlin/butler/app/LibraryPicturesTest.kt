package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.FormId
import butler.Procedure
import butler.WorkflowId
import butler.app.models.LibraryModel
import butler.app.models.ProceduresModel
import butler.app.models.RegisterModel
import butler.app.models.Tab
import butler.app.screens.ArticleScreen
import butler.app.screens.EntryScreen
import butler.app.screens.LibraryScreen
import butler.app.screens.ProceduresScreen
import butler.app.screens.RegisterScreen
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Registers, procedures and the case library as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class LibraryPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `registers and the library`() {
        with(Pictures(rule, Tab.More)) {
            take("procedures", Scene("procedures", "all", "morning"), { ProceduresModel(it.app) }, LIGHT, ENGLISH) { state, _ -> ProceduresScreen(state) {} }
            take("register", Scene("register", "repairs", "emergency"), { RegisterModel(it.app, Procedure.Workflow(WorkflowId("repair.paid"))) }, LIGHT, LARGEST, ENGLISH) { state, _ -> RegisterScreen(state) {} }
            take("register-loans", Scene("register", "loans", "sites"), { RegisterModel(it.app, Procedure.Workflow(WorkflowId("keys.loan"))) }, LIGHT, LARGEST, ENGLISH) { state, _ -> RegisterScreen(state) {} }
            take("register-keys", Scene("register", "keys", "emergency"), { RegisterModel(it.app, Procedure.Form(FormId("keys.owner"))) }, LIGHT) { state, _ -> RegisterScreen(state) {} }
            take("entry", Scene("entry", "key", "emergency"), { it.key() }, LIGHT) { state, _ -> EntryScreen(state) {} }
            take("library", Scene("library", "all", "morning"), { LibraryModel(it.app) }, LIGHT, ENGLISH) { state, _ -> LibraryScreen(state) {} }
            take("article", Scene("article", "numbered", "morning"), { it.article() }, LIGHT, LARGEST, ENGLISH) { state, _ -> ArticleScreen(state) {} }
        }
    }
}
