package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.CorrectSheet
import butler.app.models.RejectedIntent
import butler.app.models.RejectedState
import butler.app.models.TouchLine
import butler.app.parts.Actions
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Card
import butler.app.parts.CardHead
import butler.app.parts.Chips
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.FootBar
import butler.app.parts.IconButton
import butler.app.parts.KeyPad
import butler.app.parts.ListRow
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SheetFrame
import butler.app.parts.Words
import butler.app.parts.Wrong
import butler.app.parts.softEdge

/** 被退回: the reason, everything that was meant, and what can still be sent. */
@Composable
fun RejectedScreen(state: RejectedState, on: (RejectedIntent) -> Unit) {
    val colours = design.colours
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, on = on)
            Scrolling(gap = 12.dp) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                state.empty?.let { item { EmptyView(Icon.Check, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
                if (state.reason.isNotEmpty()) {
                    item {
                        Card {
                            CardHead(state.subject, state.field, state.badge)
                            Rule()
                            ListRow(state.reason, state.reasonAbout, colour = colours.rejectedInk, before = { Picture(Icon.OctagonX, colour = colours.rejectedInk) })
                        }
                    }
                }
                state.meantTitle?.let { title ->
                    item { Section(title) }
                    item {
                        Card {
                            Ruled(state.meant) { touch ->
                                Touch(touch, on)
                            }
                        }
                    }
                }
                state.advice?.let { item { Advice(state.adviceTitle, it) } }
            }
            val resend = state.resend
            if (resend != null) FootBar { Actions(state.dismiss, resend, on) }
        }
        state.correct?.let { Correct(it, on) }
        state.sheet?.let { sheet ->
            SheetFrame(sheet.title, sheet.about, close = { on(sheet.keep.intent) }) { Actions(sheet.keep, sheet.dismiss, on) }
        }
    }
}

@Composable
private fun Touch(touch: TouchLine, on: (RejectedIntent) -> Unit) {
    val colours = design.colours
    val press = touch.tick.press
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = 64.dp)
            .toggleable(touch.tick.chosen, enabled = press.locked == null, role = Role.Checkbox) { on(press.intent) }
            .padding(horizontal = 16.dp, vertical = 10.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Tick(touch.tick.chosen)
        Column(Modifier.weight(1f)) {
            Words(press.label, style = Type.bold, colour = if (touch.bad) colours.rejectedInk else colours.ink)
            Words(touch.about, style = Type.meta, colour = colours.ink2)
        }
        if (touch.bad) Picture(Icon.OctagonX, colour = colours.rejectedInk)
        touch.correct?.let { IconButton(Icon.PenLine, it, on, colour = colours.accent) }
    }
}

/** A value is answered anew. */
@Composable
private fun Correct(sheet: CorrectSheet, on: (RejectedIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, close = { on(sheet.leave.intent) }) {
        if (sheet.chips.isNotEmpty()) Chips(sheet.chips, on)
        sheet.typed?.let { Field(it, on, keys = if (sheet.digits) KeyPad.Number else KeyPad.Words, wrong = sheet.problem != null, unit = sheet.unit) }
        sheet.problem?.let { Wrong(it) }
        sheet.help?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        Actions(sheet.leave, sheet.use, on)
    }
}

@Composable
private fun Tick(ticked: Boolean) {
    val colours = design.colours
    val shape = RoundedCornerShape(7.dp)
    Box(
        Modifier.size(28.dp).background(if (ticked) colours.accent else colours.surface, shape).border(2.dp, if (ticked) colours.accent else colours.control, shape),
        Alignment.Center,
    ) { if (ticked) Picture(Icon.Check, size = 20.dp, colour = colours.onAccent) }
}

@Composable
private fun Advice(title: String?, text: String) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(
        Modifier.fillMaxWidth().background(colours.accentSoft, shape).softEdge(colours.accentInk, shape).padding(14.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        Picture(Icon.Lightbulb, size = 22.dp, colour = colours.accentInk)
        Column(Modifier.weight(1f)) {
            if (title != null) Words(title, style = Type.metaBold, colour = colours.accentInk)
            Words(text, style = Type.meta, colour = colours.accentInk)
        }
    }
}
