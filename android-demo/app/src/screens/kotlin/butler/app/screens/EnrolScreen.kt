package butler.app.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.alpha
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextRange
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.TextFieldValue
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.EnrolIntent
import butler.app.models.EnrolState
import butler.app.models.FirstLoad
import butler.app.models.LoadPhase
import butler.app.models.LoadStage
import butler.app.models.OfficeLine
import butler.app.models.StagePhase
import butler.app.models.Typing
import butler.app.parts.ActionBar
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Field
import butler.app.parts.FootBar
import butler.app.parts.ListRow
import butler.app.parts.Picture
import butler.app.parts.Rule
import butler.app.parts.Ruled
import butler.app.parts.Section
import butler.app.parts.Words
import butler.app.parts.Wrong
import butler.app.parts.softEdge
import butler.app.parts.touch

/** The phone is given to a person, then fetches what they need. */
@Composable
fun EnrolScreen(state: EnrolState, on: (EnrolIntent) -> Unit) {
    val load = state.load
    if (load == null) Asked(state, on) else Loaded(state, load, on)
}

@Composable
private fun Asked(state: EnrolState, on: (EnrolIntent) -> Unit) {
    val colours = design.colours
    Page({}, { state.next?.let { ActionBar(null, it, on) } }) {
        item {
            val shape = RoundedCornerShape(Measure.sheetRadius.dp)
            Box(Modifier.padding(top = 24.dp).size(60.dp).background(colours.accentSoft, shape).softEdge(colours.accentInk, shape), Alignment.Center) {
                Picture(Icon.Footprints, size = 32.dp, colour = colours.accentInk)
            }
        }
        item {
            Column(Modifier.padding(vertical = 6.dp), Arrangement.spacedBy(6.dp)) {
                Words(state.title, Modifier.semantics { heading() }, Type.title)
                Words(state.about, colour = colours.ink2)
            }
        }
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        state.code?.let { code ->
            item {
                Column(verticalArrangement = Arrangement.spacedBy(design.gap)) {
                    CodeBoxes(code, state.boxes, state.codeProblem != null, on)
                    state.codeProblem?.let { Wrong(it) }
                }
            }
        }
        state.scan?.let { item { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, icon = Icon.QrCode) } }
        item {
            Card {
                state.office?.let { Found(it, on) }
                state.address?.let { Field(it, on, Modifier.padding(16.dp)) }
                Rule()
                state.phone?.let { Field(it, on, Modifier.padding(16.dp)) }
            }
        }
        item { Banner(BannerKind.Info, "", state.safe, Icon.ShieldCheck) }
    }
}

/** One field, drawn as boxes in pairs; the next one to be typed stands out. */
@Composable
private fun CodeBoxes(code: Typing<EnrolIntent>, boxes: List<String>, wrong: Boolean, on: (EnrolIntent) -> Unit) {
    BasicTextField(
        // What the model makes of the letters is what stands there: the cursor is always behind them.
        value = TextFieldValue(code.text, TextRange(code.text.length)),
        onValueChange = { on(code.intent(it.text)) },
        modifier = Modifier.fillMaxWidth().semantics { contentDescription = code.label },
        singleLine = true,
        keyboardOptions = KeyboardOptions(KeyboardCapitalization.Characters, autoCorrectEnabled = false, keyboardType = KeyboardType.Ascii),
        decorationBox = { inner ->
            Box {
                // Is there for the keyboard and for whoever reads the screen aloud; the boxes are for the eye.
                Box(Modifier.alpha(0f)) { inner() }
                Row(Modifier.fillMaxWidth().clearAndSetSemantics {}, Arrangement.spacedBy(4.dp), Alignment.CenterVertically) {
                    boxes.forEachIndexed { index, letter ->
                        if (index > 0 && index % 2 == 0) Box(Modifier.size(6.dp, 3.dp).background(design.colours.control))
                        CodeBox(letter, wrong, index == code.text.length, Modifier.weight(1f))
                    }
                }
            }
        },
    )
}

@Composable
private fun CodeBox(letter: String, wrong: Boolean, next: Boolean, modifier: Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(10.dp)
    val edge = if (wrong) colours.urgentInk else if (next) colours.accent else colours.control
    Box(modifier.heightIn(min = 58.dp).background(colours.surface, shape).border(if (wrong || next) 2.5.dp else design.edge, edge, shape), Alignment.Center) {
        Words(letter, style = Type.title, align = TextAlign.Center)
    }
}

@Composable
private fun Found(office: OfficeLine, on: (EnrolIntent) -> Unit) {
    Row(Modifier.fillMaxWidth().padding(start = 16.dp, end = 8.dp, top = 8.dp, bottom = 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        // Large words need its room.
        if (!design.large) Picture(Icon.Building2, colour = design.colours.ink2)
        Column(Modifier.weight(1f)) {
            Words(office.name, style = Type.bold)
            Row(horizontalArrangement = Arrangement.spacedBy(4.dp), verticalAlignment = Alignment.CenterVertically) {
                Picture(Icon.Check, size = Measure.iconSmall.dp, colour = design.colours.okInk)
                Words(office.about, style = Type.meta, colour = design.colours.ink2)
            }
        }
        Button(office.change, on, Modifier.touch(), ButtonLook.Plain, Measure.touch.dp)
    }
}

@Composable
private fun Loaded(state: EnrolState, load: FirstLoad, on: (EnrolIntent) -> Unit) {
    val colours = design.colours
    Page({ Bar<EnrolIntent>(state.title, on = on) }, { LoadFoot(load, on) }) {
        state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
        item {
            Column(Modifier.fillMaxWidth().padding(vertical = 16.dp), Arrangement.spacedBy(design.gap), Alignment.CenterHorizontally) {
                val round = RoundedCornerShape(Measure.pillRadius.dp)
                Box(Modifier.size(96.dp).background(colours.accentSoft, round).softEdge(colours.accentInk, round), Alignment.Center) {
                    Picture(if (load.phase == LoadPhase.Done) Icon.CloudCheck else if (load.phase == LoadPhase.Cut) Icon.WifiOff else Icon.CloudDownload, size = 40.dp, colour = colours.accentInk)
                }
                Words(load.counted, Modifier.semantics { heading() }, Type.title)
                Words(load.about, colour = colours.ink2, align = TextAlign.Center)
            }
        }
        item { LoadBar(load.part) }
        item {
            Card {
                Ruled(load.stages) { stage ->
                    ListRow(stage.title, stage.about, before = { StageMark(stage) })
                }
            }
        }
        load.meanwhileTitle?.let { item { Section(it) } }
        if (load.meanwhileTitle != null) item {
            Card {
                load.hours?.let { ListRow(it.open.label, it.about, Icon.Clock, press = { on(it.open.intent) }) }
                load.ringing?.let {
                    Rule()
                    SwitchRow(Icon.Bell, it.switch, it.about, on, Type.bold)
                }
            }
        }
    }
}

@Composable
private fun StageMark(stage: LoadStage) = when (stage.phase) {
    StagePhase.Done -> Picture(Icon.Check, colour = design.colours.okInk)
    StagePhase.Now -> Picture(Icon.RefreshCw, colour = design.colours.accent)
    StagePhase.Waits -> Picture(Icon.Circle, colour = design.colours.ink2)
}

@Composable
private fun LoadBar(part: Int) {
    val round = RoundedCornerShape(Measure.pillRadius.dp)
    Box(Modifier.fillMaxWidth().height(8.dp).clip(round).background(design.colours.sunken).softEdge(design.colours.ink, round)) {
        Box(Modifier.fillMaxWidth(part / 100f).height(8.dp).background(design.colours.accent))
    }
}

@Composable
private fun LoadFoot(load: FirstLoad, on: (EnrolIntent) -> Unit) {
    val meanwhile = load.begin ?: load.library
    val first = load.again ?: meanwhile ?: return
    val second = meanwhile.takeIf { load.again != null }
    if (load.phase == LoadPhase.Loading) FootBar { Button(first, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp) }
    else ActionBar(second, first, on)
}
