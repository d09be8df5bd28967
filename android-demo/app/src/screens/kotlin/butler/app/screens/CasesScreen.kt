package butler.app.screens

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.CaseIntent
import butler.app.models.CaseLine
import butler.app.models.CaseState
import butler.app.models.CasesIntent
import butler.app.models.CasesState
import butler.app.models.FieldLine
import butler.app.models.StepLine
import butler.app.models.StepMade
import butler.app.models.StepsSheet
import butler.app.parts.ActionBar
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.EmptyView
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Section
import butler.app.parts.SheetFrame
import butler.app.parts.Strip
import butler.app.parts.Words

/** 事项: by whose turn it is, what runs out first stands first. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun CasesScreen(state: CasesState, on: (CasesIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, badge = state.syncBadge, on = on)
        FlowRow(
            Modifier.padding(horizontal = Measure.margin.dp, vertical = 4.dp),
            Arrangement.spacedBy(8.dp),
            Arrangement.spacedBy(8.dp),
        ) { for (chip in state.filters) ChipButton(chip.press, chip.chosen, on, strong = false) }
        LazyColumn(
            Modifier.weight(1f),
            contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 8.dp, bottom = 24.dp),
            verticalArrangement = Arrangement.spacedBy(10.dp),
        ) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.empty?.let { item { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
            if (state.rows.isNotEmpty()) {
                item {
                    Card {
                        state.rows.forEachIndexed { index, row ->
                            if (index > 0) Rule()
                            Line(row, on)
                        }
                    }
                }
            }
        }
        foot()
    }
}

@Composable
private fun Line(row: CaseLine, on: (CasesIntent) -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(row.open.intent) }.padding(horizontal = 16.dp, vertical = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f), Arrangement.spacedBy(2.dp)) {
            Words(row.title, style = Type.bold, lines = 2)
            Words(row.state, style = Type.meta, lines = 2)
            Words(row.place, style = Type.meta, colour = design.colours.ink2, lines = 2)
            if (design.large) row.badge?.let { BadgeView(it) }
        }
        if (!design.large) {
            Column(horizontalAlignment = Alignment.End, verticalArrangement = Arrangement.spacedBy(4.dp)) {
                row.badge?.let { BadgeView(it) }
                row.sent?.let { BadgeView(it) }
            }
        }
        Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = design.colours.ink3)
    }
}

/** One case. */
@Composable
fun CaseScreen(state: CaseState, on: (CaseIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, badge = state.badge, on = on)
            LazyColumn(
                Modifier.weight(1f),
                contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 4.dp, bottom = 24.dp),
                verticalArrangement = Arrangement.spacedBy(10.dp),
            ) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                item {
                    Card {
                        Column(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(4.dp)) {
                            Words(state.state, Modifier.semantics { heading() }, Type.title)
                            if (state.turn.isNotEmpty()) Words(state.turn, style = Type.meta, colour = design.colours.ink2)
                        }
                        for (deadline in state.deadlines) {
                            Rule()
                            Spread(deadline.label) { BadgeView(deadline.badge) }
                        }
                    }
                }
                if (state.about.isNotEmpty() || state.homes.isNotEmpty()) {
                    item { Section(state.aboutTitle, Modifier.padding(top = 4.dp)) }
                    item {
                        Card {
                            state.about.forEachIndexed { index, field ->
                                if (index > 0) Rule()
                                Said(field)
                            }
                            for (home in state.homes) {
                                if (state.about.isNotEmpty()) Rule()
                                Strip(home, on, Icon.Building2)
                            }
                        }
                    }
                }
                item { Section(state.happenedTitle, Modifier.padding(top = 4.dp)) }
                item {
                    Card {
                        state.happened.forEachIndexed { index, step ->
                            if (index > 0) Rule()
                            Made(step)
                        }
                    }
                }
                if (state.links.isNotEmpty()) {
                    item { Section(state.linksTitle, Modifier.padding(top = 4.dp)) }
                    item { Card { for (link in state.links) Strip(link.open, on, Icon.Link) } }
                }
            }
            state.next?.let { ActionBar(state.other, it, on) }
        }
        state.sheet?.let { Steps(it, on) }
    }
}

/** A name at the left, something at the right; below each other where text is large. */
@Composable
private fun Spread(label: String, end: @Composable () -> Unit) {
    if (design.large) {
        Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 8.dp), Arrangement.spacedBy(4.dp)) {
            Words(label)
            end()
        }
    } else {
        Row(Modifier.fillMaxWidth().heightIn(min = Measure.touch.dp).padding(horizontal = 16.dp, vertical = 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Words(label, Modifier.weight(1f), lines = 2)
            end()
        }
    }
}

@Composable
private fun Said(field: FieldLine) {
    Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 8.dp)) {
        Words(field.label, style = Type.meta, colour = design.colours.ink2)
        Words(field.value)
    }
}

@Composable
private fun Made(step: StepMade) {
    Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(2.dp)) {
        Words(step.title, style = Type.bold, lines = 2)
        Words(step.about, style = Type.meta, colour = design.colours.ink2)
        for (said in step.said) Words("${said.label}：${said.value}", style = Type.meta)
        if (step.note.isNotEmpty()) Words(step.note, style = Type.meta)
        step.badge?.let { BadgeView(it, Modifier.padding(top = 4.dp)) }
    }
}

@Composable
private fun Steps(sheet: StepsSheet, on: (CaseIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(CaseIntent.CloseSheet) }) {
        Card {
            sheet.possible.forEachIndexed { index, step ->
                if (index > 0) Rule()
                StepRow(step, on)
            }
        }
        if (sheet.locked.isNotEmpty()) {
            Section(sheet.lockedTitle)
            Card {
                sheet.locked.forEachIndexed { index, step ->
                    if (index > 0) Rule()
                    StepRow(step, on)
                }
            }
        }
    }
}

@Composable
private fun StepRow(step: StepLine, on: (CaseIntent) -> Unit) {
    val open = step.press.locked == null
    val colours = design.colours
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp)
            .clickable(enabled = open, role = Role.Button) { on(step.press.intent) }
            .padding(horizontal = 16.dp, vertical = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Picture(if (open) Icon.ArrowRight else Icon.Lock, size = Measure.iconSmall.dp, colour = if (open) colours.accent else colours.ink3)
        Column(Modifier.weight(1f)) {
            Words(step.press.label, style = Type.bold, colour = if (open) colours.ink else colours.ink3)
            if (step.about.isNotEmpty()) Words(step.about, style = Type.meta, colour = colours.ink2, lines = 3)
        }
    }
}
