/** The app in a window as large as a phone: over a phone of the demo's day and a real office, or in a world of the tests. */
package butler.app.desktop

import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.WindowState
import androidx.compose.ui.window.singleWindowApplication
import butler.GeoPoint
import butler.app.design.Themed
import butler.app.models.Appearance
import butler.app.models.Device
import butler.app.models.PhotoOf
import butler.app.models.Place
import butler.app.models.SettingsKeeper
import butler.app.models.SlipPage
import butler.app.models.firstPlace
import butler.app.parts.Developer
import butler.app.parts.LocalDeveloper
import butler.app.screens.AppScreen
import butler.app.screens.theme
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.TestOffice
import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import java.time.Duration
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.jetbrains.skia.Image

private const val HELP = """cargo xtask app [--day DIR] [-- OPTIONS]

Opens 张丽's phone where the day of `cargo xtask demo` left it, at the time of that day, its office running beside it.
The day is played first where there is none.

  --day DIR         another day, kept by `cargo xtask demo --keep DIR`
  --world NAME      no day, but a small community of the tests: morning, leaks, patrol, lost, new, emergency, supervisor,
                    surveyed, hasty (bindings/testing/src/world.rs)
  --theme THEME     auto, light, dark, sunlight
  --scale SCALE     how large text is; 1 to 2
  --language LANG   zh, en

Escape goes back."""

/** Who gets the phone of the world `new`, and where its office would be. */
private const val NEW_HOLDER = "zhang.li"
private const val ADDRESS = "https://butler.jinse.example"

/** It syncs as often as a phone does, but not at once: a world shows what is not sent yet. */
private val EVERY = 15.minutes

/** Given by xtask: `--phone` is the folder of a phone of the demo's day, with `--office` and `--clock-ms`, how far the clock of that day is ahead. */
fun main(arguments: Array<String>) {
    if ("--help" in arguments) {
        println(HELP)
        return
    }
    val options = arguments.toList().chunked(2).associate { it.first() to it.last() }
    val settings = SettingsKeeper()
    settings.change {
        copy(
            appearance = Appearance.entries.find { it.name.lowercase() == options["--theme"] } ?: Appearance.Light,
            language = Language.entries.find { it.name.lowercase() == options["--language"] } ?: Language.ZH,
        )
    }
    val scale = options["--scale"]?.toFloatOrNull() ?: 1f
    val background = CoroutineScope(Dispatchers.Default)
    val phone = runBlocking { phone(options) }
    val opened = runBlocking { OpenedApp.open(phone, settings) { line -> Desk { if (!line.ask()) background.launch { line.sync() } } } }
    val navigator = opened.navigator
    background.launch {
        while (true) {
            delay(EVERY)
            opened.line.sync()
        }
    }
    singleWindowApplication(
        state = WindowState(size = DpSize(412.dp, 915.dp)),
        title = "管家",
        // The files are let go of first.
        exitProcessOnExit = false,
        onKeyEvent = { event ->
            val back = event.key == Key.Escape && event.type == KeyEventType.KeyUp && navigator.way.value.mayGoBack
            if (back) navigator.back()
            back
        },
    ) {
        val density = LocalDensity.current
        val developer = remember { Developer(::decoded) }
        CompositionLocalProvider(LocalDensity provides remember { Density(density.density, scale) }, LocalDeveloper provides developer) {
            val now by settings.settings.collectAsState()
            val app = remember(now.language) { opened.app(Words(now.language ?: Language.ZH)) }
            Themed(theme(now.appearance, dark = false, sunShines = false), now.glove) { AppScreen(app, navigator) }
        }
    }
    background.cancel()
    runBlocking { phone.close() }
    exitProcess(0)
}

/** The phone the options name. */
private suspend fun phone(options: Map<String, String>): DeskPhone {
    val folder = options["--phone"]
    if (folder != null) {
        return phoneOfDay(File(folder), options.getValue("--office"), Duration.ofMillis(options.getValue("--clock-ms").toLong()))
    }
    val world = TestOffice.world(options["--world"] ?: "morning")
    if (firstPlace(world.butler) == Place.Enrol) println("登记码 ${world.office.code(NEW_HOLDER)}，办公室地址 $ADDRESS")
    return phoneOf(world, ADDRESS)
}

/** A file as a picture; null where it is none. */
private fun decoded(file: ByteArray, @Suppress("UNUSED_PARAMETER") px: Int): ImageBitmap? = try {
    Image.makeFromEncoded(file).toComposeImageBitmap()
} catch (_: IllegalArgumentException) {
    null
}

/** A desk has no dialler, no camera and no dialog to print: a number is printed, a photo and a slip are files. */
internal class Desk(private val exchange: () -> Unit) : Device {
    override val model = "桌上的手机"

    override fun dial(number: String) = println("☎ $number")

    override suspend fun photo(of: PhotoOf): ByteArray? = withContext(Dispatchers.IO) {
        val dialog = FileDialog(null as Frame?, "拍照", FileDialog.LOAD).apply { isVisible = true }
        dialog.file?.let { File(dialog.directory, it).readBytes() }
    }

    override suspend fun scan(): String? = null

    override suspend fun position(): GeoPoint? = null

    override fun recorded() {}

    override fun found() {}

    override fun notPossible() {}

    override fun scanned() {}

    override fun openStorage() {}

    override fun sync() = exchange()

    override fun share(text: String) = println(text)

    override fun print(slip: SlipPage) = share(slip)

    override fun share(slip: SlipPage) {
        val page = File.createTempFile("${slip.name}-", ".html")
        page.writeText(slip.html)
        println("${slip.name}：$page")
    }
}
