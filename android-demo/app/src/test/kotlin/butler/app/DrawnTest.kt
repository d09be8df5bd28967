package butler.app

import butler.app.design.Theme
import butler.app.words.Language
import java.io.File
import kotlin.test.assertEquals
import org.junit.Test

/** In which looks the states of the contract are drawn. */
class DrawnTest {
    private val looks = File(System.getProperty("butler.repo"), "tests/contract/screens").walk().filter { it.extension == "json" }.map { file ->
        val told = if ("\"language: en\"" in file.readText()) Language.EN else Language.ZH
        Drawn.looks(file.parentFile.name, file.nameWithoutExtension, told).first()
    }.toList()

    @Test
    fun `every theme, language, size of text and size of phone meets every other one`() {
        val occur = looks.groupingBy { listOf(it.theme, it.language, it.scale >= 2, it.small) }.eachCount()
        val all = Theme.entries.flatMap { theme -> Language.entries.flatMap { language -> BOTH.flatMap { large -> BOTH.map { listOf(theme, language, large, it) } } } }
        assertEquals(emptyList(), all - occur.keys, "no state is drawn so")
    }

    @Test
    fun `some are drawn for gloves, and nearly half in the largest text`() {
        assertEquals(true, looks.count { it.glove } > looks.size / 8, "gloves")
        assertEquals(true, looks.count { it.scale >= 2 } in looks.size * 2 / 5..looks.size * 3 / 5, "the largest text")
    }

    private companion object {
        val BOTH = listOf(true, false)
    }
}
