package butler.app.parts

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.models.QrCode

/** A QR code, black on white in every theme: that is what readers of all ages can read. */
@Composable
fun QrCodeView(code: QrCode, modifier: Modifier = Modifier) {
    Box(modifier, Alignment.Center) {
        Canvas(
            Modifier.widthIn(max = WIDEST.dp).fillMaxWidth().aspectRatio(1f).semantics {
                contentDescription = code.label
                role = Role.Image
            },
        ) {
            drawRect(Color.White)
            // Whole pixels, so that no square is blurred at its edge.
            val square = (size.width / (code.width + 2 * BORDER)).toInt().coerceAtLeast(1).toFloat()
            val from = ((size.width - square * code.width) / 2).toInt()
            for ((at, dark) in code.dark.withIndex()) {
                if (dark) drawRect(Color.Black, Offset(from + at % code.width * square, from + at / code.width * square), Size(square, square))
            }
        }
    }
}

/** Squares of white that readers need around it. */
private const val BORDER = 4
private const val WIDEST = 360
