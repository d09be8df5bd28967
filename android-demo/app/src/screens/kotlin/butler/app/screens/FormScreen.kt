package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.foundation.layout.padding
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.FormIntent
import butler.app.models.FormState
import butler.app.models.QuestionState
import butler.app.parts.ActionBar
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.ChipButton
import butler.app.parts.EmptyView
import butler.app.parts.Field
import butler.app.parts.Picture
import butler.app.parts.Words

/** Any form: its questions in order, what is missing on the button. */
@Composable
fun FormScreen(state: FormState, on: (FormIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, state.subtitle, back = state.back, on = on)
        LazyColumn(
            Modifier.weight(1f),
            contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 4.dp, bottom = 24.dp),
            verticalArrangement = Arrangement.spacedBy(16.dp),
        ) {
            state.problem?.let { item { Banner(BannerKind.Danger, it, icon = Icon.TriangleAlert) } }
            state.guidance?.let { item { Banner(BannerKind.Info, "", it, Icon.Info) } }
            items(state.questions, key = { it.label }) { QuestionField(it, on) }
            state.nothing?.let { item { EmptyView<FormIntent>(Icon.Check, it, "", null, on, Modifier.padding(top = 40.dp)) } }
        }
        state.record?.let { ActionBar(null, it, on) }
    }
}

/** A question with whatever its type is answered with. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun QuestionField(question: QuestionState, on: (FormIntent) -> Unit) {
    val colours = design.colours
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        FlowRow(horizontalArrangement = Arrangement.spacedBy(6.dp)) {
            Words(question.label, Modifier.semantics { heading() }, Type.bold)
            question.required?.let { Words(it, Modifier.align(Alignment.CenterVertically), Type.meta, colours.ink2) }
        }
        question.help?.let { Words(it, style = Type.meta, colour = colours.ink2) }
        question.locked?.let { locked ->
            Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
                Picture(Icon.Lock, size = Measure.iconSmall.dp, colour = colours.ink2)
                Words(question.value ?: locked, colour = colours.ink2)
            }
        }
        question.typing?.let { Field(it, on, unit = question.unit) }
        if (question.chips.isNotEmpty()) {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                for (chip in question.chips) ChipButton(chip.press, chip.chosen, on)
            }
        }
        if (question.locked == null) question.value?.let { Words(it, style = Type.bold) }
        val (earlier, later) = question.earlier to question.later
        if (earlier != null && later != null) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
                Button(earlier, on, Modifier.weight(1f), ButtonLook.Outline, Measure.touch.dp, Icon.Minus)
                Button(later, on, Modifier.weight(1f), ButtonLook.Outline, Measure.touch.dp, Icon.Plus)
            }
        }
        question.photo?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline, icon = Icon.Camera) }
        question.problem?.let { problem ->
            Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                Picture(Icon.TriangleAlert, size = Measure.iconSmall.dp, colour = colours.urgentInk)
                Words(problem, style = Type.metaBold, colour = colours.urgentInk)
            }
        }
    }
}
