package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.PaperLine
import butler.app.models.PapersSheet
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Ruled
import butler.app.parts.SheetFrame
import butler.app.parts.Words

/** The slips of a record. */
@Composable
internal fun <I : Any> PapersFrame(sheet: PapersSheet<I>, on: (I) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        Card {
            Ruled(sheet.papers) { paper ->
                Paper(paper, on)
            }
        }
        Words(sheet.about, style = Type.meta, colour = design.colours.ink2)
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
    }
}

@Composable
private fun <I : Any> Paper(paper: PaperLine<I>, on: (I) -> Unit) {
    Column(Modifier.fillMaxWidth().padding(16.dp), Arrangement.spacedBy(12.dp)) {
        Words(paper.title, style = Type.bold)
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
            Button(paper.print, on, Modifier.weight(1f), ButtonLook.Tonal)
            Button(paper.share, on, Modifier.weight(1f), ButtonLook.Outline)
        }
    }
}
