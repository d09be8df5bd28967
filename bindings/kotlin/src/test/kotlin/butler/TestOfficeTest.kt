package butler

import butler.testing.MemoryKeys
import butler.testing.TestClock
import butler.testing.TestOffice
import java.io.File
import java.time.Duration
import java.time.LocalDate
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** What an app's own tests stand on: an office without a server, a clock without waiting. */
class TestOfficeTest {
    @Test
    fun `a screen is tested with neither server nor sleep`() = runBlocking {
        TestOffice().use { office ->
            office.grid("g1")
            office.assign("zhang.li", "butler", "g1", name = "张丽")
            val home = office.home("3-2-501", "g1")
            val butler = office.phone("zhang.li")
            assertEquals("3栋2单元501", butler.homes.list().single().title)

            office.online = false
            butler.homes.edit(home) { layout = "三室" }
            assertEquals(SyncEnd.Interrupted, butler.sync(office.transport).end)
            office.clock.time += Duration.ofHours(3)
            assertEquals(RecordState.Unsent, butler.records.state(home))
            assertEquals(office.clock.time, butler.homes.edit(home) { people = 2 }.let { butler.records.history(home).last().at })

            office.online = true
            assertEquals(2uL, butler.sync(office.transport).accepted)
            assertEquals(RecordState.Acknowledged, butler.records.state(home))
            butler.shutdown()
        }
    }

    @Test
    fun `two phones disagree and a role is taken away, by the rules of the real office`() = runBlocking {
        TestOffice().use { office ->
            office.grid("g1")
            office.assign("zhang.li", "butler", "g1")
            office.assign("chen.jing", "supervisor", name = "陈静")
            val home = office.home("3-2-501", "g1")
            val (zhang, chen) = office.phone("zhang.li") to office.phone("chen.jing")
            zhang.homes.edit(home) { layout = "三室" }
            chen.homes.edit(home) { layout = "四室" }
            for (phone in listOf(zhang, chen, zhang)) phone.sync(office.transport)
            assertEquals(listOf("layout"), zhang.homes.details(home).conflicts)

            zhang.homes.edit(home) { people = 2 }
            office.unassign("zhang.li")
            assertEquals(1uL, zhang.sync(office.transport).rejected)
            assertEquals("people", zhang.rejected.list().single().meant.single().path)
            zhang.shutdown()
            chen.shutdown()
        }
    }

    @Test
    fun `what a sync brings while a form is open stays beside what the form writes`() = runBlocking {
        TestOffice().use { office ->
            office.grid("g1")
            office.assign("zhang.li", "butler", "g1")
            office.assign("he.fang", "butler", "g1", name = "何芳")
            val home = office.home("3-2-501", "g1")
            val (zhang, fang) = office.phone("zhang.li") to office.phone("he.fang")
            zhang.records.editNote(home, "周末在家")
            for (phone in listOf(zhang, fang)) phone.sync(office.transport)

            val screen = zhang.homes.details(home).shown
            assertEquals(screen, zhang.homes.list().single().record.shown)
            val (note, layout) = zhang.submission(screen) to zhang.submission(screen)
            fang.records.editNote(home, "周末在家，养了一只大狗")
            fang.homes.edit(home) { this.layout = "三室" }
            for (phone in listOf(fang, zhang)) phone.sync(office.transport)

            val saved = zhang.submitting(note).records.editNote(home, "周末在家，钥匙在前台")
            zhang.submitting(layout).homes.edit(home) { this.layout = "四室" }
            val merged = zhang.homes.details(home)
            assertTrue("大狗" in merged.home.note && "钥匙在前台" in merged.home.note, merged.home.note)
            assertEquals(listOf("layout"), merged.conflicts)
            assertEquals(home, saved.record)

            // It is decided between the values that were shown.
            val conflict = zhang.conflicts.list().single()
            zhang.submitting(zhang.submission(conflict.shown)).conflicts.resolve(home, "layout", Value.Text("四室"))
            assertEquals(emptyList<String>(), zhang.homes.details(home).conflicts)
            val aside = zhang.submission(zhang.residents.details(zhang.residents.add(home) { name = "顾岚" }.record).shown)
            val wrong = assertThrows<ButlerException.InvalidInput> {
                zhang.submitting(aside).homes.edit(home) { people = 2 }
            }
            assertEquals("shown", wrong.field)
            assertThrows<ButlerException.InvalidInput> { zhang.submitting(aside.copy(shown = Shown("x"))) }
            zhang.shutdown()
            fang.shutdown()
        }
    }

    @Test
    fun `a form handed in twice is one record`() = runBlocking {
        TestOffice().use { office ->
            office.grid("g1")
            office.assign("zhang.li", "butler", "g1")
            val home = office.home("3-2-501", "g1")
            val butler = office.phone("zhang.li")
            val form = butler.submission()
            suspend fun add(called: String) = butler.submitting(form).residents.add(home) {
                name = called
                pet { species = "狗" }
            }
            val first = add("顾岚")
            assertEquals(first, add("顾岚"))
            assertEquals(1, butler.homes.details(home).residents.size)
            assertEquals(1, butler.residents.details(first.record).resident.pets.size)
            val other = assertThrows<ButlerException.AlreadySubmitted> { add("顾兰") }
            assertEquals(first.record, other.record)
            butler.shutdown()
        }
    }

    @Test
    fun `tomorrow comes when the test says so`() = runBlocking {
        TestOffice().use { office ->
            office.grid("g1")
            office.assign("zhang.li", "butler", "g1")
            office.home("3-2-501", "g1")
            val butler = office.phone("zhang.li")
            val patrol = butler.today.list().items.first { it.begin == Procedure.Checklist(ChecklistId("patrol.public-area")) }
            butler.today.skip(patrol.id, butler.answer(butler.today.asks(DueAnswer.SKIP)))
            suspend fun open() = butler.today.list().items.any { it.rule == patrol.rule && it.status == DueStatus.OPEN }
            assertTrue(!open())
            office.clock.time += Duration.ofDays(1)
            assertTrue(open())
            butler.shutdown()
        }
    }

    @Test
    fun `a phone ten years ahead dates what it records by the office`(@TempDir folder: File) = runBlocking {
        TestOffice().use { office ->
            office.grid("g1")
            office.assign("zhang.li", "butler", "g1")
            val home = office.home("3-2-501", "g1")
            val wrong = TestClock(office.clock.time.plus(Duration.ofDays(3_653)))
            val butler = Butler.open(File(folder, "phone"), MemoryKeys(), wrong)
            butler.enrol(office.code("zhang.li"), "test", office.transport)
            butler.sync(office.transport)
            assertEquals(LocalDate.of(2026, 11, 23), butler.date())
            val person = butler.residents.add(home) { name = "顾岚"; phone { number = "19900007788" } }.record
            butler.residents.verifyPhone(person, butler.residents.details(person).resident.phones.single().id)
            assertEquals(butler.date(), butler.residents.details(person).resident.phones.single().verified)
            butler.shutdown()
        }
    }

    @Test
    fun `what the office does not know it says`(@TempDir folder: File) = runBlocking {
        TestOffice().use { office ->
            assertThrows<butler.testing.TestOfficeException.Wrong> { office.home("3-2-501", "nowhere") }
            assertThrows<butler.testing.TestOfficeException.Wrong> { office.publish("kind = \"form\"") }
            val butler = Butler.open(File(folder, "phone"), MemoryKeys(), office.clock)
            assertThrows<ButlerException.CodeInvalid> { butler.enrol("K7-39-QX-M4", "test", office.transport) }
            butler.shutdown()
        }
    }
}
