package butler.app.parts

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.gestures.awaitEachGesture
import androidx.compose.foundation.gestures.awaitFirstDown
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Drawing
import butler.app.models.Press
import butler.app.models.Stroke

/** A box that opens a list; what is chosen stands in it. */
@Composable
fun <I : Any> PickBox(text: String, icon: Icon, press: Press<I>, on: (I) -> Unit, modifier: Modifier = Modifier, wrong: Boolean = false) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(
        modifier
            .heightIn(min = 54.dp)
            .clip(shape)
            .background(colours.surface)
            .border(if (wrong) 2.dp else design.edge, if (wrong) colours.urgentInk else colours.control, shape)
            .clickable(role = Role.Button) { on(press.intent) }
            .padding(horizontal = 14.dp, vertical = 12.dp),
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Picture(icon, colour = colours.ink2)
        Words(text, Modifier.weight(1f))
        Picture(Icon.ChevronRight, size = Measure.iconSmall.dp, colour = colours.ink2)
    }
}

/** A few of something: one less, one more. */
@Composable
fun <I : Any> Stepper(number: String, unit: String?, less: Press<I>, more: Press<I>, on: (I) -> Unit, modifier: Modifier = Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(
        modifier.heightIn(min = 54.dp).background(colours.surface, shape).border(design.edge, colours.control, shape),
        Arrangement.SpaceBetween,
        Alignment.CenterVertically,
    ) {
        StepKey(Icon.Minus, less, on)
        Words(if (unit == null) number else "$number $unit", style = Type.bold)
        StepKey(Icon.Plus, more, on)
    }
}

@Composable
private fun <I : Any> StepKey(icon: Icon, press: Press<I>, on: (I) -> Unit) {
    val off = press.locked != null
    Box(
        Modifier.size(56.dp, 54.dp).clickable(enabled = !off, role = Role.Button) { on(press.intent) }.semantics { contentDescription = press.label },
        Alignment.Center,
    ) { Picture(icon, colour = if (off) design.colours.ink3 else design.colours.ink) }
}

/**
 * Where one signs with a finger. What was signed earlier and has no lines any more says so. A line is drawn from every point the
 * phone saw, also those between two frames, and stays until the state has it: whoever signs fast loses nothing.
 */
@OptIn(ExperimentalComposeUiApi::class) // The points between two frames are, in Compose 1.7.
@Composable
fun <I : Any> SignaturePad(drawing: Drawing<I>, signed: Boolean, on: (I) -> Unit, modifier: Modifier = Modifier) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    var line by remember { mutableStateOf(emptyList<Offset>()) }
    var told by remember { mutableStateOf(emptyList<Stroke>()) }
    LaunchedEffect(drawing.strokes) { told = told - drawing.strokes.toSet() }
    val now by rememberUpdatedState(drawing)
    val tell by rememberUpdatedState(on)
    Box(
        modifier
            .fillMaxWidth()
            .height(132.dp)
            .clip(shape)
            .background(colours.surface)
            .border(design.edge, colours.control, shape)
            .semantics { contentDescription = "${drawing.label} ${drawing.text}" }
            .pointerInput(Unit) {
                awaitEachGesture {
                    val down = awaitFirstDown()
                    down.consume()
                    line = listOf(down.position)
                    do {
                        val finger = awaitPointerEvent().changes.find { it.id == down.id } ?: break
                        line = line + finger.historical.map { it.position } + finger.position
                        finger.consume()
                    } while (finger.pressed)
                    val stroke = Stroke(line.map { (it.x * THOUSAND / size.width).toInt() to (it.y * THOUSAND / size.height).toInt() })
                    line = emptyList()
                    told = told + stroke
                    tell(now.intent(stroke))
                }
            },
        Alignment.Center,
    ) {
        Canvas(Modifier.fillMaxSize()) {
            val base = size.height * 0.75f
            val dashes = PathEffect.dashPathEffect(floatArrayOf(4.dp.toPx(), 3.dp.toPx()))
            drawLine(colours.control, Offset(20.dp.toPx(), base), Offset(size.width - 20.dp.toPx(), base), 1.5.dp.toPx(), pathEffect = dashes)
            val lines = (drawing.strokes + (told - drawing.strokes.toSet())).map { stroke -> stroke.points.map { (x, y) -> Offset(x * size.width / THOUSAND, y * size.height / THOUSAND) } }
            for (points in lines + listOf(line)) {
                if (points.size == 1) drawCircle(colours.ink, 2.dp.toPx(), points.first())
                for ((from, to) in points.zipWithNext()) drawLine(colours.ink, from, to, 3.dp.toPx(), StrokeCap.Round)
            }
        }
        if (drawing.strokes.isEmpty() && told.isEmpty() && line.isEmpty()) Words(drawing.text, style = if (signed) Type.bold else Type.body, colour = if (signed) colours.okInk else colours.ink3)
    }
}

private const val THOUSAND = 1000f

/** What is wrong with an answer, beside its field. */
@Composable
fun Wrong(text: String) {
    Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
        Picture(Icon.TriangleAlert, size = Measure.iconSmall.dp, colour = design.colours.urgentInk)
        Words(text, style = Type.metaBold, colour = design.colours.urgentInk)
    }
}
