package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.text.rememberTextMeasurer
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Asking
import butler.app.models.Chip
import butler.app.models.Press
import butler.app.models.Tick
import butler.app.models.VisitIntent
import butler.app.models.VisitState
import butler.app.parts.ActionBar
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.Chips
import butler.app.parts.Field
import butler.app.parts.PhotoStrip
import butler.app.parts.Picture
import butler.app.parts.ReadFirst
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.Stepper
import butler.app.parts.Words

/** 见到了: how it went, what was done with one knock, what was said and promised. */
@Composable
fun VisitScreen(state: VisitState, on: (VisitIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, on = on)
        Scrolling(gap = 12.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.reading?.let { item { ReadFirst(it, on) } }
            item { Question(state.outcomeTitle) { Grid(state.outcomes, on) } }
            if (state.together.isNotEmpty()) item { Question(state.togetherTitle, state.togetherAbout) { Ticks(state.together, on) } }
            state.said?.let { item { Field(it, on, lines = 3) } }
            if (state.phrases.isNotEmpty()) item { Chips(state.phrases.map { Chip(it, false) }, on) }
            if (state.photos.isNotEmpty()) item { PhotoStrip(state.photos, on) }
            state.photo?.let { item { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, icon = Icon.Camera) } }
            state.promise?.let { item { Field(it, on) } }
            state.promisedTitle?.let { item { Question(it) { Grid(state.promised, on) } } }
            state.againTitle?.let { item { Question(it) { Grid(state.again, on) } } }
            state.alsoTitle?.let { title ->
                item {
                    Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
                        Section(title)
                        Card {
                            Ruled(state.also) { other ->
                                Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 10.dp)) {
                                    Words(other.title, style = Type.bold, lines = 2)
                                    Words(other.about, style = Type.meta, colour = design.colours.ink2)
                                }
                            }
                        }
                    }
                }
            }
        }
        state.record?.let { ActionBar(null, it, on) }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Question(title: String, about: String = "", content: @Composable () -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
        FlowRow(horizontalArrangement = Arrangement.spacedBy(6.dp)) {
            Words(title, Modifier.semantics { heading() }, Type.bold)
            if (about.isNotEmpty()) Words(about, Modifier.align(Alignment.CenterVertically), Type.meta, design.colours.ink2)
        }
        content()
    }
}

/** Two beside each other; one where text is large. */
@Composable
private fun Grid(chips: List<Chip<VisitIntent>>, on: (VisitIntent) -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
        for (row in chips.chunked(if (design.large) 1 else 2)) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
                for (chip in row) ChipButton(chip.press, chip.chosen, on, Modifier.weight(1f))
                if (row.size == 1 && !design.large) Spacer(Modifier.weight(1f))
            }
        }
    }
}

@Composable
private fun Ticks(ticks: List<Tick>, on: (VisitIntent) -> Unit) {
    val measurer = rememberTextMeasurer()
    val density = LocalDensity.current
    fun fits(text: String, room: Dp) = measurer.measure(text, Type.bold).size.width <= with(density) { room.toPx() }
    Card {
        Ruled(ticks) { tick ->
            BoxWithConstraints {
                // Beside its words where both fit in one line, else under them.
                val beside = tick.asks.singleOrNull()?.count
                    ?.takeIf { fits(tick.press.label, maxWidth - (AROUND + COUNT).dp) && fits("${it.number} ${it.unit.orEmpty()}", INSIDE.dp) }
                Column {
                    Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
                        TickLine(tick, on, Modifier.weight(1f))
                        beside?.let { Stepper(it.number, it.unit, it.less, it.more, on, Modifier.padding(top = design.gap, end = 16.dp, bottom = design.gap).width(COUNT.dp)) }
                    }
                    if (beside == null) for (asking in tick.asks) Asked(asking, on)
                }
            }
        }
    }
}

@Composable
private fun TickLine(tick: Tick, on: (VisitIntent) -> Unit, modifier: Modifier) {
    val colours = design.colours
    Row(
        modifier.heightIn(min = Measure.row.dp)
            .clickable(tick.press.locked == null, role = Role.Checkbox) { on(tick.press.intent) }
            .semantics {
                selected = tick.ticked
                tick.press.locked?.let { stateDescription = it }
            }
            .padding(horizontal = 16.dp, vertical = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        val shape = RoundedCornerShape(8.dp)
        val box = if (tick.ticked) Modifier.background(colours.accent, shape) else Modifier.border(2.dp, colours.control, shape)
        Box(Modifier.size(28.dp).then(box), Alignment.Center) {
            if (tick.ticked) Picture(Icon.Check, size = 20.dp, colour = colours.onAccent)
        }
        Column(Modifier.weight(1f)) {
            Words(tick.press.label, style = Type.bold, lines = 2)
            if (tick.about.isNotEmpty()) Words(tick.about, style = Type.meta, colour = colours.ink2, lines = 3)
        }
    }
}

/** What a tick needs besides the talk, under its words. */
@Composable
private fun Asked(asking: Asking, on: (VisitIntent) -> Unit) {
    val inset = if (design.large) 16.dp else UNDER_WORDS.dp
    Column(Modifier.fillMaxWidth().padding(start = inset, end = 16.dp, top = design.gap, bottom = 12.dp), Arrangement.spacedBy(design.gap)) {
        if (asking.label.isNotEmpty()) Words(asking.label, style = Type.meta, colour = design.colours.ink2)
        if (asking.chips.isNotEmpty()) Chips(asking.chips, on)
        asking.count?.let { Stepper(it.number, it.unit, it.less, it.more, on, Modifier.fillMaxWidth()) }
        asking.typing?.let { Field(it, on) }
        PhotoStrip(asking.photos, on)
        asking.photo?.let { Button(it, on, look = ButtonLook.Tonal, icon = Icon.Camera) }
    }
}

/** So wide is a count beside its words, and so much of that is between its keys. */
private const val COUNT = 176
private const val INSIDE = 60

/** What stands beside a tick's words and a count: the box, the gaps. */
private const val AROUND = 88

/** Where the words beside a tick begin. */
private const val UNDER_WORDS = 56
