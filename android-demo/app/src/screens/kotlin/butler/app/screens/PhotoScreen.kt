package butler.app.screens

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Measure
import butler.app.models.PhotoIntent
import butler.app.models.PhotoState
import butler.app.models.Press
import butler.app.parts.Bar
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.FootBar
import butler.app.parts.Whole

/** One photo as large as the phone, and the way to those beside it. */
@Composable
fun PhotoScreen(state: PhotoState, on: (PhotoIntent) -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Bar(state.title, back = state.back, on = on)
        state.picture?.let { Whole(it, state.title, Modifier.weight(1f).fillMaxWidth()) }
        if (state.earlier == null && state.later == null) return@Column
        FootBar {
            val beside: @Composable (Press<PhotoIntent>?) -> Unit = { press ->
                if (press == null) Spacer(Modifier.weight(1f)) else Button(press, on, Modifier.weight(1f), ButtonLook.Outline, Measure.buttonLarge.dp)
            }
            beside(state.earlier)
            beside(state.later)
        }
    }
}
