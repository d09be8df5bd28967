package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Dealing
import butler.app.models.DealingKind
import butler.app.models.FieldLine
import butler.app.models.FoldedFields
import butler.app.models.HomeIntent
import butler.app.models.HomeScreenState
import butler.app.models.HomeSheet
import butler.app.models.Person
import butler.app.models.Press
import butler.app.models.SlipLine
import butler.app.parts.ActionBar
import butler.app.parts.Actions
import butler.app.parts.Archived
import butler.app.parts.BadgeView
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipPairs
import butler.app.parts.Field
import butler.app.parts.ListRow
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Ruled
import butler.app.parts.Scrolling
import butler.app.parts.Section
import butler.app.parts.SectionWith
import butler.app.parts.SheetFrame
import butler.app.parts.Words
import butler.app.parts.softEdge

/** A home with its household. */
@Composable
fun HomeScreen(state: HomeScreenState, on: (HomeIntent) -> Unit) {
    Box(Modifier.fillMaxSize()) {
        Home(state, on)
        when (val sheet = state.sheet) {
            is HomeSheet.Called -> CalledSheet(sheet, on)
            is HomeSheet.Missed -> MissedSheet(sheet, on)
            is HomeSheet.Dues -> DuesSheet(sheet, on)
            is HomeSheet.Slips -> SlipsSheet(sheet, on)
            is HomeSheet.Others -> OthersSheet(sheet, on)
            null -> {}
        }
    }
}

@Composable
private fun Home(state: HomeScreenState, on: (HomeIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, badge = state.badge, tool = state.history, on = on)
        Scrolling(gap = 8.dp) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.archived?.let { item { Archived(it, on) } }
            items(state.marks) { Banner(BannerKind.Late, it, icon = Icon.TriangleAlert) }
            state.today?.let { today ->
                item {
                    Card {
                        Column(
                            Modifier.fillMaxWidth().clickable(onClickLabel = today.open.label, role = Role.Button) { on(today.open.intent) }.padding(horizontal = 16.dp, vertical = 12.dp),
                        ) {
                            Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
                                Words(today.title, Modifier.weight(1f), Type.bold)
                                if (!design.large) today.badge?.let { BadgeView(it) }
                                Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = design.colours.ink3)
                            }
                            if (design.large) today.badge?.let { BadgeView(it, Modifier.padding(vertical = 4.dp)) }
                            Words(today.things, style = Type.meta, colour = design.colours.ink2, lines = 3)
                        }
                    }
                }
            }
            item { SectionWith(state.peopleTitle, state.addPerson, on, Modifier.padding(top = 4.dp)) }
            item {
                Card {
                    state.nobody?.let { Words(it, Modifier.padding(16.dp), colour = design.colours.ink3) }
                    Ruled(state.people) { person ->
                        PersonRow(person, on)
                    }
                }
            }
            item { Hints(state.hintTitle, state.hints, state.noHints) }
            item { SectionWith(state.fieldsTitle, state.allData, on, Modifier.padding(top = 4.dp)) }
            if (state.fields.isNotEmpty() || state.folded != null) {
                item {
                    Card {
                        Ruled(state.fields) { field ->
                            FieldRow(field, on)
                        }
                        state.folded?.let {
                            if (state.fields.isNotEmpty()) Rule()
                            Folded(it, on)
                        }
                    }
                }
            }
            item { SectionWith(state.dealingsTitle, state.allDealings, on, Modifier.padding(top = 4.dp)) }
            item {
                Card {
                    state.noDealings?.let { Words(it, Modifier.padding(16.dp), colour = design.colours.ink3) }
                    Ruled(state.dealings) { dealing ->
                        DealingRow(dealing, on)
                    }
                }
            }
        }
        state.visit?.let { ActionBar(state.call, it, on, Icon.Phone, Icon.PenLine, state.order, Icon.ClipboardList) }
    }
}

/** A number was dialled: how it went is one press. */
@Composable
private fun CalledSheet(sheet: HomeSheet.Called, on: (HomeIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(HomeIntent.CloseSheet) }) {
        Actions(sheet.missed, sheet.got, on)
        Button(sheet.notDialled, on, Modifier.fillMaxWidth(), ButtonLook.Plain)
    }
}

/** Nobody answered: when to call again. */
@Composable
private fun MissedSheet(sheet: HomeSheet.Missed, on: (HomeIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(HomeIntent.CloseSheet) }) {
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Words(sheet.question, style = Type.bold)
            ChipPairs(sheet.times, on)
        }
        Actions(null, sheet.record, on)
    }
}

/** What is to be done here: done, put off or left out, one by one or all at once. */
@Composable
private fun DuesSheet(sheet: HomeSheet.Dues, on: (HomeIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(HomeIntent.CloseSheet) }) {
        for (row in sheet.rows) DueChoices(row, on)
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
            sheet.allSkipped?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Plain) }
            sheet.allLater?.let { Button(it, on, Modifier.weight(1f), ButtonLook.Plain) }
        }
    }
}

/** Which slip: one press, under the answer one has heard. */
@Composable
private fun SlipsSheet(sheet: HomeSheet.Slips, on: (HomeIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(HomeIntent.CloseSheet) }) {
        for (answer in sheet.answers) {
            Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
                Section(answer.title)
                SlipRows(answer.slips, on)
            }
        }
        sheet.others?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline) }
    }
}

/** All else that may be opened. */
@Composable
private fun OthersSheet(sheet: HomeSheet.Others, on: (HomeIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, { on(HomeIntent.CloseSheet) }) {
        Field(sheet.search, on, label = false)
        sheet.none?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        if (sheet.rows.isNotEmpty()) SlipRows(sheet.rows, on)
    }
}

@Composable
internal fun <I : Any> SlipRows(slips: List<SlipLine<I>>, on: (I) -> Unit) {
    Card {
        Ruled(slips) { slip ->
            ListRow(slip.open.label, slip.about, press = { on(slip.open.intent) })
        }
    }
}

@Composable
private fun PersonRow(person: Person, on: (HomeIntent) -> Unit) {
    val colours = design.colours
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(onClickLabel = person.open.label, role = Role.Button) { on(person.open.intent) }
            .padding(start = 16.dp, end = 6.dp, top = 8.dp, bottom = 8.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        val (back, ink) = if (person.keyPerson) colours.accentSoft to colours.accentInk else colours.sunken to colours.ink2
        val round = RoundedCornerShape(Measure.pillRadius.dp)
        Box(Modifier.size(if (design.large) 52.dp else 40.dp).background(back, CircleShape).softEdge(ink, round), Alignment.Center) {
            Words(person.initial, style = Type.bold, colour = ink)
        }
        Column(Modifier.weight(1f)) {
            Row(horizontalArrangement = Arrangement.spacedBy(6.dp)) {
                Words(person.name, style = Type.bold)
                if (!design.large) Words(person.about, Modifier.weight(1f), lines = 1)
            }
            if (design.large && person.about.isNotEmpty()) Words(person.about, style = Type.meta)
            // In large text the number and since when it is known have a line each.
            for (line in if (design.large) person.phone.split(PART) else listOf(person.phone)) {
                Words(line, style = if (person.unverified) Type.metaBold else Type.meta, colour = if (person.unverified) colours.overdueInk else colours.ink2, lines = 2)
            }
        }
        person.call?.let { Dial(it, on) }
    }
}

/** What a number ends with. */
private val PART = Regex("，|, ")

/** A telephone; a struck one where somebody asked not to be called. */
@Composable
private fun Dial(press: Press<HomeIntent>, on: (HomeIntent) -> Unit) {
    val locked = press.locked
    Box(
        Modifier.size(Measure.touch.dp)
            .clickable(enabled = locked == null, role = Role.Button) { on(press.intent) }
            .semantics { contentDescription = locked ?: press.label },
        Alignment.Center,
    ) { Picture(if (locked == null) Icon.Phone else Icon.PhoneOff, colour = if (locked == null) design.colours.ink else design.colours.ink3) }
}

/** What one should know before the door opens. */
@Composable
private fun Hints(title: String, hints: List<String>, none: String?) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(
        Modifier.fillMaxWidth().background(colours.sunken, shape).softEdge(colours.ink, shape).padding(horizontal = 14.dp, vertical = 11.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        Picture(Icon.DoorOpen, size = 22.dp)
        if (design.large) {
            Column(Modifier.weight(1f)) {
                Words(title, style = Type.metaBold)
                for (hint in hints) Words(hint, style = Type.meta)
                none?.let { Words(it, style = Type.meta, colour = colours.ink2) }
            }
        } else {
            Words(title, style = Type.metaBold)
            Column(Modifier.weight(1f)) {
                for (hint in hints) Words(hint, style = Type.meta)
                none?.let { Words(it, style = Type.meta, colour = colours.ink2) }
            }
        }
    }
}

/** Fields behind a line; opened, below it. */
@Composable
private fun Folded(folded: FoldedFields, on: (HomeIntent) -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp).clickable(role = Role.Button) { on(folded.open.intent) }.padding(horizontal = 16.dp, vertical = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Words(folded.open.label, Modifier.weight(1f), Type.bold)
        Picture(if (folded.lines.isEmpty()) Icon.ChevronRight else Icon.ChevronDown, size = Measure.iconSmall.dp, colour = design.colours.ink3)
    }
    for (line in folded.lines) {
        Rule()
        FieldRow(line, on)
    }
}

/** A field; two answers have a double edge, not a colour alone. */
@Composable
private fun FieldRow(field: FieldLine, on: (HomeIntent) -> Unit) {
    val colours = design.colours
    val badge = field.badge
    val open = field.open
    val whole = Modifier.fillMaxWidth().then(if (open == null) Modifier else Modifier.clickable(role = Role.Button) { on(open.intent) })
    if (badge != null) {
        Row(whole.heightIn(min = Measure.row.dp).padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Column(
                Modifier.weight(1f).drawBehind {
                    val width = 1.5.dp.toPx()
                    for (x in listOf(0.75.dp, 4.25.dp)) drawLine(colours.conflictInk, Offset(x.toPx(), 0f), Offset(x.toPx(), size.height), width)
                }.padding(start = 14.dp),
            ) {
                Words(field.label, style = Type.bold)
                Words(field.value, style = Type.meta, colour = colours.ink2, lines = 3)
                if (design.large) BadgeView(badge, Modifier.padding(top = 4.dp))
            }
            if (!design.large) BadgeView(badge)
        }
        return
    }
    if (design.large) {
        Column(whole.padding(horizontal = 16.dp, vertical = 10.dp)) {
            Words(field.label, style = Type.bold)
            FieldValue(field)
        }
        return
    }
    Row(whole.heightIn(min = Measure.row.dp).padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Words(field.label, style = Type.bold)
        FieldValue(field, Modifier.weight(1f))
    }
}

/** What stands in it; where nothing does, that it is to be filled in. */
@Composable
private fun FieldValue(field: FieldLine, modifier: Modifier = Modifier) {
    val align = if (design.large) TextAlign.Start else TextAlign.End
    if (field.value.isEmpty()) Words(field.open?.label.orEmpty(), modifier, Type.bold, design.colours.accent, align = align) else Words(field.value, modifier, align = align)
}

@Composable
private fun DealingRow(dealing: Dealing, on: (HomeIntent) -> Unit) {
    val open = dealing.open
    Row(
        Modifier.fillMaxWidth().heightIn(min = Measure.row.dp)
            .then(if (open == null) Modifier else Modifier.clickable(role = Role.Button) { on(open.intent) })
            .padding(horizontal = 16.dp, vertical = 10.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Picture(
            when (dealing.kind) {
                DealingKind.Visit -> Icon.DoorOpen
                DealingKind.Call -> Icon.Phone
                DealingKind.Message -> Icon.MessageCircle
                DealingKind.Case -> Icon.Wrench
                DealingKind.Round -> Icon.Footprints
            },
            colour = design.colours.ink2,
        )
        Column(Modifier.weight(1f)) {
            Words(dealing.title, style = Type.bold, lines = 2)
            Words(dealing.about, style = Type.meta, colour = design.colours.ink2, lines = 2)
        }
        if (open != null) Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = design.colours.ink3)
    }
}
