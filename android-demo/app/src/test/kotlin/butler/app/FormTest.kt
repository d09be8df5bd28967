package butler.app

import butler.Draft
import butler.DueAnswer
import butler.DueStatus
import butler.Evidence
import butler.FormId
import butler.HomeState
import butler.QuestionId
import butler.StepId
import butler.Value
import butler.app.models.AnswerState
import butler.app.models.FormIntent
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.Signature
import butler.app.models.Stroke
import butler.app.words.Language
import java.time.LocalDate
import javax.imageio.ImageIO
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The general form, state by state. */
@RunWith(RobolectricTestRunner::class)
class FormTest {
    @Test
    fun `a customer signs`() = sign("sign").check { it.step("飘窗渗水", "sign") }

    @Test
    fun `what is missing is said`() = sign("sign-missing").press("还差 2 项：签字人、客户签名").check { it.step("飘窗渗水", "sign") }

    @Test
    fun `an answer asks for more`() = sign("sign-tenant").press("租客").check { it.step("飘窗渗水", "sign") }

    @Test
    fun `everything is answered`() = sign("sign-ready").press("业主").sign("客户签名").check { it.step("飘窗渗水", "sign") }

    @Test
    fun `it is recorded`() = sign("sign-recorded").press("业主").sign("客户签名").type("备注", "业主很满意").press("记下").check { it.step("飘窗渗水", "sign") }

    @Test
    fun `a step that asks nothing`() = sign("remind").check { it.step("飘窗渗水", "remind") }

    @Test
    fun `another step cannot be made`() = sign("not-possible").check { it.step("飘窗渗水", "follow_up") }

    @Test
    fun dispatch() = Scene("form", "dispatch", "morning", about = "卫生间渗水").press("选一个").type("搜索", "李").press("李强").check { it.step("卫生间渗水", "dispatch") }

    @Test
    fun `a key is taken in`() = keys("keys").check { it.keys() }

    @Test
    fun `in English`() = Scene("form", "keys-en", "morning", Language.EN, about = "2栋1单元702").check { it.keys() }

    @Test
    fun `half filled in`() = keys("keys-half").press("今天").press("加一").press("加一").press("空置房检查").press("开窗通风").type("存放位置", "前台3号柜").check { it.keys() }

    @Test
    fun `who brings it is picked`() = keys("keys-person").press("选一个", "交钥匙人").check { it.keys() }

    @Test
    fun `a day is chosen`() = keys("keys-days").press("选日子", "授权到期日").press("下个月").check { it.keys() }

    @Test
    fun `an answer that will not do`() =
        keys("keys-wrong").type("封存袋编号", "一二三四五六七八九十一二三四五六七八九十零").press("今天").check { it.keys() }

    @Test
    fun `what was filled in is found again`() = Stage("morning", Language.ZH).use { stage ->
        Scene("form", "before", "morning").press("加一").type("存放位置", "前台3号柜").play(stage) { it.keys() }
        keys("keys-draft").checkOn(stage) { it.keys() }
    }

    @Test
    fun `what is read before a talk`() = Scene("form", "talk", "morning", about = "承重墙开槽").check { it.step("承重墙开槽", "talk") }

    @Test
    fun `what is read before a talk opens`() = Scene("form", "talk-read", "morning", about = "承重墙开槽")
        .type("沟通要点与承诺", "周六复工前看图纸").press("支配型客户").check { it.step("承重墙开槽", "talk") }

    @Test
    fun `all of a door is put off`() = Scene("form", "put-off", "morning", about = "3栋2单元1501").check { it.instead(DueAnswer.SNOOZE) }

    @Test
    fun `all of a door is put off and it is recorded`() =
        Scene("form", "put-off-recorded", "morning", about = "3栋2单元1501").press("客户不在").press("记下").check { it.instead(DueAnswer.SNOOZE) }

    @Test
    fun `what is left out asks why`() = Scene("form", "left-out", "morning", about = "3栋2单元1501").press("其他").check { it.instead(DueAnswer.SKIP) }

    @Test
    fun `somebody is entered in a household`() = Scene("form", "person", "morning", about = "3栋2单元1501").check { it.about("resident.basic") }

    @Test
    fun `of a date only the month is known`() = Scene("form", "home-field", "morning", about = "3栋2单元1501").check {
        FormModel(it.app, FormOf.Row(FormId("home.basic"), it.home("3-2-1501"), at = QuestionId("handed_over")))
    }

    @Test
    fun `a home's own data handed in stands there again`() =
        Scene("form", "home-again", "morning", about = "3栋2单元1501").press("在建").press("记下").check { it.about("home.basic") }

    @Test
    fun `what is put off is not due until then, and what is left out not at all`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        suspend fun open() = stage.world.butler.today.about(home).filter { it.status == DueStatus.OPEN }
        val two = runBlocking { open() }
        assertEquals(2, two.size)
        val one = FormModel(stage.app, FormOf.Instead(DueAnswer.SKIP, two.first().id, home))
        Scene("form", "left-out", "morning").press("客户谢绝").press("记下").play(stage) { one }
        assertEquals(two.drop(1).map { it.id }, runBlocking { open() }.map { it.id })
        assertEquals("${stage.app.words(two.first().title)}：不做了，主管看得到", stage.app.recent.value?.words)
        val all = FormModel(stage.app, FormOf.Instead(DueAnswer.SNOOZE, null, home))
        Scene("form", "put-off", "morning").press("客户不在").press("记下").play(stage) { all }
        assertEquals(emptyList(), runBlocking { open() })
        runBlocking { stage.app.undo() }
        assertEquals(two.drop(1).map { it.id }, runBlocking { open() }.map { it.id }, "it may be undone")
    }

    private fun Stage.instead(answer: DueAnswer) = FormModel(app, FormOf.Instead(answer, null, home("3-2-1501")))

    private fun Stage.about(form: String) = FormModel(app, FormOf.Row(FormId(form), home("3-2-1501")))

    @Test
    fun `what is worked out is shown and not typed`() = Scene("form", "stock-issue", "books", about = "LED灯管")
        .press("今天").press("领用出库").type("数量", "15").check { it.movement() }

    @Test
    fun `a form handed in twice knows of the first time`() = runBlocking {
        Stage("morning", Language.ZH).use { stage ->
            val model = stage.step("飘窗渗水", "remind")
            model.refresh()
            model.handle(FormIntent.Record)
            model.handle(FormIntent.Remark("客户又打来一次"))
            val case = stage.app.butler.cases.details(stage.caseId("飘窗渗水"))
            assertEquals(listOf<Any?>(case.shown), stage.app.butler.drafts.list().map { it.draft.submission.shown })
        }
    }

    @Test
    fun `a draft of a home's data writes the home, never a row about it`() = runBlocking {
        Stage("morning", Language.ZH).use { stage ->
            val butler = stage.app.butler
            val home = butler.homes.find("3-2-1501").first().record
            val form = FormId("home.basic")
            val submission = butler.submission(butler.homes.details(home).shown)
            butler.drafts.save(Draft(submission, form.value, null, null, listOf(home), butler.today.about(home).first().id, Evidence(), ""))
            val model = FormModel(stage.app, FormOf.Unfinished(submission.id))
            model.refresh()
            model.handle(FormIntent.Answer(QuestionId("state"), Value.Text("under_construction")))
            model.handle(FormIntent.Record)
            assertEquals(HomeState.UNDER_CONSTRUCTION, butler.homes.details(home).home.state?.code)
            assertEquals(emptyList(), butler.registers.list(form).rows)
        }
    }

    @Test
    fun `a home's own data begins with what stands there, and writes what is changed alone`() = runBlocking {
        Stage("morning", Language.ZH).use { stage ->
            val butler = stage.app.butler
            val home = stage.home("3-2-1501")
            val before = butler.records.history(home).size
            val model = FormModel(stage.app, FormOf.Row(FormId("home.basic"), home)).also { it.refresh() }
            val shown = model.state.value.questions.associate { it.label to it.answer }
            assertEquals("两室一厅", (shown["户型"] as AnswerState.Words).typing.text)
            assertEquals("78.5", (shown["建筑面积"] as AnswerState.Words).typing.text)
            assertEquals("2", (shown["常住人口"] as AnswerState.Count).number)
            assertEquals(listOf("已入住"), (shown["房屋状态"] as AnswerState.Options).chips.filter { it.chosen }.map { it.press.label })
            assertEquals("2019年9月", (shown["交付日期"] as AnswerState.Pick).text)
            model.handle(FormIntent.Type(QuestionId("layout"), "两室两厅"))
            model.handle(FormIntent.Restart)
            model.handle(FormIntent.Type(QuestionId("orientation"), "南"))
            // The form wants whole days.
            model.handle(FormIntent.Day(QuestionId("handed_over"), LocalDate.of(2019, 9, 20)))
            model.handle(FormIntent.Day(QuestionId("moved_in"), LocalDate.of(2019, 10, 1)))
            model.handle(FormIntent.Record)
            assertEquals(emptyList(), model.state.value.questions.mapNotNull { it.problem })
            val details = butler.homes.details(home).home
            assertEquals(listOf<Any?>("两室一厅", "南"), listOf(details.layout, details.orientation))
            assertEquals(1, butler.records.history(home).size - before)
            val written = butler.records.history(home).maxBy { it.at }.changes.map { it.path }
            assertEquals(setOf("orientation", "handed_over", "moved_in"), written.toSet())
        }
    }

    @Test
    fun `an answer taken out of a home's own data is taken out of the home`() = runBlocking {
        Stage("morning", Language.ZH).use { stage ->
            val butler = stage.app.butler
            val home = stage.home("3-2-1501")
            butler.homes.edit(home) {
                orientation = "南"
                decoration = "精装"
            }
            val model = FormModel(stage.app, FormOf.Row(FormId("home.basic"), home)).also { it.refresh() }
            // The form wants whole days.
            model.handle(FormIntent.Day(QuestionId("handed_over"), LocalDate.of(2019, 9, 20)))
            model.handle(FormIntent.Day(QuestionId("moved_in"), LocalDate.of(2019, 10, 1)))
            model.handle(FormIntent.Type(QuestionId("orientation"), ""))
            model.handle(FormIntent.Record)
            assertEquals(emptyList(), model.state.value.questions.mapNotNull { it.problem })
            val details = butler.homes.details(home).home
            assertEquals(listOf<Any?>(null, "精装"), listOf(details.orientation, details.decoration), "and nothing else")
            val written = butler.records.history(home).last().changes.map { it.path }
            assertEquals(setOf("orientation", "handed_over", "moved_in"), written.toSet())
        }
    }

    @Test
    fun `a signature is a picture`() {
        val lines = listOf(Stroke(listOf(100 to 500, 900 to 500)))
        val png = Signature.png(lines)
        val image = ImageIO.read(png.inputStream())
        assertEquals(listOf(720, 240), listOf(image.width, image.height))
        assertEquals(0, image.getRGB(360, 120) and 0xff, "the line")
        assertEquals(255, image.getRGB(360, 60) and 0xff, "above the line")
        assertContentEquals(png, Signature.png(lines))
        assertNotEquals(png.toList(), Signature.png(emptyList()).toList())
    }

    private fun sign(name: String) = Scene("form", name, "morning", about = "飘窗渗水")

    private fun keys(name: String) = Scene("form", name, "morning", about = "2栋1单元702")

    private fun Stage.keys(): FormModel = runBlocking {
        val home = app.butler.homes.find("2-1-702").first().record
        FormModel(app, FormOf.Row(FormId("keys.owner"), home))
    }

    private fun Stage.movement(): FormModel = runBlocking {
        val item = app.butler.registers.list(FormId("stock.item")).rows.single().id
        FormModel(app, FormOf.Row(FormId("stock.movement"), item))
    }

    private fun Stage.step(case: String, step: String) = FormModel(app, FormOf.Step(caseId(case), StepId(step)))
}
