package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.DueChoice
import butler.app.parts.Beside
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.Card
import butler.app.parts.Words

/** Something due, with the three things one may do with it. */
@Composable
internal fun <I : Any> DueChoices(due: DueChoice<I>, on: (I) -> Unit) {
    val buttons = listOf(due.skip to ButtonLook.Outline, due.later to ButtonLook.Outline, due.begin to ButtonLook.Tonal)
    Card {
        Column(Modifier.padding(14.dp), Arrangement.spacedBy(design.gap)) {
            Words(due.title, style = Type.bold, lines = 2)
            Words(due.about, style = Type.meta, colour = design.colours.ink2, lines = 4)
            due.reading?.let { Words(it.title, style = Type.metaBold, colour = design.colours.ink2) }
            for (article in due.reading?.articles.orEmpty()) Button(article, on, Modifier.fillMaxWidth(), ButtonLook.Plain, icon = Icon.BookOpen)
            if (design.large) {
                for ((press, look) in buttons.asReversed()) Button(press, on, Modifier.fillMaxWidth(), look)
            } else {
                Beside(design.gap) { for ((press, look) in buttons) Button(press, on, look = look) }
            }
        }
    }
}
