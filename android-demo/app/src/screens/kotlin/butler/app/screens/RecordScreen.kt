package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
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
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.RecordIntent
import butler.app.models.RecordSheet
import butler.app.models.RecordState
import butler.app.models.RecordTile
import butler.app.models.TileLook
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.EmptyView
import butler.app.parts.Picture
import butler.app.parts.SectionWith
import butler.app.parts.SheetFrame
import butler.app.parts.Tiles
import butler.app.parts.Words

/** 记一笔. */
@Composable
fun RecordScreen(state: RecordState, on: (RecordIntent) -> Unit, foot: @Composable () -> Unit, above: @Composable () -> Unit = {}) {
    Box(Modifier.fillMaxSize()) {
        Page({ Bar(state.title, badge = state.syncBadge, on = on) }, foot) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            item { above() }
            state.empty?.let { item { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            if (state.tiles.isNotEmpty()) item { Tiles(state.tiles, design.gap) { Tile(it, on) } }
            state.registersTitle?.let { item { SectionWith(it, state.all, on) } }
            if (state.registers.isNotEmpty()) item { Registers(state, on) }
        }
        state.sheet?.let { Slips(it, on) }
    }
}

@Composable
private fun Tile(tile: RecordTile, on: (RecordIntent) -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Row(
        Modifier.heightIn(min = 72.dp).clip(shape).background(colours.surface).border(design.edge, colours.line, shape)
            .clickable(role = Role.Button) { on(tile.open.intent) }.padding(horizontal = 12.dp, vertical = 12.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Box(Modifier.size(44.dp).background(colours.sunken, RoundedCornerShape(Measure.controlRadius.dp)), Alignment.Center) { Picture(icon(tile.look)) }
        Words(tile.open.label, Modifier.weight(1f), Type.bold)
    }
}

private fun icon(look: TileLook) = when (look) {
    TileLook.Visit -> Icon.DoorOpen
    TileLook.Call -> Icon.Phone
    TileLook.Broken -> Icon.Wrench
    TileLook.NotDone -> Icon.Flag
    TileLook.ToDo -> Icon.ClipboardList
    TileLook.Unhappy -> Icon.MessageSquareWarning
    TileLook.Other -> Icon.PenLine
}

/** What is entered most: small buttons, as many in a row as there is place for. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Registers(state: RecordState, on: (RecordIntent) -> Unit) {
    FlowRow(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Arrangement.spacedBy(design.gap)) {
        for (register in state.registers) Button(register, on, look = ButtonLook.Outline)
    }
}

/** Which slip it is. */
@Composable
private fun Slips(sheet: RecordSheet, on: (RecordIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) { SlipRows(sheet.slips, on) }
}
