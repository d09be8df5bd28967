package butler

import java.io.File
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What apps compile against is in `api/`, so that nobody changes it without seeing it: `BLESS=1 cargo xtask kotlin ApiTest`. */
class ApiTest {
    @Test
    fun `the library offers what its api file says`() = held("butler.api", exclude = setOf("butler.testing.**") + INNER)

    @Test
    fun `the office for tests offers what its api file says`() =
        held("testing.api", include = setOf("butler.testing.**"), exclude = INNER.map { it.replace("butler.", "butler.testing.") }.toSet())

    private fun held(name: String, include: Set<String> = setOf(), exclude: Set<String>) {
        val classes = File(System.getProperty("butler.classes")).walk().filter { it.extension == "class" }.sorted()
        val now = buildString {
            AbiTools.getInstance().printJvmDump(this, classes.asIterable(), AbiFilters(include, exclude, setOf(), setOf()))
        }
        val file = File(System.getProperty("butler.api"), name)
        if (System.getenv("BLESS") != null) file.writeText(now)
        // Lines, because a difference of thousands of them is shown to nobody's use.
        val (then, offered) = file.readLines() to now.lines().dropLastWhile(String::isEmpty)
        assertEquals(listOf<String>(), then - offered.toSet(), "apps may use this, and it is gone")
        assertEquals(listOf<String>(), offered - then.toSet(), "new; BLESS=1 writes it down")
        assertEquals(then.joinToString("\n").trimEnd(), now.trimEnd(), "the order")
    }

    private companion object {
        /** How calls cross, public because Kotlin cannot say otherwise of what UniFFI generates; no app names it. */
        val INNER = setOf("butler.FfiConverter*", "butler.Uniffi*", "butler.RustBuffer*", "butler.*UniffiLib*")
    }
}
