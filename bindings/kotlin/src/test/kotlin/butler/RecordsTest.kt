package butler

import java.time.LocalDate
import java.time.YearMonth
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Records whole, their past, the numbers made of them, and what others learned. */
class RecordsTest : WithOffice() {
    @Test
    fun `a metric's number opens its records`() = runBlocking {
        val butler = phone("zhang.li")
        val month = YearMonth.from(butler.date())
        val info = butler.metrics.list().single { it.metric == MetricId("coverage_contact") }
        assertTrue(info.means.zh.isNotEmpty() && GroupBy.GRID in info.by)
        suspend fun reached() = butler.metrics.month(month, info.metric).single()
        val before = reached()
        assertEquals(Measure.SHARE, before.measure)

        // Somebody's telephone is verified in a home where none was.
        val unreached = butler.metrics.records(before, month, Side.WHOLE).rows.first { !it.member.inPart }
        val home = butler.homes.details((unreached.member.about as SubjectId.Record).v1)
        val person = butler.residents.add(home.home.id) { name = "顾岚"; livesHere = true }.record
        butler.residents.addPhone(person, "19900007788")
        val phone = butler.residents.details(person).resident.phones.single()
        butler.residents.verifyPhone(person, phone.id)

        val after = reached()
        assertEquals(before.value!!.part + 1, after.value!!.part)
        assertEquals(before.value!!.whole, after.value!!.whole)
        val behind = butler.metrics.records(after, month)
        assertEquals(after.value!!.part, behind.total.toLong())
        assertEquals(after.members, butler.metrics.records(after, month, Side.WHOLE, take = 1).total.toULong())
        val row = behind.rows.single { it.member.about == SubjectId.Record(home.home.id) }
        assertEquals(home.title, row.subject)
        assertEquals(home.title, butler.homes.details(row.member.record!!).title)

        val grids = butler.metrics.month(month, info.metric, GroupBy.GRID)
        assertNull(grids.first().group)
        assertTrue(grids.drop(1).all { it.group is MetricGroup.Grid && it.groupLabel != null })
        assertThrows<ButlerException.NotFound> { butler.metrics.month(month, MetricId("no-such-metric")) }
        butler.shutdown()
    }

    @Test
    fun `the library finds a case by its initials`() = runBlocking {
        val butler = phone("zhang.li")
        val row = butler.library.search("gkpw").first()
        assertEquals("高空抛物", row.title.zh)
        assertTrue(row in butler.library.list())
        val article = butler.library.article(row)
        assertTrue(article.situation.zh.isNotEmpty() && article.handling.en.isNotEmpty())
        assertTrue(butler.library.search("没有这样的事").isEmpty())
        butler.shutdown()
    }

    @Test
    fun `parts of a home and of a person are added, touched and removed`() = runBlocking {
        val butler = phone("zhang.li")
        val home = butler.homes.list().last().record.id
        butler.homes.edit(home) {
            handedOver = PartialDate(2019, 6)
            meter { kind = MeterKind.WATER; number = "W-88"; reading = 10.5 }
            parking { space = "B1-080"; tenure = Tenure.LEASED }
        }
        val meter = butler.homes.details(home).home.meters.single { it.number == "W-88" }
        butler.homes.edit(home) { meter(meter.id) { reading = 12.0; readOn = LocalDate.of(2026, 11, 22) } }
        val read = butler.homes.details(home).home
        assertEquals(PartialDate(2019, 6), read.handedOver)
        assertEquals(meter.copy(reading = 12.0, readOn = LocalDate.of(2026, 11, 22)), read.meters.single { it.id == meter.id })
        val space = read.parking.single { it.space == "B1-080" }
        butler.homes.edit(home) { removeParking(space.id) }
        assertTrue(butler.homes.details(home).home.parking.none { it.id == space.id })
        assertThrows<ButlerException.InvalidInput> { butler.homes.edit(home) { movedIn = PartialDate(2019, 13) } }

        val person = butler.residents.add(home) {
            name = "顾岚"
            birthday = Birthday(2, 29)
            segment = "affluent"
            phone { number = "199 0000 1234"; wechat = true }
            vehicle { plate = "沪A12345"; colour = "白" }
            care { need = Need.LIVES_ALONE }
        }.record
        val details = butler.residents.details(person)
        assertEquals(Birthday(2, 29) to "affluent", details.resident.birthday to details.resident.segment?.code)
        assertEquals("19900001234" to true, details.resident.phones.single().let { it.number to it.wechat })
        assertEquals(Need.LIVES_ALONE, details.resident.care.single().need?.code)
        assertTrue(details.homeTitle.isNotEmpty() && details.state == RecordState.Unsent)
        // The same plate added again is the same vehicle.
        butler.residents.edit(person) { vehicle(details.resident.vehicles.single().id) { colour = null } }
        assertEquals(listOf("沪A12345" to null), butler.residents.details(person).resident.vehicles.map { it.plate to it.colour })
        butler.shutdown()
    }

    @Test
    fun `any record is read, now and as it was, and two phones know that they hold the same`() = runBlocking {
        val zhang = phone("zhang.li")
        val chen = phone("chen.jing")
        assertTrue(zhang.opening().created)
        assertEquals(PlaybookSet(null, null, null), zhang.playbookSet())
        val home = home(zhang, "1-1-601")
        zhang.homes.edit(home) { layout = "两室" }
        zhang.homes.edit(home) { layout = "三室"; ownerState = OwnerState.ABROAD }
        suspend fun layout(change: ChangeHash) = zhang.records.at(home, change).fields.single { it.path == "layout" }
        val (older, newer) = zhang.records.history(home).takeLast(2).map { it.change }
        assertEquals(Value.Text("两室"), layout(older).shown.value)
        assertEquals("户型" to "张丽", layout(newer).label.zh to layout(newer).shown.byName)
        val now = zhang.records.get(home)
        assertEquals(zhang.records.at(home, newer), now)
        assertEquals("常年国外", now.fields.single { it.path == "owner_state" }.words.zh)
        assertEquals(home, zhang.records.page(Kind.HOME, limit = 1).single().id)

        assertNotEquals(zhang.records.fingerprint(home), chen.records.fingerprint(home))
        zhang.sync(office.transport)
        chen.sync(office.transport)
        assertEquals(zhang.records.fingerprint(home), chen.records.fingerprint(home))
        chen.records.archive(home)
        assertEquals(Lifecycle.ARCHIVED, chen.records.get(home).lifecycle)
        zhang.shutdown()
        chen.shutdown()
    }

    @Test
    fun `what there is to do, with whom and where, is the office's to say`() = runBlocking {
        val butler = phone("zhang.li")
        val procedures = butler.office.procedures().associateBy { it.begin }
        assertEquals(listOf(SubjectKind.HOME), procedures[Procedure.Form(FormId("keys.owner"))]?.about)
        assertTrue(patrol in procedures && Procedure.Workflow(WorkflowId("repair.public")) in procedures)
        assertNull(procedures[Procedure.Form(FormId("due.skip"))], "an answer to what is due is no register")
        assertEquals("陈静", butler.office.staff().single { it.id.value == "chen.jing" }.name)
        assertEquals("管家", butler.office.roles().single { it.id.value == "butler" }.label.zh)
        assertTrue(butler.office.choices("port").isNotEmpty() && butler.office.choices("nothing").isEmpty())
        assertEquals("个", butler.office.unit("piece")?.zh)
        val grid = butler.office.grids().single { it.id.value == "jinse/grid-1" }
        val due = patrol(butler)
        assertTrue(grid.id in butler.office.places().single { it.id == due.place }.grids)
        assertEquals(due, butler.today.item(due.id))
        butler.shutdown()
    }
}
