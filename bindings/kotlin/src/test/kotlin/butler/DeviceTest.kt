package butler

import butler.testing.MemoryKeys
import butler.testing.TestClock
import butler.testing.TestOffice
import com.sun.net.httpserver.HttpServer
import java.io.File
import java.io.IOException
import java.net.InetSocketAddress
import java.net.URI
import java.time.Duration
import java.time.LocalDate
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** What befalls a phone: the app dies with a form open, its clock is set, its key is lost, it changes hands. */
class DeviceTest {
    private suspend fun phone(office: TestOffice, place: File, keys: MemoryKeys, clock: Clock = office.clock): Butler {
        val butler = Butler.open(place, keys, clock)
        butler.enrol(office.code("zhang.li"), "华为 Mate 60", office.transport)
        butler.sync(office.transport)
        return butler
    }

    private fun office() = TestOffice().apply {
        grid("g1")
        assign("zhang.li", "butler", "g1", name = "张丽")
        assign("he.fang", "butler", "g1", name = "何芳")
    }

    @Test
    fun `a form half filled in survives the app, and handing it in ends it`(@TempDir folder: File) = runBlocking {
        office().use { office ->
            val home = office.home("3-2-501", "g1")
            val (place, keys) = File(folder, "phone") to MemoryKeys()
            var butler = phone(office, place, keys)
            val form = butler.submission()
            val answers = Evidence(mapOf(QuestionId("summary") to Value.Text("约好周六看漏水")))
            butler.drafts.save(Draft(submission = form, form = "app.visit", about = listOf(home), answers = answers))
            val photo = butler.drafts.addPhoto(form.id, QuestionId("seen"), byteArrayOf(1, 2, 3))
            butler.shutdown()

            butler = Butler.open(place, keys, office.clock)
            val kept = butler.drafts.list().single()
            assertEquals("3栋2单元501", kept.subject)
            assertEquals(answers.fields, kept.draft.answers.fields)
            assertEquals(listOf(photo), kept.draft.answers.photos[QuestionId("seen")])
            val visit = NewContact(
                listOf(home), Channel.VISIT, "planned_visit", Outcome.AGREED,
                summary = "约好周六看漏水", photos = listOf(photo),
            )
            butler.submitting(kept.draft.submission).contacts.record(visit)
            assertEquals(emptyList<DraftDetails>(), butler.drafts.list())
            assertEquals(3, butler.photos.bytes(photo).size)
            assertThrows<ButlerException.AlreadySubmitted> { butler.drafts.save(kept.draft) }

            val loose = butler.photos.add(byteArrayOf(4))
            assertEquals(listOf(loose), butler.photos.unused())
            butler.photos.discard(loose)
            assertThrows<ButlerException.PhotoMissing> { butler.photos.bytes(loose) }
            butler.shutdown()
        }
    }

    @Test
    fun `a phone is handed to a colleague once everything is handed in`(@TempDir folder: File) = runBlocking {
        office().use { office ->
            val home = office.home("3-2-501", "g1")
            val (place, keys) = File(folder, "phone") to MemoryKeys()
            val zhang = phone(office, place, keys)
            zhang.homes.edit(home) { layout = "三室" }
            val colleagues = office.code("he.fang")
            assertThrows<ButlerException.AlreadyEnrolled> { zhang.enrol(colleagues, "华为 Mate 60", office.transport) }
            assertEquals(1uL, assertThrows<ButlerException.NotHandedIn> { zhang.handOver() }.edits)
            zhang.sync(office.transport)
            zhang.handOver()
            assertThrows<ButlerException.Closed> { zhang.homes.list() }

            val fang = Butler.open(place, keys, office.clock)
            assertTrue(fang.opening().created)
            assertNull(fang.enrolled())
            assertEquals("he.fang", fang.enrol(colleagues, "华为 Mate 60", office.transport).value)
            fang.sync(office.transport)
            assertEquals("三室", fang.homes.details(home).home.layout)
            fang.shutdown()
        }
    }

    @Test
    fun `data whose key is lost are kept aside and the phone begins anew`(@TempDir folder: File) = runBlocking {
        office().use { office ->
            val (place, keys) = File(folder, "phone") to MemoryKeys()
            phone(office, place, keys).shutdown()
            val restored = MemoryKeys()
            assertThrows<ButlerException.KeyMissing> { Butler.open(place, restored, office.clock) }
            val butler = Butler.openAnew(place, restored, office.clock)
            val aside = checkNotNull(butler.opening().setAside)
            assertNull(butler.enrolled())
            val kept = Butler.open(aside, keys, office.clock)
            assertEquals("zhang.li", kept.enrolled()?.value, "should the key be found")
            kept.shutdown()
            butler.shutdown()
        }
    }

    @Test
    fun `a phone whose files were copied back says so after the next sync, once`(@TempDir folder: File) = runBlocking {
        office().use { office ->
            val (place, keys) = File(folder, "phone") to MemoryKeys()
            phone(office, place, keys).shutdown()
            val copy = File(folder, "copy")
            File(place, "db").copyRecursively(copy)
            Butler.open(place, keys, office.clock).shutdown()
            File(place, "db").deleteRecursively()
            copy.copyRecursively(File(place, "db"))

            val butler = Butler.open(place, keys, office.clock)
            assertTrue(butler.opening().incarnationChanged)
            val told = butler.sync(office.transport).notices.single()
            assertTrue(told.zh.startsWith("这台手机的数据是从备份恢复"), told.zh)
            assertEquals(emptyList<Label>(), butler.sync(office.transport).notices)
            butler.shutdown()
        }
    }

    @Test
    fun `a clock set right after the sync is told and leaves the day right`(@TempDir folder: File) = runBlocking {
        office().use { office ->
            office.home("3-2-501", "g1")
            val clock = TestClock(office.clock.time.plus(Duration.ofDays(3_653)))
            val butler = phone(office, File(folder, "phone"), MemoryKeys(), clock)
            assertFalse(butler.status().clockDoubtful)
            clock.time = office.clock.time.plus(Duration.ofHours(2))
            assertEquals(LocalDate.of(2026, 11, 23), butler.date())
            assertTrue(butler.status().clockDoubtful)
            butler.shutdown()
        }
    }

    @Test
    fun `why there was no answer is told`(@TempDir folder: File) = runBlocking {
        office().use { office ->
            val butler = phone(office, File(folder, "phone"), MemoryKeys())
            val proxy = object : Transport {
                override fun exchange(frame: ByteArray): ByteArray = throw TransportException.Status(502u)
            }
            assertEquals(NoAnswer.Status(502u), butler.sync(proxy).broke)
            val stranger = Butler.open(File(folder, "stranger"), MemoryKeys(), office.clock)
            val offline = assertThrows<ButlerException.Offline> { stranger.enrol("K7-39-QX", "test", proxy) }
            assertEquals(NoAnswer.Status(502u), offline.why)
            stranger.shutdown()
            butler.shutdown()
        }
    }

    @Test
    fun `no more is read of an answer than an office ever says`() {
        val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
        server.createContext("/v1/frame") { exchange ->
            exchange.responseHeaders.add("Content-Type", "application/vnd.butler.frame")
            exchange.sendResponseHeaders(200, 0)
            try {
                val piece = ByteArray(1 shl 20)
                repeat(64) { exchange.responseBody.write(piece) }
            } catch (_: IOException) {
                // The reader has had enough.
            }
            exchange.close()
        }
        server.start()
        try {
            val transport = HttpTransport(URI("http://127.0.0.1:${server.address.port}"))
            assertThrows<TransportException.TooLong> { transport.exchange(byteArrayOf(1)) }
        } finally {
            server.stop(0)
        }
    }
}
