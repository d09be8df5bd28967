package butler.app.screens

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.models.CanWaitIntent
import butler.app.models.CanWaitState
import butler.app.models.WaitingGroup
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Card
import butler.app.parts.EmptyView
import butler.app.parts.ListRow
import butler.app.parts.Rule
import butler.app.parts.Scrolling
import butler.app.parts.Section

/** 可以等: what is not on today's walk, by what it is and why. */
@Composable
fun CanWaitScreen(state: CanWaitState, on: (CanWaitIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, badge = state.syncBadge, on = on)
        Scrolling(gap = 12.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.doesNotFitTitle?.let {
                item { Section(it) }
                item { Groups(state.doesNotFit, on) }
            }
            if (state.groups.isNotEmpty()) item { Groups(state.groups, on) }
            state.empty?.let { item { EmptyView(Icon.Inbox, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        }
        foot()
    }
}

/** Kinds of things, each with why it stands here. */
@Composable
internal fun Groups(groups: List<WaitingGroup>, on: (CanWaitIntent) -> Unit = {}) {
    Card {
        groups.forEachIndexed { index, group ->
            if (index > 0) Rule()
            ListRow(group.title, group.reason, badge = group.badge, press = group.open?.let { { on(it.intent) } })
        }
    }
}
