package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.Butler
import butler.ButlerException
import butler.app.models.Model
import butler.app.models.StartIntent
import butler.app.models.StartState
import butler.app.models.Tab
import butler.app.models.openedWords
import butler.app.models.startState
import butler.app.screens.StartScreen
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.MemoryKeys
import java.io.File
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What does not open says what is safe and the ways on. */
@RunWith(RobolectricTestRunner::class)
class StartTest {
    private val words = Words(Language.ZH)

    @Test
    fun `a full phone leads to its storage`() {
        val full = startState(words, ButlerException.StorageFull())
        assertEquals(listOf("打开手机存储", "再试一次"), listOf(full.first.label, full.second?.label))
    }

    @Test
    fun `what no key opens is moved aside, after one has been asked, and the new butler says so`() = runBlocking {
        val folder = File(Files.createTempDirectory("start").toFile(), "butler")
        Butler.open(folder, MemoryKeys()).shutdown()
        val lost = assertFailsWith<ButlerException> { Butler.open(folder, MemoryKeys()) }
        assertEquals(StartIntent.AskAnew, startState(words, lost).second?.intent, "$lost")
        assertEquals(StartIntent.Anew, startState(words, lost, asked = true).first.intent)
        val anew = Butler.openAnew(folder, MemoryKeys())
        assertEquals("旧资料已挪到一边。用新码登记，送到过的会从办公室取", openedWords(words, anew.opening()))
        anew.shutdown()
        assertEquals(StartIntent.Again, startState(words, ButlerException.Locked()).first.intent)
    }
}

/** The same as it is drawn. */
@RunWith(RobolectricTestRunner::class)
class StartPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `why the app does not open`() {
        with(Pictures(rule, Tab.Today)) {
            start("start-full", ButlerException.StorageFull(), *LOOKS)
            start("start-key", ButlerException.WrongKey(), LIGHT, SMALL)
        }
    }

    private fun Pictures.start(name: String, why: ButlerException, vararg looks: Look) =
        take(name, Scene("start", name, "new"), { Still(it, startState(it.app.words, why)) }, *looks) { state, _ -> StartScreen(state) {} }

    private class Still(stage: Stage, private val shown: StartState) : Model<StartState, StartIntent>(stage.app, shown) {
        override suspend fun read() = shown

        override suspend fun act(intent: StartIntent) {}

        override fun failed(words: String) {}
    }
}
