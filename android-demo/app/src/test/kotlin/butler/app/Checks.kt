package butler.app

import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.compositeOver
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.graphics.toArgb
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.text.style.TextOverflow
import butler.app.design.Measure
import butler.app.design.Theme
import butler.app.words.BREAK
import butler.app.words.JOINER
import kotlin.math.abs
import kotlin.math.max
import kotlin.math.min

/** The pixels of a picture, a row after the other. */
class Pixels(val width: Int, val height: Int, val argb: IntArray)

/**
 * What can be computed of a screen: whether its words can be read, its targets hit, and everything be heard. It reads the tree a
 * screen reader reads, and the picture that was drawn of it. What lies below an open sheet is not looked at.
 *
 * One pixel is one dp in these pictures.
 */
class Checks(root: SemanticsNode, private val pixels: Pixels, private val look: Look) {
    private val whole = Seen(root, emptyList())

    /** What is open in front: the last sheet, or the screen. */
    val front: Seen = whole.all().lastOrNull { SemanticsProperties.PaneTitle in it.node.config } ?: whole

    private val nodes = front.all()
    private val texts = nodes.filter { it.text.isNotBlank() }
    private val presses = nodes.filter { it.isPress }

    /** A node with those around it, from the outermost. */
    class Seen(val node: SemanticsNode, val around: List<Seen>) {
        // A list measures the next item before it places it anywhere.
        private val children: List<Seen> by lazy { node.children.filter { it.layoutInfo.isPlaced }.map { Seen(it, around + this) } }
        val size = Rect(node.positionInRoot.x, node.positionInRoot.y, node.positionInRoot.x + node.size.width, node.positionInRoot.y + node.size.height)
        val shown: Rect = node.boundsInRoot
        val isWhole = shown.width >= size.width - 1 && shown.height >= size.height - 1
        val isPress = SemanticsActions.OnClick in node.config
        val isHeading = SemanticsProperties.Heading in node.config
        /** One of a grid that divides the width of the phone, as the days of a week do. */
        val isCell: Boolean get() = around.any { (it.node.config.getOrNull(SemanticsProperties.CollectionInfo)?.columnCount ?: 0) >= MANY }
        val isField = SemanticsActions.SetText in node.config
        val text: String = (node.config.getOrNull(SemanticsProperties.EditableText) ?: node.config.getOrNull(SemanticsProperties.Text)?.joinToString(" ") { it.text }).toString().takeIf { it != "null" }.orEmpty()
            .filter { it != JOINER && it != BREAK }
        val spoken: String = node.config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString(" ").orEmpty()
        val layout: TextLayoutResult? by lazy {
            mutableListOf<TextLayoutResult>().also { node.config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(it) }.firstOrNull()
        }

        /** What scrolls it up and down. */
        val scroll: Seen? get() = around.lastOrNull { SemanticsProperties.VerticalScrollAxisRange in it.node.config || SemanticsProperties.HorizontalScrollAxisRange in it.node.config }

        fun all(): List<Seen> = listOf(this) + children.flatMap { it.all() }

        /** What a screen reader says of it: its own words and those of its parts that cannot be pressed themselves. */
        fun heard(): String = (listOf(spoken.ifBlank { text }) + children.filterNot { it.isPress }.map { it.heard() }).filter { it.isNotBlank() }.joinToString(" ")

        fun isIn(other: Seen) = around.any { it.node.id == other.node.id }

        override fun toString() = "“${heard().ifBlank { node.config.getOrNull(SemanticsProperties.Role).toString() }.take(LONG)}”"
    }

    /** Everything that is wrong, in words. */
    fun found(): List<String> = contrast() + clipped() + targets() + gaps() + overlaps() + headings() + labels()

    /** Every colour that makes up a good part of the ground of a text, and whether the text is drawn at all. */
    private fun contrast(): List<String> = texts.filter { it.isWhole }.flatMap { text ->
        val least = if (look.theme == Theme.Sunlight) SUNLIGHT else DAYLIGHT
        val (grounds, strongest) = ground(text.shown)
        // A field may draw what stands in it by words of its own, which are looked at themselves.
        val layout = text.layout ?: return@flatMap emptyList()
        val inks = (listOf(layout.layoutInput.style.color) + layout.layoutInput.text.spanStyles.map { it.item.color }).filter { it != Color.Unspecified }
        val weak = grounds.flatMap { ground ->
            inks.map { it.compositeOver(ground) }.filter { it.toArgb() != ground.toArgb() || grounds.size == 1 }.map { ratio(it, ground) to ground }
        }.filter { (ratio, _) -> ratio < least }
        weak.map { (ratio, ground) -> "$text has %.1f:1 on #%06x".format(ratio, ground.toArgb() and RGB) } +
            if (strongest < least / 2 && text.text.any(Char::isLetterOrDigit)) listOf("$text is not to be seen: nothing in its place stands out more than %.1f:1".format(strongest)) else emptyList()
    }

    /** The colours that fill a good part of a place, most of all first; how much the pixel stands out that does so most. */
    private fun ground(place: Rect): Pair<List<Color>, Double> {
        val counts = HashMap<Int, Int>()
        for (y in max(0, place.top.toInt()) until min(pixels.height, place.bottom.toInt())) {
            for (x in max(0, place.left.toInt()) until min(pixels.width, place.right.toInt())) counts.merge(pixels.argb[y * pixels.width + x], 1, Int::plus)
        }
        val all = counts.values.sum()
        val grounds = counts.entries.sortedByDescending { it.value }.filterIndexed { index, (_, count) -> index == 0 || count > all * PART }.map { Color(it.key) }
        val first = grounds.firstOrNull() ?: return emptyList<Color>() to 0.0
        return grounds to counts.keys.maxOf { ratio(Color(it), first) }
    }

    private fun ratio(one: Color, other: Color): Double {
        val (light, dark) = listOf(one.luminance(), other.luminance()).sortedDescending()
        return (light + 0.05) / (dark + 0.05)
    }

    /** Words end in dots only where their part says so; everything is within its place, or can be scrolled to. */
    private fun clipped(): List<String> {
        val cut = nodes.filter { !it.isWhole && it.size.width > 0 && it.size.height > 0 && (it.text.isNotBlank() || it.isPress || it.spoken.isNotBlank()) }.filter { node ->
            val view = node.scroll?.size ?: return@filter true
            view.contains(node.size)
        }.map { "$it is cut off: ${it.size} shows ${it.shown}" }
        val ends = texts.filter { text -> text.layout?.let { overflows(text, it) && !mayEnd(text, it) } == true }.map { "$it does not fit its ${it.layout?.size}" }
        val out = texts.mapNotNull { text ->
            text.around.lastOrNull { it.isPress }?.takeIf { !it.size.inflate(1f).contains(text.size) }?.let { "$text stands out of $it" }
        }
        val tower = texts.filter(::isTower).map { "$it is a tower of single letters" }
        return cut + ends + out + tower + lone() + broken()
    }

    private fun isTower(text: Seen) = text.layout?.let { it.lineCount > 2 && text.text.length < it.lineCount * 2 } == true

    /** No text ends in a line with one Chinese character alone. */
    private fun lone(): List<String> = texts.filterNot { it.isField || isTower(it) }.filter { text ->
        val layout = text.layout ?: return@filter false
        val drawn = layout.layoutInput.text.text
        val last = layout.lineCount - 1
        val end = drawn.substring(layout.getLineStart(last), drawn.length).filter { it.isLetterOrDigit() }
        last > 0 && !layout.isLineEllipsized(last) && drawn.count { it.isLetterOrDigit() } > WORD && end.length == 1 && Character.isIdeographic(end[0].code)
    }.map { "$it ends in a line with one character alone" }

    /** Chinese may end a line anywhere, a word of letters may not; in a heading and a bar a number may not, either. */
    private fun broken(): List<String> = texts.filter { text ->
        // What is asked of a text is at times how it stood before its place was as wide as it is.
        val layout = text.layout?.takeIf { abs(it.size.width - text.size.width) <= 1 } ?: return@filter false
        val drawn = layout.layoutInput.text.text
        val ends = (0 until layout.lineCount - 1).map { layout.getLineEnd(it) }.filter { it in 1 until drawn.length }
        ends.any { end -> isOfWord(drawn[end - 1]) && isOfWord(drawn[end]) && (text.isHeading || text == subtitle || isWord(drawn, end)) }
    }.map { "$it is broken inside a word" }

    private fun isOfWord(letter: Char) = letter.isLetterOrDigit() && !Character.isIdeographic(letter.code)

    /** Whether what stands at a place is a word: an address, an identifier or a number of a slip has other signs than letters. */
    private fun isWord(drawn: String, at: Int): Boolean {
        fun isBeside(letter: Char) = letter.isWhitespace() || letter == JOINER || Character.isIdeographic(letter.code)
        val start = (at downTo 1).firstOrNull { isBeside(drawn[it - 1]) } ?: 0
        val end = (at until drawn.length).firstOrNull { isBeside(drawn[it]) } ?: drawn.length
        return drawn.substring(start, end).trim { !it.isLetterOrDigit() }.all { it.isLetter() || it in INSIDE }
    }

    /** Whether something of a text is not drawn; what the layout itself says of that is of another width than its node's. */
    private fun overflows(text: Seen, layout: TextLayoutResult): Boolean {
        val lines = 0 until layout.lineCount
        return lines.any(layout::isLineEllipsized) || layout.multiParagraph.didExceedMaxLines ||
            !text.isField && (layout.multiParagraph.height > text.size.height + 1 || lines.any { layout.getLineRight(it) - layout.getLineLeft(it) > text.size.width + 1 })
    }

    /** What stands right below the first heading: it says where one is, and nothing opens to the whole of it. */
    private val subtitle: Seen? = texts.firstOrNull { it.isHeading }?.let { title ->
        texts.firstOrNull { it.size.left == title.size.left && it.size.top in title.size.bottom - 1..title.size.bottom + 1 && it.around.none { around -> around.isPress } }
    }

    /** A line of a list that opens to the whole may end in dots; what a button says, a badge, a heading or what is said below the first one may not. */
    private fun mayEnd(text: Seen, layout: TextLayoutResult): Boolean {
        val input = layout.layoutInput
        val button = text.around.lastOrNull { it.isPress }?.let { it.heard() == text.text } ?: false
        return input.overflow == TextOverflow.Ellipsis && input.maxLines < Int.MAX_VALUE && layout.lineCount == input.maxLines && !button && !text.isHeading && text != subtitle
    }

    private fun targets(): List<String> = presses.filter { it.size.width < (if (it.isCell) CELL else Measure.touch) - SLACK || it.size.height < Measure.touch - SLACK }
        .map { "$it is ${it.size.width.toInt()} × ${it.size.height.toInt()} to press" }

    /** Between two targets lie 8 dp, or each is so large that the middle of one is as far from the other; in gloves nothing is. */
    private fun gaps(): List<String> = pairs(presses.filter { it.isWhole }).mapNotNull { (one, other) ->
        val across = max(one.shown.left, other.shown.left) - min(one.shown.right, other.shown.right)
        val down = max(one.shown.top, other.shown.top) - min(one.shown.bottom, other.shown.bottom)
        val gap = max(across, down)
        val room = if (across > down) min(one.size.width, other.size.width) else min(one.size.height, other.size.height)
        when {
            across < 0 && down < 0 -> "$one and $other lie over each other"
            // What scrolls comes as near to what stands as it likes.
            one.isCell && other.isCell || one.scroll?.node?.id != other.scroll?.node?.id -> null
            gap < GAP - SLACK && (room < Measure.touch + GAP - SLACK || look.glove && one.scroll != null) -> "$one and $other are %.0f apart".format(gap)
            else -> null
        }
    }

    /** No words over words, and none over what is pressed beside them. */
    private fun overlaps(): List<String> {
        val words = pairs(texts.filter { it.isWhole }).filter { (one, other) -> one.shown.deflate(1f).overlaps(other.shown.deflate(1f)) }
        val pressed = texts.filter { it.isWhole }.flatMap { text -> presses.filter { it.isWhole && !text.isIn(it) && it.node.id != text.node.id }.map { text to it } }
            .filter { (text, press) -> !press.isIn(text) && text.shown.deflate(1f).overlaps(press.shown.deflate(1f)) }
        return (words + pressed).map { (one, other) -> "$one and $other lie over each other" }
    }

    /** A screen or a sheet begins with its heading, each section has one of its own, and large words are one. */
    private fun headings(): List<String> {
        val first = texts.firstOrNull { it.around.none { around -> around.isPress } && !it.isPress }
        val none = if (first == null || first.isHeading || isScrolled()) emptyList() else listOf("$first stands before any heading")
        val order = nodes.filter { it.text.isNotBlank() || it.isPress }
        val bare = order.zipWithNext().filter { (one, other) -> one.isHeading && other.isHeading && one.node.id != texts.firstOrNull()?.node?.id && other.isWhole }
            .map { (one, other) -> "$one has nothing below it but the heading $other" }
        val twice = texts.filter { it.isHeading }.groupBy { it.text }.filter { it.value.size > 1 }.map { "${it.value.first()} is the heading of two sections" }
        val large = texts.filter { text ->
            val size = text.layout?.layoutInput?.style?.fontSize?.value ?: 0f
            size >= LARGE && text.text.first().isLetter() && !text.isHeading && !text.isField && text.around.none { it.isPress || it.spoken.isNotBlank() }
        }.map { "$it is as large as a heading and is none" }
        return none + bare + twice + large
    }

    /** What it begins with may be out of sight. */
    private fun isScrolled() = nodes.any { node -> node.node.config.getOrNull(SemanticsProperties.VerticalScrollAxisRange)?.let { it.value() > 0 } == true }

    /** Everything one can press, type into or look at is called something. */
    private fun labels(): List<String> = nodes.filter { it.isPress || it.isField }.filter { (if (it.isField) it.spoken else it.heard()).isBlank() }
        .map { "what one can ${if (it.isField) "type into" else "press"} at ${it.size} has no name" } +
        nodes.filter { it.node.config.getOrNull(SemanticsProperties.Role) == Role.Image && it.spoken.isBlank() }.map { "the image at ${it.size} has no name" }

    /** Every two of which neither lies in the other. */
    private fun pairs(of: List<Seen>) = of.flatMapIndexed { index, one -> of.drop(index + 1).filter { !it.isIn(one) && !one.isIn(it) }.map { one to it } }

    private fun Rect.contains(other: Rect) = other.left >= left && other.top >= top && other.right <= right && other.bottom <= bottom

    private companion object {
        const val DAYLIGHT = 4.5
        const val SUNLIGHT = 10.0
        const val GAP = 8

        /** Seven days beside each other on the smallest phone. */
        const val CELL = 46
        const val MANY = 7
        const val LARGE = 20f
        const val LONG = 40

        /** A day or a month that has no room as a whole breaks somewhere. */
        const val WORD = 3

        /** What stands within a word, and between two that are one thing. */
        const val INSIDE = "-'’/$BREAK"
        const val RGB = 0xffffff

        /** Of a place, what a colour fills that is a ground and no edge of a letter. */
        const val PART = 0.2

        /** Half a pixel is no fault. */
        const val SLACK = 0.5f
    }
}
