package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.CasesIntent
import butler.app.models.CasesState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.EmptyView
import butler.app.parts.ListRow
import butler.app.parts.OpenRow
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.Words
import butler.app.parts.apart
import butler.app.parts.card

/** 事项: what waits for me, what runs out of time, what waits for others. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun CasesScreen(state: CasesState, on: (CasesIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, search = state.search, sync = state.sync, badge = state.syncBadge, on = on)
        Scrolling(bottom = 12.dp) {
            state.problem?.let { apart(WIDE_GAP) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            if (state.views.isNotEmpty()) {
                apart(WIDE_GAP) {
                    FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalArrangement = Arrangement.spacedBy(design.gap)) {
                        for (chip in state.views) ChipButton(chip.press, chip.chosen, on, strong = false)
                    }
                }
            }
            for (group in state.groups) {
                group.title?.let { apart(WIDE_GAP) { Section(it) } }
                group.none?.let { apart(WIDE_GAP) { Card { Words(it, Modifier.padding(16.dp), Type.meta, design.colours.ink2) } } }
                card(group.rows, WIDE_GAP) { row ->
                    ListRow(row.open.label, row.about, badge = row.badge, before = { Turn(row.mine) }, press = { on(row.open.intent) })
                }
            }
            state.over?.let { apart(WIDE_GAP) { Card { OpenRow(it, on, Icon.ClipboardList) } } }
            state.empty?.let { apart(WIDE_GAP) { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        }
        foot()
    }
}

/** A dot before what is mine; words say it as well, in the heading above. */
@Composable
private fun Turn(mine: Boolean) {
    Box(Modifier.size(10.dp).background(if (mine) design.colours.accent else Color.Transparent, CircleShape))
}
