package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.rememberTextMeasurer
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.MetricParts
import butler.app.models.MetricRecordsIntent
import butler.app.models.MetricRecordsState
import butler.app.models.MetricTile
import butler.app.models.MetricsIntent
import butler.app.models.MetricsState
import butler.app.models.MonthBar
import butler.app.models.PartBar
import butler.app.models.Trend
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Beside
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.Chips
import butler.app.parts.EmptyView
import butler.app.parts.FootBar
import butler.app.parts.LevelBar
import butler.app.parts.ListRow
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SectionWith
import butler.app.parts.Spark
import butler.app.parts.Standing
import butler.app.parts.Tiles
import butler.app.parts.Words
import butler.app.parts.apart
import butler.app.parts.card
import butler.app.words.hyphened

/** The metrics of a month. */
@Composable
fun MetricsScreen(state: MetricsState, on: (MetricsIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, on = on)
        Scrolling(gap = 10.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            if (state.tiles.isNotEmpty()) item { Tiles(state.tiles, 10.dp) { Tile(it, on) } }
            state.part?.let { part -> item { Parts(part, on) } }
            for (group in state.groups) {
                group.heading?.let { item { Section(it) } }
                item {
                    Card {
                        Ruled(group.lines) { line ->
                            ListRow(line.open.label, line.value, press = { on(line.open.intent) })
                        }
                    }
                }
            }
        }
        FootBar {
            Beside(design.gap) {
                state.earlier?.let { Button(it, on, look = ButtonLook.Outline, icon = Icon.ChevronLeft) }
                state.all?.let { Button(it, on, look = ButtonLook.Tonal) }
                state.later?.let { Button(it, on, look = ButtonLook.Outline, trailing = Icon.ChevronRight) }
            }
        }
    }
}

@Composable
private fun Tile(tile: MetricTile, on: (MetricsIntent) -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.cardRadius.dp)
    Column(
        Modifier.clip(shape).background(colours.surface).border(if (tile.chosen) 2.dp else design.hair, if (tile.chosen) colours.accent else colours.line, shape)
            .clickable(role = Role.Button) { on(tile.open.intent) }.semantics { selected = tile.chosen }.padding(14.dp),
        Arrangement.spacedBy(2.dp),
    ) {
        Words(tile.open.label, style = Type.meta, colour = colours.ink2, lines = 2)
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(6.dp), Alignment.CenterVertically) {
            val some = tile.chart.levels.last() != null
            Words(tile.value, style = if (some) Type.title else Type.bold, colour = if (some) colours.ink else colours.ink3, lines = 1)
            if (tile.unit.isNotEmpty()) Words(tile.unit, style = Type.meta, colour = colours.ink2, lines = 1)
            if (tile.chart.levels.count { it != null } > 1) Spark(tile.chart, Modifier.weight(1f).height(40.dp))
        }
        val ink = when (tile.trend) {
            Trend.Better -> colours.okInk
            Trend.Worse -> colours.overdueInk
            Trend.Same -> colours.ink2
        }
        if (tile.change.isNotEmpty()) Words(tile.change, style = Type.metaBold, colour = ink)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Parts(part: MetricParts, on: (MetricsIntent) -> Unit) {
    val colours = design.colours
    Column(verticalArrangement = Arrangement.spacedBy(10.dp)) {
        SectionWith(part.title, part.pin, on)
        if (part.by.isNotEmpty()) {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalArrangement = Arrangement.spacedBy(design.gap)) {
                for (chip in part.by) ChipButton(chip.press, chip.chosen, on, strong = false)
            }
        }
        Card {
            Column(Modifier.padding(vertical = 8.dp), Arrangement.spacedBy(design.rowGap)) {
                val lie = design.large || breaks(part.bars)
                for (bar in part.bars) PartRow(bar, lie, on)
                part.target?.let { Words(it, Modifier.padding(horizontal = 16.dp), Type.metaBold) }
                Words(part.means, Modifier.padding(horizontal = 16.dp, vertical = 8.dp), Type.meta, colours.ink2)
            }
        }
        Section(part.monthsTitle)
        Card { Months(part.months) }
    }
}

/** Months beside each other; large text has no room for six, and they lie. */
@Composable
private fun Months(months: List<MonthBar>) {
    val colours = design.colours
    if (design.large) {
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) { for (month in months) Lying(month.month, month.value, month.chart.levels.single()) }
        return
    }
    Row(Modifier.fillMaxWidth().padding(14.dp), Arrangement.spacedBy(design.gap), Alignment.Bottom) {
        for (month in months) {
            Column(Modifier.weight(1f), horizontalAlignment = Alignment.CenterHorizontally) {
                val some = month.chart.levels.single() != null
                Words(month.value, style = Type.meta, colour = if (some) colours.ink else colours.ink3, lines = 1, align = TextAlign.Center)
                Standing(month.chart.levels.single(), Modifier.fillMaxWidth().height(72.dp))
                Words(month.month, style = Type.meta, colour = colours.ink2, lines = 2, align = TextAlign.Center)
            }
        }
    }
}

/** A number below what it is of. */
@Composable
private fun Lying(label: String, value: String, level: Int?, modifier: Modifier = Modifier) {
    Column(modifier, Arrangement.spacedBy(4.dp)) {
        Words(label)
        if (level != null) LevelBar(level)
        Words(value, style = Type.bold, colour = if (level != null) design.colours.ink else design.colours.ink3)
    }
}

/** Whether a word of what the bars are of has no room before them. */
@Composable
private fun breaks(bars: List<PartBar>): Boolean {
    val measurer = rememberTextMeasurer()
    val room = with(LocalDensity.current) { NAME.dp.toPx() }
    return bars.any { measurer.measure(hyphened(it.open.label), Type.body).multiParagraph.intrinsics.minIntrinsicWidth > room }
}

private const val NAME = 96

@Composable
private fun PartRow(bar: PartBar, lies: Boolean, on: (MetricsIntent) -> Unit) {
    val row = Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(bar.open.intent) }.padding(horizontal = 16.dp, vertical = 6.dp)
    val some = bar.chart.levels.single() != null
    val ink = if (some) design.colours.ink else design.colours.ink3
    if (lies) return Lying(bar.open.label, bar.chart.text, bar.chart.levels.single(), row)
    Row(row, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Words(bar.open.label, Modifier.width(NAME.dp), lines = 2)
        if (some) LevelBar(bar.chart.levels.single(), Modifier.weight(1f)) else Spacer(Modifier.weight(1f))
        Words(bar.chart.text, Modifier.width(84.dp), Type.bold, ink, lines = 1, align = TextAlign.End)
    }
}

/** The records behind a number. */
@Composable
fun MetricRecordsScreen(state: MetricRecordsState, on: (MetricRecordsIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, on = on)
        Scrolling(bottom = 14.dp) {
            state.problem?.let { apart(GAP) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            if (state.sides.isNotEmpty()) {
                apart(GAP) {
                    Chips(state.sides, on)
                }
            }
            if (state.means.isNotEmpty()) apart(GAP) { Banner(BannerKind.Info, "", state.means, Icon.Info) }
            state.empty?.let { apart(GAP) { EmptyView(Icon.ChartColumn, it.title, it.about, it.action, on, Modifier.padding(top = 32.dp)) } }
            card(state.rows, GAP) { row -> ListRow(row.title, row.about, press = row.open?.let { { on(it.intent) } }) }
            state.keptBack?.let { apart(GAP) { Words(it, Modifier.fillMaxWidth().padding(8.dp), Type.meta, design.colours.ink2, align = TextAlign.Center) } }
        }
    }
}
