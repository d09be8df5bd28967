package butler.app.screens

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.DutiesIntent
import butler.app.models.DutiesState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.EmptyView
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.Words

/** 按身份看今天: the day by the butler's identities, under the duty of each. */
@Composable
fun DutiesScreen(state: DutiesState, on: (DutiesIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, badge = state.syncBadge, on = on)
        Scrolling(gap = 12.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.identities.forEach { group ->
                group.duty?.let { item { Section(it) } }
                item {
                    Column {
                        Words(group.title, Modifier.padding(start = 2.dp), Type.bold)
                        Words(group.about, Modifier.padding(start = 2.dp, bottom = 6.dp), Type.meta, design.colours.ink2)
                        if (group.kinds.isNotEmpty()) Groups(group.kinds)
                    }
                }
            }
            state.empty?.let { item { EmptyView(Icon.Inbox, it.title, it.about, it.action, on, Modifier.padding(top = 56.dp)) } }
        }
        foot()
    }
}
