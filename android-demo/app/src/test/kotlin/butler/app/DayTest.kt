package butler.app

import butler.AnswerType
import butler.Butler
import butler.ChecklistId
import butler.Evidence
import butler.FormId
import butler.NewCase
import butler.OwnerState
import butler.PhotoId
import butler.Procedure
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.RecordState
import butler.Source
import butler.SyncEnd
import butler.Value
import butler.WorkflowId
import butler.app.DayPhone.Spot
import butler.app.models.AnswerState
import butler.app.models.ConflictModel
import butler.app.models.EnrolModel
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.LoadPhase
import butler.app.models.Model
import butler.app.models.OutboxModel
import butler.app.models.Place
import butler.app.models.Press
import butler.app.models.RejectedModel
import butler.app.models.RoundModel
import butler.app.models.RoundOf
import butler.app.models.Stroke
import butler.app.models.TodayIntent
import butler.app.models.TodayModel
import butler.app.models.TodaySheet
import butler.app.models.Typing
import butler.app.models.VisitModel
import butler.app.models.firstPlace
import butler.testing.TestClock
import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A phone from its first hour to the evening, over a real office: given to a person, walked with, killed, cut off, put right. */
@RunWith(RobolectricTestRunner::class)
class DayTest {
    @get:Rule val folder = TemporaryFolder()

    private val clock = TestClock(OfficeProcess.MORNING)

    private fun phone(name: String) = DayPhone(File(folder.root, name), clock)

    @Test
    fun `a day from the desk to the evening`() = OfficeProcess(File(folder.root, "office"), OfficeProcess.ahead(clock.time)).use { office ->
        runBlocking {
            val zhang = phone("zhang").apply { open() }
            val wang = phone("wang").apply { open() }
            enrolled(zhang, office, "zhang.li")
            enrolled(wang, office, "wang.wei")

            // In the cellar: nothing reaches the office from here on.
            zhang.at = Spot.Cellar
            val order = patrolled(zhang)
            val nobody = nobodyHome(zhang)
            val met = zhang.butler.homes.list().map { it.record.id }.first { it != nobody }
            visited(zhang, met)
            refusedLater(zhang, met)
            zhang.butler.homes.edit(met) { layout = "三室两厅（已改书房）" }
            wang.butler.homes.edit(met) { layout = "四室两厅" }
            wang.sync()
            office.butlerOnly("zhang.li")

            // The app is killed in the middle of a form.
            val keys = FormOf.Row(FormId("keys.owner"), met)
            FormModel(zhang.app, keys).also { it.refresh() }.type("存放位置", "前台3号柜")
            zhang.die()
            zhang.open()
            assertEquals(Place.Today, firstPlace(zhang.butler))
            val form = FormModel(zhang.app, keys).also { it.refresh() }
            assertEquals("前台3号柜", form.state.value.words("存放位置"))
            filled(form)
            assertEquals(emptyList(), zhang.butler.drafts.list(), "a form handed in is no draft")

            // Up in the yard the line holds for a while, then in the office for good.
            val outbox = OutboxModel(zhang.app).also { it.refresh() }
            val all = zhang.unsent()
            assertTrue(all > 6u)
            outbox.press("现在试一次")
            assertEquals("sync", zhang.device.asked.last())
            assertEquals(SyncEnd.Interrupted, zhang.sync().end)
            outbox.refresh()
            assertContains(assertNotNull(outbox.state.value.head).sync, "现在没网")
            zhang.at = Spot.Yard
            assertEquals(SyncEnd.Interrupted, zhang.sync().end)
            outbox.refresh()
            assertContains(assertNotNull(outbox.state.value.head).sync, "其余下次接着送")
            zhang.at = Spot.Office
            assertEquals(SyncEnd.Complete, zhang.sync().end)

            settled(zhang, met)
            corrected(zhang)
            assertEquals(SyncEnd.Complete, zhang.sync().end)
            outbox.refresh()
            assertEquals("都送到了", outbox.state.value.head?.title)
            assertNull(outbox.state.value.lookTitle)

            wang.sync()
            for (record in listOf(met, order, nobody)) {
                assertEquals(RecordState.Acknowledged, zhang.butler.records.state(record))
                assertEquals(zhang.butler.records.fingerprint(record), wang.butler.records.fingerprint(record), "both hold the same")
            }
            assertEquals("三室两厅（已改书房）", wang.butler.homes.details(met).home.layout)
            zhang.die()
            wang.die()
        }
    }

    /** By the code the office says, at the address it says. */
    private suspend fun enrolled(phone: DayPhone, office: OfficeProcess, staff: String) {
        assertEquals(Place.Enrol, firstPlace(phone.butler))
        phone.navigator.go(Place.Enrol)
        val enrol = EnrolModel(phone.app).also { it.refresh() }
        enrol.type("登记码", office.code(staff).lowercase())
        enrol.type("办公室地址", office.address)
        enrol.press("连办公室")
        assertEquals("锦瑟家园 物业服务中心", enrol.state.value.office?.name)
        enrol.press("登记这部手机")
        assertNull(enrol.state.value.problem)
        phone.sync()
        enrol.refresh()
        assertEquals(LoadPhase.Done, enrol.state.value.load?.phase)
        enrol.press("开始今天的路")
        assertEquals(Place.Today, phone.navigator.way.value.top)
        assertEquals(staff, phone.butler.me().staff.value)
    }

    /** A point in order, a finding at the next; an order is made of it. */
    private suspend fun patrolled(phone: DayPhone): RecordId {
        val due = phone.butler.today.list().items.first { it.begin == Procedure.Checklist(ChecklistId("patrol.public-area")) }
        val round = RoundModel(phone.app, RoundOf.Due(due.id)).also { it.refresh() }
        val first = round.state.value.point
        round.press(assertNotNull(round.state.value.record).label)
        assertTrue(first != round.state.value.point, "one press, and the point is done")
        round.press("有问题")
        round.type("写一句", "消防通道停了电动车")
        round.press("记下")
        assertNull(round.state.value.finding)
        val walked = phone.butler.rounds.underWay().single().id
        val finding = phone.butler.rounds.details(walked).points.flatMap { it.items }.flatMap { it.results }.first { it.fails }
        val place = assertNotNull(due.place)
        val opening = phone.butler.cases.opening(WorkflowId("repair.public"), place).first()
        return phone.butler.cases.open(
            NewCase(WorkflowId("repair.public"), opening.step, "消防通道停了电动车", place = place, evidence = answers(phone.butler, opening.questions), from = Source(walked, finding.event)),
        ).record
    }

    /** The first door of the walk stays shut. */
    private suspend fun nobodyHome(phone: DayPhone): RecordId {
        val today = TodayModel(phone.app).also { it.refresh() }
        for (folded in today.state.value.stops.filter { it.doors.isEmpty() }) folded.fold?.let { today.handle(it.intent) }
        val stop = assertNotNull(today.state.value.stops.find { it.doors.any { door -> door.nobody != null } }, "no door: ${Shown.json(today.state.value)}")
        val press = stop.doors.firstNotNullOf { it.nobody }
        today.handle(press.intent)
        today.handle((today.state.value.sheet as TodaySheet.Nobody).record.intent)
        assertNotNull(phone.app.recent.value)
        return (press.intent as TodayIntent.NobodyHome).home
    }

    private suspend fun visited(phone: DayPhone, home: RecordId) {
        val visit = VisitModel(phone.app, home).also { it.refresh() }
        visit.press("达成一致")
        visit.type("谈了什么", "阳台地漏慢，约周六请工程看")
        visit.press("记下，下一户")
        assertEquals(Place.Today, phone.navigator.way.value.top)
    }

    /** She stands in for finance, and does no more by the time it is sent. */
    private suspend fun refusedLater(phone: DayPhone, home: RecordId) {
        phone.butler.homes.edit(home) { arrears = 120_000; ownerState = OwnerState.ELSEWHERE; people = 2 }
    }

    private suspend fun settled(phone: DayPhone, home: RecordId) {
        assertEquals(home, phone.butler.conflicts.list().single().record)
        val conflict = ConflictModel(phone.app).also { it.refresh() }
        assertEquals(setOf("张丽 管家", "王伟 管家"), conflict.state.value.sides.map { it.by }.toSet())
        conflict.press("选“三室两厅（已改书房）”")
        conflict.press("就用“三室两厅（已改书房）”")
        assertEquals(emptyList(), phone.butler.conflicts.list())
    }

    private suspend fun corrected(phone: DayPhone) {
        val rejected = phone.butler.rejected.list().single()
        val screen = RejectedModel(phone.app, rejected.change).also { it.refresh() }
        screen.press("去掉这项，再送 2 项")
        assertEquals(emptyList(), phone.butler.rejected.list())
    }

    /** Answers whatever is asked, as a person in a hurry does, and hands it in; an answer may ask for more. */
    private suspend fun filled(form: FormModel) {
        repeat(ROUNDS) {
            for (question in form.state.value.questions) {
                when (val answer = question.answer) {
                    is AnswerState.Words -> if (answer.typing.text.isEmpty()) form.handle(answer.typing.intent("A-17"))
                    is AnswerState.Count -> if (answer.number == "–") form.handle(answer.more.intent)
                    is AnswerState.Options -> if (answer.chips.none { it.chosen }) form.handle(answer.chips.first().press.intent)
                    is AnswerState.Pick -> if (answer.chips.none { it.chosen }) answer.chips.firstOrNull()?.let { form.handle(it.press.intent) }
                    is AnswerState.Photos -> if (answer.remove == null) form.handle(answer.take.intent)
                    is AnswerState.Signature -> if (answer.drawing.strokes.isEmpty()) form.handle(answer.drawing.intent(Stroke(listOf(200 to 300, 500 to 700))))
                    is AnswerState.Moment -> form.handle(answer.now.intent)
                    is AnswerState.Sum, is AnswerState.Locked -> {}
                }
            }
        }
        assertTrue(form.state.value.ready, "${form.state.value.record?.label}")
        form.handle(assertNotNull(form.state.value.record).intent)
        assertNull(form.state.value.problem)
    }

    private companion object {
        const val ROUNDS = 3
    }}

/** Answers to the questions of an opening step. */
private suspend fun answers(phone: Butler, questions: List<Question>): Evidence {
    val fields = mutableMapOf<QuestionId, Value>()
    val photos = mutableMapOf<QuestionId, List<PhotoId>>()
    for (question in questions) {
        when (question.answer) {
            AnswerType.PHOTO, AnswerType.SIGNATURE -> photos[question.field] = listOf(phone.photos.add(byteArrayOf(1, 2, 3)))
            AnswerType.CHOICE, AnswerType.MULTI_CHOICE -> fields[question.field] = Value.Text(question.options.first().id)
            AnswerType.PHONE -> fields[question.field] = Value.Text("19900001234")
            AnswerType.FLAG -> fields[question.field] = Value.Bool(true)
            AnswerType.NUMBER -> fields[question.field] = Value.Real(1.0)
            else -> fields[question.field] = Value.Text("消防通道停了电动车")
        }
    }
    return Evidence(fields, photos)
}

/** What stands in a field of a form. */
private fun Any.words(label: String): String? = Shown.presses(this).firstOrNull { it.typing?.label == label }?.typing?.text

@Suppress("UNCHECKED_CAST") // What a state offers to press, its model understands.
private suspend fun Model<*, *>.told(intent: Any) = (this as Model<*, Any>).handle(intent)

private suspend fun Model<*, *>.press(label: String) {
    val press: Press<*>? = Shown.presses(state.value).firstOrNull { it.press?.label == label }?.press
    assertNull(assertNotNull(press, "nothing says $label: ${Shown.json(state.value)}").locked)
    told(press.intent)
}

private suspend fun Model<*, *>.type(label: String, text: String) {
    val typing: Typing<*>? = Shown.presses(state.value).firstOrNull { it.typing?.label == label }?.typing
    told(assertNotNull(typing, "no field $label: ${Shown.json(state.value)}").intent(text))
}
