/** The app in a window as large as a phone, in a world of its own or over a real office. */
package butler.app.desktop

import androidx.compose.runtime.remember
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
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.App
import butler.app.models.Device
import butler.app.models.Navigator
import butler.app.screens.AppScreen
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.TestOffice
import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

private const val HELP = """cargo xtask app -- [OPTIONS]

  --world NAME      morning, leaks, patrol, lost, new, emergency, supervisor (bindings/testing/src/world.rs); morning unless said otherwise
  --theme THEME     light, dark, sunlight
  --scale SCALE     how large text is; 1 to 2
  --language LANG   zh, en

Escape goes back."""

fun main(arguments: Array<String>) {
    if ("--help" in arguments) {
        println(HELP)
        return
    }
    val options = arguments.toList().chunked(2).associate { it.first() to it.last() }
    val theme = Theme.entries.find { it.name.lowercase() == options["--theme"] } ?: Theme.Light
    val language = Language.entries.find { it.name.lowercase() == options["--language"] } ?: Language.ZH
    val scale = options["--scale"]?.toFloatOrNull() ?: 1f
    val world = runBlocking { TestOffice.world(options["--world"] ?: "morning") }
    val navigator = Navigator(Desk { world.butler.sync(world.office.transport) })
    val app = App(world.butler, Words(language), navigator) { world.office.clock.time }
    singleWindowApplication(
        state = WindowState(size = DpSize(412.dp, 915.dp)),
        title = "管家",
        onKeyEvent = { event ->
            val back = event.key == Key.Escape && event.type == KeyEventType.KeyUp && navigator.way.value.mayGoBack
            if (back) navigator.back()
            back
        },
    ) {
        val density = LocalDensity.current
        CompositionLocalProvider(LocalDensity provides remember { Density(density.density, scale) }) {
            Themed(theme) { AppScreen(app, navigator) }
        }
    }
    world.close()
    exitProcess(0)
}

/** A desk has no dialler and no camera: a number is printed, a photo is a file. */
private class Desk(private val exchange: suspend () -> Unit) : Device {
    override fun dial(number: String) = println("☎ $number")

    override suspend fun photo(): ByteArray? = withContext(Dispatchers.IO) {
        val dialog = FileDialog(null as Frame?, "拍照", FileDialog.LOAD).apply { isVisible = true }
        dialog.file?.let { File(dialog.directory, it).readBytes() }
    }

    override suspend fun scan(): String? = null

    override fun recorded() {}

    override fun sync() = runBlocking { exchange() }
}
