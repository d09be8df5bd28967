package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.ConflictIntent
import butler.app.models.ConflictState
import butler.app.models.MoreIntent
import butler.app.models.MoreKind
import butler.app.models.MoreState
import butler.app.models.OutboxIntent
import butler.app.models.OutboxState
import butler.app.models.RecordIntent
import butler.app.models.RecordState
import butler.app.models.RejectedCard
import butler.app.models.SideView
import butler.app.parts.ActionBar
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.EmptyView
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Section
import butler.app.parts.Strip
import butler.app.parts.Words

/** What the office does not have yet, and what it did not take. */
@Composable
fun OutboxScreen(state: OutboxState, on: (OutboxIntent) -> Unit) {
    Page({ Bar(state.title, back = state.back, on = on) }, { state.sync?.let { ActionBar(null, it, on, firstIcon = Icon.RefreshCw) } }) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        item { Banner(if (state.waiting.isEmpty()) BannerKind.Ok else BannerKind.Unsent, state.safe, state.synced, if (state.waiting.isEmpty()) Icon.CloudCheck else Icon.CircleArrowUp) }
        state.clock?.let { item { Banner(BannerKind.Late, it, icon = Icon.ClockAlert) } }
        if (state.rejected.isNotEmpty()) {
            item { Section(state.rejectedTitle) }
            for (card in state.rejected) item { Rejected(card, on) }
        }
        if (state.waiting.isNotEmpty()) {
            item { Section(state.waitingTitle) }
            item {
                Card {
                    state.waiting.forEachIndexed { index, row ->
                        if (index > 0) Rule()
                        Row(Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).padding(horizontal = 16.dp, vertical = 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                            Column(Modifier.weight(1f)) {
                                Words(row.title, style = Type.bold, lines = 2)
                                Words(row.about, style = Type.meta, colour = design.colours.ink2, lines = 2)
                            }
                            row.badge?.let { BadgeView(it) }
                        }
                    }
                }
            }
        }
    }
}

@Composable
private fun Rejected(card: RejectedCard, on: (OutboxIntent) -> Unit) {
    Card {
        Column(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(8.dp)) {
            Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
                Words(card.title, Modifier.weight(1f), Type.bold)
                BadgeView(card.badge)
            }
            Words(card.reason, colour = design.colours.rejectedInk)
            for (meant in card.meant) Words(meant, style = Type.meta)
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
                card.dismiss?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Outline, Measure.touch.dp) }
                card.resend?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Tonal, Measure.touch.dp) }
            }
        }
    }
}

/** Two answers beside each other; a column where text is large or there are more. */
@Composable
fun ConflictScreen(state: ConflictState, on: (ConflictIntent) -> Unit) {
    Page({ Bar(state.title, state.subtitle, back = state.back, on = on) }, { state.use?.let { ActionBar(state.later, it, on) } }) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        state.snack?.let { item { Banner(BannerKind.Ok, it, icon = Icon.Check) } }
        state.empty?.let { item { EmptyView(Icon.SquareSplitHorizontal, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        if (state.label.isNotEmpty()) item { Words(state.label, Modifier.semantics { heading() }, Type.title) }
        if (state.sides.isNotEmpty()) {
            item {
                if (design.large || state.sides.size > 2) {
                    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) { for (side in state.sides) Side(side, on, Modifier.fillMaxWidth()) }
                } else {
                    Row(Modifier.fillMaxWidth().height(IntrinsicSize.Min), Arrangement.spacedBy(8.dp)) {
                        for (side in state.sides) Side(side, on, Modifier.weight(1f).fillMaxHeight())
                    }
                }
            }
        }
        state.home?.let { item { Card { Strip(it, on, Icon.Building2) } } }
    }
}

@Composable
private fun Side(side: SideView, on: (ConflictIntent) -> Unit, modifier: Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Column(
        modifier.clip(shape)
            .background(if (side.chosen) colours.conflictSoft else colours.surface)
            .border(if (side.chosen) 2.5.dp else design.edge, if (side.chosen) colours.conflictInk else colours.control, shape)
            .clickable(role = Role.RadioButton) { on(side.choose.intent) }
            .semantics { selected = side.chosen }
            .padding(12.dp),
        Arrangement.spacedBy(6.dp),
    ) {
        Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
            if (side.chosen) Picture(Icon.Check, size = 20.dp, colour = colours.conflictInk)
            Words(side.value, style = Type.bold)
        }
        Words(side.who, style = Type.meta, colour = colours.ink2)
        side.shownFirst?.let { Words(it, style = Type.metaBold, colour = colours.conflictInk) }
    }
}

/** 更多. */
@Composable
fun MoreScreen(state: MoreState, on: (MoreIntent) -> Unit, foot: @Composable () -> Unit) {
    Page({ Bar(state.title, badge = state.syncBadge, on = on) }, foot) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        item {
            Card {
                state.rows.forEachIndexed { index, row ->
                    if (index > 0) Rule()
                    Strip(row.press, on, if (row.kind == MoreKind.Outbox) Icon.CircleArrowUp else Icon.SquareSplitHorizontal)
                }
            }
        }
        state.draftsTitle?.let { title ->
            item { Section(title) }
            item {
                Card {
                    state.drafts.forEachIndexed { index, draft ->
                        if (index > 0) Rule()
                        Row(Modifier.fillMaxWidth().padding(start = 16.dp, end = 8.dp, top = 8.dp, bottom = 8.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                            Column(Modifier.weight(1f)) {
                                Words(draft.title, style = Type.bold, lines = 2)
                                Words(draft.about, style = Type.meta, colour = design.colours.ink2, lines = 2)
                            }
                            Button(draft.discard, on, look = ButtonLook.Plain, least = Measure.touch.dp)
                        }
                    }
                }
            }
        }
        item {
            Card {
                Column(Modifier.fillMaxWidth().padding(16.dp)) {
                    Words(state.who, style = Type.bold)
                    Words(state.about, style = Type.meta, colour = design.colours.ink2)
                }
            }
        }
    }
}

/** 记一笔. */
@Composable
fun RecordScreen(state: RecordState, on: (RecordIntent) -> Unit, foot: @Composable () -> Unit) {
    Page({ Bar(state.title, badge = state.syncBadge, on = on) }, foot) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        state.empty?.let { item { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        if (state.rows.isNotEmpty()) {
            item { Section(state.heading) }
            item {
                Card {
                    state.rows.forEachIndexed { index, row ->
                        if (index > 0) Rule()
                        Strip(row, on, Icon.PenLine)
                    }
                }
            }
        }
    }
}

/** A page of cards between what stands above and below it. */
@Composable
private fun Page(head: @Composable () -> Unit, foot: @Composable () -> Unit, content: androidx.compose.foundation.lazy.LazyListScope.() -> Unit) {
    Column(Modifier.fillMaxSize()) {
        head()
        LazyColumn(
            Modifier.weight(1f),
            contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 4.dp, bottom = 24.dp),
            verticalArrangement = Arrangement.spacedBy(10.dp),
            content = content,
        )
        foot()
    }
}
