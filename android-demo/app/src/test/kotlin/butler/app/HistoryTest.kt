package butler.app

import butler.app.models.HistoryModel
import butler.app.words.Language
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 经过, state by state. */
@RunWith(RobolectricTestRunner::class)
class HistoryTest {
    @Test
    fun `of a home`() = history("home").check { it.history("3-2-802") }

    @Test
    fun `in English`() = Scene("history", "home-en", "morning", Language.EN, about = "3栋2单元802").check { it.history("3-2-802") }

    @Test
    fun `at an earlier edit`() = history("earlier").press("看当时的样子", "陈静").check { it.history("3-2-802") }

    @Test
    fun `as it was then`() = history("as-it-was").press("看当时的样子", "陈静").press("打开当时的样子").check { it.history("3-2-802") }

    @Test
    fun `back to now`() = history("now").press("打开当时的样子").press("回到现在").press("只看资料").check { it.history("3-2-802") }

    @Test
    fun `a supervisor takes it out of all lists`() = archived("archived").press("归档").check { it.history("3-2-802") }

    @Test
    fun `and puts it back`() = archived("restored").press("归档").press("恢复").check { it.history("3-2-802") }

    private fun archived(name: String) = Scene("history", name, "supervisor", about = "3栋2单元802")

    @Test
    fun `of a case`() = Scene("history", "case", "morning", about = "卫生间渗水").check { HistoryModel(it.app, it.caseId("卫生间渗水")) }

    private fun history(name: String) = Scene("history", name, "morning", about = "3栋2单元802")
}

fun Stage.history(room: String) = HistoryModel(app, runBlocking { app.butler.homes.find(room).first().record })
