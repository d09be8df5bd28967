package butler.app

import butler.Butler
import butler.FormId
import butler.KeyProvider
import butler.QuestionId
import butler.RecordId
import butler.app.models.AnswerState
import butler.app.models.App
import butler.app.models.FormIntent
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.FormState
import butler.app.models.Line
import butler.app.models.Navigator
import butler.app.models.Place
import butler.app.models.SettingsKeeper
import butler.app.models.Tab
import butler.app.models.WayKeeper
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.TestClock
import butler.testing.TestOffice
import java.io.File
import java.time.Instant
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/**
 * A process of the app is killed, not shut down: what it said was kept is there for the next one, on the screen where it was typed. Here
 * the app runs in a process of its own, without Android: a model and the real library over the folder of a phone.
 */
@RunWith(RobolectricTestRunner::class)
class DeathTest {
    @get:Rule val folder = TemporaryFolder()

    @Test
    fun `a process is killed in a form, and the next one goes on there`() = TestOffice().use { office ->
        office.grid("g1")
        office.assign("zhang.li", "butler", "g1", name = "张丽")
        val home = office.home("3-2-1501", "g1")
        runBlocking {
            val butler = Butler.open(File(folder.root, "butler"), FileKeys(folder.root), office.clock)
            butler.enrol(office.code("zhang.li"), "测试机", office.transport)
            butler.sync(office.transport)
            butler.shutdown()
        }
        // Each goes on where the one before was killed, whatever that was about to do: each time the form holds what was said, and no less.
        for (last in listOf("a choice", "a photo", "key 1", "key 9")) {
            val said = killedAfter(last, home, office.clock.time)
            runBlocking {
                val (app, navigator) = opened(folder.root, office.clock.time)
                assertEquals(listOf(Place.Home(home), Place.Form(keysOf(home))), navigator.way.value.stacks[Tab.Today], "where it was killed")
                val form = FormModel(app, assertIs<Place.Form>(navigator.way.value.top).of).also { it.refresh() }.state.value
                val keys = said.mapNotNull { it.removePrefix("key ").toIntOrNull() }.maxOrNull() ?: 0
                assertTrue(form.chosen(), "the choice after $last")
                assertTrue("a photo" !in said || form.photographed(), "the photo after $last")
                assertTrue(form.typed().length >= keys && WORDS.startsWith(form.typed()), "“${form.typed()}” after $last")
                assertEquals(1, app.butler.drafts.list().size)
                app.butler.shutdown()
            }
        }
    }

    /** Runs the app over the folder until it says so, and kills it; what it had said by then. */
    private fun killedAfter(last: String, home: RecordId, now: Instant): List<String> {
        val given = listOf("jna.library.path", "jna.nosys", "butler.repo").map { "-D$it=${System.getProperty(it)}" }
        val java = File(System.getProperty("java.home"), "bin/java").path
        val command = listOf(java) + given + listOf("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"), DyingApp::class.java.name)
        val wrong = File(folder.root, "wrong")
        val process = ProcessBuilder(command + listOf(folder.root.path, home.value, "$now")).redirectError(wrong).start()
        try {
            val said = mutableListOf<String>()
            for (line in process.inputStream.bufferedReader().lineSequence()) {
                said += line
                if (line == last) break
            }
            assertEquals(last, said.lastOrNull(), wrong.readText())
            process.destroyForcibly()
            assertEquals(KILLED, process.waitFor())
            return said
        } finally {
            process.destroyForcibly()
        }
    }

    private companion object {
        /** What is left of a process that was sent SIGKILL. */
        const val KILLED = 128 + 9
    }
}

/** The app in a process of its own: it goes on with the form where it was left, says what is kept, and lives until it is killed. */
object DyingApp {
    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        val (folder, home) = File(args[0]) to RecordId(args[1])
        val (app, navigator) = opened(folder, Instant.parse(args[2]))
        if (navigator.way.value.top !is Place.Form) for (place in listOf(Place.Home(home), Place.Form(keysOf(home)))) navigator.go(place)
        val form = FormModel(app, (navigator.way.value.top as Place.Form).of).also { it.refresh() }
        if (!form.state.value.chosen()) form.handle(form.state.value.answers<AnswerState.Options>().first().chips.first().press.intent)
        println("a choice")
        if (!form.state.value.photographed()) form.handle(FormIntent.Photo(SIGNATURE))
        println("a photo")
        for (end in form.state.value.typed().length + 1..WORDS.length) {
            form.handle(form.state.value.answers<AnswerState.Words>().last().typing.intent(WORDS.take(end)))
            println("key $end")
        }
        // Where nobody kills it, it goes with whoever began it.
        while (System.`in`.read() >= 0) continue
    }
}

/** The app over a folder, opened where it was when it died. */
private suspend fun opened(folder: File, now: Instant): Pair<App, Navigator> {
    val butler = Butler.open(File(folder, "butler"), FileKeys(folder), TestClock(now))
    val settings = SettingsKeeper(File(folder, "settings"))
    val navigator = Navigator(TestDevice(), WayKeeper(File(folder, "way")) { now }).also { it.open(butler) }
    return App(butler, Words(Language.ZH), navigator, settings, Line(butler, settings) { error("nobody syncs here") }, { now }) to navigator
}

/** The key of a phone in a file: another process has it, too. */
private class FileKeys(folder: File) : KeyProvider {
    private val file = File(folder, "key")

    override fun key(): ByteArray? = file.takeIf { it.exists() }?.readBytes()

    override fun keep(key: ByteArray) = file.writeBytes(key)
}

private fun keysOf(home: RecordId) = FormOf.Row(FormId("keys.owner"), home)

/** What is typed, key by key. */
private const val WORDS = "前台三号柜左边第二格，袋口已封，业主当面试过两把都能开"

private val SIGNATURE = QuestionId("consent")

private inline fun <reified A : AnswerState> FormState.answers() = questions.map { it.answer }.filterIsInstance<A>()

private fun FormState.chosen() = answers<AnswerState.Options>().first().chips.any { it.chosen }

/** The owner signed on paper, and the paper was photographed. */
private fun FormState.photographed() = answers<AnswerState.Signature>().first().again != null

private fun FormState.typed() = answers<AnswerState.Words>().last().typing.text
