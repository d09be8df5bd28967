package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.BiasAlignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.AsWas
import butler.app.models.ChangeLine
import butler.app.models.EditLine
import butler.app.models.HistoryIntent
import butler.app.models.HistoryState
import butler.app.models.TimeSlider
import butler.app.parts.Archived
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.EmptyView
import butler.app.parts.FootBar
import butler.app.parts.Knot
import butler.app.parts.KnotLook
import butler.app.parts.PhotoStrip
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Ruled
import butler.app.parts.Said
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.Words

/** 经过: who changed what, and the record as it was then. */
@Composable
fun HistoryScreen(state: HistoryState, on: (HistoryIntent) -> Unit) {
    val was = state.asWas
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, on = on)
        Scrolling(gap = 12.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.empty?.let { item { EmptyView(Icon.History, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            if (was != null) {
                item { Then(was) }
                return@Scrolling
            }
            state.archived?.let { item { Archived(it, on) } }
            state.slider?.let { slider ->
                item {
                    Card {
                        Slider(slider, on)
                        Rule()
                        Column(Modifier.padding(16.dp), Arrangement.spacedBy(2.dp)) {
                            Words(state.thenTitle, style = Type.meta, colour = design.colours.ink2)
                            Words(state.then, lines = 4)
                        }
                    }
                }
            }
            state.photosTitle?.let { title ->
                item {
                    Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
                        Section(title)
                        PhotoStrip(state.photos, on)
                    }
                }
            }
            if (state.edits.isNotEmpty()) item { Edits(state.edits, on) }
            state.hidden?.let { item { Words(it, style = Type.meta, colour = design.colours.ink2) } }
            state.archive?.let { item { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, icon = Icon.Inbox) } }
        }
        if (was != null) FootBar { Button(was.now, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp) }
        else Foot(state, on)
    }
}

@Composable
private fun Foot(state: HistoryState, on: (HistoryIntent) -> Unit) {
    val only = state.only ?: return
    val open = state.open ?: return
    FootBar {
        if (design.large) {
            Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
                Button(open, on, Modifier.fillMaxWidth(), ButtonLook.Tonal, Measure.buttonLarge.dp)
                Button(only, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
            }
            return@FootBar
        }
        Button(only, on, Modifier.weight(1f), ButtonLook.Outline, Measure.buttonLarge.dp)
        Button(open, on, Modifier.weight(1.3f), ButtonLook.Tonal, Measure.buttonLarge.dp)
    }
}

/** As wide as the chosen stop is drawn. */
private val STOP = 28.dp

/** The edits as stops: each can be pressed, so that nothing has to be dragged. */
@Composable
private fun Slider(slider: TimeSlider, on: (HistoryIntent) -> Unit) {
    val colours = design.colours
    val at = slider.stops.indexOfFirst { it.chosen }
    // The first stands at one edge, the last at the other, above their days.
    val last = slider.stops.lastIndex.coerceAtLeast(1)
    val edge = (design.rowGap + STOP) / 2
    Column(Modifier.padding(16.dp)) {
        val day: @Composable () -> Unit = { Words(slider.day, style = Type.bold, colour = colours.accent) }
        if (design.large) {
            Words(slider.title, style = Type.bold)
            day()
        } else Row(Modifier.fillMaxWidth(), Arrangement.SpaceBetween) {
            Words(slider.title, style = Type.bold)
            day()
        }
        Row(
            Modifier.fillMaxWidth().height(Measure.touch.dp).drawBehind {
                val first = edge.toPx()
                val here = first + (size.width - first * 2) * at / last
                drawLine(colours.line, Offset(first, center.y), Offset(size.width - first, center.y), 4.dp.toPx())
                drawLine(colours.accent, Offset(first, center.y), Offset(here, center.y), 4.dp.toPx())
            },
        ) {
            slider.stops.forEachIndexed { index, stop ->
                Box(
                    Modifier.weight(1f).padding(horizontal = design.rowGap / 2).height(Measure.touch.dp).clickable(role = Role.RadioButton) { on(stop.press.intent) }.semantics {
                        contentDescription = stop.press.label
                        selected = stop.chosen
                    },
                    BiasAlignment(2f * index / last - 1, 0f),
                ) {
                    Box(Modifier.size(STOP), Alignment.Center) {
                        if (stop.chosen) Box(Modifier.size(STOP).background(colours.surface, CircleShape).border(4.dp, colours.accent, CircleShape))
                        else Box(Modifier.size(12.dp).background(if (index < at) colours.accent else colours.control, CircleShape))
                    }
                }
            }
        }
        Row(Modifier.fillMaxWidth(), Arrangement.SpaceBetween) {
            Words(slider.first, style = Type.meta, colour = colours.ink2)
            Words(slider.last, style = Type.meta, colour = colours.ink2)
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Edits(edits: List<EditLine>, on: (HistoryIntent) -> Unit) {
    val colours = design.colours
    Card {
        Column(Modifier.padding(vertical = 16.dp)) {
            edits.forEachIndexed { index, edit ->
                Knot(if (edit.chosen) KnotLook.Full else KnotLook.Ring, index == edits.lastIndex) {
                    Column(Modifier.fillMaxWidth().heightIn(min = Measure.touch.dp).clickable(role = Role.Button) { on(edit.go.intent) }.semantics { selected = edit.chosen }) {
                        FlowRow(Modifier.fillMaxWidth(), Arrangement.spacedBy(6.dp)) {
                            Words(edit.by, style = Type.bold)
                            Words(edit.at, Modifier.align(Alignment.CenterVertically), Type.meta, colours.ink2)
                        }
                        edit.clock?.let { Words(it, style = Type.metaBold, colour = colours.overdueInk) }
                        for (change in edit.changes) Changed(change)
                        edit.more?.let { Words(it, Modifier.padding(top = 6.dp), Type.meta, colours.ink2) }
                    }
                }
            }
        }
    }
}

/** From what to what, the former crossed out; on two lines where text is large. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Changed(change: ChangeLine) {
    val colours = design.colours
    Column(Modifier.padding(top = 6.dp)) {
        Words(change.field, style = Type.meta, colour = colours.ink2)
        FlowRow(Modifier.fillMaxWidth(), Arrangement.spacedBy(6.dp)) {
            change.from?.let {
                Words(it, style = Type.body.copy(textDecoration = TextDecoration.LineThrough), colour = colours.ink3, lines = 4)
                Picture(Icon.ArrowRight, Modifier.align(Alignment.CenterVertically), Measure.iconSmall.dp)
            }
            Words(change.to, style = Type.bold, lines = 4)
        }
    }
}

/** The record as it read then, in a brown frame: nothing of it can be pressed. */
@Composable
private fun Then(was: AsWas) {
    val colours = design.colours
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Banner(BannerKind.Late, was.frame, icon = Icon.History)
        Card(Modifier.border(2.dp, colours.overdueInk, RoundedCornerShape(Measure.cardRadius.dp))) {
            Ruled(was.fields) { Said(it.field, it.value) }
            was.note?.let {
                Rule()
                Words(it, Modifier.padding(16.dp))
            }
        }
    }
}
