package butler.app.parts

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.ArchivedLine
import butler.app.models.Badge
import butler.app.models.Press
import butler.app.models.Reading

/** It is in no list, or not sure to be. */
@Composable
fun <I : Any> Archived(line: ArchivedLine<I>, on: (I) -> Unit) {
    Card {
        Row(Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).padding(start = 16.dp, end = 8.dp, top = 6.dp, bottom = 6.dp), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
            Words(line.text, Modifier.weight(1f), colour = design.colours.ink2)
            line.restore?.let { Button(it, on, look = ButtonLook.Plain) }
        }
    }
}

/** A row of a card: what it is, what of it, its state; it opens when [press] is given. */
@Composable
fun ListRow(
    title: String,
    about: String = "",
    icon: Icon? = null,
    badge: Badge? = null,
    style: TextStyle = Type.bold,
    colour: Color = design.colours.ink,
    before: (@Composable () -> Unit)? = null,
    press: (() -> Unit)? = null,
) {
    val colours = design.colours
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Measure.row.dp)
            .then(if (press == null) Modifier else Modifier.clickable(role = Role.Button, onClick = press))
            .padding(horizontal = 16.dp, vertical = 11.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        before?.invoke()
        if (icon != null) Picture(icon, colour = colours.ink2)
        Column(Modifier.weight(1f)) {
            // What is all that stands here is never cut.
            Words(title, style = style, colour = colour, lines = if (about.isEmpty()) Int.MAX_VALUE else if (design.large) 4 else 2)
            if (about.isNotEmpty()) Words(about, style = Type.meta, colour = colours.ink2, lines = 3)
            if (design.large && badge != null) BadgeView(badge, Modifier.padding(top = 4.dp))
        }
        if (!design.large && badge != null) BadgeView(badge)
        if (press != null && badge == null) Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = colours.ink2)
    }
}

/** An icon before a row, on a ground of its own. */
@Composable
fun IconTile(icon: Icon) {
    Box(Modifier.size(TILE.dp).clip(RoundedCornerShape(Measure.controlRadius.dp)).background(design.colours.sunken), Alignment.Center) { Picture(icon) }
}

private const val TILE = 44

/** A row that opens something, by its name alone. */
@Composable
fun <I : Any> OpenRow(press: Press<I>, on: (I) -> Unit, icon: Icon? = null) = ListRow(press.label, icon = icon) { on(press.intent) }

/** What is read before something is done. */
@Composable
fun <I : Any> ReadFirst(reading: Reading<I>, on: (I) -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
        Section(reading.title)
        Card { Ruled(reading.articles) { OpenRow(it, on, Icon.BookOpen) } }
    }
}

/** A heading of a section, with something to press at its end. */
@Composable
fun <I : Any> SectionWith(title: String, press: Press<I>?, on: (I) -> Unit, modifier: Modifier = Modifier) {
    Row(modifier.fillMaxWidth(), Arrangement.SpaceBetween, Alignment.CenterVertically) {
        Section(title, Modifier.weight(1f))
        if (press != null) {
            Box(
                Modifier.heightIn(min = Measure.touch.dp).clip(RoundedCornerShape(Measure.controlRadius.dp)).clickable(role = Role.Button) { on(press.intent) }.padding(horizontal = 8.dp),
                Alignment.Center,
            ) { Words(press.label, style = Type.metaBold, colour = design.colours.accent) }
        }
    }
}

/** The foot of a screen one does something at, in the place of the bar with the five places. */
@Composable
fun FootBar(content: @Composable RowScope.() -> Unit) {
    Column(Modifier.fillMaxWidth().background(design.colours.surface)) {
        Rule()
        Row(Modifier.fillMaxWidth().padding(start = 16.dp, end = 16.dp, top = 12.dp, bottom = 12.dp), Arrangement.spacedBy(design.gap), Alignment.CenterVertically, content)
    }
}

/** How a knot of a [Knot] line looks. */
enum class KnotLook { Full, Ring, Square, Faint }

/** One thing that happened, on the line that joins it with those before; the last has no line below. */
@Composable
fun Knot(look: KnotLook, last: Boolean, content: @Composable ColumnScope.() -> Unit) {
    val colours = design.colours
    val line = colours.control.copy(alpha = if (design.sunlight) 1f else 0.5f)
    Row(
        Modifier.fillMaxWidth().padding(horizontal = 16.dp).drawBehind {
            val x = 12.dp.toPx()
            if (!last) drawLine(line, Offset(x, 23.dp.toPx()), Offset(x, size.height + 2.dp.toPx()), 2.dp.toPx())
        },
        Arrangement.spacedBy(12.dp),
    ) {
        Box(Modifier.width(24.dp).padding(top = 4.dp), Alignment.TopCenter) {
            val (shape, colour) = when (look) {
                KnotLook.Full -> CircleShape to colours.accent
                KnotLook.Ring -> CircleShape to colours.ink2
                KnotLook.Square -> RoundedCornerShape(3.dp) to colours.conflictInk
                KnotLook.Faint -> CircleShape to colours.control
            }
            Box(Modifier.size(17.dp).then(if (look == KnotLook.Full) Modifier.background(colour, shape) else Modifier.border(3.dp, colour, shape)))
        }
        Column(Modifier.weight(1f).padding(bottom = if (last) 0.dp else 18.dp), Arrangement.spacedBy(2.dp), content = content)
    }
}

/** The head of a card that says what it is about: a small line over a large one. */
@Composable
fun CardHead(small: String, title: String, badge: Badge?) {
    Row(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Column(Modifier.weight(1f)) {
            if (small.isNotEmpty()) Words(small, style = Type.meta, colour = design.colours.ink2)
            Words(title, Modifier.semantics { heading() }, Type.title)
            if (design.large && badge != null) BadgeView(badge, Modifier.padding(top = 4.dp))
        }
        if (!design.large && badge != null) BadgeView(badge)
    }
}

/** What was said, below what was asked. */
@Composable
fun Said(label: String, words: String) {
    Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 10.dp)) {
        Words(label, style = Type.meta, colour = design.colours.ink2)
        Words(words)
    }
}
