package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.ArticleIntent
import butler.app.models.ArticleState
import butler.app.models.Badge
import butler.app.models.BadgeKind
import butler.app.models.LibraryIntent
import butler.app.models.LibraryState
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Card
import butler.app.parts.Field
import butler.app.parts.OpenRow
import butler.app.parts.Ruled
import butler.app.parts.Section
import butler.app.parts.Words
import butler.app.parts.apart
import butler.app.parts.card

/** The case library. */
@Composable
fun LibraryScreen(state: LibraryState, on: (LibraryIntent) -> Unit) {
    Listed({ Bar(state.title, state.subtitle, back = state.back, on = on) }, gap = 0.dp) {
        state.problem?.let { apart(GAP) { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        state.search?.let { apart(GAP) { Field(it, on, Modifier.fillMaxWidth(), label = false) } }
        for (group in state.collections) {
            apart(GAP) { Section(group.title) }
            card(group.rows, GAP) { OpenRow(it, on) }
        }
        state.none?.let { item { Words(it, Modifier.padding(16.dp), colour = design.colours.ink2) } }
    }
}

/** One case of the library. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun ArticleScreen(state: ArticleState, on: (ArticleIntent) -> Unit) {
    Listed({ Bar(state.title, state.subtitle, back = state.back, on = on) }) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        if (state.tags.isNotEmpty()) {
            item {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) {
                    for (tag in state.tags) BadgeView(Badge(BadgeKind.Plain, tag))
                }
            }
        }
        item { Section(state.situationTitle) }
        item { Words(state.situation, Modifier.padding(horizontal = 2.dp)) }
        item { Section(state.handlingTitle) }
        item {
            Card {
                Ruled(state.handling) { step ->
                    Row(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 11.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                        if (step.number.isNotEmpty()) {
                            Box(Modifier.sizeIn(minWidth = 28.dp, minHeight = 28.dp).background(design.colours.sunken, RoundedCornerShape(8.dp)), Alignment.Center) { Words(step.number, style = Type.metaBold) }
                        }
                        Words(step.text, Modifier.weight(1f))
                    }
                }
            }
        }
        state.basis?.let { item { Words(it, Modifier.padding(horizontal = 2.dp), Type.meta, design.colours.ink2) } }
        state.offersTitle?.let { title ->
            item { Section(title) }
            item {
                Card {
                    Ruled(state.offers) { offer ->
                        OpenRow(offer, on)
                    }
                }
            }
        }
    }
}
