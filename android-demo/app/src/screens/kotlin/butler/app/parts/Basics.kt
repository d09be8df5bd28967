package butler.app.parts

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.BasicText
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.graphics.drawscope.clipRect
import androidx.compose.ui.graphics.drawscope.scale
import androidx.compose.ui.graphics.vector.PathParser
import androidx.compose.ui.layout.Layout
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.Constraints
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Badge
import butler.app.models.BadgeKind
import butler.app.models.Press
import butler.app.words.DOT
import butler.app.words.hyphened
import butler.app.words.paired
import butler.app.words.readOut

/** Text in one of the four sizes. */
@Composable
fun Words(
    text: String,
    modifier: Modifier = Modifier,
    style: TextStyle = Type.body,
    colour: Color = design.colours.ink,
    lines: Int = Int.MAX_VALUE,
    align: TextAlign = TextAlign.Start,
) {
    val spoken = readOut(text)
    val read = if (spoken == text) modifier else modifier.semantics { contentDescription = spoken }
    // A line ends with a dot between two things; none begins with it.
    BasicText(paired(hyphened(text.replace(DOT, "\u00a0· "))), read, style.copy(color = colour, textAlign = align), maxLines = lines, overflow = TextOverflow.Ellipsis)
}

/** An icon; what it means is said by the words beside it. */
@Composable
fun Picture(icon: Icon, modifier: Modifier = Modifier, size: Dp = Measure.icon.dp, colour: Color = design.colours.ink) {
    val strokes = remember(icon) { icon.paths.map { PathParser().parsePathString(it).toPath() } }
    val width = design.stroke
    val side = if (design.large) size * LARGE_ICON else size
    Canvas(modifier.size(side)) { draw(strokes, colour, width) }
}

private fun androidx.compose.ui.graphics.drawscope.DrawScope.draw(strokes: List<Path>, colour: Color, width: Float) {
    scale(size.width / 24f, Offset.Zero) {
        for (path in strokes) {
            drawPath(path, colour, style = Stroke(width, cap = StrokeCap.Round, join = StrokeJoin.Round))
        }
    }
}

private const val LARGE_ICON = 1.4f

/** What a button says has room for what is still missing, in large text too. */
private const val LINES = 3
private const val LARGE_LINES = 4

/** How much a button stands out. At most one urgent one a screen. */
enum class ButtonLook { Primary, Tonal, Outline, Urgent, Plain }

/** A button says what will have happened, not what is done. */
@Composable
fun <I : Any> Button(
    press: Press<I>,
    on: (I) -> Unit,
    modifier: Modifier = Modifier,
    look: ButtonLook = ButtonLook.Primary,
    least: Dp = Measure.button.dp,
    icon: Icon? = null,
    trailing: Icon? = null,
    /** Between its edge and its words, from the side. */
    room: Dp = 12.dp,
) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    val off = press.locked != null
    val (back, ink) = when {
        off -> colours.sunken to colours.ink3
        look == ButtonLook.Primary -> colours.accent to colours.onAccent
        look == ButtonLook.Tonal -> colours.accentSoft to colours.accentInk
        look == ButtonLook.Urgent -> colours.urgent to colours.onUrgent
        look == ButtonLook.Outline -> colours.surface to colours.ink
        else -> Color.Transparent to colours.accent
    }
    val edge = when {
        off || look == ButtonLook.Tonal -> Modifier.softEdge(ink, shape)
        look == ButtonLook.Outline -> Modifier.border(design.edge, colours.control, shape)
        else -> Modifier
    }
    Row(
        modifier
            .heightIn(min = maxOf(least, design.touch))
            .clip(shape)
            .background(back)
            .then(edge)
            .clickable(enabled = !off, role = Role.Button, onClick = { on(press.intent) })
            .padding(horizontal = room, vertical = 8.dp),
        Arrangement.spacedBy(8.dp, Alignment.CenterHorizontally),
        Alignment.CenterVertically,
    ) {
        if (icon != null) Picture(icon, colour = ink, size = 20.dp)
        Words(press.label, Modifier.weight(1f, fill = false), Type.bold, ink, lines = if (design.large) LARGE_LINES else LINES, align = TextAlign.Center)
        if (trailing != null) Picture(trailing, colour = ink, size = Measure.iconSmall.dp)
    }
}

/** The edge of what has only a tint, where tints cannot be told apart. */
@Composable
fun Modifier.softEdge(colour: Color, shape: RoundedCornerShape): Modifier =
    if (design.sunlight) border(design.softEdge, colour, shape) else this

/** An icon one can press; [label] is what a screen reader says. */
@Composable
fun <I : Any> IconButton(icon: Icon, press: Press<I>, on: (I) -> Unit, modifier: Modifier = Modifier, colour: Color = design.colours.ink) {
    Box(
        modifier
            .size(design.touch)
            .clip(RoundedCornerShape(Measure.pillRadius.dp))
            .clickable(role = Role.Button) { on(press.intent) }
            .semantics { contentDescription = press.label },
        Alignment.Center,
    ) { Picture(icon, colour = colour) }
}

/** A state by its shape, its colour and its word. */
@Composable
fun BadgeView(badge: Badge, modifier: Modifier = Modifier, tall: Boolean = false) {
    val colours = design.colours
    val (icon, back, ink) = when (badge.kind) {
        BadgeKind.Urgent -> Triple(Icon.TriangleAlert, colours.urgent, colours.onUrgent)
        BadgeKind.Overdue -> Triple(Icon.ClockAlert, colours.overdueSoft, colours.overdueInk)
        BadgeKind.Due -> Triple(Icon.Clock, colours.sunken, colours.ink2)
        BadgeKind.Unsent -> Triple(Icon.CircleArrowUp, colours.unsentSoft, colours.unsentInk)
        BadgeKind.Sending -> Triple(Icon.RefreshCw, colours.unsentSoft, colours.unsentInk)
        BadgeKind.Pending -> Triple(Icon.Hourglass, colours.unsentSoft, colours.unsentInk)
        BadgeKind.Conflict -> Triple(Icon.SquareSplitHorizontal, colours.conflictSoft, colours.conflictInk)
        BadgeKind.Rejected -> Triple(Icon.OctagonX, colours.rejectedSoft, colours.rejectedInk)
        BadgeKind.Sent -> Triple(Icon.CloudCheck, colours.okSoft, colours.okInk)
        BadgeKind.Ok -> Triple(Icon.Check, colours.okSoft, colours.okInk)
        BadgeKind.Problem -> Triple(Icon.Flag, colours.urgentSoft, colours.urgentInk)
        BadgeKind.Key -> Triple(Icon.KeyRound, colours.sunken, colours.ink2)
        BadgeKind.Plain -> Triple(null, colours.sunken, colours.ink2)
    }
    val shape = RoundedCornerShape(Measure.pillRadius.dp)
    val edge = if (badge.kind == BadgeKind.Urgent) Modifier else Modifier.softEdge(ink, shape)
    Row(
        modifier
            .heightIn(min = if (tall) 40.dp else 26.dp)
            .clip(shape)
            .background(back)
            .then(edge)
            .padding(start = if (tall) 11.dp else 7.dp, end = if (tall) 14.dp else 9.dp, top = 2.dp, bottom = 2.dp)
            .then(if (badge.spoken.isEmpty()) Modifier else Modifier.semantics { contentDescription = badge.spoken }),
        Arrangement.spacedBy(4.dp),
        Alignment.CenterVertically,
    ) {
        if (icon != null) Picture(icon, size = 16.dp, colour = ink)
        Words(badge.text, style = Type.metaBold, colour = ink, lines = if (design.large) 2 else 1)
    }
}

/** A card: flat, with a line around it. */
@Composable
fun Card(modifier: Modifier = Modifier, content: @Composable ColumnScope.() -> Unit) {
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Column(
        modifier.fillMaxWidth().clip(shape).background(design.colours.surface).border(design.hair, design.colours.line, shape),
        content = content,
    )
}

/**
 * A card whose rows are items of a list, with a [foot] below them: however many there are, only those in sight are composed.
 * Items of such a list touch; [below] keeps the card apart from what follows.
 */
fun <T> LazyListScope.card(rows: List<T>, below: Dp = 0.dp, foot: (@Composable () -> Unit)? = null, row: @Composable (T) -> Unit) {
    itemsIndexed(rows) { index, it -> Slice(index == 0, foot == null && index == rows.lastIndex, below) { row(it) } }
    if (foot != null) item { Slice(rows.isEmpty(), true, below, foot) }
}

@Composable
private fun Slice(first: Boolean, last: Boolean, below: Dp, content: @Composable () -> Unit) {
    Column(Modifier.fillMaxWidth().padding(bottom = if (last) below else 0.dp).slice(first, last)) {
        if (!first) Rule()
        content()
    }
}

/** Anything else in a list whose items touch, kept apart from what follows by [below]. */
fun LazyListScope.apart(below: Dp, content: @Composable () -> Unit) = item { Box(Modifier.padding(bottom = below)) { content() } }

/** A part of a card across its whole width: of its line only what runs along this part. */
@Composable
private fun Modifier.slice(first: Boolean, last: Boolean): Modifier {
    val (ground, line, hair) = Triple(design.colours.surface, design.colours.line, design.hair)
    return drawBehind {
        val (radius, width) = Measure.cardRadius.dp.toPx() to hair.toPx()
        val top = if (first) 0f else -2 * radius
        val bottom = size.height + if (last) 0f else 2 * radius
        clipRect {
            drawRoundRect(ground, Offset(0f, top), Size(size.width, bottom - top), CornerRadius(radius))
            val inner = Size(size.width - width, bottom - top - width)
            drawRoundRect(line, Offset(width / 2, top + width / 2), inner, CornerRadius(radius - width / 2), Stroke(width))
        }
    }
}

/** Tiles as high as their neighbours, at [most] so many beside each other: two, and one where text is large; fewer where a word would break. */
@Composable
fun <T> Tiles(tiles: List<T>, gap: Dp, most: Int = if (design.large) 1 else 2, tile: @Composable (T) -> Unit) {
    Layout({ for (each in tiles) tile(each) }, Modifier.fillMaxWidth()) { measurables, constraints ->
        val space = gap.roundToPx()
        fun cells(across: Int) = shared(constraints.maxWidth - space * (across - 1), across)
        val word = measurables.maxOfOrNull { it.minIntrinsicWidth(Constraints.Infinity) } ?: 0
        val cells = cells((most downTo 2).firstOrNull { word <= cells(it).last() } ?: 1)
        val rows = measurables.chunked(cells.size).map { row ->
            val height = row.withIndex().maxOf { (column, it) -> it.minIntrinsicHeight(cells[column]) }
            row.mapIndexed { column, it -> it.measure(Constraints.fixed(cells[column], height)) }
        }
        layout(constraints.maxWidth, rows.sumOf { it.first().height } + space * (rows.size - 1).coerceAtLeast(0)) {
            var y = 0
            for (row in rows) {
                row.forEachIndexed { column, it -> it.place(cells.take(column).sum() + space * column, y) }
                y += row.first().height + space
            }
        }
    }
}

/** As many equal parts, to the pixel. */
private fun shared(width: Int, among: Int) = List(among) { width / among + if (it < width % among) 1 else 0 }

/** Buttons across the whole width, as wide as each other where a word leaves room for it; one below the other where it would break. */
@Composable
fun Beside(gap: Dp, buttons: @Composable () -> Unit) {
    Layout(buttons, Modifier.fillMaxWidth()) { measurables, constraints ->
        val space = gap.roundToPx()
        val words = measurables.map { it.minIntrinsicWidth(Constraints.Infinity) }
        val room = constraints.maxWidth - space * (words.size - 1)
        val beside = words.sum() <= room
        val widths = if (beside) widths(words, room) else words.map { constraints.maxWidth }
        val heights = measurables.mapIndexed { at, it -> it.minIntrinsicHeight(widths[at]) }
        val high = heights.max()
        val placed = measurables.mapIndexed { at, it -> it.measure(Constraints.fixed(widths[at], if (beside) high else heights[at])) }
        layout(constraints.maxWidth, if (beside) high else heights.sum() + space * (heights.size - 1)) {
            placed.forEachIndexed { at, it ->
                if (beside) it.place(widths.take(at).sum() + space * at, 0) else it.place(0, heights.take(at).sum() + space * at)
            }
        }
    }
}

/** Whoever needs more than an equal part gets it, the others share what is left. */
private fun widths(needed: List<Int>, room: Int): List<Int> {
    var (left, among) = room to needed.size
    for (most in needed.sortedDescending()) {
        if (most > left / among) {
            left -= most
            among -= 1
        }
    }
    return needed.map { maxOf(it, left / maxOf(among, 1)) }
}

/** A line across a card. */
@Composable
fun Rule(modifier: Modifier = Modifier) {
    Spacer(modifier.padding(vertical = design.rowGap / 2).fillMaxWidth().height(design.hair).background(design.colours.line))
}

/** Rows of a card with a line between each and the next. */
@Composable
inline fun <T> Ruled(things: List<T>, row: @Composable (T) -> Unit) {
    things.forEachIndexed { index, thing ->
        if (index > 0) Rule()
        row(thing)
    }
}

/** A line of small bold text that opens something. */
@Composable
fun <I : Any> Strip(press: Press<I>, on: (I) -> Unit, icon: Icon? = null, colour: Color = design.colours.ink, open: Icon = Icon.ChevronRight) {
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Measure.row.dp)
            .clickable(role = Role.Button) { on(press.intent) }
            .padding(start = 16.dp, end = 12.dp, top = 6.dp, bottom = 6.dp),
        Arrangement.spacedBy(design.gap),
        Alignment.CenterVertically,
    ) {
        if (icon != null) Picture(icon, size = Measure.iconSmall.dp, colour = colour)
        Words(press.label, Modifier.weight(1f), Type.metaBold, colour)
        Picture(open, size = Measure.iconSmall.dp, colour = colour)
    }
}

/** Something that is not a word yet needs the least size of a finger. */
fun Modifier.touch(): Modifier = sizeIn(minWidth = Measure.touch.dp, minHeight = Measure.touch.dp)
