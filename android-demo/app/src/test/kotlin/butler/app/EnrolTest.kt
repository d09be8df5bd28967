package butler.app

import butler.ButlerException
import butler.MetricId
import butler.Problem
import butler.SyncStage
import butler.Transport
import butler.TransportException
import butler.app.models.EnrolIntent
import butler.app.models.EnrolModel
import butler.app.models.Line
import butler.app.models.LineState
import butler.app.models.Place
import butler.app.models.SettingsKeeper
import butler.app.models.firstPlace
import butler.app.words.Language
import java.io.File
import java.nio.file.Files
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The phone is given to a person, state by state. */
@RunWith(RobolectricTestRunner::class)
class EnrolTest {
    @Test
    fun `nothing is typed yet`() = scene("empty").check { EnrolModel(it.app) }

    @Test
    fun `in English`() = Scene("enrol", "empty-en", "new", Language.EN).check { EnrolModel(it.app) }

    @Test
    fun `a code is typed as people type it`() = scene("typed").type(CODE, "k7 39-ｑ").check { EnrolModel(it.app) }

    @Test
    fun `a letter no code has`() = scene("unlike").type(CODE, "K7-39-QO").check { EnrolModel(it.app) }

    @Test
    fun `the office is found by its address`() = found("found").check { EnrolModel(it.app) }

    @Test
    fun `another address is typed`() = found("another-office").press("改").check { EnrolModel(it.app) }

    @Test
    fun `the office's screen is scanned`() = scene("scanned").press("扫办公室屏幕上的码").check { stage ->
        stage.device.scanned = "butler://enrol?office=https%3A%2F%2Fbutler.jinse.example&code=K7-39-QX-M4"
        EnrolModel(stage.app)
    }

    @Test
    fun `something else is scanned`() = scene("scanned-else").press("扫办公室屏幕上的码").check { stage ->
        stage.device.scanned = "qr:jinse/gate"
        EnrolModel(stage.app)
    }

    @Test
    fun `an address that is none`() = scene("address-wrong").type(ADDRESS, "http://butler.jinse.example").press("连办公室").check { EnrolModel(it.app) }

    @Test
    fun `the code is wrong`() = found("code-wrong").press(ENROL).check { EnrolModel(it.app) }

    @Test
    fun `the office cannot be reached`() = found("offline").press(ENROL).check { stage ->
        stage.transport = breaking(stage, after = 1)
        EnrolModel(stage.app)
    }

    @Test
    fun `too many codes were tried`() = found("too-many").press(ENROL).check { stage ->
        var asked = 0
        val line = Line(stage.app.butler, stage.settings) { if (asked++ == 0) stage.transport else throw ButlerException.Office(Problem.TooManyAttempts) }
        EnrolModel(stage.over(line))
    }

    @Test
    fun `it is enrolled and fetches`() = right("enrolled").check(::ready)

    @Test
    fun `it is under way`(): Unit = Stage("new", Language.ZH).use { stage ->
        val (reached, goOn) = CountDownLatch(1) to CountDownLatch(1)
        runBlocking {
            stage.enrolled()
            var frames = 0
            stage.transport = held(stage, reached, goOn) { frames++ == KNOWN }
            val sync = async(Dispatchers.IO) { stage.line.sync() }
            assertTrue(reached.await(1, TimeUnit.MINUTES))
            try {
                Scene("enrol", "loading", "new").checkOn(stage) { EnrolModel(it.app) }
            } finally {
                goOn.countDown()
            }
            sync.await()
            Unit
        }
    }

    @Test
    fun `it is cut off`() = scene("cut").check(::cutOff)

    @Test
    fun `one settles whether it rings, and reads the library meanwhile`() =
        scene("ringing-off").press("急事响铃").press("先看看案例库").check(::cutOff)

    @Test
    fun `all is there`() = scene("done").check { stage ->
        runBlocking {
            stage.enrolled()
            stage.line.sync()
        }
        EnrolModel(stage.app)
    }

    @Test
    fun `a phone that never fetched all begins where it was cut off, one that did with the day`() = Stage("new", Language.ZH).use { stage ->
        runBlocking {
            assertEquals(Place.Enrol, firstPlace(stage.app.butler))
            stage.enrolled()
            assertEquals(Place.Enrol, firstPlace(stage.app.butler))
            stage.line.sync()
            assertEquals(Place.Today, firstPlace(stage.app.butler))
            stage.navigator.go(Place.Enrol)
            stage.navigator.back()
            assertEquals(Place.Enrol, stage.navigator.way.value.top, "there is no way around it")
            EnrolModel(stage.app).handle(EnrolIntent.Begin)
            assertEquals(Place.Today, stage.navigator.way.value.top)
        }
    }

    @Test
    fun `what is settled is there after the app was closed, and damage of it is nothing settled`() {
        val file = File(Files.createTempDirectory("settings").toFile(), "settings")
        SettingsKeeper(file).change { copy(office = "https://butler.jinse.example", language = Language.EN, glove = true, ringing = false, from = 8 * 60) }
        SettingsKeeper(file).change { copy(pinned = listOf(MetricId("visits"), MetricId("satisfaction"))) }
        val kept = SettingsKeeper(file).now
        assertEquals(listOf(MetricId("visits"), MetricId("satisfaction")), kept.pinned)
        assertEquals(listOf("https://butler.jinse.example", Language.EN, true, false, 8 * 60), listOf(kept.office, kept.language, kept.glove, kept.ringing, kept.from))
        file.writeText("from=540\nuntil=480\nlanguage=FR\nlunchFrom=720\nlunchUntil=780\n")
        val damaged = SettingsKeeper(file).now
        assertNull(damaged.language)
        assertTrue(damaged.ringing)
        assertEquals(18 * 60, damaged.until)
    }

    private fun scene(name: String) = Scene("enrol", name, "new")

    private fun found(name: String) = scene(name).type(CODE, "K739QXM4").type(ADDRESS, "butler.jinse.example").press("连办公室")

    private fun right(name: String) = scene(name).press(ENROL)

    /** Everything is typed as the office said it. */
    private fun ready(stage: Stage) = EnrolModel(stage.app).also { model ->
        runBlocking {
            model.handle(EnrolIntent.Code(stage.world.office.code("zhang.li")))
            model.handle(EnrolIntent.Address("butler.jinse.example"))
            model.handle(EnrolIntent.Find)
        }
    }

    private fun cutOff(stage: Stage) = EnrolModel(stage.app).also {
        runBlocking {
            stage.enrolled()
            stage.transport = breaking(stage, after = KNOWN)
            stage.line.sync()
        }
    }

    private suspend fun Stage.enrolled() = line.enrol(world.office.code("zhang.li"), device.model, "https://butler.jinse.example")

    private companion object {
        const val CODE = "登记码"
        const val ADDRESS = "办公室地址"
        const val ENROL = "登记这部手机"

        /** Frames of the first sync until the phone knows who holds it and where; the next brings the homes. */
        const val KNOWN = 3
    }
}

/** A line that carries so many frames and then breaks. */
fun breaking(stage: Stage, after: Int): Transport {
    var frames = 0
    return breaking(stage) { frames++ >= after }
}

/** A line that is broken whenever [broken] says so of the next frame. */
fun breaking(stage: Stage, broken: () -> Boolean) = object : Transport {
    override fun exchange(frame: ByteArray): ByteArray =
        if (broken()) throw TransportException.Unreachable() else stage.world.office.transport.exchange(frame)
}

/** Whether the next frame hands in edits. */
fun sending(line: Line): Boolean = (line.state.value as? LineState.Busy)?.progress?.stage == SyncStage.SENDING

/** A line that stands still at the frames [here] says so of, until it may go on. */
fun held(stage: Stage, reached: CountDownLatch, goOn: CountDownLatch, here: () -> Boolean) = object : Transport {
    override fun exchange(frame: ByteArray): ByteArray {
        if (here()) {
            reached.countDown()
            goOn.await()
        }
        return stage.world.office.transport.exchange(frame)
    }
}
