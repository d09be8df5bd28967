package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
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
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.toggleableState
import androidx.compose.ui.state.ToggleableState
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Chip
import butler.app.models.HourLine
import butler.app.models.SettingKind
import butler.app.models.SettingRow
import butler.app.models.SettingsIntent
import butler.app.models.SettingsSheet
import butler.app.models.SettingsState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.Section
import butler.app.parts.SheetFrame
import butler.app.parts.Stepper
import butler.app.parts.Words
import butler.app.parts.touch

/** 设置. */
@Composable
fun SettingsScreen(state: SettingsState, on: (SettingsIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Page({ Bar(state.title, back = state.back, on = on) }, {}) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            for (group in state.groups) {
                item { Section(group.title) }
                item {
                    Card {
                        Ruled(group.rows) { row ->
                            Setting(row, on)
                        }
                    }
                }
            }
        }
        state.sheet?.let { Sheet(it, on) }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Setting(row: SettingRow, on: (SettingsIntent) -> Unit) {
    row.switch?.let { return SwitchRow(icon(row.kind), it, row.about, on) }
    val press = row.open
    Column(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Measure.row.dp)
            .then(if (press == null) Modifier else Modifier.clickable(role = Role.Button) { on(press.intent) })
            .padding(horizontal = 16.dp, vertical = 11.dp),
        Arrangement.spacedBy(10.dp, Alignment.CenterVertically),
    ) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Picture(icon(row.kind), colour = design.colours.ink2)
            Column(Modifier.weight(1f)) {
                Words(row.title)
                if (row.about.isNotEmpty()) Words(row.about, style = Type.meta, colour = design.colours.ink2)
            }
            if (row.open != null) Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = design.colours.ink2)
        }
        if (row.choices.isNotEmpty()) {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalArrangement = Arrangement.spacedBy(design.gap)) {
                for (choice in row.choices) ChipButton(choice.press, choice.chosen, on, Modifier.touch())
            }
        }
    }
}

/** What is on or off, pressed anywhere. */
@Composable
internal fun <I : Any> SwitchRow(icon: Icon, switch: Chip<I>, about: String, on: (I) -> Unit, style: TextStyle = Type.body) {
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Measure.row.dp)
            .clickable(role = Role.Switch) { on(switch.press.intent) }
            .semantics { toggleableState = if (switch.chosen) ToggleableState.On else ToggleableState.Off }
            .padding(horizontal = 16.dp, vertical = 11.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Picture(icon, colour = design.colours.ink2)
        Column(Modifier.weight(1f)) {
            Words(switch.press.label, style = style)
            if (about.isNotEmpty()) Words(about, style = Type.meta, colour = design.colours.ink2)
        }
        Switch(switch.chosen)
    }
}

/** On or off, by the knob's side and its sign, not by colour alone. */
@Composable
private fun Switch(on: Boolean) {
    val colours = design.colours
    val round = RoundedCornerShape(Measure.pillRadius.dp)
    Box(Modifier.size(54.dp, 32.dp).clip(round).background(if (on) colours.accent else colours.control).padding(4.dp), if (on) Alignment.CenterEnd else Alignment.CenterStart) {
        Box(Modifier.size(24.dp).background(colours.surface, round), Alignment.Center) {
            if (on) Picture(Icon.Check, size = 16.dp, colour = colours.accent)
        }
    }
}

private fun icon(kind: SettingKind): Icon = when (kind) {
    SettingKind.Appearance -> Icon.Lightbulb
    SettingKind.Text -> Icon.Type
    SettingKind.Language -> Icon.Languages
    SettingKind.Hours -> Icon.Clock
    SettingKind.Glove -> Icon.Hand
    SettingKind.Floors -> Icon.ArrowUpDown
    SettingKind.Photos -> Icon.Wifi
    SettingKind.Ringing -> Icon.Bell
    SettingKind.Who -> Icon.ShieldCheck
    SettingKind.Lost -> Icon.Smartphone
    SettingKind.Help -> Icon.LifeBuoy
}

@Composable
private fun Sheet(sheet: SettingsSheet, on: (SettingsIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        Words(sheet.about)
        for (hour in sheet.hours) Hour(hour, on)
        sheet.text?.let { text ->
            Box(Modifier.fillMaxWidth().background(design.colours.sunken, RoundedCornerShape(Measure.controlRadius.dp)).padding(14.dp)) { Words(text, style = Type.meta) }
        }
        sheet.act?.let { Button(it, on, Modifier.fillMaxWidth(), icon = Icon.Send) }
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline)
    }
}

@Composable
private fun Hour(hour: HourLine, on: (SettingsIntent) -> Unit) {
    if (design.large) {
        Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
            Words(hour.title)
            Stepper(hour.time, null, hour.less, hour.more, on, Modifier.fillMaxWidth())
        }
    } else {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Words(hour.title, Modifier.weight(1f))
            Stepper(hour.time, null, hour.less, hour.more, on, Modifier.weight(2f))
        }
    }
}
