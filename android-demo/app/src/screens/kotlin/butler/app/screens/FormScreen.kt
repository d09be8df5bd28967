package butler.app.screens

import androidx.compose.foundation.background
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
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.AnswerState
import butler.app.models.Chip
import butler.app.models.FormIntent
import butler.app.models.FormSheet
import butler.app.models.FormState
import butler.app.models.Keys
import butler.app.models.PickKind
import butler.app.models.QuestionState
import butler.app.parts.Chips
import butler.app.parts.FootBar
import butler.app.parts.Actions
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.ChipButton
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.IconButton
import butler.app.parts.KeyPad
import butler.app.parts.ListRow
import butler.app.parts.MonthSheet
import butler.app.parts.PhotoStrip
import butler.app.parts.PickBox
import butler.app.parts.Picture
import butler.app.parts.ReadFirst
import butler.app.parts.Ruled
import butler.app.parts.SheetFrame
import butler.app.parts.SignaturePad
import butler.app.parts.Stepper
import butler.app.parts.Words
import butler.app.parts.Wrong

/** The general form: its questions in order, and one button that says what is missing. */
@Composable
fun FormScreen(state: FormState, on: (FormIntent) -> Unit) {
    val list = rememberLazyListState()
    val before = listOfNotNull(state.problem, state.guidance, state.reading, state.draft, state.empty).size
    LaunchedEffect(state.lookAt) {
        val index = state.questions.indexOfFirst { it.label == state.lookAt }
        if (index >= 0) list.animateScrollToItem(before + index)
    }
    Box(Modifier.fillMaxSize()) {
        Column(Modifier.fillMaxSize()) {
            Bar(state.title, state.subtitle, back = state.back, on = on)
            LazyColumn(
                Modifier.weight(1f),
                list,
                PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 10.dp, bottom = 24.dp),
                verticalArrangement = Arrangement.spacedBy(18.dp),
            ) {
                state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
                state.guidance?.let { item { Guidance(it) } }
                state.reading?.let { item { ReadFirst(it, on) } }
                state.draft?.let { draft ->
                    item {
                        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                            Words(draft.text, Modifier.weight(1f), Type.meta, design.colours.ink2)
                            Button(draft.restart, on, look = ButtonLook.Plain, least = Measure.touch.dp)
                        }
                    }
                }
                state.empty?.let { item { EmptyView(Icon.ClipboardList, it.title, it.about, it.action, on, Modifier.padding(top = 40.dp)) } }
                itemsIndexed(state.questions, key = { index, question -> "$index ${question.label}" }) { _, question -> QuestionField(question, on) }
                state.remark?.let { item { Field(it, on, lines = 2) } }
            }
            state.record?.let { record ->
                FootBar {
                    Button(record, on, Modifier.fillMaxWidth(), if (state.ready) ButtonLook.Primary else ButtonLook.Tonal, Measure.buttonLarge.dp)
                }
            }
        }
        when (val sheet = state.sheet) {
            is FormSheet.Days -> MonthSheet(sheet.days, on)
            is FormSheet.Picks -> PicksSheet(sheet, on)
            is FormSheet.Proposals -> ProposalsSheet(sheet, on)
            null -> {}
        }
    }
}

@Composable
private fun Guidance(text: String) {
    val colours = design.colours
    Row(
        Modifier.fillMaxWidth().background(colours.sunken, RoundedCornerShape(Measure.controlRadius.dp)).padding(14.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        Picture(Icon.Info, size = 22.dp)
        Words(text, Modifier.weight(1f), Type.meta)
    }
}

/** One question with its field, whatever kind of answer it takes. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun QuestionField(question: QuestionState, on: (FormIntent) -> Unit) {
    val colours = design.colours
    val answer = question.answer
    val wrong = question.problem != null
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
        val head: @Composable (Modifier) -> Unit = { modifier ->
            FlowRow(modifier, Arrangement.spacedBy(design.gap), Arrangement.Center) {
                Words(question.label, style = Type.bold)
                if (question.hint.isNotEmpty()) Words(question.hint, Modifier.align(Alignment.CenterVertically), Type.meta, colours.ink2)
            }
        }
        when {
            answer is AnswerState.Count && !design.large -> Row(verticalAlignment = Alignment.CenterVertically) {
                head(Modifier.weight(1f))
                Stepper(answer.number, answer.unit, answer.less, answer.more, on, Modifier.width(190.dp))
            }
            answer is AnswerState.Signature && answer.again != null -> Row(verticalAlignment = Alignment.CenterVertically) {
                head(Modifier.weight(1f))
                Button(answer.again, on, look = ButtonLook.Plain, least = Measure.touch.dp)
            }
            else -> head(Modifier.fillMaxWidth())
        }
        // Where text is large, help makes room for the field until something is wrong.
        question.help?.let { if (!design.large || wrong) Words(it, style = Type.meta, colour = colours.ink2) }
        when (answer) {
            is AnswerState.Words -> Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
                val pad = when (answer.keys) {
                    Keys.Words -> KeyPad.Words
                    Keys.Number -> KeyPad.Number
                    Keys.Phone -> KeyPad.Phone
                }
                Field(answer.typing, on, Modifier.weight(1f), if (answer.long) 2 else 1, label = false, keys = pad, wrong = wrong)
                answer.unit?.let { Words(it, colour = colours.ink2) }
            }
            is AnswerState.Count -> if (design.large) Stepper(answer.number, answer.unit, answer.less, answer.more, on, Modifier.fillMaxWidth())
            is AnswerState.Options -> Options(answer.chips, on)
            is AnswerState.Pick -> if (answer.kind == PickKind.Day && !design.large) {
                // On a small phone the day has a line of its own where the words before it are long.
                FlowRow(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Arrangement.spacedBy(design.gap)) {
                    for (chip in answer.chips) ChipButton(chip.press, chip.chosen, on, Modifier.heightIn(min = 54.dp))
                    PickBox(answer.text, icon(answer.kind), answer.open, on, Modifier.widthIn(min = (DAY * LocalDensity.current.fontScale).dp).weight(1f), wrong)
                }
            } else {
                if (answer.chips.isNotEmpty()) Options(answer.chips, on)
                PickBox(answer.text, icon(answer.kind), answer.open, on, Modifier.fillMaxWidth(), wrong)
            }
            is AnswerState.Moment -> Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                PickBox(answer.day.label, Icon.Calendar, answer.day, on, Modifier.weight(1.4f), wrong)
                Field(answer.time, on, Modifier.weight(1f), label = false, keys = KeyPad.Number, wrong = wrong)
                if (!design.large) Button(answer.now, on, look = ButtonLook.Outline, least = 54.dp)
            }
            is AnswerState.Photos -> {
                PhotoStrip(answer.photos, on)
                Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
                    Button(answer.take, on, look = ButtonLook.Tonal, icon = Icon.Camera)
                    Words(answer.taken, Modifier.weight(1f), Type.meta, colours.ink2)
                    answer.remove?.let { IconButton(Icon.X, it, on) }
                }
            }
            is AnswerState.Signature -> SignaturePad(answer.drawing, answer.again != null, on)
            is AnswerState.Sum -> Words(answer.comesTo, style = Type.title)
            is AnswerState.Locked -> Row(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalAlignment = Alignment.CenterVertically) {
                Picture(Icon.Lock, size = Measure.iconSmall.dp, colour = colours.ink2)
                Words(answer.whose, style = Type.meta, colour = colours.ink2)
            }
        }
        question.problem?.let { Wrong(it) }
    }
}

private fun icon(kind: PickKind): Icon = when (kind) {
    PickKind.Day -> Icon.Calendar
    PickKind.Person -> Icon.User
    PickKind.Home -> Icon.DoorClosed
    PickKind.Case -> Icon.ClipboardList
    PickKind.Place -> Icon.Map
}

@Composable
private fun Options(chips: List<Chip<FormIntent>>, on: (FormIntent) -> Unit) {
    if (design.large) {
        Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) { for (chip in chips) ChipButton(chip.press, chip.chosen, on, Modifier.fillMaxWidth()) }
        return
    }
    Chips(chips, on)
}

/** So wide is a day with what is drawn around it. */
private const val DAY = 150

@Composable
private fun PicksSheet(sheet: FormSheet.Picks, on: (FormIntent) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        Field(sheet.search, on, label = false)
        sheet.none?.let { Words(it, style = Type.meta, colour = design.colours.ink2) }
        if (sheet.rows.isNotEmpty()) {
            Card {
                Ruled(sheet.rows) { row ->
                    ListRow(row.pick.label, row.about, press = { on(row.pick.intent) })
                }
            }
        }
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
    }
}

@Composable
private fun ProposalsSheet(sheet: FormSheet.Proposals, on: (FormIntent) -> Unit) {
    SheetFrame(sheet.title, sheet.about, close = { on(sheet.leave.intent) }) {
        Card {
            Ruled(sheet.proposals) { proposal ->
                ListRow(proposal, icon = Icon.Lightbulb)
            }
        }
        Actions(sheet.leave, sheet.take, on)
    }
}
