package butler.app.screens

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.CaseIntent
import butler.app.models.CaseKind
import butler.app.models.CasePhase
import butler.app.models.CaseState
import butler.app.models.CourseMark
import butler.app.models.CourseStep
import butler.app.models.LinkSheet
import butler.app.models.ReceiptSheet
import butler.app.models.StepsSheet
import butler.app.parts.Archived
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Chips
import butler.app.parts.EmptyView
import butler.app.parts.FootBar
import butler.app.parts.Knot
import butler.app.parts.KnotLook
import butler.app.parts.ListRow
import butler.app.parts.PhotoStrip
import butler.app.parts.Picture
import butler.app.parts.QrCodeView
import butler.app.parts.Rule
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SectionWith
import butler.app.parts.SheetFrame
import butler.app.parts.Words
import butler.app.parts.touch

/** A case: where it stands, what happened, and the step that moves it on. */
@Composable
fun CaseScreen(state: CaseState, on: (CaseIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, tool = state.history, toolIcon = Icon.History, on = on)
            Scrolling(gap = 12.dp) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                state.empty?.let { item { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
                state.archived?.let { item { Archived(it, on) } }
                state.phase?.let { item { Phase(it) } }
                state.situation?.let { situation ->
                    item { Section(situation.title) }
                    item {
                        Card {
                            ListRow(situation.text, situation.about, icon(situation.kind), style = Type.body, press = situation.open?.let { { on(it.intent) } })
                        }
                    }
                }
                if (state.course.isNotEmpty()) {
                    item { SectionWith(state.courseTitle, state.allSteps, on) }
                    item { Course(state.course, on) }
                }
                state.linksTitle?.let { title ->
                    item { Section(title) }
                    item {
                        Card {
                            Ruled(state.links) { link ->
                                ListRow(link.open.label, link.how, Icon.Link, press = { on(link.open.intent) })
                            }
                        }
                    }
                }
                state.note?.let { note ->
                    item { Section(note.title) }
                    item { Card { Words(note.text, Modifier.padding(16.dp)) } }
                }
            }
            Foot(state, on)
        }
        state.sheet?.let { OtherSteps(it, on) }
        state.receipt?.let { Receipt(it, on) }
        state.papers?.let { PapersFrame(it, on) }
        state.linking?.let { Linking(it, on) }
    }
}

@Composable
private fun Foot(state: CaseState, on: (CaseIntent) -> Unit) {
    val others = state.others ?: return
    val pen = if (state.signs) Icon.Signature else null
    FootBar {
        if (design.large) {
            Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
                state.next?.let { Button(it, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp, icon = pen) }
                state.waits?.let { Words(it, style = Type.bold) }
                Button(others, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
            }
            return@FootBar
        }
        Button(others, on, Modifier.weight(1f), ButtonLook.Outline, Measure.buttonLarge.dp)
        state.next?.let { Button(it, on, Modifier.weight(1.8f), least = Measure.buttonLarge.dp, icon = pen) }
        state.waits?.let { Words(it, Modifier.weight(1.8f).padding(start = 8.dp), Type.bold, design.colours.ink2) }
    }
}

@Composable
private fun Phase(phase: CasePhase) {
    Card {
        Row(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(12.dp)) {
            Column(Modifier.weight(1f)) {
                Words(phase.state, Modifier.semantics { heading() }, Type.title)
                if (phase.turn.isNotEmpty()) Words(phase.turn, Modifier.padding(top = 2.dp), Type.meta, design.colours.ink2)
                for (sum in phase.sums) Words(sum, Modifier.padding(top = 4.dp), Type.bold)
                if (design.large) for (badge in phase.badges) BadgeView(badge, Modifier.padding(top = 4.dp))
            }
            // One below the other: what it waits for is read first, and is not to be broken.
            if (!design.large) Column(verticalArrangement = Arrangement.spacedBy(6.dp), horizontalAlignment = Alignment.End) {
                for (badge in phase.badges) BadgeView(badge)
            }
        }
        for (deadline in phase.deadlines) {
            Rule()
            ListRow(deadline.title, deadline.about, Icon.Clock, deadline.badge, Type.body)
        }
    }
}

/** What happened, newest first; what others did at the same time stands in violet, with the way to decide. */
@Composable
private fun Course(course: List<CourseStep>, on: (CaseIntent) -> Unit) {
    val colours = design.colours
    Card {
        Column(Modifier.padding(vertical = 16.dp)) {
            course.forEachIndexed { index, step ->
                val look = when (step.mark) {
                    CourseMark.Latest -> KnotLook.Full
                    CourseMark.Step -> KnotLook.Ring
                    CourseMark.Conflict -> KnotLook.Square
                    CourseMark.Overruled -> KnotLook.Faint
                }
                Knot(look, index == course.lastIndex) {
                    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                        val ink = when (step.mark) {
                            CourseMark.Conflict -> colours.conflictInk
                            CourseMark.Overruled -> colours.ink3
                            else -> colours.ink
                        }
                        Words(step.title, Modifier.weight(1f), Type.bold, ink)
                        step.badge?.let { BadgeView(it) }
                    }
                    Words(step.about, style = Type.meta, colour = colours.ink2)
                    for (line in step.said) Words(line, style = Type.meta, colour = colours.ink2)
                    PhotoStrip(step.photos, on, Modifier.padding(top = 4.dp))
                    step.conflict?.let {
                        Box(Modifier.touch().clickable(role = Role.Button) { on(it.intent) }, Alignment.CenterStart) { Words(it.label, style = Type.metaBold, colour = colours.conflictInk) }
                    }
                }
            }
        }
    }
}

@Composable
private fun OtherSteps(sheet: StepsSheet, on: (CaseIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        if (sheet.possible.isNotEmpty()) {
            Card {
                Ruled(sheet.possible) { line ->
                    ListRow(line.take.label, line.about, press = { on(line.take.intent) })
                }
            }
        }
        sheet.lockedTitle?.let { title ->
            Section(title)
            Card {
                Ruled(sheet.locked) { step ->
                    ListRow(step.title, step.why, Icon.Lock, style = Type.body, colour = design.colours.ink3)
                }
            }
        }
        Button(sheet.link, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp, Icon.Link)
        Button(sheet.receipt, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
        sheet.papers?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp) }
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
    }
}

private fun icon(kind: CaseKind): Icon = when (kind) {
    CaseKind.Repair -> Icon.Wrench
    CaseKind.Complaint -> Icon.MessageSquareWarning
    CaseKind.Emergency -> Icon.TriangleAlert
    CaseKind.Renovation -> Icon.PaintRoller
    CaseKind.Order -> Icon.ClipboardList
    CaseKind.Other -> Icon.ScrollText
}

/** Which other case it belongs to. */
@Composable
private fun Linking(sheet: LinkSheet, on: (CaseIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        Chips(sheet.how, on)
        if (sheet.cases.isNotEmpty()) {
            Card {
                Ruled(sheet.cases) { line ->
                    ListRow(line.open.label, line.how, press = { on(line.open.intent) })
                }
            }
        }
        sheet.none?.let { Words(it, colour = design.colours.ink2) }
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
    }
}

/** What the customer scans off the screen, with what it says below. */
@Composable
private fun Receipt(sheet: ReceiptSheet, on: (CaseIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.company, close = { on(sheet.close.intent) }) {
        sheet.code?.let { QrCodeView(it, Modifier.fillMaxWidth()) }
        if (sheet.lines.isNotEmpty()) {
            Card {
                Ruled(sheet.lines) { line ->
                    ListRow(line.words, line.what, style = Type.body)
                }
            }
        }
        Words(sheet.about, style = Type.meta, colour = design.colours.ink2)
        sheet.send?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Tonal, Measure.buttonLarge.dp, Icon.Share2) }
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
    }
}
