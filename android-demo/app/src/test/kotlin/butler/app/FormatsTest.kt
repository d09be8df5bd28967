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
        assertEquals("截止 12月31日，每天 1 件", zh.said("截止 2026-12-31，每天 1 件"))
        assertEquals("since Sep 2019", en.said("since 2019-09"))
        assertEquals("请在12月31日前办完", zh.said("请在2026-12-31前办完"))
        assertEquals("编号 10888-12", zh.said("编号 10888-12"))
    }

    @Test
    fun `an amount and an area are written as people write them, and only as a whole`() {
        val (zh, en) = listOf(Language.ZH, Language.EN).map { Formats(Words(it)) }
        val today = LocalDate.of(2026, 11, 28)
        fun said(zhWords: String, enWords: String) = Label(zhWords, enWords).let { zh.say(it, today) to en.say(it, today) }
        assertEquals("1\u2009240.00 元" to "¥1,240.00", said("1240.00 元", "1240.00 yuan"))
        assertEquals("-1\u2009234\u2009567.05 元" to "-¥1,234,567.05", said("-1234567.05 元", "-1234567.05 yuan"))
        assertEquals("120.00 元" to "¥120.00", said("120.00 元", "120.00 yuan"))
        assertEquals("118.62 m²" to "118.62 m²", said("118.62 平方米", "118.62 m²"))
        for (written in listOf("说好 1240.00 元，分两次", "每平方米 2.80 元/月", "5 元")) assertEquals(written, said(written, written).first)
    }

    @Test
    fun `numbers stand in groups of three`() {
        val (zh, en) = listOf(Language.ZH, Language.EN).map { Formats(Words(it)) }
        assertEquals(listOf("78.5", "118.62", "1\u2009296", "0.05", "100", "-0.5", "-1\u2009296"), listOf(78.5, 118.62, 1_296.0, 0.05, 99.999, -0.5, -1_296.0).map(zh::number))
        assertEquals("1,234,567", en.number(1_234_567.0))
    }

    @Test
    fun `telephone numbers are read out in groups`() {
        assertEquals("138 **** 5021，62 天前核实", readOut("138****5021，62 天前核实"))
        assertEquals("打给 138 0000 5021", readOut("打给 13800005021"))
        for (none in listOf("3栋2单元1501 · 78.5 m²", "编号 2138000050219")) assertEquals(none, readOut(none))
    }
}
