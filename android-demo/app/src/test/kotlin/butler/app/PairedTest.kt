package butler.app

import butler.app.words.BREAK
import butler.app.words.JOINER
import butler.app.words.hyphened
import butler.app.words.paired
import kotlin.test.assertEquals
import org.junit.Test

/** The last Chinese character of a text stays with the one before it. */
class PairedTest {
    @Test
    fun `the last two characters are joined, whatever stands behind them`() {
        assertEquals("不满意，要说${JOINER}法", paired("不满意，要说法"))
        assertEquals("看过这一${JOINER}点）。", paired("看过这一点）。"))
        assertEquals("照片 3\u00a0张", paired("照片 3 张"))
        assertEquals("11月28${JOINER}日", paired("11月28日"))
    }

    @Test
    fun `what has no such end is left as it is`() {
        for (text in listOf("", "急", "3栋2单元1501", "Record a visit", "……")) assertEquals(text, paired(text))
    }

    @Test
    fun `a line may end with a hyphen between letters, with no other`() {
        assertEquals("Re-${BREAK}inspect", hyphened("Re-inspect"))
        for (text in listOf("3-2-1501", "K-17", "A–B", "- 钥匙", "2026-11-28")) assertEquals(text, hyphened(text))
    }
}
