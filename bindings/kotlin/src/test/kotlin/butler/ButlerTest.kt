package butler

import butler.testing.MemoryKeys
import java.io.File
import java.time.Duration
import java.time.LocalDate
import java.time.Instant
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Two phones and a real office: what an app does, from the first launch to two people agreeing. */
class ButlerTest : WithOffice() {
    @Test
    fun `two people edit the same home concurrently and agree`() = runBlocking {
        val zhang = phone("zhang.li")
        val chen = phone("chen.jing")
        val home = zhang.homes.find("1-1-501").first().record

        zhang.homes.edit(home) { layout = "三室两厅(已改书房)"; keyHeld = true; keySpot = "前台3号柜" }
        zhang.records.editNote(home, "业主周末回来,钥匙交前台。")
        chen.homes.edit(home) { layout = "四室两厅"; ownerState = OwnerState.ELSEWHERE }
        assertEquals(RecordState.Unsent, zhang.records.state(home))

        val stages = mutableListOf<SyncStage>()
        val sent = zhang.sync(office.transport) { stages += it.stage }
        assertEquals(2uL, sent.accepted)
        assertTrue(SyncStage.SENDING in stages && SyncStage.RECEIVING in stages, "$stages")
        chen.sync(office.transport)
        zhang.sync(office.transport)
        assertEquals(RecordState.Acknowledged, zhang.records.state(home))

        val conflicts = listOf(zhang, chen).map { phone -> phone.conflicts.list().single { it.record == home } }
        assertEquals(conflicts[0], conflicts[1], "both see the same disagreement")
        val field = conflicts[0].about as ConflictKind.Field
        assertEquals("layout", field.path)
        assertEquals(setOf("张丽", "陈静"), field.candidates.map { it.byName }.toSet())

        // What only one of them touched is not in conflict.
        val merged = zhang.homes.details(home)
        assertEquals(listOf("layout"), merged.conflicts)
        assertEquals(OwnerState.ELSEWHERE, merged.home.ownerState?.code)
        assertEquals(true, chen.homes.details(home).home.keyHeld)

        chen.conflicts.resolve(home, field.path, field.candidates.first { it.byName == "张丽" }.value)
        chen.sync(office.transport)
        zhang.sync(office.transport)
        assertEquals("三室两厅(已改书房)", zhang.homes.details(home).home.layout)
        assertEquals(chen.homes.details(home), zhang.homes.details(home), "they agree")
        assertTrue(zhang.conflicts.list().none { it.record == home })
        assertEquals(chen.records.history(home), zhang.records.history(home))
        zhang.shutdown()
        chen.shutdown()
    }

    @Test
    fun `who one is, what changed and what is unsent are one call each`() = runBlocking {
        val butler = phone("zhang.li")
        val me = butler.me()
        assertEquals("张丽", me.name)
        assertTrue(me.grids.isNotEmpty() && me.mayWrite.any { it.kind == Kind.HOME && "state" in it.groups })
        val home = butler.homes.list(HomeFilter(), limit = 1).single().record.id
        val changed = async(Dispatchers.IO) { butler.changes().first() }
        while (!changed.isCompleted) {
            butler.records.editNote(home, "门口堆物 ${System.nanoTime()}")
            yield()
        }
        assertTrue(Area.HOMES in changed.await() || Area.OUTBOX in changed.await())
        val row = butler.outbox().single()
        assertEquals(home, row.record)
        assertTrue(row.title.isNotEmpty() && row.state == RecordState.Unsent)
    }

    @Test
    fun `a day is a walk whose parts add up, and a cut says what becomes of them`() = runBlocking {
        val butler = phone("zhang.li")
        val walk = butler.today.walk()
        val aside = (walk.doesNotFit + walk.canWait).sumOf { it.count }
        assertEquals(walk.open, walk.planned + aside + walk.urgent.size.toUInt())
        assertTrue(walk.doors <= 40u && walk.stops.size <= 12 && walk.canWait.all { it.reason.zh.isNotEmpty() })
        val cut = butler.today.cutShort(60)
        val parts = listOf(cut.keep, cut.tomorrow, cut.missed, cut.anotherDay)
        assertEquals(walk.open.toInt(), parts.sumOf { it.size })
        assertEquals(emptyList<Recorded>(), butler.today.snoozeMany(emptyList(), Evidence(emptyMap(), emptyMap())))
        val home = walk.stops.flatMap { it.doors }.firstOrNull()?.home ?: butler.homes.list().first().record.id
        assertTrue(butler.today.about(home).all { it.title.zh.isNotEmpty() })
    }

    @Test
    fun `a patrol is walked from today to an order`() = runBlocking {
        val butler = phone("zhang.li")
        val due = patrol(butler)
        assertTrue(due.title.zh.isNotEmpty() && due.why.en.isNotEmpty())

        val round = butler.rounds.start(patrol.checklist, due.place!!, due = due.id).record
        for (point in butler.rounds.details(round).points) {
            butler.rounds.checkIn(round, point.id, Proof.Distance(6.0))
            for (item in point.items.filter { it.question.required }) {
                butler.rounds.record(round, item.question.field, butler.answer(listOf(item.question)))
            }
        }
        val walked = butler.rounds.details(round)
        assertTrue(walked.complete, "$walked")
        assertTrue(walked.points.all { it.visited != null && it.proof == ProofKind.LOCATION })
        assertEquals(DueStatus.DONE, find(butler) { it.id == due.id }.status)

        // A finding without its photo says what is missing; with it, it becomes an order.
        val item = walked.points.first().items.first { item -> item.question.options.any { it.fails } }.question
        val bad = Evidence(mapOf(item.field to Value.Text(item.options.first { it.fails }.id)))
        val missing = assertThrows<ButlerException.EvidenceMissing> { butler.rounds.record(round, item.field, bad) }
        assertTrue(missing.problems.all { it.message.zh.isNotEmpty() } && missing.problems.isNotEmpty())
        val photo = butler.photos.add(byteArrayOf(1, 2, 3, 4))
        assertEquals(listOf<Byte>(1, 2, 3, 4), butler.photos.bytes(photo).toList())
        val seen = bad.copy(photos = mapOf(item.field to listOf(photo)))
        val finding = butler.rounds.record(round, item.field, seen, "地砖松动,已围挡")

        val opening = butler.cases.opening(WorkflowId("repair.public"), due.place!!).first()
        val order = butler.cases.open(
            NewCase(
                workflow = WorkflowId("repair.public"), step = opening.step, title = "巡视发现:地砖松动", place = due.place,
                evidence = butler.answer(opening.questions), from = Source(round, finding.event!!),
            ),
        ).record
        assertTrue(butler.cases.openList().any { it.id == order })
        assertEquals(1, butler.cases.details(order).steps.size)
        assertTrue(butler.cases.details(order).provisional)
        assertTrue(butler.cases.nextSteps(order).all { it.label.zh.isNotEmpty() })
        assertThrows<ButlerException.NotAllowed> { butler.cases.take(order, StepId("finish")) }
        val unknown = assertThrows<ButlerException.InvalidInput> { butler.cases.take(order, StepId("no-such-step")) }
        assertEquals("step", unknown.field)

        val report = butler.sync(office.transport)
        assertEquals(SyncEnd.Complete, report.end)
        assertEquals(0uL, report.rejected)
        assertFalse(butler.cases.details(order).provisional)
        butler.shutdown()
    }

    @Test
    fun `the example of the README runs`() = runBlocking {
        val (folder, keys, transport) = Triple(File(folder, "readme"), MemoryKeys(), office.transport)
        val code = office.code("zhang.li")
        val butler = Butler.open(folder, keys)                   // encrypted; no network
        if (butler.enrolled() == null) butler.enrol(code, "华为 Mate 60", transport)
        butler.sync(transport) { println("${it.stage} ${it.done}/${it.total}") }

        val due = patrol(butler)
        val round = butler.rounds.start(patrol.checklist, due.place!!, due = due.id).record
        for (point in butler.rounds.details(round).points) butler.rounds.checkIn(round, point.id, Proof.Distance(6.0))

        val home = butler.homes.find("1-1-501").first().record
        val form = butler.submission(butler.homes.details(home).shown)           // a form opens over what the screen shows
        butler.submitting(form).homes.edit(home) { ownerState = OwnerState.ELSEWHERE } // what is not set is not written

        val day = butler.today.walk()                            // stops and doors in walking order, within the hours
        day.stops.flatMap { it.doors }.firstOrNull { it.open }?.let { door ->
            println("${door.title} · ${door.minutes} 分 · 顺便 ${door.along.size} 件")
            try {
                val visit = NewContact(listOf(door.home), Channel.VISIT, "planned_visit", Outcome.AGREED, "一切都好")
                val met = butler.contacts.record(visit.copy(dues = (door.jobs + door.along).map { it.id })) // one knock answers several
                butler.records.undo(met)                         // a slip: all that it answered stands open again
            } catch (error: ButlerException) {
                println(error.words.zh)                          // to be shown as it is: 还差：… · 这一项由财务填
            }
        }
        val left = butler.today.cutShort(60)                    // an hour is left: what is still walked, and what is not
        println("照走 ${left.keep.size} · 改到明天 ${left.tomorrow.size} · 改天顺路 ${left.anotherDay.size}")
        butler.shutdown()
    }

    @Test
    fun `people are visited, verified and found`() = runBlocking {
        val butler = phone("zhang.li")
        val home = butler.homes.list(limit = 5).last().record
        val person = butler.residents.add(home.id) {
            name = "欧阳慧"
            role = ResidentRole.TENANT
            preferredTime = TimeOfDay.EVENING
        }.record
        butler.residents.addPhone(person, "138 0013 8000")
        val phone = butler.homes.details(home.id).residents.single { it.record.id == person }.phones.single()
        assertNull(phone.verified)
        butler.residents.verifyPhone(person, phone.id)
        val verified = butler.homes.details(home.id).residents.single { it.record.id == person }.phones.single().verified
        assertTrue(verified!!.isAfter(java.time.LocalDate.of(2020, 1, 1)))
        assertEquals(person, butler.search("oyh").first().record)

        val visit = NewContact(listOf(home.id, person), Channel.VISIT, "planned_visit", Outcome.NOT_REACHED)
        val again = assertThrows<ButlerException.EvidenceMissing> { butler.contacts.record(visit) }
        assertEquals(listOf(QuestionId("next_contact")), again.problems.map { it.field })
        val later = Instant.now().plus(Duration.ofDays(2)).let { Instant.ofEpochMilli(it.toEpochMilli()) }
        butler.contacts.record(visit.copy(nextContact = later))
        assertEquals(later, butler.homes.details(home.id).contacts.first().nextContact)
        butler.shutdown()
    }

    @Test
    fun `today is told at once and after a change, until nobody listens`() = runBlocking {
        val butler = phone("zhang.li")
        val first = CompletableDeferred<TodayPage>()
        val second = CompletableDeferred<TodayPage>()
        val listening = launch {
            butler.watch { today.list() }.collect { if (!first.complete(it)) second.complete(it) }
        }
        val before = withTimeout(20_000) { first.await() }
        val item = before.items.first { it.place != null && it.status == DueStatus.OPEN }
        butler.today.skip(item.id, butler.answer(butler.today.asks(DueAnswer.SKIP)))
        val after = withTimeout(20_000) { second.await() }
        assertEquals(before.answered + 1, after.answered)
        assertEquals(DueStatus.SKIPPED, find(butler) { it.id == item.id }.status)
        listening.cancel()
        listening.join()
        butler.shutdown()
    }

    @Test
    fun `errors arrive typed`() = runBlocking {
        val place = File(folder, "errors")
        val keys = MemoryKeys()
        val butler = Butler.open(place, keys)
        assertThrows<ButlerException.AlreadyOpen> { Butler.open(place, keys) }
        assertThrows<ButlerException.CodeInvalid> { butler.enrol("K7-39-QX-M4", "测试机", office.transport) }
        assertThrows<ButlerException.NotEnrolled> { butler.sync(office.transport) }
        val nowhere = object : Transport {
            override fun exchange(frame: ByteArray): ByteArray = error("a bug of the app")
        }
        assertThrows<ButlerException.Offline> { butler.enrol("K7-39-QX-M4", "测试机", nowhere) }
        val invented = RecordId("not-an-id")
        assertEquals("record", assertThrows<ButlerException.InvalidInput> { butler.homes.details(invented) }.field)
        assertThrows<ButlerException.NotFound> { butler.homes.details(RecordId("00".repeat(16))) }
        assertTrue(butler.diagnostics().contains("enrolled: false"))
        butler.shutdown()
        butler.shutdown()
        assertThrows<ButlerException.Closed> { butler.homes.list() }

        val locked = object : KeyProvider {
            override fun key(): ByteArray? = throw AppException.Failed()
            override fun keep(key: ByteArray) = throw AppException.Failed()
        }
        assertThrows<ButlerException.Locked> { Butler.open(File(folder, "locked"), locked) }
        val other = MemoryKeys().apply { keep(ByteArray(32)) }
        assertThrows<ButlerException.WrongKey> { Butler.open(place, other) }
        // Nothing was lost by the wrong key.
        Butler.open(place, keys).shutdown()
    }

    @Test
    fun `thousands of calls and streams leave nothing behind`() = runBlocking {
        val butler = Butler.open(File(folder, "busy"), MemoryKeys())
        repeat(2_000) { assertNull(butler.enrolled()) }
        repeat(200) { butler.status() }
        butler.shutdown()
    }
}
