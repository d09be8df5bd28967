package butler.app

import butler.Label
import butler.app.words.Formats
import butler.app.words.Language
import butler.app.words.Words
import butler.app.words.readOut
import java.time.LocalDate
import kotlin.test.assertEquals
import org.junit.Test

class FormatsTest {
    @Test
    fun `days in the core's words are written as people write them`() {
        val (zh, en) = listOf(Language.ZH, Language.EN).map { Formats(Words(it)) }
        val today = LocalDate.of(2026, 11, 28)
        fun Formats.said(words: String) = say(Label(words, words), today)
        assertEquals("截止 12月31日，每天1件", zh.said("截止 2026-12-31，每天1件"))
        assertEquals("since Sep 2019", en.said("since 2019-09"))
        assertEquals("请在12月31日前办完", zh.said("请在2026-12-31前办完"))
        assertEquals("编号 10888-12", zh.said("编号 10888-12"))
    }

    @Test
    fun `telephone numbers are read out in groups`() {
        assertEquals("138 **** 5021，62 天前核实", readOut("138****5021，62 天前核实"))
        assertEquals("打给 138 0000 5021", readOut("打给 13800005021"))
        for (none in listOf("3栋2单元1501 · 78.5 m²", "编号 2138000050219")) assertEquals(none, readOut(none))
    }
}
