package butler.app

import butler.CaseFilter
import butler.app.models.CaseModel
import butler.app.models.CasesModel
import butler.app.words.Language
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 事项 and one of them, state by state. */
@RunWith(RobolectricTestRunner::class)
class CasesTest {
    @Test
    fun mine() = list("morning").check { CasesModel(it.app) }

    @Test
    fun `in English`() = Scene("cases", "morning-en", "morning", Language.EN).check { CasesModel(it.app) }

    @Test
    fun `those whose time runs out`() = list("soon").press("快到时限 4").check { CasesModel(it.app) }

    @Test
    fun `nothing at all`() = Scene("cases", "none", "lost").check { CasesModel(it.app) }

    @Test
    fun `those that wait for others`() = list("others").press("等别人 1").check { CasesModel(it.app) }

    @Test
    fun `those that are over`() = list("done").press("办完的").check { CasesModel(it.app) }

    @Test
    fun `one is opened`() = list("opened").press("卫生间渗水").check { CasesModel(it.app) }

    @Test
    fun urgent() = case("urgent", "卫生间渗水").check { it.case("卫生间渗水") }

    @Test
    fun `waits for a signature`() = case("signature", "飘窗渗水").check { it.case("飘窗渗水") }

    @Test
    fun `everything that happened`() = case("all-steps", "飘窗渗水").press("全部 6 步").check { it.case("飘窗渗水") }

    @Test
    fun `what else may be done`() = case("other-steps", "飘窗渗水").press("其他").check { it.case("飘窗渗水") }

    @Test
    fun `which other case it belongs to`() = case("link", "飘窗渗水").press("其他").press("关联另一件").press("同一事项（群诉）").check { it.case("飘窗渗水") }

    @Test
    fun `two cases are linked`() = case("linked", "飘窗渗水").press("其他").press("关联另一件").press("卫生间渗水").check { it.case("飘窗渗水") }

    @Test
    fun `the customer gets a receipt`() = case("receipt", "飘窗渗水").press("其他").press("给客户回执").check { it.case("飘窗渗水") }

    @Test
    fun `whoever cannot scan it gets it as text`() = case("receipt-sent", "飘窗渗水").press("其他").press("给客户回执").press("发给客户").check { it.case("飘窗渗水") }

    @Test
    fun `an archived case says so, and offers to be put back alone`() = Stage("supervisor", Language.ZH).use { stage ->
        val case = stage.caseId("承重墙开槽")
        runBlocking { stage.world.butler.records.archive(case) }
        Scene("case", "archived", "supervisor", about = "承重墙开槽").checkOn(stage) { CaseModel(it.app, case) }
    }

    @Test
    fun `a slip is printed`() = case("slips", "童车堵防火门").press("其他").press("打印单据").press("打印").check { it.case("童车堵防火门") }

    @Test
    fun `the next step is taken`() = case("take", "飘窗渗水").press("客户签字").check { it.case("飘窗渗水") }

    @Test
    fun `a violation`() = case("violation", "承重墙开槽").check { it.case("承重墙开槽") }

    @Test
    fun `waits for another`() = case("waits", "童车堵防火门").check { it.case("童车堵防火门") }

    @Test
    fun `what is still owed after a part payment`() = Scene("case", "arrears", "books", about = "3-1-904 物业费").check { it.case("3-1-904 物业费") }

    @Test
    fun `two people did different things at once`() = case("conflict", "厨房水槽下漏水").check { it.case("厨房水槽下漏水") }

    private fun list(name: String) = Scene("cases", name, "morning")

    /** The case is part of what is given: another one shows something else. */
    private fun case(name: String, case: String) = Scene("case", name, "morning", about = case)
}

/** The case of that title. */
fun Stage.case(title: String): CaseModel = CaseModel(app, caseId(title))

fun Stage.caseId(title: String) = runBlocking { app.butler.cases.list(CaseFilter()).first { it.title == title }.id }
