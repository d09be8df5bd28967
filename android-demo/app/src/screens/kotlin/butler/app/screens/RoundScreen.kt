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
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Chip
import butler.app.models.FindingSheet
import butler.app.models.GroupMark
import butler.app.models.GroupTile
import butler.app.models.NoteKind
import butler.app.models.PointMark
import butler.app.models.PointNote
import butler.app.models.RoundIntent
import butler.app.models.RoundItem
import butler.app.models.RoundState
import butler.app.parts.ActionBar
import butler.app.parts.Actions
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.Chips
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.IconButton
import butler.app.parts.ListRow
import butler.app.parts.PhotoStrip
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SheetFrame
import butler.app.parts.Strip
import butler.app.parts.Tiles
import butler.app.parts.Words
import butler.app.parts.touch

/** A round: one point, everything in order with one press, what is not at its row. */
@Composable
fun RoundScreen(state: RoundState, on: (RoundIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, badge = if (design.large) null else state.syncBadge, on = on)
            Marks(state.marks, state.subtitle)
            Scrolling(gap = 12.dp) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                state.plannedFor?.let { item { IconLine(Icon.User, it) } }
                state.key?.let { key -> item { Card { ListRow(key.open.label, key.about, Icon.KeyRound) { on(key.open.intent) } } } }
                if (state.met.isNotEmpty()) item { Met(state.met, on) }
                state.passed?.let { item { Passed(it, state, on) } }
                state.order?.let { item { Card { Strip(it, on, Icon.ClipboardList) } } }
                state.done?.let { item { EmptyView(if (state.notes.any { note -> note.look != null }) Icon.QrCode else Icon.Check, it.title, it.about, it.action, on, Modifier.padding(top = 48.dp)) } }
                if (state.point.isNotEmpty()) item { PointHead(state, on) }
                if (state.notes.isNotEmpty()) item { Notes(state.notes, on) }
                if (state.items.isNotEmpty()) {
                    item {
                        Card {
                            Ruled(state.items) { item ->
                                ItemRow(item, on)
                            }
                        }
                    }
                }
                state.groupsHint?.let { item { Section(it) } }
                if (state.groups.isNotEmpty()) item { Tiles(state.groups, design.gap) { Group(it, on) } }
                state.guidance?.let { item { Banner(BannerKind.Info, "", it, Icon.MessageCircle) } }
                state.next?.let { item { IconLine(Icon.ArrowRight, it) } }
                state.handOver?.let { item { Card { Strip(it, on, Icon.ArrowLeftRight) } } }
                state.history?.let { item { Card { Strip(it, on, Icon.History) } } }
                state.papers?.let { item { Card { Strip(it, on, Icon.ScrollText) } } }
            }
            state.record?.let { ActionBar(null, it, on, firstIcon = if (it.locked == null && state.groups.isEmpty()) Icon.Check else null) }
        }
        state.finding?.let { Finding(it, on) }
        state.paperSheet?.let { PapersFrame(it, on) }
    }
}

/** A mark for each point; a screen reader is told which one it is instead. */
@Composable
private fun Marks(marks: List<PointMark>, spoken: String) {
    val colours = design.colours
    Row(
        Modifier.fillMaxWidth().padding(horizontal = Measure.margin.dp, vertical = 4.dp).semantics { contentDescription = spoken },
        Arrangement.spacedBy(4.dp),
    ) {
        for (mark in marks) {
            val shape = RoundedCornerShape(4.dp)
            val colour = when (mark) {
                PointMark.Done -> colours.accent
                PointMark.Now -> colours.ink
                PointMark.Next -> colours.sunken
            }
            val edge = if (design.sunlight) Modifier.border(2.dp, colours.ink, shape) else Modifier
            Spacer(Modifier.weight(1f).height(8.dp).background(colour, shape).then(edge))
        }
    }
}

@Composable
private fun Passed(text: String, state: RoundState, on: (RoundIntent) -> Unit) {
    val colours = design.colours
    Row(Modifier.fillMaxWidth().heightIn(min = Measure.touch.dp), Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
        Picture(Icon.Check, size = Measure.iconSmall.dp, colour = colours.ink3)
        Words(text, Modifier.weight(1f), colour = colours.ink3, lines = 2)
        state.change?.let { change ->
            Box(Modifier.touch().clickable(role = Role.Button) { on(change.intent) }.padding(horizontal = 12.dp), Alignment.Center) {
                Words(change.label, style = Type.bold, colour = colours.accent)
            }
        }
    }
}

@Composable
private fun PointHead(state: RoundState, on: (RoundIntent) -> Unit) {
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
        Column(Modifier.weight(1f)) {
            Words(state.point, Modifier.semantics { heading() }, Type.title)
            Words(state.pointAbout, style = Type.meta, colour = design.colours.ink2)
        }
        state.scan?.let { IconButton(Icon.QrCode, it, on) }
    }
}

/** Why a point, or the way to it, may not have been walked; where it can be put right it leads there. */
@Composable
private fun Notes(notes: List<PointNote>, on: (RoundIntent) -> Unit) {
    val (lead, say) = notes.partition { it.look != null }
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
        if (lead.isNotEmpty()) {
            Card {
                Ruled(lead) { note ->
                    note.look?.let { Strip(it, on, icon(note.kind)) }
                }
            }
        }
        for (note in say) IconLine(icon(note.kind), note.text)
    }
}

private fun icon(kind: NoteKind): Icon = when (kind) {
    NoteKind.Unproven -> Icon.CircleHelp
    NoteKind.NotCounted -> Icon.QrCode
    NoteKind.TooFast -> Icon.ClockAlert
}

/** A grey line with its icon. */
@Composable
private fun IconLine(icon: Icon, text: String) {
    Row(Modifier.fillMaxWidth().padding(horizontal = 2.dp), Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
        Picture(icon, size = Measure.iconSmall.dp, colour = design.colours.ink2)
        Words(text, Modifier.weight(1f), Type.meta, design.colours.ink2)
    }
}

/** Who was met. */
@Composable
private fun Met(met: List<Chip<RoundIntent>>, on: (RoundIntent) -> Unit) =
    Tiles(met, design.gap, if (design.large) 2 else 3) { ChipButton(it.press, it.chosen, on, room = 8.dp) }

/** A group of a home: its box says that all of it is in order, its name leads to one thing after the other. */
@Composable
private fun Group(tile: GroupTile, on: (RoundIntent) -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Row(
        Modifier.heightIn(min = 76.dp).clip(shape).background(colours.surface).border(design.hair, colours.line, shape),
        Arrangement.spacedBy(design.rowGap),
        Alignment.CenterVertically,
    ) {
        val all = tile.all
        val press = if (all == null) Modifier else Modifier.clickable(role = Role.Checkbox) { on(all.intent) }.semantics { contentDescription = all.label }
        Box(Modifier.fillMaxHeight().widthIn(min = 60.dp).then(press), Alignment.Center) { Mark(tile.mark) }
        Column(
            Modifier.weight(1f).fillMaxHeight().clickable(role = Role.Button) { on(tile.open.intent) }.padding(end = 12.dp, top = 10.dp, bottom = 10.dp),
            Arrangement.Center,
        ) {
            Words(tile.open.label, style = Type.bold)
            Words(tile.about, style = if (tile.mark == GroupMark.Problem) Type.metaBold else Type.meta, colour = if (tile.mark == GroupMark.Problem) colours.urgentInk else colours.ink2)
        }
    }
}

@Composable
private fun Mark(mark: GroupMark) {
    val colours = design.colours
    val shape = RoundedCornerShape(8.dp)
    val (icon, back) = when (mark) {
        GroupMark.Open -> null to colours.surface
        GroupMark.InOrder -> Icon.Check to colours.accent
        GroupMark.Problem -> Icon.Flag to colours.urgent
    }
    val edge = if (icon == null) Modifier.border(2.dp, colours.control, shape) else Modifier
    Box(Modifier.size(28.dp).background(back, shape).then(edge), Alignment.Center) {
        if (icon != null) Picture(icon, size = 20.dp, colour = if (mark == GroupMark.Problem) colours.onUrgent else colours.onAccent)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun ItemRow(item: RoundItem, on: (RoundIntent) -> Unit) {
    val colours = design.colours
    val words = @Composable { modifier: Modifier ->
        Column(modifier, Arrangement.spacedBy(4.dp)) {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                Words(item.label)
                item.severe?.let { Severe(it) }
            }
            item.help?.let { Words(it, style = Type.meta, colour = colours.ink2) }
            item.last?.let { Words(it, style = Type.meta, colour = colours.ink2) }
            item.badge?.let { BadgeView(it) }
            for (said in item.said) Words(said, style = Type.meta, colour = colours.ink2)
        }
    }
    Column(Modifier.fillMaxWidth().padding(start = 16.dp, end = 10.dp, top = 10.dp, bottom = 10.dp), Arrangement.spacedBy(design.gap)) {
        val problem = item.problem
        if (design.large || problem == null) {
            words(Modifier)
            if (problem != null) Button(problem, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.touch.dp, Icon.Flag)
        } else {
            Row(horizontalArrangement = Arrangement.spacedBy(10.dp), verticalAlignment = Alignment.CenterVertically) {
                words(Modifier.weight(1f))
                Button(problem, on, Modifier, ButtonLook.Outline, Measure.touch.dp, Icon.Flag)
            }
        }
        if (item.choices.isNotEmpty()) Chips(item.choices, on)
        item.reading?.let { Field(it, on, label = false, unit = item.unit) }
        PhotoStrip(item.photos, on)
        item.photo?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, icon = Icon.Camera) }
    }
}

/** A word that says how bad it is, not its colour alone. */
@Composable
private fun Severe(word: String) = Words(word, style = Type.bold, colour = design.colours.urgentInk)

/** Something is not in order. */
@Composable
private fun Finding(sheet: FindingSheet, on: (RoundIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, close = { on(RoundIntent.CloseFinding) }) {
        sheet.severe?.let { Severe(it) }
        if (sheet.kinds.isNotEmpty()) Chips(sheet.kinds, on)
        PhotoStrip(sheet.photos, on)
        Button(sheet.photo, on, Modifier.fillMaxWidth(), ButtonLook.Outline, icon = Icon.Camera)
        Field(sheet.words, on, lines = 2)
        Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
            Words(sheet.nowTitle, style = Type.bold)
            Chips(sheet.now, on)
        }
        val locked = sheet.record.locked
        Actions(null, if (locked == null) sheet.record else sheet.record.copy(label = locked), on)
    }
}
