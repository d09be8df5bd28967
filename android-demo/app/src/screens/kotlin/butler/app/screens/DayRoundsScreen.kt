package butler.app.screens

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.DayRoundsHome
import butler.app.models.DayRoundsIntent
import butler.app.models.DayRoundsSheet
import butler.app.models.DayRoundsState
import butler.app.parts.Actions
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Beside
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.ChipButton
import butler.app.parts.ChipPairs
import butler.app.parts.EmptyView
import butler.app.parts.Scrolling
import butler.app.parts.SheetFrame
import butler.app.parts.Words
import butler.app.parts.apart
import butler.app.parts.card

/** The inspections of a day, home by home. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun DayRoundsScreen(state: DayRoundsState, on: (DayRoundsIntent) -> Unit, foot: @Composable () -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, badge = if (design.large) null else state.syncBadge, on = on)
            Scrolling {
                state.problem?.let { apart(12.dp) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                apart(12.dp) {
                    FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalArrangement = Arrangement.spacedBy(design.gap)) {
                        for (chip in state.parts) ChipButton(chip.press, chip.chosen, on, strong = false)
                    }
                }
                if (state.homes.isNotEmpty()) card(state.homes) { Home(it, on) }
                state.empty?.let { apart(0.dp) { EmptyView(Icon.Check, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            }
            foot()
        }
        state.sheet?.let { Nobody(it, on) }
    }
}

@Composable
private fun Home(home: DayRoundsHome, on: (DayRoundsIntent) -> Unit) {
    val colours = design.colours
    val words = @Composable { modifier: Modifier ->
        Column(modifier.clickable(role = Role.Button) { on(home.open.intent) }.padding(vertical = 6.dp), Arrangement.spacedBy(2.dp)) {
            Words(home.open.label, style = Type.bold)
            Words(home.about, style = Type.meta, colour = colours.ink2)
            home.matter?.let { Words(it, style = Type.metaBold, colour = colours.urgentInk) }
            for (mark in home.marks) Words(mark, style = Type.metaBold, colour = colours.overdueInk)
            home.badge?.let { BadgeView(it) }
        }
    }
    val buttons = @Composable { modifier: Modifier ->
        home.nobody?.let { Button(it, on, modifier, ButtonLook.Outline) }
        home.recheck?.let { Button(it, on, modifier, if (home.pressing) ButtonLook.Urgent else ButtonLook.Outline) }
        home.inspect?.let { Button(it, on, modifier, ButtonLook.Tonal) }
    }
    if (design.large) {
        Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(design.gap)) {
            words(Modifier.fillMaxWidth())
            buttons(Modifier.fillMaxWidth())
        }
        return
    }
    val count = listOfNotNull(home.nobody, home.recheck, home.inspect).size
    Column(Modifier.fillMaxWidth().padding(start = 16.dp, end = 12.dp, top = 6.dp, bottom = if (count > 2) 10.dp else 6.dp), Arrangement.spacedBy(design.gap)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
            words(Modifier.weight(1f))
            if (count <= 2) buttons(Modifier)
        }
        if (count > 2) Beside(design.gap) { buttons(Modifier) }
    }
}

/** Nobody opened. */
@Composable
private fun Nobody(sheet: DayRoundsSheet, on: (DayRoundsIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(DayRoundsIntent.CloseSheet) }) {
        Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
            Words(sheet.question, style = Type.bold)
            ChipPairs(sheet.handled, on)
            sheet.help?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        }
        Actions(null, sheet.record, on)
    }
}
