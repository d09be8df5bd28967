package butler.app

import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.Test

/** What may know what: a model neither Android nor Compose, a screen not the butler. */
class ArchitectureTest {
    private val screens = File(System.getProperty("butler.repo"), "android-demo/app/src/screens/kotlin/butler/app")

    @Test
    fun `models know neither Android nor Compose`() {
        for (folder in listOf("models", "words")) assertEquals(emptyList(), imports(folder) { it.startsWith("android") })
    }

    @Test
    fun `screens and parts draw states and never call the butler`() {
        for (folder in listOf("screens", "parts", "design")) {
            assertEquals(emptyList(), imports(folder) { it.startsWith("butler.") && !it.startsWith("butler.app.") })
        }
    }

    @Test
    fun `both programs can compile what they share`() {
        assertEquals(emptyList(), imports("") { it.startsWith("android.") || it.startsWith("androidx.activity") })
    }

    /** Which imports of a folder are forbidden, with their files. */
    private fun imports(folder: String, forbidden: (String) -> Boolean): List<String> {
        val files = File(screens, folder).walk().filter { it.extension == "kt" }.toList()
        assertTrue(files.isNotEmpty())
        return files.flatMap { file ->
            file.readLines().filter { it.startsWith("import ") }.map { it.removePrefix("import ") }.filter(forbidden).map { "${file.name}: $it" }
        }
    }
}
