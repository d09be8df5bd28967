package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.ConflictIntent
import butler.app.models.ConflictState
import butler.app.models.NextConflict
import butler.app.models.NextSide
import butler.app.models.Side
import butler.app.parts.Actions
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.CardHead
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.FootBar
import butler.app.parts.ListRow
import butler.app.parts.Rule
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SnackView
import butler.app.parts.Words

/** 两种说法: both answers side by side; nothing is decided behind anybody's back. */
@Composable
fun ConflictScreen(state: ConflictState, on: (ConflictIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, on = on)
        Scrolling(gap = 12.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.empty?.let { item { EmptyView(Icon.Check, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            if (state.sides.isNotEmpty()) {
                item { Card { CardHead(state.subject, state.field, state.badge) } }
                item { Sides(state.sides, on) }
            }
            state.whose?.let { item { Banner(BannerKind.Conflict, it, icon = Icon.Gavel) } }
            if (state.before != null || state.another != null) item { Otherwise(state, on) }
            state.note?.let { item { Field(it, on, lines = 2) } }
            state.nextTitle?.let { title ->
                item { Section(title) }
                state.next?.let { next ->
                    item { Next(next, on) }
                }
            }
        }
        SnackView(state.snack, on)
        val decide = state.decide
        val leave = state.leave
        if (decide != null) FootBar { Actions(leave, decide, on) }
        else if (leave != null) FootBar { Button(leave, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp) }
    }
}

/** The next one with both its sides, in short. */
@Composable
private fun Next(next: NextConflict, on: (ConflictIntent) -> Unit) {
    Card {
        Column(
            Modifier.fillMaxWidth().clickable(onClickLabel = next.open.label, role = Role.Button) { on(next.open.intent) }.padding(16.dp),
            Arrangement.spacedBy(10.dp),
        ) {
            Column {
                Words(next.subject, style = Type.meta, colour = design.colours.ink2)
                Words(next.field, style = Type.bold)
            }
            Beside(next.sides) { index, side, modifier -> NextSideView(side, shown = index == 0, modifier) }
        }
    }
}

@Composable
private fun NextSideView(side: NextSide, shown: Boolean, modifier: Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Column(
        modifier.background(if (shown) colours.conflictSoft else colours.surface, shape)
            .border(if (shown) 3.dp else design.edge, if (shown) colours.conflictInk else colours.control, shape).padding(12.dp),
        Arrangement.spacedBy(4.dp),
    ) {
        Words(side.standing, style = if (shown) Type.metaBold else Type.meta, colour = if (shown) colours.conflictInk else colours.ink2)
        Words(side.value, style = Type.bold)
        Words(side.by, style = Type.meta, colour = colours.ink2)
        side.with?.let { Words(it, style = Type.meta) }
    }
}

@Composable
private fun Otherwise(state: ConflictState, on: (ConflictIntent) -> Unit) {
    Card {
        state.before?.let { ListRow(it.text, it.about, Icon.History, style = Type.body, press = { on(it.open.intent) }) }
        state.another?.let {
            if (state.before != null) Rule()
            ListRow(it.label, icon = Icon.PenLine, style = Type.body, press = { on(it.intent) })
        }
    }
}

@Composable
private fun Sides(sides: List<Side>, on: (ConflictIntent) -> Unit) = Beside(sides) { _, side, modifier -> SideCard(side, on, modifier) }

/** Two stand side by side; more, or large text, below each other. */
@Composable
private fun <T> Beside(sides: List<T>, side: @Composable (Int, T, Modifier) -> Unit) {
    if (sides.size == 2 && !design.large) {
        Row(Modifier.height(IntrinsicSize.Min), Arrangement.spacedBy(design.gap)) {
            sides.forEachIndexed { index, each -> side(index, each, Modifier.weight(1f).fillMaxHeight()) }
        }
        return
    }
    Column(verticalArrangement = Arrangement.spacedBy(design.gap)) { sides.forEachIndexed { index, each -> side(index, each, Modifier.fillMaxWidth()) } }
}

@Composable
private fun SideCard(side: Side, on: (ConflictIntent) -> Unit, modifier: Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    val chosen = side.choose.chosen && side.choose.press.locked == null
    Column(
        modifier
            .clip(shape)
            .background(if (chosen) colours.conflictSoft else colours.surface)
            .border(if (chosen) 3.dp else design.edge, if (chosen) colours.conflictInk else colours.control, shape)
            .clickable(enabled = side.choose.press.locked == null, role = Role.RadioButton) { on(side.choose.press.intent) }
            .semantics {
                selected = chosen
                contentDescription = side.choose.press.label
            }
            .padding(14.dp),
        Arrangement.spacedBy(4.dp),
    ) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            Words(side.standing, Modifier.weight(1f), if (chosen) Type.metaBold else Type.meta, if (chosen) colours.conflictInk else colours.ink2)
            if (side.choose.press.locked == null) Radio(chosen)
        }
        Words(side.value, Modifier.padding(vertical = 4.dp), Type.title)
        Words(side.by, style = Type.bold)
        Words(side.at, style = Type.meta, colour = colours.ink2)
        side.with?.let { Words(it, style = Type.meta) }
    }
}

@Composable
private fun Radio(chosen: Boolean) {
    val colours = design.colours
    Box(
        Modifier.size(26.dp).background(if (chosen) colours.conflictInk else colours.surface, CircleShape).border(2.dp, if (chosen) colours.conflictInk else colours.control, CircleShape),
        Alignment.Center,
    ) { if (chosen) Box(Modifier.size(9.dp).background(colours.surface, CircleShape)) }
}
