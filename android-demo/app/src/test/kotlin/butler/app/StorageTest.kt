package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.ButlerException
import butler.app.models.App
import butler.app.models.Model
import butler.app.models.StorageIntent
import butler.app.models.StorageModel
import butler.app.models.Tab
import butler.app.parts.Bar
import butler.app.screens.FullPhoneView
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A screen that is typed into while the phone is full. */
private class Filling(app: App) : Model<String, String>(app, "") {
    var isFull = true
    val kept = mutableListOf<String>()
    private var typed = ""

    override suspend fun read() = typed

    override suspend fun act(intent: String) {
        typed = intent
        if (isFull) throw ButlerException.StorageFull()
        kept += intent
    }

    override fun failed(words: String) {
        typed = words
    }
}

private fun full(stage: Stage): StorageModel = runBlocking {
    Filling(stage.app).handle("阳台地漏慢")
    StorageModel(stage.app).also { it.refresh() }
}

/** A phone that is full while one works. */
@RunWith(RobolectricTestRunner::class)
class StorageTest {
    @Test
    fun `it is said, with the way to make room and to record again`() = Scene("storage", "full", "new").check(::full)

    @Test
    fun `its storage opens`() = Scene("storage", "opened", "new").press("打开手机存储").check(::full)

    @Test
    fun `what was not kept is kept once there is room, by one press`() = Stage("new", Language.ZH).use { stage ->
        val screen = Filling(stage.app)
        val storage = StorageModel(stage.app)
        runBlocking {
            screen.handle("阳台地漏慢")
            storage.refresh()
            assertEquals("阳台地漏慢", screen.state.value, "what was typed stands there still")
            assertEquals(listOf("not possible"), stage.device.asked)
            storage.handle(StorageIntent.Again)
            assertNotNull(storage.state.value.full, "there is no room yet")
            screen.isFull = false
            storage.handle(StorageIntent.Again)
            assertNull(storage.state.value.full)
            assertEquals(listOf("阳台地漏慢"), screen.kept)

            screen.isFull = true
            screen.handle("阳台地漏慢，约周六")
            screen.isFull = false
            screen.handle("阳台地漏慢，约周六看")
            storage.refresh()
            assertNull(storage.state.value.full, "what came after it holds it")
            storage.handle(StorageIntent.Again)
            assertEquals(listOf("阳台地漏慢", "阳台地漏慢，约周六看"), screen.kept)
        }
    }
}

/** The same as it is drawn. */
@RunWith(RobolectricTestRunner::class)
class StoragePicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `the phone is full`() {
        with(Pictures(rule, Tab.Today)) {
            take("storage-full", Scene("storage", "full", "new"), ::full, *LOOKS) { state, _ ->
                Box(Modifier.fillMaxSize(), Alignment.BottomCenter) {
                    // It lies over whatever screen the press was on.
                    Column(Modifier.fillMaxSize()) { Bar<Unit>("记拜访", "3栋2单元1501") {} }
                    FullPhoneView(assertNotNull(state.full), {})
                }
            }
        }
    }
}
