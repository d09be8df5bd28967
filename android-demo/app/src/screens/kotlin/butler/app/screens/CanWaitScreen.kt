package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.CanWaitIntent
import butler.app.models.CanWaitSheet
import butler.app.models.CanWaitState
import butler.app.models.WaitingGroup
import butler.app.models.WaitingLook
import butler.app.parts.Actions
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Chips
import butler.app.parts.EmptyView
import butler.app.parts.IconTile
import butler.app.parts.ListRow
import butler.app.parts.OpenRow
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.SheetFrame
import butler.app.parts.Words

/** 可以等: what is not on today's walk, by what it is and why. */
@Composable
fun CanWaitScreen(state: CanWaitState, on: (CanWaitIntent) -> Unit, foot: @Composable () -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Lists(state, on, foot)
        when (val sheet = state.sheet) {
            is CanWaitSheet.Things -> ThingsSheet(sheet, on)
            is CanWaitSheet.NoRoom -> NoRoomSheet(sheet, on)
            null -> {}
        }
    }
}

@Composable
private fun Lists(state: CanWaitState, on: (CanWaitIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, badge = state.syncBadge, on = on)
        Scrolling(gap = 12.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.brought?.let { item { Banner(BannerKind.Ok, it, icon = Icon.Check) } }
            state.doesNotFitTitle?.let {
                item {
                    Banner(BannerKind.Late, it, state.doesNotFitAbout.orEmpty(), Icon.ClockAlert, head = true) {
                        state.askForHands?.let { ask -> Button(ask, on, Modifier.padding(top = 8.dp), ButtonLook.Outline, icon = Icon.Phone) }
                    }
                }
                item { Groups(state.doesNotFit, on) }
            }
            if (state.kinds.isNotEmpty()) {
                item { Chips(state.kinds, on, strong = false) }
            }
            if (state.groups.isNotEmpty()) item { Groups(state.groups, on) }
            state.empty?.let { item { EmptyView(Icon.Inbox, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        }
        foot()
    }
}

@Composable
private fun ThingsSheet(sheet: CanWaitSheet.Things, on: (CanWaitIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, close = { on(sheet.close.intent) }, foot = { Actions(sheet.close, sheet.bring, on) }) {
        Card {
            Ruled(sheet.things) { thing ->
                OpenRow(thing, on)
            }
        }
        sheet.more?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        sheet.each?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline) }
    }
}

@Composable
private fun NoRoomSheet(sheet: CanWaitSheet.NoRoom, on: (CanWaitIntent) -> Unit) {
    val swap = sheet.swap
    val foot = @Composable { if (swap == null) Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline) else Actions(sheet.close, swap, on) }
    SheetFrame(sheet.title, sheet.about, close = { on(sheet.close.intent) }, foot) {
        if (sheet.instead.isNotEmpty()) {
            Card {
                Ruled(sheet.instead) { thing ->
                    ListRow(thing)
                }
            }
        }
    }
}

private fun icon(look: WaitingLook): Icon = when (look) {
    WaitingLook.Ask -> Icon.MessageCircle
    WaitingLook.Later -> Icon.CalendarClock
    WaitingLook.Spot -> Icon.ClipboardList
    WaitingLook.Inside -> Icon.KeyRound
    WaitingLook.Door -> Icon.DoorOpen
    WaitingLook.Call -> Icon.Phone
    WaitingLook.Desk -> Icon.PenLine
}

/** Kinds of things, each with why it stands here. */
@Composable
internal fun Groups(groups: List<WaitingGroup>, on: (CanWaitIntent) -> Unit = {}) {
    Card {
        Ruled(groups) { group ->
            ListRow(
                group.title, group.reason, badge = group.badge, before = group.look?.let { look -> @Composable { IconTile(icon(look)) } },
                press = group.open?.let { { on(it.intent) } },
            )
        }
    }
}
