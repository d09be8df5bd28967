package butler.app

import android.content.ComponentName
import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.junit4.AndroidComposeTestRule
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.unit.Density
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.rules.ActivityScenarioRule
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Model
import butler.app.models.Tab
import butler.app.models.TabsModel
import butler.app.screens.TabBar
import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel
import java.io.File
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageWriteParam
import kotlinx.coroutines.runBlocking
import org.junit.rules.ExternalResource
import org.robolectric.Shadows.shadowOf

/** In which theme and with how large text a picture is taken. */
class Look(val theme: Theme, val scale: Float)

val LIGHT = Look(Theme.Light, 1f)
val DARK = Look(Theme.Dark, 1f)
val SUNLIGHT = Look(Theme.Sunlight, 1f)

/** As large as Android lets people set it. */
val LARGEST = Look(Theme.Light, 2f)

/** An empty activity for screens to be drawn in; the app's manifest has none. */
class EmptyActivity : ExternalResource() {
    override fun before() {
        val context = ApplicationProvider.getApplicationContext<Context>()
        val name = ComponentName(context, ComponentActivity::class.java)
        shadowOf(context.packageManager).addActivityIfNotPresent(name)
    }
}

/** Draws screens into files: what is shown is drawn by the real Compose of a phone. */
class Pictures(
    private val rule: AndroidComposeTestRule<ActivityScenarioRule<ComponentActivity>, ComponentActivity>,
    /** Which tab the screens belong to. */
    private val tab: Tab,
) {
    private var content by mutableStateOf<(@Composable () -> Unit)?>(null)
    private var set = false

    /** Plays a scene and draws what is shown then, in each of the looks; the bar at the foot is part of a screen. */
    fun <S : Any, I : Any> take(
        name: String,
        scene: Scene,
        make: (Stage) -> Model<S, I>,
        vararg looks: Look,
        screen: @Composable (S, @Composable () -> Unit) -> Unit,
    ) = Stage(scene.world, scene.language).use { stage ->
        val state = scene.play(stage, make).state.value
        val tabs = runBlocking { TabsModel(stage.app).also { it.refresh() }.state.value }
        for (look in looks) draw(name, look.theme, look.scale) { screen(state) { TabBar(tabs, tab) {} } }
    }

    private fun draw(name: String, theme: Theme, scale: Float, screen: @Composable () -> Unit) {
        content = {
            CompositionLocalProvider(LocalDensity provides Density(1f, scale)) {
                Themed(theme) { Box(Modifier.fillMaxSize()) { screen() } }
            }
        }
        if (!set) rule.setContent { content?.invoke() }
        set = true
        rule.waitForIdle()
        val view = rule.activity.window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        rule.runOnUiThread { view.draw(Canvas(bitmap)) }
        write(bitmap, File(FOLDER, "$name${if (theme == Theme.Light) "" else "-" + theme.name.lowercase()}${if (scale > 1) "-largest" else ""}.png"))
    }

    /** With the few colours a screen has, a picture takes a third. */
    private fun write(bitmap: Bitmap, file: File) {
        val pixels = IntArray(bitmap.width * bitmap.height)
        bitmap.getPixels(pixels, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
        val image = BufferedImage(bitmap.width, bitmap.height, BufferedImage.TYPE_BYTE_INDEXED, palette(pixels))
        image.setRGB(0, 0, bitmap.width, bitmap.height, pixels, 0, bitmap.width)
        file.parentFile.mkdirs()
        val writer = ImageIO.getImageWritersByFormatName("png").next()
        val least = writer.defaultWriteParam.apply { compressionMode = ImageWriteParam.MODE_EXPLICIT; compressionQuality = 0f }
        ImageIO.createImageOutputStream(file.also { it.delete() }).use {
            writer.output = it
            writer.write(null, IIOImage(image, null, null), least)
        }
        writer.dispose()
    }

    /** The 256 colours there are most of, none nearly the same as another. */
    private fun palette(pixels: IntArray): IndexColorModel {
        val counts = HashMap<Int, Int>()
        for (pixel in pixels) counts.merge(pixel or ALPHA, 1, Int::plus)
        val kept = counts.entries.sortedByDescending { it.value }.take(COLOURS).map { it.key }.toIntArray()
        return IndexColorModel(8, kept.size, kept, 0, false, -1, DataBuffer.TYPE_BYTE)
    }

    private companion object {
        val FOLDER: String = System.getProperty("butler.pictures")
        const val COLOURS = 256
        const val ALPHA = 0xff shl 24
    }
}
