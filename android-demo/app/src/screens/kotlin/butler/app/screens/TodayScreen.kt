package butler.app.screens

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.semantics.CustomAccessibilityAction
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.customActions
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Badge
import butler.app.models.Capacity
import butler.app.models.Chip
import butler.app.models.CutKind
import butler.app.models.CutLine
import butler.app.models.Door
import butler.app.models.DoorPhase
import butler.app.models.LinkKind
import butler.app.models.Spot
import butler.app.models.Stop
import butler.app.models.StopPhase
import butler.app.models.TodayIntent
import butler.app.models.TodayLink
import butler.app.models.TodaySheet
import butler.app.models.TodayState
import butler.app.models.UrgentCard
import butler.app.models.WalkedPart
import butler.app.parts.Actions
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.ChipPairs
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.KeyPad
import butler.app.parts.ListRow
import butler.app.parts.MonthSheet
import butler.app.parts.PhotoStrip
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.SheetFrame
import butler.app.parts.Strip
import butler.app.parts.Words
import butler.app.parts.Wrong
import butler.app.words.DOT

/** 今天: capacity, urgent, the walk. A sheet lies over the bar at the [foot] too. */
@Composable
fun TodayScreen(state: TodayState, on: (TodayIntent) -> Unit, foot: @Composable () -> Unit) {
    val list = rememberLazyListState()
    val before = with(state) { listOfNotNull(problem, empty, done, links.ifEmpty { null }, done, capacity, urgent.ifEmpty { null }, walked).size }
    LaunchedEffect(state.lookAt) {
        val index = state.stops.indexOfFirst { it.name == state.lookAt }
        if (index >= 0) list.animateScrollToItem(before + index)
    }
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, search = state.search, sync = state.sync, badge = state.syncBadge, on = on)
            Scrolling(list = list) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert, modifier = Modifier.padding(bottom = 12.dp)) } }
                state.empty?.let { item { EmptyView(Icon.Map, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
                state.done?.let { done ->
                    item {
                        EmptyView<TodayIntent>(Icon.Check, done.title, listOfNotNull(done.about, done.later).joinToString("\n"), null, on, Modifier.padding(top = 40.dp))
                    }
                }
                if (state.links.isNotEmpty()) item { Links(state.links, on) }
                state.done?.let { done ->
                    item {
                        Banner(if (done.safe) BannerKind.Ok else BannerKind.Unsent, done.office, done.officeAbout, if (done.safe) Icon.CloudCheck else Icon.CircleArrowUp)
                    }
                }
                state.capacity?.let { item { CapacityCard(it, on, Modifier.padding(bottom = 12.dp)) } }
                if (state.urgent.isNotEmpty()) item { Urgent(state, on) }
                state.walked?.let { item { if (!design.large) Walked(it, state.stops.isNotEmpty(), on) } }
                items(state.stops, key = { it.number }) { stop -> StopView(stop, stop.number != state.stops.last().number, on) }
            }
            foot()
        }
        when (val sheet = state.sheet) {
            is TodaySheet.Nobody -> NobodySheet(sheet, on)
            is TodaySheet.Days -> MonthSheet(sheet.days, on)
            is TodaySheet.CutShort -> CutShortSheet(sheet, on)
            is TodaySheet.Due -> SheetFrame(sheet.title, sheet.about, { on(TodayIntent.CloseSheet) }) { DueChoices(sheet.due, on) }
            null -> {}
        }
    }
}

/** What one goes on with. */
@Composable
private fun Links(links: List<TodayLink>, on: (TodayIntent) -> Unit) {
    Card(Modifier.padding(bottom = 12.dp)) {
        Ruled(links) { link ->
            val icon = when (link.kind) {
                LinkKind.Sync -> Icon.RefreshCw
                LinkKind.Call -> Icon.Phone
                LinkKind.Library -> Icon.BookOpen
                LinkKind.Tomorrow -> Icon.Sunrise
                LinkKind.First -> Icon.Clock
                LinkKind.Keys -> Icon.KeyRound
            }
            ListRow(link.open.label, link.about, icon) { on(link.open.intent) }
        }
    }
}

/** How full the day is, and the three ways to change it. */
@Composable
private fun CapacityCard(capacity: Capacity, on: (TodayIntent) -> Unit, modifier: Modifier = Modifier) {
    val colours = design.colours
    Card(modifier) {
        Column(Modifier.padding(start = 16.dp, end = 16.dp, top = 14.dp, bottom = 12.dp)) {
            Between(capacity.left, capacity.ends, strong = true)
            DayBar(capacity, Modifier.padding(top = 8.dp))
            if (!design.large) Box(Modifier.padding(top = 4.dp)) { Between(capacity.done, capacity.spare, strong = false) }
        }
        if (design.large) {
            Rule()
            Strip(capacity.plan, on, colour = colours.accent)
            return@Card
        }
        capacity.doesNotFit?.let {
            Rule()
            Strip(it, on, Icon.ClockAlert, colours.overdueInk)
        }
        for (inspection in capacity.inspections) {
            Rule()
            Strip(inspection, on, Icon.Footprints)
        }
        Rule()
        Row(Modifier.height(IntrinsicSize.Min), Arrangement.spacedBy(design.rowGap / 2)) {
            capacity.canWait?.let {
                Button(it, on, Modifier.weight(1.15f), ButtonLook.Plain, Measure.row.dp, trailing = Icon.ChevronRight)
                Spacer(Modifier.width(design.hair).fillMaxHeight().background(colours.line))
            }
            Button(capacity.cutShort, on, Modifier.weight(1f), ButtonLook.Plain, Measure.row.dp)
        }
    }
}

/** Two texts at the ends of a line; below each other where they do not fit. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Between(left: String, right: String, strong: Boolean) {
    FlowRow(Modifier.fillMaxWidth(), Arrangement.SpaceBetween) {
        Words(left, style = if (strong) Type.bold else Type.meta, colour = if (strong) design.colours.ink else design.colours.ink2)
        Words(right, Modifier.align(Alignment.CenterVertically), Type.meta, design.colours.ink2)
    }
}

/** The day as a bar: gone, planned, beyond. In the sun what is planned is hatched, because tints cannot be told apart. */
@Composable
private fun DayBar(capacity: Capacity, modifier: Modifier = Modifier) {
    val colours = design.colours
    val sunlight = design.sunlight
    val shape = RoundedCornerShape(7.dp)
    Canvas(
        modifier.fillMaxWidth().height(14.dp).clip(shape).background(colours.sunken).then(if (sunlight) Modifier.border(2.dp, colours.ink, shape) else Modifier),
    ) {
        val done = size.width * capacity.donePart / HUNDRED
        val planned = size.width * capacity.plannedPart / HUNDRED
        val over = size.width * capacity.overPart / HUNDRED
        drawRect(if (sunlight) colours.ink else colours.ink2, size = Size(done, size.height))
        drawRect(colours.accent, Offset(done, 0f), Size(planned, size.height))
        drawRect(colours.overdueInk, Offset(done + planned, 0f), Size(over, size.height))
        if (!sunlight) return@Canvas
        var x = done
        while (x < done + planned) {
            drawLine(colours.surface, Offset(x, size.height), Offset(x + size.height, 0f), 3.dp.toPx())
            x += 8.dp.toPx()
        }
    }
}

private const val HUNDRED = 100f

/** The most urgent thing with its next step; the others on demand. */
@Composable
private fun Urgent(state: TodayState, on: (TodayIntent) -> Unit) {
    Card(Modifier.padding(bottom = 12.dp)) {
        val short = state.urgentInShort
        if (design.large && short != null) {
            Row(
                Modifier.fillMaxWidth().heightIn(min = 64.dp).clickable(role = Role.Button) { on(short.open.intent) }.padding(horizontal = 16.dp, vertical = 8.dp),
                Arrangement.spacedBy(8.dp),
                Alignment.CenterVertically,
            ) {
                BadgeView(short.badge)
                Words(short.open.label, Modifier.weight(1f), Type.metaBold)
                Picture(Icon.ChevronRight, size = Measure.iconSmall.dp)
            }
            return@Card
        }
        state.urgent.forEachIndexed { index, card ->
            if (index > 0) Rule()
            UrgentRow(card, first = index == 0, on)
        }
        state.moreUrgent?.let {
            Rule()
            Strip(it, on, open = if (state.urgent.size > 1) Icon.ChevronDown else Icon.ChevronRight)
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun UrgentRow(card: UrgentCard, first: Boolean, on: (TodayIntent) -> Unit) {
    Row(Modifier.padding(start = 16.dp, end = 12.dp, top = 12.dp, bottom = 12.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        Column(Modifier.weight(1f)) {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                BadgeView(card.clock)
                Words(card.title, Modifier.align(Alignment.CenterVertically), Type.bold, lines = 2)
            }
            Words(card.place, Modifier.padding(top = 4.dp), Type.meta, design.colours.ink2, lines = 2)
        }
        Button(card.open, on, Modifier.widthIn(82.dp, 132.dp), if (first) ButtonLook.Urgent else ButtonLook.Outline)
    }
}

/** What lies behind one, in a line; opened, stop by stop. */
@Composable
private fun Walked(part: WalkedPart, more: Boolean, on: (TodayIntent) -> Unit) {
    Column(Modifier.line(more).padding(bottom = design.rowGap)) {
        Row(
            Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(part.open.intent) },
            Arrangement.spacedBy(12.dp),
            Alignment.CenterVertically,
        ) {
            Dot(StopPhase.Done, null)
            Words(part.open.label, Modifier.weight(1f), colour = design.colours.ink3)
            Picture(if (part.at.isEmpty()) Icon.ChevronRight else Icon.ChevronDown, size = Measure.iconSmall.dp, colour = design.colours.ink3)
        }
        if (part.at.isEmpty()) return@Column
        Column(Modifier.padding(start = INDENT.dp, bottom = 10.dp), Arrangement.spacedBy(design.gap)) {
            for (at in part.at) {
                Words(at.name, style = Type.metaBold, colour = design.colours.ink2)
                for (thing in at.things) DoneRow(thing.place, thing.what, null) { on(thing.open.intent) }
            }
        }
    }
}

/** The first and the last thing said of a stop: how many, and which way. */
private fun inShort(about: String): String = about.split(DOT).let { if (it.size > 2) listOf(it.first(), it.last()).joinToString(DOT) else about }

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun StopView(stop: Stop, more: Boolean, on: (TodayIntent) -> Unit) {
    val colours = design.colours
    val large = design.large
    val rail = more && !large
    Column(Modifier.line(rail)) {
        Row(
            Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { stop.fold?.let { on(it.intent) } },
            Arrangement.spacedBy(12.dp),
            Alignment.CenterVertically,
        ) {
            Dot(stop.phase, stop.number)
            if (large) {
                Column(Modifier.weight(1f).padding(vertical = 6.dp)) {
                    Words(stop.name, Modifier.semantics { heading() }, Type.bold)
                    Words(inShort(stop.about), style = Type.meta, colour = colours.ink2)
                }
            } else {
                // On a small phone what is said of it has a line of its own.
                FlowRow(Modifier.weight(1f), Arrangement.SpaceBetween) {
                    val middle = Modifier.align(Alignment.CenterVertically)
                    Words(stop.name, middle.padding(end = 12.dp).semantics { heading() }, Type.bold)
                    Words(stop.about, middle, Type.meta, colours.ink2)
                }
            }
            val folded = stop.doors.isEmpty() && stop.spots.isEmpty()
            if (folded) Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = colours.ink3)
        }
        Column(
            Modifier.padding(start = if (large) 0.dp else INDENT.dp, top = if (stop.start == null) design.rowGap else design.gap, bottom = if (stop.doors.isEmpty() && stop.spots.isEmpty()) 0.dp else maxOf(6.dp, design.rowGap)),
            Arrangement.spacedBy(10.dp),
        ) {
            stop.start?.let { start ->
                Button(start.press, on, Modifier.fillMaxWidth().semantics { contentDescription = start.spoken }, ButtonLook.Outline, icon = Icon.Footprints)
            }
            for (spot in stop.spots) SpotCard(spot, on)
            for (door in stop.doors) DoorCard(door, on)
            stop.rest?.let { rest ->
                Row(
                    Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(rest.intent) },
                    Arrangement.spacedBy(8.dp),
                    Alignment.CenterVertically,
                ) {
                    Words(rest.label, Modifier.weight(1f), Type.meta, colours.ink2, lines = if (large) 4 else 2)
                    Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = colours.ink3)
                }
            }
        }
    }
}

private const val INDENT = 42

/** The line from stop to stop, behind what stands on it. */
@Composable
private fun Modifier.line(draw: Boolean): Modifier {
    val colour = design.colours.control.copy(alpha = 0.45f)
    return if (!draw) this else drawBehind {
        val x = 15.dp.toPx()
        drawLine(colour, Offset(x, 28.dp.toPx()), Offset(x, size.height + 28.dp.toPx()), 2.dp.toPx())
    }
}

@Composable
private fun Dot(phase: StopPhase, number: Int?) {
    val colours = design.colours
    val (back, edge, ink) = when (phase) {
        StopPhase.Now -> Triple(colours.accent, colours.accent, colours.onAccent)
        StopPhase.Done -> Triple(colours.ink2, colours.ink2, colours.surface)
        StopPhase.Next -> Triple(colours.surface, colours.control, colours.ink2)
    }
    val side = if (design.large) 38.dp else 28.dp
    Box(Modifier.padding(start = 1.dp).size(side).background(back, CircleShape).border(2.dp, edge, CircleShape), Alignment.Center) {
        if (number == null) Picture(Icon.Check, size = Measure.iconSmall.dp, colour = ink) else Words("$number", style = Type.metaBold, colour = ink)
    }
}

/** One door: a main job, what goes along, two buttons. */
@Composable
private fun DoorCard(door: Door, on: (TodayIntent) -> Unit) {
    val colours = design.colours
    if (door.phase == DoorPhase.Done) return DoneRow(door.room, door.title, door.badge) { on(door.open.intent) }
    Card {
        val acts = listOfNotNull(door.nobody, door.main).filter { it.locked == null }.map { press -> CustomAccessibilityAction(press.label) { on(press.intent); true } }
        Column(
            Modifier.fillMaxWidth().clickable(role = Role.Button) { on(door.open.intent) }.semantics { customActions = acts }
                .padding(start = 14.dp, end = 14.dp, top = 12.dp),
        ) {
            Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
                Words(door.room, if (design.large) Modifier.weight(1f) else Modifier, Type.title)
                if (!design.large) Words(door.people, Modifier.weight(1f), Type.meta, colours.ink2, lines = 1)
                door.badge?.let { BadgeView(it) }
            }
            if (design.large) Words(door.people, style = Type.meta, colour = colours.ink2, lines = 1)
            Words(door.title, Modifier.padding(top = 2.dp), Type.bold, lines = 2)
            door.along?.let { Words(it, style = Type.meta, colour = colours.ink2, lines = 2) }
            door.asked?.let { Words(it, Modifier.padding(top = 2.dp), Type.metaBold, colours.overdueInk, lines = 2) }
        }
        TwoButtons(door.nobody, door.main, if (door.strong) ButtonLook.Primary else ButtonLook.Tonal, on, Modifier.padding(start = 14.dp, end = 14.dp, top = 10.dp, bottom = 12.dp))
    }
}

/** What is done, in a line. */
@Composable
private fun DoneRow(where: String, what: String, badge: Badge?, open: () -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.touch.dp).clip(shape).border(design.hair, colours.line, shape)
            .clickable(role = Role.Button, onClick = open).padding(horizontal = 14.dp, vertical = 10.dp),
        Arrangement.spacedBy(8.dp),
        Alignment.CenterVertically,
    ) {
        if (where.isNotEmpty()) Words(where, style = Type.bold, colour = colours.ink3)
        Words(what, Modifier.weight(1f), Type.meta, colours.ink3, lines = if (badge == null) 2 else 1)
        badge?.let { BadgeView(it) }
    }
}

/** The two buttons of a door. */
@Composable
private fun TwoButtons(
    second: butler.app.models.Press<TodayIntent>?,
    first: butler.app.models.Press<TodayIntent>?,
    look: ButtonLook,
    on: (TodayIntent) -> Unit,
    modifier: Modifier,
) {
    if (design.large) {
        Column(modifier, Arrangement.spacedBy(design.gap)) {
            second?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, design.touch) }
            first?.let { Button(it, on, Modifier.fillMaxWidth(), look, design.touch) }
        }
    } else {
        Row(modifier, Arrangement.spacedBy(design.gap)) {
            second?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Outline, design.touch) }
            first?.let { Button(it, on, Modifier.weight(1.37f), look, design.touch) }
        }
    }
}

/** Something at the spot, at the desk or by telephone. */
@Composable
private fun SpotCard(spot: Spot, on: (TodayIntent) -> Unit) {
    val words = @Composable { modifier: Modifier ->
        Column(modifier.clickable(role = Role.Button) { on(spot.open.intent) }.heightIn(min = Measure.touch.dp), Arrangement.spacedBy(2.dp, Alignment.CenterVertically)) {
            Words(spot.title, style = Type.bold, lines = 2)
            if (spot.about.isNotEmpty()) Words(spot.about, style = Type.meta, colour = design.colours.ink2, lines = 2)
            spot.badge?.let { BadgeView(it, Modifier.padding(top = 4.dp)) }
        }
    }
    Card {
        if (design.large) {
            Column(Modifier.padding(14.dp), Arrangement.spacedBy(10.dp)) {
                words(Modifier)
                Button(spot.act, on, Modifier.fillMaxWidth(), ButtonLook.Tonal, design.touch)
            }
        } else {
            Row(Modifier.padding(start = 14.dp, end = 12.dp, top = 12.dp, bottom = 12.dp), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                words(Modifier.weight(1f))
                Button(spot.act, on, Modifier.widthIn(88.dp, 132.dp), ButtonLook.Tonal, design.touch)
            }
        }
    }
}

/** Nobody is at home: two presses, and the door comes back by itself. */
@Composable
private fun NobodySheet(sheet: TodaySheet.Nobody, on: (TodayIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(TodayIntent.CloseSheet) }) {
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Words(sheet.question, style = Type.bold)
            ChipPairs(sheet.times, on)
            sheet.time?.let { Field(it, on, keys = KeyPad.Number) }
            sheet.record.locked?.let { Wrong(it) }
            sheet.help?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        }
        PhotoStrip(sheet.photos, on)
        sheet.photo?.let { photo ->
            Row(
                Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(photo.intent) },
                Arrangement.spacedBy(12.dp),
                Alignment.CenterVertically,
            ) {
                Picture(Icon.Camera)
                Column(Modifier.weight(1f)) {
                    Words(photo.label)
                    Words(sheet.photoAbout, style = Type.meta, colour = design.colours.ink2)
                }
                Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = design.colours.ink3)
            }
        }
        Actions(sheet.call, sheet.record, on)
    }
}

/** The day has to end earlier: four lines that add up to what was open. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun CutShortSheet(sheet: TodaySheet.CutShort, on: (TodayIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(TodayIntent.CloseSheet) }, foot = { Actions(sheet.close, sheet.walk, on) }) {
        Segments(sheet.left, on)
        Card {
            Ruled(sheet.lines) { line ->
                CutRow(line, on)
            }
        }
        if (sheet.reasons.isNotEmpty()) {
            Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(6.dp)) {
                    Words(sheet.reason, style = Type.bold)
                    Words(sheet.reasonAbout, Modifier.align(Alignment.CenterVertically), Type.meta, design.colours.ink2)
                }
                FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                    for (chip in sheet.reasons) ChipButton(chip.press, chip.chosen, on)
                }
                sheet.remark?.let { Field(it, on) }
            }
        }
    }
}

/** A part of the day with how much it is; opened, with its doors. */
@Composable
private fun CutRow(line: CutLine, on: (TodayIntent) -> Unit) {
    val colours = design.colours
    val (icon, colour) = when (line.kind) {
        CutKind.Keep -> Icon.Footprints to colours.accent
        CutKind.Tomorrow -> Icon.ArrowRight to colours.overdueInk
        CutKind.Missed -> Icon.Flag to colours.overdueInk
        CutKind.AnotherDay -> Icon.Inbox to colours.ink3
    }
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(line.open.intent) }.padding(horizontal = 16.dp, vertical = 8.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Picture(icon, colour = colour)
        Column(Modifier.weight(1f)) {
            Words(line.title, style = Type.bold)
            Words(line.about, style = Type.meta, colour = colours.ink2)
        }
        Picture(if (line.things.isEmpty()) Icon.ChevronRight else Icon.ChevronDown, size = Measure.iconSmall.dp, colour = colours.ink2)
    }
    if (line.things.isEmpty()) return
    Column(Modifier.fillMaxWidth().padding(start = 52.dp, end = 16.dp, bottom = 12.dp), Arrangement.spacedBy(6.dp)) {
        for (thing in line.things) Words(thing, style = Type.meta)
    }
}

/** One of four in a row; a column where text is large. */
@Composable
private fun Segments(chips: List<Chip<TodayIntent>>, on: (TodayIntent) -> Unit) {
    // Segments touch each other: gloves press one of two.
    if (design.glove && !design.large) return ChipPairs(chips, on)
    if (design.large) {
        Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
            for (chip in chips) ChipButton(chip.press, chip.chosen, on, Modifier.fillMaxWidth())
        }
        return
    }
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(Modifier.fillMaxWidth().height(IntrinsicSize.Min).clip(shape).border(design.edge, colours.control, shape)) {
        chips.forEachIndexed { index, chip ->
            if (index > 0) Spacer(Modifier.width(design.edge).fillMaxHeight().background(colours.control))
            Box(
                Modifier
                    .weight(1f)
                    .heightIn(min = Measure.touch.dp)
                    .fillMaxHeight()
                    .background(if (chip.chosen) colours.accent else colours.surface)
                    .clickable(role = Role.RadioButton) { on(chip.press.intent) }
                    .padding(4.dp),
                Alignment.Center,
            ) { Words(chip.press.label, style = if (chip.chosen) Type.bold else Type.body, colour = if (chip.chosen) colours.onAccent else colours.ink) }
        }
    }
}
