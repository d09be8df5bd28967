package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.alpha
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.models.Press
import butler.app.models.Tab
import butler.app.models.Typing
import butler.app.parts.Button
import butler.app.parts.Field
import butler.app.parts.Picture
import butler.app.parts.Section
import butler.app.parts.SheetFrame
import butler.app.parts.Words
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** That what is computed of pictures finds what it is for: a screen in order, and the same screen with one thing broken. */
@RunWith(RobolectricTestRunner::class)
class ChecksTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `every fault is found, and only it`() = with(Pictures(rule, Tab.Today)) {
        val press = Press("记下，下一户", Unit)
        finds(null) {}
        finds("has 3.0:1") { Words("逾期2天", colour = Color(0xff949494)) }
        finds("has 7.5:1", SUNLIGHT) { Words("逾期2天", colour = Color(0xff555555)) }
        finds("is not to be seen") { Words("逾期2天", Modifier.alpha(0.2f)) }
        finds("is not to be seen") {
            Box {
                Words("逾期2天")
                Box(Modifier.size(200.dp, 40.dp).background(Color.White))
            }
        }
        finds("does not fit its") { Words("渗漏维修雨后回访", Modifier.size(40.dp, 25.dp)) }
        finds("does not fit its") { Button(Press("渗漏维修雨后回访，顺便定期拜访，再核对电话", Unit), {}, Modifier.width(120.dp)) }
        finds("is cut off") { Words("逾期2天", Modifier.offset(390.dp)) }
        finds("is a tower of single letters") { Words("渗漏维修", Modifier.width(20.dp)) }
        finds("is broken inside a word") { Words("Today by identity", Modifier.width(44.dp).semantics { heading() }) }
        finds(null) { Words("公共区域巡视", Modifier.width(56.dp).semantics { heading() }) }
        finds("is broken inside a word") { Words("Some violations", Modifier.width(44.dp)) }
        finds("is broken inside a word") { Words("要看violations的", Modifier.width(60.dp)) }
        finds("is broken inside a word") { Button(Press("Re-inspect", Unit), {}, Modifier.width(60.dp)) }
        finds(null) { Words("Re-inspect", Modifier.width(60.dp)) }
        finds(null) { Words("https://office.example/slips a1b2c3d4e5f6 BX2026112800017", Modifier.width(100.dp)) }
        finds("is 40 × 48 to press") { Box(Modifier.size(40.dp, 48.dp).clickable {}) { Words("改") } }
        finds("are 4 apart") { Row(horizontalArrangement = Arrangement.spacedBy(4.dp)) { repeat(2) { Box(Modifier.size(50.dp).clickable {}) { Words("第 $it") } } } }
        finds(null) { Row { repeat(2) { Box(Modifier.size(60.dp).clickable {}) { Words("第 $it") } } } }
        finds("are 0 apart", GLOVE) { Column(Modifier.verticalScroll(rememberScrollState())) { repeat(2) { Box(Modifier.size(60.dp).clickable {}) { Words("第 $it") } } } }
        finds("lie over each other") {
            Box {
                Words("刘敏家")
                Words("逾期2天")
            }
        }
        finds("lie over each other") {
            Box {
                Button(press, {})
                Words("顺便 3 件", Modifier.offset(118.dp))
            }
        }
        finds("is as large as a heading") { Words("卫生间渗水", style = Type.title) }
        finds("has nothing below it") {
            Section("情况")
            Section("经过")
            Words("刘敏 昨天 16:20")
        }
        finds("is the heading of two sections") { repeat(2) { Section("经过"); Words("刘敏 第 $it 次") } }
        finds("has no name") { Box(Modifier.size(48.dp).clickable {}) { Picture(Icon.Search) } }
        finds("has no name") { Field(Typing("", "前台3号柜") {}, {}) }
        finds("has no name") { Picture(Icon.Search, Modifier.semantics { role = Role.Image }) }
    }

    @Test
    fun `what a bar says below its title is whole`() = with(Pictures(rule, Tab.Today)) {
        show(LIGHT) {
            Column(Modifier.fillMaxSize().background(Color.White)) {
                Words("今天", Modifier.semantics { heading() }, Type.title)
                Words("11月28日 周六 · 1网格", Modifier.width(90.dp), Type.meta, lines = 1)
                Words("渗漏维修雨后回访，定期拜访", Modifier.width(90.dp), Type.meta, lines = 1)
            }
        }
        assertTrue("11月28日" in faults(LIGHT).single())
    }

    @Test
    fun `what lies below a sheet is not looked at, and what can be scrolled to is`() = with(Pictures(rule, Tab.Today)) {
        show(LIGHT) {
            Box(Modifier.fillMaxSize()) {
                Words("没有标题", colour = Color(0xffc0c0c0))
                SheetFrame("没人在家", close = {}) { Words("什么时候再来") }
            }
        }
        assertEquals(emptySet(), faults(LIGHT))
        show(LIGHT) {
            Column(Modifier.verticalScroll(rememberScrollState())) {
                Words("今天", Modifier.semantics { heading() })
                Box(Modifier.height(1500.dp))
                Words("逾期2天", colour = Color(0xff949494))
            }
        }
        val found = faults(LIGHT)
        show(LIGHT) {
            LazyColumn {
                item { Words("今天", Modifier.semantics { heading() }) }
                items(40) { Words("走过第 $it 站", Modifier.height(60.dp)) }
            }
        }
        assertEquals(emptySet(), faults(LIGHT), "its heading is scrolled out of sight")
        assertTrue(found.single().startsWith("“逾期2天” has 2.7:1"), found.toString())
    }

    @Test
    fun `a word that changed is another picture, the grain of another processor is not`() = with(Pictures(rule, Tab.Today)) {
        fun drawn(words: String): Pixels {
            show(LIGHT) { Words(words, style = Type.meta) }
            return photograph(LIGHT)
        }
        val accepted = drawn("还有 39 件 · 20 户 · 约 18:40 走完")
        val grain = Pixels(accepted.width, accepted.height, IntArray(accepted.argb.size) { at -> accepted.argb[at].grain(at * 7 % 41 - 20) })
        assertNull(Gallery.difference(accepted, drawn("还有 39 件 · 20 户 · 约 18:40 走完")))
        assertNull(Gallery.difference(accepted, grain))
        // What is one colour is that colour on every processor.
        val edges = Pixels(accepted.width, accepted.height, IntArray(accepted.argb.size) { if (accepted.argb[it] == accepted.argb.last()) accepted.argb[it] else grain.argb[it] })
        val file = File.createTempFile("ledger", ".txt").apply { deleteOnExit() }
        Ledger(file).apply { accept(LIGHT.suffix, accepted) }.write()
        assertNull(Ledger(file).difference(LIGHT.suffix, edges))
        assertNotNull(Ledger(file).difference(DARK.suffix, accepted), "nobody accepted a dark one")
        for (other in listOf("还有 38 件 · 20 户 · 约 18:40 走完", "还有 39 件 · 20 户 · 约 18:10 走完", "还有 39 件 · 20 户 · 约 18:40 走了", "还有 39 件 20 户 · 约 18:40 走完")) {
            assertNotNull(Gallery.difference(accepted, drawn(other)), other)
            assertNotNull(Ledger(file).difference(LIGHT.suffix, drawn(other)), other)
        }
    }

    /** Each part of a colour a little lighter or darker. */
    private fun Int.grain(by: Int): Int = (0..16 step 8).fold(0xff shl 24) { colour, shift -> colour or (((this shr shift and 0xff) + by).coerceIn(0, 255) shl shift) }

    /** A screen with a heading, a sentence and something that may be wrong. */
    private fun Pictures.finds(fault: String?, look: Look = LIGHT, part: @Composable () -> Unit) {
        show(look) {
            Column(Modifier.fillMaxSize().background(Color.White), Arrangement.spacedBy(8.dp)) {
                Words("今天", Modifier.semantics { heading() }, Type.title)
                Words("走过 1 站，8 件")
                part()
            }
        }
        val found = faults(look)
        if (fault == null) assertEquals(emptySet(), found) else assertTrue(found.size == 1 && fault in found.single(), "$fault is to be found, and was found: $found")
    }
}
