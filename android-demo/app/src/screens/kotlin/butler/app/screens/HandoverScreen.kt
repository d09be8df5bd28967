package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
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
import butler.app.models.HandoverIntent
import butler.app.models.HandoverItem
import butler.app.models.HandoverMark
import butler.app.models.HandoverSheet
import butler.app.models.HandoverState
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.EmptyView
import butler.app.parts.FootBar
import butler.app.parts.LevelBar
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.SheetFrame
import butler.app.parts.Words

/** A grid that changes hands, as a checklist. */
@Composable
fun HandoverScreen(state: HandoverState, on: (HandoverIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Listed(
            { Bar(state.title, state.subtitle, back = state.back, on = on) },
            { state.next?.let { FootBar { Button(it, on, Modifier.weight(1f), least = Measure.buttonLarge.dp) } } },
        ) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.empty?.let { item { EmptyView(Icon.ArrowLeftRight, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            state.done?.let { done ->
                item {
                    Card {
                        Column(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(10.dp)) {
                            if (design.large) state.left?.let { BadgeView(it) }
                            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                                Words(state.progress, Modifier.weight(1f), Type.bold)
                                if (!design.large) state.left?.let { BadgeView(it) }
                            }
                            LevelBar(done.levels.single())
                        }
                    }
                }
            }
            if (state.items.isNotEmpty()) {
                item {
                    Card {
                        Ruled(state.items) { thing ->
                            Item(thing, on)
                        }
                    }
                }
            }
        }
        state.sheet?.let { Through(it, on) }
    }
}

@Composable
private fun Item(item: HandoverItem, on: (HandoverIntent) -> Unit) {
    val colours = design.colours
    val open = item.mark == HandoverMark.Open
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).padding(start = 16.dp, end = 12.dp, top = 10.dp, bottom = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        val shape = RoundedCornerShape(8.dp)
        when (item.mark) {
            HandoverMark.Done -> Box(Modifier.size(28.dp).background(colours.accent, shape), Alignment.Center) { Picture(Icon.Check, size = 20.dp, colour = colours.onAccent) }
            HandoverMark.Open -> Box(Modifier.size(28.dp).border(2.dp, colours.control, shape))
            HandoverMark.Locked -> Box(Modifier.size(28.dp), Alignment.Center) { Picture(Icon.Lock, size = 22.dp, colour = colours.ink3) }
        }
        Column(Modifier.weight(1f)) {
            Words(item.title, style = if (open) Type.bold else Type.body, colour = if (item.mark == HandoverMark.Locked) colours.ink3 else colours.ink, lines = 3)
            if (item.about.isNotEmpty()) Words(item.about, style = Type.meta, colour = colours.ink2, lines = 3)
            item.take?.locked?.let { Words(it, style = Type.metaBold, colour = colours.overdueInk) }
            if (design.large) item.take?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Tonal) }
        }
        if (!design.large) item.take?.let { Button(it, on, look = ButtonLook.Tonal) }
    }
}

@Composable
private fun Through(sheet: HandoverSheet, on: (HandoverIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(sheet.close.intent) }) {
        Card {
            Ruled(sheet.cases) { case ->
                Row(Modifier.fillMaxWidth().padding(start = 16.dp, end = 12.dp, top = 8.dp, bottom = 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                    Column(Modifier.weight(1f), Arrangement.spacedBy(design.gap)) {
                        Column(Modifier.fillMaxWidth().heightIn(min = Measure.touch.dp).clickable(role = Role.Button) { on(case.open.intent) }) {
                            Words(case.open.label, style = Type.bold, lines = 2)
                            Words(case.about, style = Type.meta, colour = design.colours.ink2, lines = 3)
                        }
                        if (design.large) ChipButton(case.told.press, case.told.chosen, on)
                    }
                    if (!design.large) ChipButton(case.told.press, case.told.chosen, on)
                }
            }
        }
        sheet.record.locked?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        Button(sheet.record, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp)
    }
}
