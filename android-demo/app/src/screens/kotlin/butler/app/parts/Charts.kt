package butler.app.parts

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.design
import butler.app.models.Chart

private const val WHOLE = 1000f

/** A line through the numbers, with a dot at the last; a month without data is a gap. */
@Composable
fun Spark(chart: Chart, modifier: Modifier = Modifier) {
    val colour = design.colours.accent
    val known = chart.levels.filterNotNull()
    val low = (known.minOrNull() ?: 0).toFloat()
    val span = ((known.maxOrNull() ?: 0) - low).coerceAtLeast(1f)
    Canvas(modifier.semantics { contentDescription = chart.text }) {
        val inset = 5.dp.toPx()
        val step = (size.width - 2 * inset) / (chart.levels.size - 1).coerceAtLeast(1)
        fun at(index: Int, level: Int) = Offset(inset + index * step, size.height - inset - (level - low) / span * (size.height - 2 * inset))
        val line = Path()
        var drawing = false
        chart.levels.forEachIndexed { index, level ->
            if (level == null) {
                drawing = false
                return@forEachIndexed
            }
            val point = at(index, level)
            if (drawing) line.lineTo(point.x, point.y) else line.moveTo(point.x, point.y)
            drawing = true
        }
        drawPath(line, colour, style = Stroke(2.5.dp.toPx(), cap = StrokeCap.Round, join = StrokeJoin.Round))
        val last = chart.levels.indexOfLast { it != null }
        if (last >= 0) drawCircle(colour, 4.dp.toPx(), at(last, chart.levels[last] ?: 0))
    }
}

/** One number as a part of a whole, lying. */
@Composable
fun LevelBar(level: Int?, modifier: Modifier = Modifier, colour: Color = design.colours.accent) {
    val back = design.colours.sunken
    val edge = if (design.sunlight) design.colours.control else null
    Canvas(modifier.fillMaxWidth().height(20.dp)) {
        val round = CornerRadius(6.dp.toPx())
        drawRoundRect(back, cornerRadius = round)
        if (level != null) drawRoundRect(colour, size = Size(size.width * level / WHOLE, size.height), cornerRadius = round)
        if (edge != null) drawRoundRect(edge, cornerRadius = round, style = Stroke(2.dp.toPx()))
    }
}

/** One number, standing. */
@Composable
fun Standing(level: Int?, modifier: Modifier = Modifier) {
    val colour = design.colours.accent
    val line = design.colours.control
    Canvas(modifier) {
        val tall = size.height * (level ?: 0) / WHOLE
        if (level != null) drawRoundRect(colour, Offset(0f, size.height - tall), Size(size.width, tall), CornerRadius(4.dp.toPx()))
        drawLine(line, Offset(0f, size.height), Offset(size.width, size.height), 1.dp.toPx())
    }
}
