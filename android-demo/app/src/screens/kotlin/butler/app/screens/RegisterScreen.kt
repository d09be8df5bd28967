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
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.EntryIntent
import butler.app.models.EntryState
import butler.app.models.ProceduresIntent
import butler.app.models.ProceduresState
import butler.app.models.RegisterIntent
import butler.app.models.RegisterLine
import butler.app.models.RegisterState
import butler.app.models.RowLook
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.FootBar
import butler.app.parts.ListRow
import butler.app.parts.OpenRow
import butler.app.parts.PhotoStrip
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.Said
import butler.app.parts.Section
import butler.app.parts.Strip
import butler.app.parts.Words
import butler.app.parts.apart
import butler.app.parts.card

/** Between what stands above and below it, everything scrolls. */
@Composable
internal fun Listed(head: @Composable () -> Unit, foot: @Composable () -> Unit = {}, gap: Dp = GAP, content: LazyListScope.() -> Unit) {
    Column(Modifier.fillMaxSize()) {
        head()
        LazyColumn(
            Modifier.weight(1f),
            contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 4.dp, bottom = 24.dp),
            verticalArrangement = Arrangement.spacedBy(gap),
            content = content,
        )
        foot()
    }
}

/** Between the parts of a list; of one whose items touch, below a card of rows. */
internal val GAP = 10.dp
internal val WIDE_GAP = 12.dp

/** Registers and procedures by subject. */
@Composable
fun ProceduresScreen(state: ProceduresState, on: (ProceduresIntent) -> Unit) {
    Listed({ Bar(state.title, back = state.back, on = on) }, gap = 0.dp) {
        state.problem?.let { apart(GAP) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        state.search?.let { apart(GAP) { Field(it, on, Modifier.fillMaxWidth(), label = false) } }
        for (section in state.sections) {
            apart(GAP) { Section(section.title) }
            card(section.rows, GAP) { OpenRow(it, on) }
        }
        state.none?.let { item { Words(it, Modifier.padding(16.dp), colour = design.colours.ink2) } }
    }
}

/** One register. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun RegisterScreen(state: RegisterState, on: (RegisterIntent) -> Unit) {
    Listed(
        { Bar(state.title, state.subtitle, back = state.back, on = on) },
        { state.add?.let { FootBar { Button(it, on, Modifier.weight(1f), least = Measure.buttonLarge.dp, icon = Icon.Plus) } } },
        gap = 0.dp,
    ) {
        state.problem?.let { apart(GAP) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        state.search?.let { apart(GAP) { Field(it, on, Modifier.fillMaxWidth(), label = false) } }
        if (state.views.isNotEmpty()) {
            apart(GAP) {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalArrangement = Arrangement.spacedBy(design.gap)) {
                    for (chip in state.views) ChipButton(chip.press, chip.chosen, on, strong = false)
                }
            }
        }
        state.empty?.let { item { EmptyView(Icon.ScrollText, it.title, it.about, it.action, on, Modifier.padding(top = 40.dp)) } }
        for (group in state.groups) {
            group.title?.let { apart(GAP) { Section(it) } }
            card(group.rows, GAP) { Line(it, on) }
        }
        state.none?.let { item { Words(it, Modifier.padding(16.dp), colour = design.colours.ink2) } }
        state.more?.let { item { Card { Strip(it, on) } } }
    }
}

@Composable
private fun Line(row: RegisterLine, on: (RegisterIntent) -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(row.open.intent) }.padding(start = 16.dp, end = 12.dp, top = 10.dp, bottom = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Picture(icon(row.look), colour = if (row.look == RowLook.Done) design.colours.ink3 else design.colours.ink2)
        Column(Modifier.weight(1f), Arrangement.spacedBy(2.dp)) {
            Words(row.open.label, style = Type.bold, lines = 2)
            if (row.about.isNotEmpty()) Words(row.about, style = Type.meta, colour = design.colours.ink2, lines = 3)
            // Beside what can be pressed there is no room for it.
            if (design.large || row.next != null) row.badge?.let { BadgeView(it) }
            if (design.large) row.next?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Tonal) }
        }
        if (!design.large) row.next?.let { Button(it, on, look = ButtonLook.Tonal) } ?: row.badge?.let { BadgeView(it) }
    }
}

private fun icon(look: RowLook): Icon = when (look) {
    RowLook.Entry -> Icon.ScrollText
    RowLook.Case -> Icon.ClipboardList
    RowLook.Key -> Icon.KeyRound
    RowLook.Done -> Icon.Check
}

/** A row of a register, read back. */
@Composable
fun EntryScreen(state: EntryState, on: (EntryIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Listed(
            { Bar(state.title, state.subtitle, back = state.back, tool = state.history, on = on) },
            { state.papers?.let { FootBar { Button(it, on, Modifier.weight(1f), ButtonLook.Outline, Measure.buttonLarge.dp) } } },
        ) { entry(state, on) }
        state.sheet?.let { PapersFrame(it, on) }
    }
}

private fun LazyListScope.entry(state: EntryState, on: (EntryIntent) -> Unit) {
    state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
    state.empty?.let { item { EmptyView(Icon.ScrollText, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
    state.badge?.let { item { BadgeView(it) } }
    if (state.said.isNotEmpty()) {
        item {
            Card {
                Ruled(state.said) { Said(it.label, it.words) }
            }
        }
    }
    if (state.photos.isNotEmpty()) item { PhotoStrip(state.photos, on) }
}
