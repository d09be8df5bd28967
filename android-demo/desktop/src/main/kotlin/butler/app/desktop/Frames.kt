package butler.app.desktop

import androidx.compose.runtime.Composable
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.input.pointer.PointerEventType
import androidx.compose.ui.unit.Density
import butler.Butler
import butler.KeyProvider
import butler.RecordId
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.App
import butler.app.models.Line
import butler.app.models.Navigator
import butler.app.models.OutboxIntent
import butler.app.models.OutboxModel
import butler.app.models.SettingsKeeper
import butler.app.models.TodayModel
import butler.app.screens.OutboxScreen
import butler.app.screens.TodayScreen
import butler.app.words.Language
import butler.app.words.Words
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.DurationUnit
import kotlin.time.measureTime
import kotlinx.coroutines.runBlocking

/**
 * What the screens cost on a warm virtual machine, not a test: `cargo xtask bench crossing`. Arguments: a folder with a
 * phone of many homes, and its key. A frame has the pixels of a phone and is drawn without a graphics card.
 */
@OptIn(ExperimentalComposeUiApi::class)
object Frames {
    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        val folder = File(args[0])
        val keys = object : KeyProvider {
            override fun key(): ByteArray = File(folder, "key").readBytes()

            override fun keep(key: ByteArray) = error("the phone has its key")
        }
        val open = suspend { Butler.open(File(folder, "phone"), keys) }
        // The first openings warm the machine.
        said("opened, until a frame has the walk", median(List(2 * STARTS) { walk(open) }.drop(STARTS)))

        val butler = open()
        edit(butler)
        val frames = scrolled(butler)
        butler.shutdown()
        said("$ROWS rows scrolled, a frame", median(frames.map { it.took }))
        said("of it, its picture", median(frames.map { it.picture }))
        said("the longest of ${frames.size} frames", frames.maxOf { it.took })
        println("${"frames of more than $LATE".padEnd(WIDTH)}${frames.count { it.took > LATE }}")
        println("${"frames of more than $LATE but for their pictures".padEnd(WIDTH)}${frames.count { it.took - it.picture > LATE }}")
    }

    /** A thousand homes, each with something that has not reached the office. */
    private suspend fun edit(butler: Butler) {
        var last: RecordId? = null
        repeat(ROWS / PAGE) {
            val page = butler.homes.list(last, PAGE)
            for (home in page) butler.homes.edit(home.record.id) { layout = "三室两厅（已改书房）" }
            last = page.last().record.id
        }
    }

    /** From opening to the end of the first frame with the day's walk in it. */
    private suspend fun walk(open: suspend () -> Butler): Duration {
        var butler: Butler? = null
        val took = measureTime {
            val opened = open().also { butler = it }
            val model = TodayModel(app(opened))
            model.refresh()
            check(model.state.value.stops.isNotEmpty())
            val scene = scene { TodayScreen(model.state.value, {}) {} }
            scene.render()
            scene.close()
        }
        butler?.shutdown()
        return took
    }

    /** A frame, and what its picture alone takes: the same drawn again. A phone leaves that to its graphics card. */
    private data class Frame(val took: Duration, val picture: Duration)

    /** What each frame takes while the outbox is scrolled from its first row to its last, as fast as a thumb throws it. */
    private suspend fun scrolled(butler: Butler): List<Frame> {
        val model = OutboxModel(app(butler))
        model.handle(OutboxIntent.All)
        check(model.state.value.waiting.size >= ROWS)
        val scene = scene { OutboxScreen(model.state.value) {} }
        val middle = Offset(WIDTH_PX / 2f, HEIGHT_PX / 2f)
        val frames = List(FRAMES) { frame ->
            scene.sendPointerEvent(PointerEventType.Scroll, middle, scrollDelta = Offset(0f, THROWN))
            val drawn = { measureTime { scene.render(frame * FRAME_NANOS) } }
            Frame(drawn(), drawn())
        }
        scene.close()
        return frames.drop(WARM)
    }

    private fun app(butler: Butler): App {
        val settings = SettingsKeeper()
        val line = Line(butler, settings) { error("no frame needs the office") }
        return App(butler, Words(Language.ZH), Navigator(Desk {}), settings, line)
    }

    private fun scene(content: @Composable () -> Unit) =
        ImageComposeScene(WIDTH_PX, HEIGHT_PX, Density(DENSITY)) { Themed(Theme.Light) { content() } }

    private fun median(all: List<Duration>) = all.sorted()[all.size / 2]

    private fun said(what: String, took: Duration) = println("${what.padEnd(WIDTH)}${took.toString(DurationUnit.MILLISECONDS, 2)}")

    private const val STARTS = 10
    private const val ROWS = 1_000
    private const val PAGE = 100
    private const val FRAMES = 1_000
    private const val WARM = 100
    private const val THROWN = 2f
    private const val FRAME_NANOS = 16_666_667L
    private const val WIDTH = 52

    // 412 × 915 dp.
    private const val WIDTH_PX = 1_080
    private const val HEIGHT_PX = 2_400
    private const val DENSITY = 2.625f
    private val LATE = 32.milliseconds
}
