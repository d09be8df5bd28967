package butler.app

import android.content.ComponentName
import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.size
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clipToBounds
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.junit4.AndroidComposeTestRule
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.rules.ActivityScenarioRule
import butler.app.android.decoded
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Model
import butler.app.models.Tab
import butler.app.models.TabsModel
import butler.app.parts.Developer
import butler.app.parts.LocalDeveloper
import butler.app.screens.TabBar
import butler.app.words.Language
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.rules.ExternalResource
import org.robolectric.Shadows.shadowOf

/** In which theme, with how large text, in which language and on how large a phone a picture is taken. */
data class Look(val theme: Theme = Theme.Light, val scale: Float = 1f, val language: Language = Language.ZH, val small: Boolean = false, val glove: Boolean = false) {
    val width get() = if (small) 360 else 412
    val height get() = if (small) 640 else 915

    /** What the name of its picture ends with: `-en-dark-largest`. */
    val suffix get() = listOfNotNull(
        "en".takeIf { language == Language.EN },
        theme.name.lowercase().takeIf { theme != Theme.Light },
        if (scale >= 2) "largest" else if (scale > 1) "large" else null,
        "small".takeIf { small },
        "glove".takeIf { glove },
    ).joinToString("") { "-$it" }
}

val LIGHT = Look()
val DARK = Look(Theme.Dark)
val SUNLIGHT = Look(Theme.Sunlight)

/** As large as Android lets people set it. */
val LARGEST = Look(scale = 2f)
val ENGLISH = Look(language = Language.EN)

/** For whoever presses in gloves. */
val GLOVE = Look(glove = true)

/** The smallest phone the app is made for. */
val SMALL = Look(small = true)

/** How the first picture of a screen is taken. */
val LOOKS = arrayOf(LIGHT, DARK, SUNLIGHT, LARGEST, ENGLISH)

/** The same for a screen one is at many times a day. */
val EVERY = arrayOf(*LOOKS, SMALL)

/** An empty activity for screens to be drawn in; the app's manifest has none. At its end everything the pictures showed to be wrong is said. */
class EmptyActivity : ExternalResource() {
    override fun before() {
        make()
        found.clear()
    }

    override fun after() {
        if (found.isNotEmpty()) throw AssertionError(found.joinToString("\n", "${found.size} faults in pictures\n"))
    }

    companion object {
        val found = mutableListOf<String>()

        fun make() {
            val context = ApplicationProvider.getApplicationContext<Context>()
            val name = ComponentName(context, ComponentActivity::class.java)
            shadowOf(context.packageManager).addActivityIfNotPresent(name)
        }
    }
}

/**
 * Draws screens as the real Compose of a phone draws them, computes what [Checks] can, and holds each picture to the accepted one. What
 * is photographed anywhere is checked everywhere: no test asks for it.
 */
class Pictures(
    private val rule: AndroidComposeTestRule<ActivityScenarioRule<ComponentActivity>, ComponentActivity>,
    /** Which tab the screens belong to. */
    private val tab: Tab,
) {
    private var content by mutableStateOf<(@Composable () -> Unit)?>(null)
    private var set = false
    private val developer = Developer(::decoded)

    /** Plays a scene, in each language of the looks, and draws what is shown then; the bar at the foot is part of a screen. */
    fun <S : Any, I : Any> take(
        name: String,
        scene: Scene,
        make: (Stage) -> Model<S, I>,
        vararg looks: Look,
        screen: @Composable (S, @Composable () -> Unit) -> Unit,
    ) {
        val ledger = Ledger(File(FOLDER, "cross/$name.txt"))
        val all = if (ALL) looks.toSet() + cross(SMALL in looks) else looks.toSet()
        for ((language, taken) in all.groupBy { it.language }) Stage(scene.world, language).use { stage ->
            val state = scene.play(stage, make).state.value
            val tabs = runBlocking { TabsModel(stage.app).also { it.refresh() }.state.value }
            for (look in taken) {
                show(look) { screen(state) { TabBar(tabs, tab) {} } }
                val pixels = photograph(look)
                if (look in looks) compare("$name${look.suffix}", pixels)
                if (ALL) held(ledger, name, look, pixels)
                EmptyActivity.found += faults(look).map { "$name${look.suffix}: $it" }
            }
        }
        if (ALL && ACCEPT) ledger.write()
    }

    fun show(look: Look, screen: @Composable () -> Unit) {
        val drawing = Any()
        content = {
            // Nothing of one picture, as how far a list was scrolled, is remembered in the next.
            key(drawing) {
                CompositionLocalProvider(LocalDensity provides Density(1f, look.scale), LocalDeveloper provides developer) {
                    Themed(look.theme, look.glove) { Box(Modifier.size(look.width.dp, look.height.dp).clipToBounds()) { screen() } }
                }
            }
        }
        if (!set) rule.setContent { content?.invoke() }
        set = true
        developed()
    }

    /** Photos are drawn when they are made. */
    private fun developed() {
        rule.waitForIdle()
        rule.waitUntil(DEVELOPED) { developer.isIdle }
        // The last may have been made since, by a thread of its own, and not be drawn yet.
        rule.runOnUiThread { Snapshot.sendApplyNotifications() }
        rule.waitForIdle()
    }

    fun photograph(look: Look): Pixels {
        val view = rule.activity.window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        rule.runOnUiThread { view.draw(Canvas(bitmap)) }
        val pixels = IntArray(look.width * look.height)
        bitmap.getPixels(pixels, 0, look.width, 0, 0, look.width, look.height)
        return Pixels(look.width, look.height, pixels)
    }

    /** What is wrong with what is shown, and with what can be scrolled to, a good half of a page after the other; [wrong] is told the first page of it. */
    fun faults(look: Look, wrong: (Pixels) -> Unit = {}): Set<String> {
        val faults = linkedSetOf<String>()
        repeat(PAGES) {
            val pixels = photograph(look)
            val checks = Checks(rule.onRoot(useUnmergedTree = true).fetchSemanticsNode(), pixels, look)
            val found = checks.found()
            if (faults.isEmpty() && found.isNotEmpty()) wrong(pixels)
            faults += found
            val list = checks.front.all().firstOrNull { SemanticsProperties.VerticalScrollAxisRange in it.node.config }
            if (list == null || !scroll(list)) return faults
        }
        return faults + "it does not end after $PAGES pages"
    }

    private fun scroll(list: Checks.Seen): Boolean {
        val range = list.node.config[SemanticsProperties.VerticalScrollAxisRange]
        val before = range.value()
        if (before >= range.maxValue()) return false
        rule.runOnUiThread { list.node.config[SemanticsActions.ScrollBy].action?.invoke(0f, list.size.height * STEP) }
        developed()
        return range.value() > before
    }

    /** Holds a picture to the accepted one, or accepts it. */
    private fun compare(name: String, pixels: Pixels) {
        val accepted = File(FOLDER, "$name.png")
        if (ACCEPT) return Gallery.write(pixels, accepted)
        other(name, pixels, if (accepted.exists()) Gallery.difference(Gallery.read(accepted), pixels) else "has no accepted picture")
    }

    /** The same for a picture of the cross, of which the ledger alone is kept. */
    private fun held(ledger: Ledger, name: String, look: Look, pixels: Pixels) {
        if (!ACCEPT) return other(name + look.suffix, pixels, ledger.difference(look.suffix, pixels))
        ledger.accept(look.suffix, pixels)
        Gallery.write(pixels, File(FOLDER, "cross/$name${look.suffix}.png"))
    }

    private fun other(name: String, pixels: Pixels, difference: String?) {
        if (difference == null) return
        val now = File(OTHERS, "$name.png")
        Gallery.write(pixels, now)
        EmptyActivity.found += "$name: $difference; `cargo xtask screenshots` accepts $now"
    }

    private companion object {
        val FOLDER = File(System.getProperty("butler.repo"), "android-demo/screenshots")
        val OTHERS = File(System.getProperty("butler.pictures"))
        val ACCEPT = System.getenv("BLESS") == "1"

        /** Every language in every theme and size of text, on both sizes of phone where a screen is [common]: the long tier. */
        val ALL = System.getenv("BUTLER_TEST_TIER") == "full"

        fun cross(common: Boolean): List<Look> = Language.entries.flatMap { language ->
            val looks = Theme.entries.flatMap { theme -> listOf(1f, 2f).map { Look(theme, it, language) } }
            // Rows become columns at 150 %: the largest text they still stand beside each other with is the tightest.
            val tight = listOf(Look(scale = LARGE, language = language), Look(language = language, small = true))
            looks + tight + if (common) looks.map { it.copy(small = true) } else emptyList()
        }.distinct()

        const val LARGE = 1.3f
        const val DEVELOPED = 10_000L
        const val STEP = 0.6f
        const val PAGES = 40
    }
}
