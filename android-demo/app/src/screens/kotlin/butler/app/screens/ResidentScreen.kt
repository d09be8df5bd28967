package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.PhoneLine
import butler.app.models.PhoneSheet
import butler.app.models.ResidentIntent
import butler.app.models.ResidentState
import butler.app.parts.ActionBar
import butler.app.parts.Actions
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Field
import butler.app.parts.KeyPad
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.SectionWith
import butler.app.parts.SheetFrame
import butler.app.parts.Strip
import butler.app.parts.Words

/** A person of a household, with their numbers. */
@Composable
fun ResidentScreen(state: ResidentState, on: (ResidentIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, badge = state.badge, on = on)
            Scrolling(gap = 8.dp) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                state.show?.let { item { Card { Strip(it, on, Icon.User) } } }
                if (state.hints.isNotEmpty()) item { Banner(BannerKind.Info, "", state.hints.joinToString("\n"), Icon.Info) }
                item { SectionWith(state.phonesTitle, state.add, on, Modifier.padding(top = 4.dp)) }
                item {
                    Card {
                        state.noPhones?.let { Words(it, Modifier.padding(16.dp), colour = design.colours.ink3) }
                        Ruled(state.phones) { phone ->
                            PhoneRow(phone, on)
                        }
                    }
                }
                state.help?.let { item { Words(it, style = Type.meta, colour = design.colours.ink2) } }
            }
            state.edit?.let { ActionBar(state.history, it, on) }
        }
        state.sheet?.let { NumberSheet(it, on) }
    }
}

/** A number with what may be done with it; it is dialled first, and verified when it was answered. */
@Composable
private fun PhoneRow(phone: PhoneLine, on: (ResidentIntent) -> Unit) {
    val colours = design.colours
    val call = phone.call.copy(label = phone.call.locked ?: phone.call.label)
    val others = listOfNotNull(phone.correct?.to(ButtonLook.Plain), phone.verify?.to(ButtonLook.Outline))
    Column(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 12.dp), Arrangement.spacedBy(design.gap)) {
        Column(Modifier.semantics(mergeDescendants = true) {}) {
            Words(phone.number, style = Type.title)
            Words(phone.about, style = if (phone.doubtful) Type.metaBold else Type.meta, colour = if (phone.doubtful) colours.overdueInk else colours.ink2, lines = 2)
        }
        // A number takes the width of a row by itself.
        Button(call, on, Modifier.fillMaxWidth(), ButtonLook.Tonal)
        if (design.large) {
            for ((press, look) in others.asReversed()) Button(press, on, Modifier.fillMaxWidth(), look)
        } else if (others.isNotEmpty()) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                for ((press, look) in others) Button(press, on, Modifier.weight(1f), look)
            }
        }
    }
}

@Composable
private fun NumberSheet(sheet: PhoneSheet, on: (ResidentIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(ResidentIntent.CloseSheet) }) {
        sheet.problem?.let { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) }
        Field(sheet.number, on, keys = KeyPad.Phone)
        Field(sheet.whose, on)
        Actions(null, sheet.record, on)
    }
}
