package butler

import butler.testing.TestOffice
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What screens draw without looking twice. */
class ScreensTest {
    private fun atWork(test: suspend (TestOffice, Butler, RecordId) -> Unit) = runBlocking {
        TestOffice().use { office ->
            office.grid("g1", "1网格")
            office.assign("zhang.li", "butler", "g1", name = "张丽")
            val home = office.home("3-2-501", "g1")
            val butler = office.phone("zhang.li")
            test(office, butler, home)
            butler.shutdown()
        }
    }

    @Test
    fun `every error has words to show as they are`() = atWork { _, butler, home ->
        val person = butler.residents.add(home) { name = "顾岚" }.record
        val short = assertThrows<ButlerException.InvalidInput> { butler.residents.addPhone(person, "1990000778") }
        assertEquals(InputProblem.PHONE_SHORT, short.reason)
        assertEquals("电话少 1 位，请看一下", (short as ButlerException).words.zh)
        val finance = assertThrows<ButlerException> { butler.homes.edit(home) { arrears = 100 } }
        assertEquals("这一项由财务填", finance.words.zh)
        val offline = ButlerException.Offline(NoAnswer.Unreachable)
        assertTrue(offline.words.en.startsWith("No network"))
        assertTrue(ButlerException.Internal("S-12").words.zh.endsWith("S-12"))
    }

    @Test
    fun `a place says what it is and where it lies, and a scan finds it`() = atWork { office, butler, _ ->
        office.spot("gate", "南门", "g1", kind = "gate", position = GeoPoint(22.54312, 113.94151), code = "QR-南门")
        butler.sync(office.transport)
        val gate = butler.office.placeScanned("QR-南门")!!
        assertEquals(listOf("南门", "出入口"), listOf(gate.name, gate.kindLabel!!.zh))
        assertEquals(22.54312, gate.position!!.lat)
        assertEquals(listOf("grid", "building", "unit", "gate"), butler.office.places().map { it.kind }.sortedBy { listOf("grid", "building", "unit", "gate").indexOf(it) })
        assertNull(butler.office.placeScanned("QR-北门"))
    }

    @Test
    fun `a slip is taken back, a step of a case is not`() = atWork { _, butler, home ->
        val slip = butler.homes.edit(home) { layout = "三室"; people = 2 }
        butler.records.undo(slip)
        assertNull(butler.homes.details(home).home.layout)
        val person = butler.residents.add(home) { name = "顾岚" }
        val note = butler.records.editNote(home, "有狗，按铃")
        assertEquals(2, butler.records.undo(listOf(person, note)).size)
        assertTrue(butler.homes.details(home).residents.isEmpty())
        butler.homes.edit(home) { layout = "四室" }
        val why = assertThrows<ButlerException.CannotUndo> { butler.records.undo(slip) }
        assertEquals(NotUndoable.CHANGED_SINCE to "之后又有人改过，请直接改", why.why to why.words.zh)
    }

    @Test
    fun `a contact is read back in words and corrected`() = atWork { _, butler, home ->
        val purpose = butler.registers.form(FormId("contact.log")).questions.first { it.field == QuestionId("purpose") }
        val made = butler.contacts.record(
            NewContact(listOf(home), Channel.VISIT, purpose.options.first().id, Outcome.AGREED, summary = "一切都好"),
        ).record
        butler.contacts.edit(made) { summary = "要换门锁" }
        val read = butler.contacts.details(made)
        assertEquals(listOf("张丽", "3栋2单元501"), listOf(read.byName, read.about.single().title))
        assertEquals("要换门锁", read.contact.summary)
        assertTrue(read.fields.any { it.label.zh == "沟通渠道" && it.words.zh == "上门拜访" })
    }

    @Test
    fun `a grid is covered for a day`() = atWork { office, butler, _ ->
        office.grid("g2", "2网格")
        val elsewhere = office.home("5-1-101", "g2")
        office.cover("zhang.li", "g2", until = butler.date())
        butler.sync(office.transport)
        val cover = butler.me().covers.single()
        assertEquals(listOf("2网格", butler.date()), listOf(cover.name, cover.until))
        assertEquals(elsewhere, butler.homes.details(elsewhere).home.id)
        office.clock.time += java.time.Duration.ofDays(1)
        butler.sync(office.transport)
        assertEquals(listOf("1网格"), butler.me().grids.map { it.name })
    }

    @Test
    fun `an office is named before its code is used`() = atWork { office, butler, _ ->
        office.rename("金色家园物业服务中心")
        assertEquals("金色家园物业服务中心", butler.officeAt(office.transport).name)
        val scanned = Butler.enrolmentCode("butler://enrol?office=https%3A%2F%2Fbutler.jinse.example&code=K7-39-QX-M4")
        assertEquals("https://butler.jinse.example" to "K7-39-QX-M4", scanned.office to scanned.code)
        val wrong = assertThrows<ButlerException> { Butler.enrolmentCode("qr:gate") }
        assertEquals("这不是登记手机的码，请扫办公室给的那张", wrong.words.zh)
    }

    @Test
    fun `a photo is shown small`() = atWork { _, butler, _ ->
        val picture = java.awt.image.BufferedImage(800, 600, java.awt.image.BufferedImage.TYPE_INT_RGB)
        val png = java.io.ByteArrayOutputStream().also { javax.imageio.ImageIO.write(picture, "png", it) }.toByteArray()
        val small = butler.photos.thumbnail(butler.photos.add(png), 160)
        val seen = javax.imageio.ImageIO.read(small.inputStream())
        assertEquals(160 to 120, seen.width to seen.height)
        val none = assertThrows<ButlerException.InvalidInput> { butler.photos.thumbnail(butler.photos.add(byteArrayOf(1)), 160) }
        assertEquals(InputProblem.PHOTO_UNREADABLE, none.reason)
    }

    @Test
    fun `a colleague and a duty desk can be called`() = atWork { office, butler, _ ->
        office.spot("control-room", "监控室", "g1", kind = "desk", phone = "(0755) 2600 1234")
        office.phoneOf("zhang.li", "138 0000 1234")
        butler.sync(office.transport)
        assertEquals("0755-26001234", butler.office.places().single { it.kind == "desk" }.phone)
        assertEquals("13800001234", butler.office.staff().single { it.name == "张丽" }.phone)
    }

    @Test
    fun `on a metered line the photos wait`() = atWork { office, butler, home ->
        val visit = NewContact(listOf(home), Channel.VISIT, "planned_visit", Outcome.AGREED, "看了漏水")
        butler.contacts.record(visit.copy(photos = listOf(butler.photos.add(byteArrayOf(1, 2, 3)))))
        val sent = butler.sync(office.transport, photos = false)
        assertEquals(SyncEnd.Complete to 0uL, sent.end to sent.photosSent)
        val waits = butler.status()
        assertEquals(0uL to 1uL, waits.unsentRecords to waits.unsentPhotos)
        assertEquals(1uL, butler.sync(office.transport).photosSent)
    }

    @Test
    fun `a metric says what is aimed at, month by month`() = atWork { office, butler, home ->
        office.publish(TARGET, WORDS)
        butler.sync(office.transport)
        val metric = MetricId("test.layout")
        val month = java.time.YearMonth.from(butler.date())
        val before = butler.metrics.series(metric, listOf(month)).single()
        assertEquals("不低于 50%" to false, before.target!!.words.zh to before.reached)
        butler.homes.edit(home) { layout = "三室" }
        assertEquals(true, butler.metrics.series(metric, listOf(month)).single().reached)
        assertTrue(butler.metrics.list().single { it.metric == metric }.target!!.atLeast)
    }

    private companion object {
        /** How many homes have their layout on file, with what the company aims at. */
        const val TARGET = """
            kind = "metrics"
            id = "test.metrics"
            title = { zh = "测试指标", en = "Test" }
            butlers = ["butler"]
            port = { answer = "port", choices = "port" }
            [[metric]]
            id = "test.layout"
            by = ["grid"]
            of = { subjects = { kind = "home" } }
            filled = ["layout"]
            target = { at_least = 50 }
        """

        const val WORDS = """
            kind = "terms"
            id = "test.words"
            title = { zh = "测试用语", en = "Words" }
            [term]
            "metric.test.layout" = { zh = "户型已填", en = "layout on file", means = { zh = "已填户型的房屋 ÷ 全部房屋", en = "homes with a layout ÷ all homes" } }
        """
    }

    @Test
    fun `lists have what their rows show`() = atWork { _, butler, home ->
        butler.residents.add(home) { name = "顾岚" }
        assertEquals("顾岚", butler.homes.list().single().residents.single().name)
        val sections = butler.office.procedures().groupBy { it.sectionLabel.zh }
        assertNotNull(sections["突发事件"])
        assertTrue(sections.keys.all { it.any { letter -> letter > '\u2e80' } }, sections.keys.toString())
    }
}
