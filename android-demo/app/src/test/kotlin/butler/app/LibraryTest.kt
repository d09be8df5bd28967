package butler.app

import butler.FormId
import butler.Procedure
import butler.WorkflowId
import butler.app.models.ArticleModel
import butler.app.models.EntryModel
import butler.app.models.FormModel
import butler.app.models.LibraryModel
import butler.app.models.Place
import butler.app.models.ProceduresModel
import butler.app.models.RegisterIntent
import butler.app.models.RegisterModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Registers, procedures and the case library, state by state. */
@RunWith(RobolectricTestRunner::class)
class LibraryTest {
    @Test
    fun `procedures by subject`() = Scene("procedures", "all", "morning").check { ProceduresModel(it.app) }

    @Test
    fun `what is typed finds procedures and cases of the library`() = Scene("procedures", "found", "morning").type("搜索", "钥匙").check { ProceduresModel(it.app) }

    @Test
    fun `in English`() = Scene("procedures", "found-en", "morning", Language.EN).type("Search", "keys").check { ProceduresModel(it.app) }

    @Test
    fun `rows of a form`() = register("keys", Procedure.Form(FormId("keys.owner")))

    @Test
    fun `nothing is entered yet`() = register("empty", Procedure.Form(FormId("keys.public")))

    @Test
    fun `cases of a workflow by their state, each with its main action`() = register("repairs", Procedure.Workflow(WorkflowId("repair.paid")))

    @Test
    fun `keys that are lent, each with what brings it back`() =
        Scene("register", "loans", "sites").check { RegisterModel(it.app, Procedure.Workflow(WorkflowId("keys.loan"))) }

    @Test
    fun `what is typed finds a row`() = keys("found", "k-17")

    @Test
    fun `what is typed is in no row`() = keys("found-none", "外星人")

    @Test
    fun `the next letter finds among the rows that were read, a change reads them anew`() = Stage("emergency", Language.ZH).use { stage ->
        val model = RegisterModel(stage.app, Procedure.Workflow(WorkflowId("keys.loan")))
        fun found() = model.state.value.groups.flatMap { it.rows }.map { it.open.label }
        runBlocking {
            model.handle(RegisterIntent.Type("k"))
            stage.lent("K-99 备用")
            model.handle(RegisterIntent.Type("K-99"))
            assertEquals(emptyList(), found(), "read anew at a letter")
            model.refresh()
        }
        assertEquals(listOf("K-99 备用"), found())
    }

    @Test
    fun `a case is opened from its register`() = Stage("emergency", Language.ZH).use { stage ->
        Scene("register", "add", "emergency").press("借出").play(stage) { RegisterModel(it.app, Procedure.Workflow(WorkflowId("keys.loan"))) }
        val form = stage.navigator.way.value.top as Place.Form
        val shown = Scene("form", "opening", "emergency").play(stage) { FormModel(it.app, form.of) }.state.value
        assertEquals("钥匙借用单", shown.title)
        assertTrue(shown.questions.any { it.label == "钥匙编号或封存袋号" }, "its questions: ${shown.questions.map { it.label }}")
    }

    @Test
    fun `a case about homes alone asks for its home first`() =
        Scene("register", "add-repair", "emergency").press("登记报修").check { RegisterModel(it.app, Procedure.Workflow(WorkflowId("repair.paid"))) }

    @Test
    fun `a row is read back`() = Scene("entry", "key", "emergency", about = "K-17").check { it.key() }

    @Test
    fun `the library`() = Scene("library", "all", "morning").check { LibraryModel(it.app) }

    @Test
    fun `initials find a case`() = Scene("library", "found", "morning").type("搜索", "xftd").check { LibraryModel(it.app) }

    @Test
    fun `nothing is found`() = Scene("library", "none", "morning").type("搜索", "外星人").check { LibraryModel(it.app) }

    @Test
    fun `a case with its numbered handling`() = Scene("article", "numbered", "morning").check { it.article() }

    @Test
    fun `an article leads to what is opened then`() = Stage("morning", Language.ZH).use { stage ->
        val article = Scene("article", "numbered", "morning").play(stage) { it.article() }
        val offered = article.state.value.offers
        assertTrue(offered.isNotEmpty())
        runBlocking { article.handle(offered.first().intent) }
        assertTrue(stage.navigator.way.value.stacks.isNotEmpty(), "it leads to ${offered.first().label}")
    }

    @Test
    fun `a case in English`() = Scene("article", "numbered-en", "morning", Language.EN).check { it.article() }

    private fun keys(name: String, typed: String) =
        Scene("register", name, "emergency").type("搜索", typed).check { RegisterModel(it.app, Procedure.Form(FormId("keys.owner"))) }

    private fun register(name: String, of: Procedure) = Scene("register", name, "emergency").check { RegisterModel(it.app, of) }
}

/** The row of the key in bag K-17. */
fun Stage.key(): EntryModel = runBlocking {
    val rows = app.butler.registers.list(FormId("keys.owner")).rows
    EntryModel(app, rows.first { row -> app.butler.registers.details(row.id).said.any { it.words.zh == "K-17" } }.id)
}

/** A car in the way of the fire engine. */
fun Stage.article(): ArticleModel = runBlocking { ArticleModel(app, app.butler.library.list().first { "消防" in it.title.zh }) }
