package butler.app.screens

import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.models.RecordIntent
import butler.app.models.RecordState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Card
import butler.app.parts.EmptyView
import butler.app.parts.OpenRow
import butler.app.parts.Rule
import butler.app.parts.Section

/** 记一笔. */
@Composable
fun RecordScreen(state: RecordState, on: (RecordIntent) -> Unit, foot: @Composable () -> Unit, above: @Composable () -> Unit = {}) {
    Page({ Bar(state.title, badge = state.syncBadge, on = on) }, foot) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        item { above() }
        state.empty?.let { item { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        if (state.rows.isNotEmpty()) {
            item { Section(state.heading) }
            item {
                Card {
                    state.rows.forEachIndexed { index, row ->
                        if (index > 0) Rule()
                        OpenRow(row, on)
                    }
                }
            }
        }
    }
}
