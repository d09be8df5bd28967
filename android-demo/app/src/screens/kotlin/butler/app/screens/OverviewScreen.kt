package butler.app.screens

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
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.shape.CircleShape
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
import butler.app.models.DecideKind
import butler.app.models.DecideTile
import butler.app.models.OverviewIntent
import butler.app.models.OverviewState
import butler.app.models.TeamLine
import butler.app.models.UntakenCase
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.LevelBar
import butler.app.parts.ListRow
import butler.app.parts.OpenRow
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.Section
import butler.app.parts.Words
import butler.app.parts.softEdge

/** 总览: what is urgent and nobody took, what waits for a decision, and how each butler's day stands. */
@Composable
fun OverviewScreen(state: OverviewState, on: (OverviewIntent) -> Unit, foot: @Composable () -> Unit) {
    val large = design.large
    Listed({ Bar(state.title, state.subtitle, search = state.search, sync = state.sync, badge = state.syncBadge, on = on) }, foot) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        itemsIndexed(state.urgent) { index, case -> Untaken(case, index == 0, on) }
        item { Section(state.decideTitle) }
        if (large) items(state.decide) { Decide(it, on, Modifier.fillMaxWidth()) }
        else item {
            Row(Modifier.fillMaxWidth().height(IntrinsicSize.Min), Arrangement.spacedBy(design.gap)) {
                for (tile in state.decide) Decide(tile, on, Modifier.weight(1f).fillMaxHeight())
            }
        }
        state.teamTitle?.let { title ->
            item { Section(title) }
            item {
                Card {
                    Ruled(state.team) { line ->
                        Member(line)
                    }
                }
            }
        }
        if (state.together.isNotEmpty()) {
            item {
                Card {
                    Ruled(state.together) { matter ->
                        ListRow(matter.open.label, matter.about, Icon.Megaphone, press = { on(matter.open.intent) })
                    }
                }
            }
        }
        state.hastyTitle?.let { title ->
            item { Section(title) }
            item {
                Card {
                    Ruled(state.hasty) { row ->
                        ListRow(row.open.label, row.about, Icon.ClockAlert, press = { on(row.open.intent) })
                    }
                }
            }
        }
        state.own?.let { item { Card { OpenRow(it, on, Icon.Footprints) } } }
    }
}

@Composable
private fun Untaken(case: UntakenCase, first: Boolean, on: (OverviewIntent) -> Unit) {
    Card {
        Column(Modifier.fillMaxWidth().clickable(role = Role.Button) { on(case.open.intent) }.padding(16.dp), Arrangement.spacedBy(6.dp)) {
            BadgeView(case.badge)
            Words(case.open.label, style = Type.bold, lines = 2)
            Words(case.about, style = Type.meta, colour = design.colours.ink2, lines = 3)
            case.call?.let { Button(it, on, Modifier.fillMaxWidth(), if (first) ButtonLook.Urgent else ButtonLook.Outline, icon = Icon.Phone) }
        }
    }
}

@Composable
private fun Decide(tile: DecideTile, on: (OverviewIntent) -> Unit, modifier: Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Column(
        modifier.clip(shape).background(colours.surface).border(design.hair, colours.line, shape).clickable(role = Role.Button) { on(tile.open.intent) }.padding(14.dp),
        Arrangement.spacedBy(design.gap),
    ) {
        Row(Modifier.fillMaxWidth(), Arrangement.SpaceBetween, Alignment.CenterVertically) {
            val (icon, ink) = when (tile.kind) {
                DecideKind.Conflicts -> Icon.SquareSplitHorizontal to colours.conflictInk
                DecideKind.LeftOut -> Icon.SkipForward to colours.ink
                DecideKind.Rejected -> Icon.OctagonX to colours.rejectedInk
            }
            Picture(icon, colour = ink)
            Words(tile.count, style = Type.title)
        }
        Words(tile.open.label, lines = 2)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Member(line: TeamLine) {
    val colours = design.colours
    Column(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(10.dp)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Box(Modifier.size(if (design.large) 56.dp else 40.dp).background(colours.accentSoft, CircleShape).softEdge(colours.accentInk, RoundedCornerShape(Measure.pillRadius.dp)), Alignment.Center) {
                Words(line.name.take(1), style = Type.bold, colour = colours.accentInk)
            }
            Column(Modifier.weight(1f)) {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap)) {
                    Words(line.name, Modifier.align(Alignment.CenterVertically), Type.bold, lines = 1)
                    if (line.grids.isNotEmpty()) Words(line.grids, Modifier.align(Alignment.CenterVertically), Type.meta, colours.ink2, lines = 1)
                }
                line.seen?.let { Words(it, style = Type.meta, colour = colours.ink2, lines = 2) }
                if (design.large) BadgeView(line.heard)
            }
            if (!design.large) BadgeView(line.heard)
        }
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
            LevelBar(line.done.levels.single(), Modifier.weight(1f).height(12.dp))
            Words(line.done.text, style = Type.meta, colour = colours.ink2, lines = 1)
            if (!design.large) Late(line)
        }
        if (design.large) Late(line)
    }
}

@Composable
private fun Late(line: TeamLine) {
    line.late?.let { Words(it, style = Type.metaBold, colour = design.colours.overdueInk, lines = 1) }
    line.urgent?.let { Words(it, style = Type.metaBold, colour = design.colours.urgentInk, lines = 1) }
}
