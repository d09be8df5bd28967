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
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.CallTile
import butler.app.models.Clock
import butler.app.models.EmergenciesIntent
import butler.app.models.EmergenciesState
import butler.app.models.EmergencyEntryIntent
import butler.app.models.EmergencyEntryState
import butler.app.models.EmergencyIntent
import butler.app.models.EmergencyMark
import butler.app.models.EmergencyOf
import butler.app.models.EmergencyState
import butler.app.models.EmergencyStep
import butler.app.models.Press
import butler.app.models.RunningState
import butler.app.models.SaySheet
import butler.app.parts.ActionBar
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.IconButton
import butler.app.parts.OneLine
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SheetFrame
import butler.app.parts.Tiles
import butler.app.parts.Words
import butler.app.words.DOT
import kotlinx.coroutines.delay

/** The way to an emergency card from 记一笔: the one red thing there. */
@Composable
fun EmergencyButton(state: EmergencyEntryState, on: (EmergencyEntryIntent) -> Unit) {
    val open = state.open ?: return
    val colours = design.colours
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Measure.buttonLarge.dp)
            .clip(RoundedCornerShape(Measure.controlRadius.dp))
            .background(colours.urgent)
            .clickable(role = Role.Button) { on(open.intent) }
            .padding(horizontal = 18.dp, vertical = 12.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Picture(Icon.Siren, size = 30.dp, colour = colours.onUrgent)
        Column(Modifier.weight(1f)) {
            Words(open.label, style = Type.bold, colour = colours.onUrgent)
            Words(state.about, style = Type.meta, colour = colours.onUrgent, lines = 2)
        }
    }
}

/** Which emergency it is: large tiles, two beside each other. */
@Composable
fun EmergenciesScreen(state: EmergenciesState, on: (EmergenciesIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.about, back = state.back, on = on)
        Scrolling(gap = 10.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.empty?.let { item { EmptyView(Icon.Siren, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            item { Tiles(state.kinds, 10.dp) { Kind(it, on) } }
        }
    }
}

@Composable
private fun Kind(kind: Press<EmergenciesIntent>, on: (EmergenciesIntent) -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Box(
        Modifier.heightIn(min = 72.dp).clip(shape).background(colours.surface).border(design.edge, colours.urgentInk, shape)
            .clickable(role = Role.Button) { on(kind.intent) }.padding(horizontal = 14.dp, vertical = 12.dp),
        Alignment.CenterStart,
    ) { Words(kind.label, style = Type.bold, colour = colours.urgentInk, lines = 3) }
}

/** An emergency card: whom to call stands above what to write. */
@Composable
fun EmergencyScreen(state: EmergencyState, on: (EmergencyIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            RedBar(state, on)
            LazyColumn(
                Modifier.weight(1f),
                contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 12.dp, bottom = 24.dp),
                verticalArrangement = Arrangement.spacedBy(12.dp),
            ) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                state.empty?.let { item { EmptyView(Icon.Siren, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
                state.guidance?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                if (state.calls.isNotEmpty() || state.numbers.isNotEmpty()) item { Calls(state.calls, state.numbers, on) }
                if (state.steps.isNotEmpty()) {
                    item {
                        Card {
                            Ruled(state.steps) { step ->
                                Step(step, on)
                            }
                        }
                    }
                }
                state.later?.let { item { Words(it, Modifier.padding(horizontal = 4.dp), Type.meta, design.colours.ink2) } }
                state.note?.let { note ->
                    item { Section(note.title) }
                    item { Card { Words(note.text, Modifier.padding(16.dp)) } }
                }
            }
            state.evidence?.let { ActionBar(state.say, it, on, Icon.Mic, Icon.Camera) }
        }
        state.sheet?.let { Say(it, on) }
    }
}

@Composable
private fun RedBar(state: EmergencyState, on: (EmergencyIntent) -> Unit) {
    val colours = design.colours
    Row(
        Modifier.fillMaxWidth().background(colours.urgent).heightIn(min = Measure.bar.dp).padding(start = 4.dp, end = 16.dp, top = 8.dp, bottom = 8.dp),
        Arrangement.spacedBy(design.gap),
        Alignment.CenterVertically,
    ) {
        state.back?.let { IconButton(Icon.ChevronLeft, it, on, colour = colours.onUrgent) }
        Column(Modifier.weight(1f)) {
            Words(state.title, Modifier.semantics { heading() }, Type.bold, colours.onUrgent, lines = 2)
            if (state.subtitle.isNotEmpty()) OneLine(state.subtitle, colours.onUrgent)
        }
        // A screen reader says how it stood: what changes every second is not read out.
        state.clock?.let { FixedSize { Ticking(it, Type.display, colours.onUrgent, told = true) } }
        state.badge?.let { BadgeView(it) }
    }
}

/** A clock that runs while one looks at it. */
@Composable
internal fun Ticking(clock: Clock, style: TextStyle, colour: Color, /** Whether a screen reader says it once a minute, wherever the finger is. */ told: Boolean = false, /** What stands between it and the next thing. */ after: String = "") {
    var text by remember(clock) { mutableStateOf(clock.text) }
    var spoken by remember(clock) { mutableStateOf(clock.text) }
    LaunchedEffect(clock) {
        var seconds = 0
        while (true) {
            delay(SECOND)
            text = clock.now()
            if (++seconds % MINUTE == 0) spoken = text
        }
    }
    val said = Modifier.clearAndSetSemantics {
        contentDescription = spoken
        if (told) liveRegion = LiveRegionMode.Polite
    }
    Words(text + after, said, style, colour, lines = 1)
}

private const val MINUTE = 60

private const val SECOND = 1000L

/** What is large anyway stays as large as it is. */
@Composable
private fun FixedSize(content: @Composable () -> Unit) {
    val density = LocalDensity.current
    CompositionLocalProvider(LocalDensity provides Density(density.density, density.fontScale.coerceAtMost(1f)), content)
}

@Composable
private fun Calls(calls: List<CallTile>, numbers: List<Press<EmergencyIntent>>, on: (EmergencyIntent) -> Unit) = BoxWithConstraints {
    // Three beside each other have no room for a word where text is larger and the phone narrow.
    val across = if (design.large) 1 else if (maxWidth / LocalDensity.current.fontScale < ROOMY.dp) 2 else 3
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
        if (calls.isNotEmpty()) Tiles(calls, 8.dp, across) { Call(it, on) }
        if (numbers.isNotEmpty()) Tiles(numbers, 8.dp, across) { Button(it, on, look = ButtonLook.Outline, room = 4.dp) }
    }
}

private const val ROOMY = 270

@Composable
private fun Call(tile: CallTile, on: (EmergencyIntent) -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Column(
        Modifier.heightIn(min = Measure.buttonLarge.dp).clip(shape).background(colours.surface).border(design.edge, colours.control, shape)
            .clickable(role = Role.Button) { on(tile.call.intent) }.padding(horizontal = 8.dp, vertical = 8.dp),
        Arrangement.Center,
        Alignment.CenterHorizontally,
    ) {
        Row(horizontalArrangement = Arrangement.spacedBy(4.dp), verticalAlignment = Alignment.CenterVertically) {
            Picture(Icon.Phone, size = Measure.iconSmall.dp)
            Words(tile.call.label, Modifier.weight(1f, fill = false), Type.bold, lines = 2)
        }
        if (tile.about.isNotEmpty()) Words(tile.about, style = Type.meta, colour = colours.ink2, lines = 1)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Step(step: EmergencyStep, on: (EmergencyIntent) -> Unit) {
    val colours = design.colours
    val quiet = step.mark == EmergencyMark.Made || step.mark == EmergencyMark.Locked
    Row(
        Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(start = 16.dp, end = 12.dp, top = 10.dp, bottom = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Number(step)
        Column(Modifier.weight(1f)) {
            Words(step.title, style = if (quiet) Type.body else Type.bold, colour = if (quiet) colours.ink3 else colours.ink, lines = 3)
            FlowRow {
                step.left?.let {
                    // A line ends with a dot between two things; none begins with it.
                    val after = if (step.about.isEmpty()) "" else DOT
                    Ticking(it, Type.metaBold, if (step.mark == EmergencyMark.Next) colours.urgentInk else colours.ink2, after = after)
                }
                if (step.about.isNotEmpty()) Words(step.about, style = Type.meta, colour = colours.ink2, lines = 3)
            }
            if (design.large) Side(step, on)
        }
        if (!design.large) Side(step, on)
    }
}

@Composable
private fun Number(step: EmergencyStep) {
    val colours = design.colours
    val shape = RoundedCornerShape(8.dp)
    when (step.mark) {
        EmergencyMark.Made -> Box(Modifier.size(28.dp).background(colours.accent, shape), Alignment.Center) { Picture(Icon.Check, size = 20.dp, colour = colours.onAccent) }
        EmergencyMark.Locked -> Box(Modifier.size(28.dp), Alignment.Center) { Picture(Icon.Lock, size = 22.dp, colour = colours.ink3) }
        else -> Box(Modifier.size(if (design.large) 40.dp else 28.dp).border(2.dp, colours.control, shape), Alignment.Center) { Words(step.number, style = Type.metaBold) }
    }
}

@Composable
private fun Side(step: EmergencyStep, on: (EmergencyIntent) -> Unit) {
    step.take?.let { Button(it, on, look = if (step.mark == EmergencyMark.Next) ButtonLook.Urgent else ButtonLook.Tonal) }
    // Larger words leave room for those before them.
    val narrow = if (LocalDensity.current.fontScale > 1f && !design.large) Modifier.widthIn(max = WAITS.dp) else Modifier
    step.waits?.let { Words(it, narrow, Type.meta, design.colours.ink2) }
}

private const val WAITS = 120

@Composable
private fun Say(sheet: SaySheet, on: (EmergencyIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        Field(sheet.text, on, Modifier.fillMaxWidth(), lines = 3)
        Button(sheet.record, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp)
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline)
    }
}

/** The emergency that runs, wherever one is. */
@Composable
fun RunningStrip(state: RunningState, on: (EmergencyOf) -> Unit) {
    val open = state.open ?: return
    val colours = design.colours
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).background(colours.urgent).clickable(role = Role.Button) { on(open.intent) }.padding(horizontal = 16.dp, vertical = 6.dp),
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Picture(Icon.Siren, colour = colours.onUrgent)
        Words(open.label, Modifier.weight(1f), Type.bold, colours.onUrgent, lines = 1)
        state.clock?.let { Ticking(it, Type.bold, colours.onUrgent, told = true) }
        Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = colours.onUrgent)
    }
}
