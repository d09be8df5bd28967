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
import androidx.compose.foundation.text.BasicText
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.withStyle
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.HitKind
import butler.app.models.KeyLook
import butler.app.models.SearchHit
import butler.app.models.SearchIntent
import butler.app.models.SearchKey
import butler.app.models.SearchState
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Field
import butler.app.parts.IconButton
import butler.app.parts.Picture
import butler.app.parts.Ruled
import butler.app.parts.Section
import butler.app.parts.Words

/** 房屋: a room in six taps, or a name, a telephone, an order by letters. */
@Composable
fun SearchScreen(state: SearchState, on: (SearchIntent) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, state.back, sync = state.sync, badge = state.syncBadge, on = on)
        // A bar of larger words leaves no room below it.
        val room = if (LocalDensity.current.fontScale > 1f && !design.large) 4.dp else design.rowGap
        Column(Modifier.padding(start = Measure.margin.dp, end = Measure.margin.dp, top = room)) { Query(state, on) }
        LazyColumn(
            Modifier.weight(1f),
            contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 8.dp, bottom = 12.dp),
            verticalArrangement = Arrangement.spacedBy(design.gap),
        ) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.heading?.let { item { Section(it) } }
            if (state.hits.isNotEmpty()) item { Hits(state.hits, on) }
            state.none?.let { item { Words(it, Modifier.padding(top = 16.dp), Type.body, design.colours.ink2) } }
        }
        Keys(state, on)
        foot()
    }
}

/** What is typed: by the keys below, or by the keyboard of the phone. */
@Composable
private fun Query(state: SearchState, on: (SearchIntent) -> Unit) {
    val typed = state.typed ?: return
    val colours = design.colours
    if (state.rooms != null) {
        Row(Modifier, Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
            Field(typed, on, Modifier.weight(1f), label = false)
            state.clear?.let { IconButton(Icon.X, it, on) }
        }
        return
    }
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).background(colours.surface, shape).border(design.edge, colours.control, shape)
            .padding(start = 14.dp).semantics { contentDescription = "${typed.label} ${typed.text}" },
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Picture(Icon.Search, colour = colours.ink2)
        Words(typed.text.ifEmpty { typed.hint }, Modifier.weight(1f), if (typed.text.isEmpty()) Type.body else Type.title, if (typed.text.isEmpty()) colours.ink3 else colours.ink, lines = 1)
        state.clear?.let { IconButton(Icon.X, it, on) }
    }
}

@Composable
private fun Hits(hits: List<SearchHit>, on: (SearchIntent) -> Unit) {
    val colours = design.colours
    Card {
        Ruled(hits) { hit ->
            Row(
                Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(hit.open.intent) }.padding(horizontal = 16.dp, vertical = 10.dp),
                Arrangement.spacedBy(12.dp),
                Alignment.CenterVertically,
            ) {
                Picture(icon(hit.kind), colour = colours.ink2)
                Column(Modifier.weight(1f)) {
                    val title = buildAnnotatedString {
                        append(hit.before)
                        withStyle(SpanStyle(color = colours.accent)) { append(hit.match) }
                        append(hit.after)
                    }
                    BasicText(title, style = Type.bold.copy(color = colours.ink), maxLines = 2)
                    if (hit.about.isNotEmpty()) Words(hit.about, style = Type.meta, colour = colours.ink2, lines = 2)
                    if (design.large) hit.badge?.let { BadgeView(it, Modifier.padding(top = 4.dp)) }
                }
                val badge = hit.badge
                if (badge == null) Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = colours.ink2)
                else if (!design.large) BadgeView(badge)
            }
        }
    }
}

private fun icon(kind: HitKind): Icon = when (kind) {
    HitKind.Home -> Icon.DoorClosed
    HitKind.Person -> Icon.User
    HitKind.Case -> Icon.ClipboardList
    HitKind.Other -> Icon.ScrollText
}

/** The keys keep their height whatever the size of text. */
@Composable
private fun Keys(state: SearchState, on: (SearchIntent) -> Unit) {
    Column(Modifier.fillMaxWidth().padding(start = Measure.margin.dp, end = Measure.margin.dp, bottom = 10.dp), Arrangement.spacedBy(design.gap)) {
        state.rooms?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline) }
        for (row in state.keys) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
                for (key in row.keys) KeyCap(key, on, Modifier.weight(if (key.look == KeyLook.Go && row.keys.size < ACROSS) WIDE else 1f))
            }
        }
    }
}

/** So many keys stand in a row; the last one takes the room of one that is not there. */
private const val ACROSS = 4
private const val WIDE = 2.1f

@Composable
private fun KeyCap(key: SearchKey, on: (SearchIntent) -> Unit, modifier: Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    val off = key.press.locked != null
    val (back, ink) = when {
        key.look == KeyLook.Go && !off -> colours.accent to colours.onAccent
        key.look == KeyLook.Digit -> colours.surface to colours.ink
        off -> colours.sunken to colours.ink3
        else -> colours.sunken to colours.ink
    }
    Box(
        modifier
            .heightIn(min = 58.dp)
            .clip(shape)
            .background(back)
            .border(design.hair, colours.line, shape)
            .clickable(enabled = !off, role = Role.Button) { on(key.press.intent) }
            .semantics { contentDescription = key.press.label },
        Alignment.Center,
    ) {
        when (key.look) {
            KeyLook.Delete -> Picture(Icon.Delete, colour = ink)
            KeyLook.Dash -> Picture(Icon.Minus, colour = ink)
            KeyLook.Scan -> Picture(Icon.QrCode, colour = ink)
            KeyLook.Digit -> Words(key.press.label, style = Type.title, colour = ink)
            else -> Words(key.press.label, style = Type.bold, colour = ink)
        }
    }
}
