package butler.app.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.design
import butler.app.models.StartIntent
import butler.app.models.StartState
import butler.app.parts.Button
import butler.app.parts.ButtonLook
import butler.app.parts.EmptyView

/** Why the app does not open, and the ways on. */
@Composable
fun StartScreen(state: StartState, on: (StartIntent) -> Unit) {
    Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(horizontal = Measure.margin.dp), Arrangement.spacedBy(design.gap)) {
        val icon = if (state.first.intent == StartIntent.Storage) Icon.HardDrive else Icon.TriangleAlert
        EmptyView<StartIntent>(icon, state.title, state.about, null, on, Modifier.padding(top = 72.dp))
        Button(state.first, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp)
        state.second?.let { Button(it, on, Modifier.fillMaxWidth(), ButtonLook.Outline) }
    }
}
