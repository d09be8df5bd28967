package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Press
import butler.app.models.SearchIntent
import butler.app.models.SearchState
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Section
import butler.app.parts.Words

/** 房屋: keys as large as a thumb, what is found above them. */
@Composable
fun SearchScreen(state: SearchState, on: (SearchIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, badge = state.syncBadge, on = on)
        state.typed?.let { Field(it.copy(label = ""), on, Modifier.padding(horizontal = Measure.margin.dp, vertical = 4.dp)) }
        LazyColumn(
            Modifier.weight(1f),
            contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 4.dp, bottom = 12.dp),
            verticalArrangement = Arrangement.spacedBy(8.dp),
        ) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.empty?.let { item { EmptyView(Icon.Search, it.title, it.about, it.action, on) } }
            if (state.rows.isNotEmpty()) {
                item { Section(state.heading) }
                item {
                    Card {
                        state.rows.forEachIndexed { index, row ->
                            if (index > 0) Rule()
                            Row(
                                Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(row.open.intent) }.padding(horizontal = 16.dp, vertical = 8.dp),
                                Arrangement.spacedBy(12.dp),
                                Alignment.CenterVertically,
                            ) {
                                Column(Modifier.weight(1f)) {
                                    Words(row.title, style = Type.bold, lines = 2)
                                    if (row.about.isNotEmpty()) Words(row.about, style = Type.meta, colour = design.colours.ink2, lines = 2)
                                }
                                Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = design.colours.ink3)
                            }
                        }
                    }
                }
            }
        }
        Column(Modifier.fillMaxWidth().padding(horizontal = Measure.margin.dp, vertical = 8.dp), Arrangement.spacedBy(8.dp)) {
            for (row in state.keys) {
                Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) { for (key in row) Key(key, on, Modifier.weight(1f)) }
            }
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
                state.keyboard?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Tonal) }
                state.clear?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Outline) }
            }
        }
        foot()
    }
}

@Composable
private fun Key(press: Press<SearchIntent>, on: (SearchIntent) -> Unit, modifier: Modifier) {
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Box(
        modifier.heightIn(min = Measure.buttonLarge.dp).clip(shape).background(design.colours.surface).border(design.hair, design.colours.line, shape)
            .clickable(role = Role.Button) { on(press.intent) },
        Alignment.Center,
    ) { Words(press.label, style = if (press.label.length == 1) Type.title else Type.bold) }
}
