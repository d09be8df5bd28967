package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.OutboxHead
import butler.app.models.OutboxIntent
import butler.app.models.OutboxLine
import butler.app.models.OutboxState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.Card
import butler.app.parts.FootBar
import butler.app.parts.ListRow
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.Strip
import butler.app.parts.Words
import butler.app.parts.apart
import butler.app.parts.card
import butler.app.parts.softEdge

/** 手机与办公室: what is here alone, that it is safe, and what needs a look. */
@Composable
fun OutboxScreen(state: OutboxState, on: (OutboxIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, back = state.back, on = on)
        Scrolling(bottom = 12.dp) {
            state.problem?.let { apart(WIDE_GAP) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.clock?.let { apart(WIDE_GAP) { Banner(BannerKind.Late, it, icon = Icon.ClockAlert) } }
            for (notice in state.notices) apart(WIDE_GAP) { Banner(BannerKind.Info, notice, icon = Icon.Info) }
            state.head?.let { apart(WIDE_GAP) { Head(it) } }
            state.waitingTitle?.let { title ->
                apart(WIDE_GAP) { Section(title) }
                card(state.waiting, WIDE_GAP, foot = state.more?.let { more -> { Strip(more, on) } }) { Line(it, on) }
            }
            state.lookTitle?.let { title ->
                apart(WIDE_GAP) { Section(title) }
                card(state.look, WIDE_GAP) { Line(it, on) }
            }
            state.conflicts?.let { line ->
                apart(WIDE_GAP) {
                    Card { ListRow(line.open.label, line.about, before = { Picture(Icon.SquareSplitHorizontal, colour = design.colours.conflictInk) }, press = { on(line.open.intent) }) }
                }
            }
            state.draftsTitle?.let { title ->
                apart(WIDE_GAP) { Section(title) }
                card(state.drafts, WIDE_GAP) { Line(it, on) }
            }
        }
        state.trying?.let { FootBar { Button(it, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp, icon = Icon.RefreshCw) } }
    }
}

@Composable
private fun Head(head: OutboxHead) {
    val colours = design.colours
    val (back, ink) = if (head.safe) colours.okSoft to colours.okInk else colours.unsentSoft to colours.unsentInk
    Card {
        Row(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(12.dp)) {
            val shape = RoundedCornerShape(Measure.cardRadius.dp)
            Box(Modifier.size(56.dp).background(back, shape).softEdge(ink, shape), Alignment.Center) {
                Picture(if (head.safe) Icon.CloudCheck else Icon.CircleArrowUp, size = 30.dp, colour = ink)
            }
            Column(Modifier.weight(1f)) {
                Words(head.title, Modifier.semantics { heading() }, Type.title)
                Words(head.about, Modifier.padding(top = 2.dp), Type.meta, colours.ink2)
            }
        }
        Rule()
        ListRow(head.sync, head.last, Icon.Wifi, style = Type.body)
    }
}

@Composable
private fun Line(line: OutboxLine, on: (OutboxIntent) -> Unit) = ListRow(line.open.label, line.about, badge = line.badge, press = { on(line.open.intent) })
