package butler.app.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.text.selection.LocalTextSelectionColors
import androidx.compose.foundation.text.selection.TextSelectionColors
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.LineBreak
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** How the app looks: by night, by day, or in the sun, where nothing is tinted and every shape has an edge. */
enum class Theme { Light, Dark, Sunlight }

/** Everything a part needs to know to draw itself. */
@Immutable
class Design(
    val theme: Theme,
    /** Text is so large that rows become columns. */
    val large: Boolean,
    /** Whoever presses wears gloves. */
    val glove: Boolean = false,
) {
    val colours: Palette = when (theme) {
        Theme.Light -> lightPalette
        Theme.Dark -> darkPalette
        Theme.Sunlight -> sunlightPalette
    }
    val sunlight get() = theme == Theme.Sunlight

    /** A line around a card. */
    val hair: Dp = if (sunlight) 2.dp else 1.dp

    /** The edge of a control. */
    val edge: Dp = if (sunlight) 2.dp else 1.5.dp

    /** The edge of what is told apart by its tint alone in other themes. */
    val softEdge: Dp = if (sunlight) 2.dp else 0.dp

    /** How large something to press is at least. */
    val touch: Dp = (if (glove) Measure.buttonLarge else Measure.touch).dp

    /** Between two things to press. */
    val gap: Dp = if (glove) 12.dp else Measure.gapBetweenTargets.dp

    /** Between two rows of a card, which touch where fingers are bare. */
    val rowGap: Dp = if (glove) Measure.gapBetweenTargets.dp else 0.dp

    val stroke: Float = if (sunlight) Measure.iconStrokeSunlight else Measure.iconStroke.toFloat()
}

val LocalDesign = staticCompositionLocalOf { Design(Theme.Light, large = false) }

/** The design in force. */
val design: Design
    @Composable get() = LocalDesign.current

/** The four sizes of text; at most three of them on a screen. */
object Type {
    val display = style(TypeScale.display, FontWeight.Bold)
    val title = style(TypeScale.title, FontWeight.Bold)
    val body = style(TypeScale.body, FontWeight.Normal)
    val bold = style(TypeScale.body, FontWeight.Bold)
    val meta = style(TypeScale.meta, FontWeight.Normal)
    val metaBold = style(TypeScale.meta, FontWeight.Bold)

    private fun style(size: Pair<Int, Int>, weight: FontWeight) = TextStyle(
        fontSize = size.first.sp,
        lineHeight = size.second.sp,
        fontWeight = weight,
        fontFeatureSettings = "tnum",
        lineBreak = LineBreak.Paragraph,
    )
}

/** Draws [content] in a theme, on the colour of a page. */
@Composable
fun Themed(theme: Theme, glove: Boolean = false, content: @Composable () -> Unit) {
    val large = LocalDensity.current.fontScale >= LARGE
    val design = Design(theme, large, glove)
    val selection = TextSelectionColors(design.colours.accent, design.colours.accent.copy(alpha = 0.3f))
    CompositionLocalProvider(LocalDesign provides design, LocalTextSelectionColors provides selection) {
        Box(Modifier.background(design.colours.bg)) { content() }
    }
}

/** From here on rows stack. */
private const val LARGE = 1.5f
