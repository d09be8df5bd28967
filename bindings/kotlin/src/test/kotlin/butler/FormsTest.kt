package butler

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Forms and steps render themselves: what is asked, what will not do, what the answers suggest. */
class FormsTest : WithOffice() {
    private fun List<Question>.of(field: String) = single { it.field == QuestionId(field) }

    private fun text(value: String) = Value.Text(value)

    @Test
    fun `a form asks what is required, says what will not do, and is edited by the same rules`() = runBlocking {
        val butler = phone("zhang.li")
        val home = home(butler, "1-1-501")
        val place = butler.homes.details(home).home.place!!
        val form = butler.registers.form(FormId("keys.owner"))
        assertTrue(form.title.zh.isNotEmpty() && form.guidance!!.en.isNotEmpty())
        val copies = form.questions.of("copies")
        assertEquals(listOf(1.0, 20.0), listOf(copies.min, copies.max))
        assertTrue(copies.required && copies.problem != null, "missing")
        assertEquals(20, form.questions.of("bag_number").maxLength)
        assertNotNull(form.questions.of("allowed_until").help)
        assertEquals(1, form.questions.of("consent").atLeast)
        assertTrue(form.questions.none { it.field == QuestionId("given_back_sign") }, "not asked yet")

        val answers = butler.answer(form.questions.filter { it.field != QuestionId("from_person") && it.field != QuestionId("given_back_on") })
        val person = butler.homes.details(home).residents.first().record.id
        val good = answers.copy(fields = answers.fields + (QuestionId("from_person") to text(person.value)))
        val tooMany = good.copy(fields = good.fields + (QuestionId("copies") to Value.Int(21)))
        assertNotNull(butler.registers.ask(form.form, tooMany).of("copies").problem)
        assertTrue(butler.registers.ask(form.form, good).all { it.problem == null })
        val missing = assertThrows<ButlerException.EvidenceMissing> {
            butler.registers.add(NewEntry(form.form, place, tooMany, about = listOf(home)))
        }
        assertEquals(listOf(QuestionId("copies")), missing.problems.map { it.field })
        val entry = butler.registers.add(NewEntry(form.form, place, good, about = listOf(home))).record

        // The answers suggest; taking the suggestion is an edit of the home.
        val proposal = butler.registers.propose(form.form, good).single()
        assertEquals("key_held" to "钥匙在物业", proposal.path to proposal.label.zh)
        butler.homes.edit(home) { take(proposal); keySpot = "前台3号柜" }
        assertEquals(true, butler.homes.details(home).home.keyHeld)

        // Given back: the row now asks for a signature.
        val back = mapOf(QuestionId("given_back_on") to text("2026-11-30"))
        val sign = assertThrows<ButlerException.EvidenceMissing> { butler.registers.edit(entry, back) }
        assertEquals(listOf(QuestionId("given_back_sign")), sign.problems.map { it.field })
        val photo = butler.photos.add(byteArrayOf(9, 9))
        butler.registers.edit(entry, back, mapOf(QuestionId("given_back_sign") to listOf(photo)))
        val row = butler.registers.details(entry)
        assertEquals(listOf(home), row.about)
        assertEquals(text("2026-11-30"), row.answers.fields[QuestionId("given_back_on")])
        assertEquals(listOf(photo), row.answers.photos[QuestionId("given_back_sign")])
        assertEquals(Value.Bool(false), butler.registers.propose(form.form, row.answers).single().value)
        butler.registers.edit(entry, mapOf(QuestionId("given_back_on") to null))
        assertNull(butler.registers.details(entry).answers.fields[QuestionId("given_back_on")])
        butler.shutdown()
    }

    @Test
    fun `a step asks, advises, and two cases are one matter`() = runBlocking {
        val butler = phone("zhang.li")
        val place = butler.homes.details(home(butler, "1-1-501")).home.place!!
        val opening = butler.cases.opening(WorkflowId("repair.public"), place).first()
        val before = butler.cases.askOpening(WorkflowId("repair.public"), opening.step, place, Evidence())
        assertTrue(before.any { it.required && it.problem != null })
        val evidence = butler.answer(before)
        assertTrue(butler.cases.askOpening(WorkflowId("repair.public"), opening.step, place, evidence).all { it.problem == null })

        val new = NewCase(
            WorkflowId("repair.public"), opening.step, "大堂灯不亮", place = place, evidence = evidence,
            urgency = Urgency.URGENT, spot = "大堂东侧", expected = java.time.LocalDate.of(2026, 12, 1),
        )
        val first = butler.cases.open(new).record
        val second = butler.cases.open(new.copy(title = "大堂灯又不亮", urgency = null)).record
        val details = butler.cases.details(first)
        assertEquals(Urgency.URGENT to "大堂东侧", details.case.urgency to details.case.spot)
        val row = butler.cases.openList().first { it.id == first }
        assertEquals(listOf(details.workflow, details.stateLabel), listOf(row.workflowLabel, row.stateLabel))
        assertEquals(Urgency.URGENT, row.urgency)
        assertNotNull(details.guidance ?: butler.cases.nextSteps(first).firstNotNullOfOrNull { it.guidance })
        for (step in butler.cases.nextSteps(first)) {
            val asked = butler.cases.ask(first, step.step, Evidence()).map { it.field }
            assertTrue(asked.all { field -> step.questions.any { it.field == field } }, step.step.value)
        }

        butler.cases.link(first, second, "repeat")
        val link = butler.cases.details(second).links.single()
        assertEquals(first to "同一问题再次发生", link.case to link.how.zh)
        val unknown = assertThrows<ButlerException.InvalidInput> { butler.cases.link(first, second, "cousin") }
        assertEquals("how", unknown.field)
        butler.shutdown()
    }

    @Test
    fun `a rejected edit is corrected and sent again`() = runBlocking {
        val butler = phone("wang.wei")
        val home = home(butler, "1-1-502")
        butler.homes.edit(home) { layout = "三室"; people = 47 }
        office.run("grid", "unassign", "wang.wei", "jinse/grid-1")
        assertEquals(1uL, butler.sync(office.transport).rejected)
        val rejected = butler.rejected.list().single()
        assertTrue(rejected.reason.zh.isNotEmpty())
        assertEquals(listOf("户型", "常住人口"), rejected.meant.map { it.label.zh })

        office.run("grid", "assign", "wang.wei", "jinse/grid-1", "--role", "butler")
        butler.sync(office.transport)
        val corrected = rejected.meant.filter { it.path == "layout" }
            .map { it.copy(change = Change.Write(Value.Text("三室两厅"))) }
        butler.rejected.resend(rejected.change, corrected)
        assertTrue(butler.rejected.list().isEmpty())
        val sent = butler.sync(office.transport)
        assertEquals(listOf(1uL, 0uL), listOf(sent.accepted, sent.rejected))
        val agreed = butler.homes.details(home)
        assertEquals("三室两厅", agreed.home.layout)
        assertNotEquals(47L, agreed.home.people)
        butler.shutdown()
    }
}
