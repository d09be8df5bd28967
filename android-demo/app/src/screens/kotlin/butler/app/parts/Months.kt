package butler.app.parts

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.CollectionInfo
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.collectionInfo
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.MonthDays
import butler.app.models.Week

/** A month to choose a day of. */
@Composable
fun <I : Any> MonthSheet(sheet: MonthDays<I>, on: (I) -> Unit) {
    SheetFrame(sheet.title, close = { on(sheet.close.intent) }) {
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            IconButton(Icon.ChevronLeft, sheet.earlier, on)
            Words(sheet.month, Modifier.weight(1f), Type.bold, align = TextAlign.Center)
            IconButton(Icon.ChevronRight, sheet.later, on)
        }
        Row(Modifier.fillMaxWidth()) {
            for (day in sheet.weekdays) Words(day, Modifier.weight(1f), Type.meta, design.colours.ink2, lines = 1, align = TextAlign.Center)
        }
        // Seven days share the width of the phone: the one grid whose targets touch. A screen reader is told that it is one.
        Column(Modifier.semantics { collectionInfo = CollectionInfo(sheet.weeks.size, sheet.weekdays.size) }, Arrangement.spacedBy(design.gap)) {
            for (week in sheet.weeks) WeekRow(week, on)
        }
        Button(sheet.close, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
    }
}

@Composable
private fun <I : Any> WeekRow(week: Week<I>, on: (I) -> Unit) {
    val colours = design.colours
    Row(Modifier.fillMaxWidth()) {
        for (day in week.days) {
            val chosen = day?.chosen == true
            val off = day?.press?.locked != null
            Box(
                Modifier
                    .weight(1f)
                    .heightIn(min = Measure.touch.dp)
                    .clip(RoundedCornerShape(Measure.controlRadius.dp))
                    .background(if (chosen) colours.accent else Color.Transparent)
                    .then(if (day == null) Modifier else Modifier.clickable(enabled = !off, role = Role.Button) { on(day.press.intent) }.semantics { selected = chosen }),
                Alignment.Center,
            ) { if (day != null) Words(day.press.label, style = if (chosen) Type.bold else Type.body, colour = if (chosen) colours.onAccent else if (off) colours.ink3 else colours.ink) }
        }
    }
}
