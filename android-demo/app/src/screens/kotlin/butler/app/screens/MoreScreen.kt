package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.IndexIntent
import butler.app.models.IndexKind
import butler.app.models.IndexState
import butler.app.models.MoreIntent
import butler.app.models.MoreKind
import butler.app.models.MoreState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ListRow
import butler.app.parts.OpenRow
import butler.app.parts.Ruled
import butler.app.parts.Section
import butler.app.parts.SectionWith
import butler.app.parts.Words

/** 更多. */
@Composable
fun MoreScreen(state: MoreState, on: (MoreIntent) -> Unit, foot: @Composable () -> Unit, above: @Composable () -> Unit = {}) {
    Page({ Bar(state.title, badge = state.syncBadge, on = on) }, foot) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        item { above() }
        item {
            Card {
                Ruled(state.rows) { row ->
                    OpenRow(row.press, on, icon(row.kind))
                }
            }
        }
        state.draftsTitle?.let { title ->
            item { Section(title) }
            item {
                Card {
                    Ruled(state.drafts) { draft ->
                        Row(Modifier.fillMaxWidth().padding(start = 16.dp, end = 8.dp, top = 8.dp, bottom = 8.dp), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
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

private fun icon(kind: MoreKind): Icon = when (kind) {
    MoreKind.Outbox -> Icon.CircleArrowUp
    MoreKind.Conflicts -> Icon.SquareSplitHorizontal
    MoreKind.Settings -> Icon.Settings
    MoreKind.Help -> Icon.LifeBuoy
}

/** What is not needed every day, above what waits for a look. */
@Composable
fun IndexCard(state: IndexState, on: (IndexIntent) -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(10.dp)) {
        state.find?.let { find -> Card { OpenRow(find, on, Icon.Search) } }
        Card {
            Ruled(state.rows) { row ->
                val icon = when (row.kind) {
                    IndexKind.Duties -> Icon.Users
                    IndexKind.DayRounds -> Icon.Footprints
                    IndexKind.Metrics -> Icon.ChartColumn
                    IndexKind.Library -> Icon.BookOpen
                    IndexKind.Handover -> Icon.ArrowLeftRight
                }
                ListRow(row.open.label, row.about, icon) { on(row.open.intent) }
            }
        }
        state.registersTitle?.let { SectionWith(it, state.all, on) }
        if (state.registers.isNotEmpty()) {
            Card {
                Ruled(state.registers) { register ->
                    ListRow(register.open.label, register.about, Icon.ScrollText) { on(register.open.intent) }
                }
            }
        }
    }
}

/** A page of cards between what stands above and below it. */
@Composable
internal fun Page(head: @Composable () -> Unit, foot: @Composable () -> Unit, content: LazyListScope.() -> Unit) {
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
