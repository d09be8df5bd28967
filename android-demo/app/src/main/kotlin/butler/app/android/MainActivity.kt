package butler.app.android

import android.hardware.Sensor
import android.hardware.SensorEvent
import android.hardware.SensorEventListener
import android.hardware.SensorManager
import android.net.ConnectivityManager
import android.net.Network
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.core.view.WindowCompat
import butler.ButlerException
import butler.words
import butler.app.design.Icon
import butler.app.design.Themed
import butler.app.models.App
import butler.app.models.Navigator
import butler.app.models.Place
import butler.app.models.firstPlace
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.screens.AppScreen
import butler.app.screens.theme
import butler.app.words.Language
import butler.app.words.Words
import java.util.Locale

/** The one activity: it opens the butler and shows the app. While it is seen the phone syncs whenever a network appears. */
class MainActivity : ComponentActivity() {
    private val camera = Camera(this)
    private val butlers get() = application as ButlerApplication
    private val device by lazy { Phone(this, butlers.schedule, camera) }
    private val navigator by lazy { Navigator(device) }
    private var sunShines by mutableStateOf(false)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        WindowCompat.setDecorFitsSystemWindows(window, false)
        butlers.schedule.regularly()
        setContent {
            val settings by butlers.settings.settings.collectAsState()
            val language = settings.language ?: if (Locale.getDefault().language == "zh") Language.ZH else Language.EN
            Themed(theme(settings.appearance, isSystemInDarkTheme(), sunShines), settings.glove) {
                Box(Modifier.fillMaxSize().safeDrawingPadding()) { key(language) { Opened(Words(language)) } }
            }
        }
    }

    override fun onStart() {
        super.onStart()
        // Told at once when there is a network, and whenever one appears.
        getSystemService(ConnectivityManager::class.java).registerDefaultNetworkCallback(network)
        val sensors = getSystemService(SensorManager::class.java)
        sensors.getDefaultSensor(Sensor.TYPE_LIGHT)?.let { sensors.registerListener(light, it, SensorManager.SENSOR_DELAY_NORMAL) }
    }

    override fun onStop() {
        getSystemService(ConnectivityManager::class.java).unregisterNetworkCallback(network)
        getSystemService(SensorManager::class.java).unregisterListener(light)
        super.onStop()
    }

    private val network = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: Network) = butlers.schedule.now()
    }

    private val light = object : SensorEventListener {
        private val sun = Sun()

        override fun onSensorChanged(event: SensorEvent) {
            sunShines = sun.seen(event.values[0], event.timestamp / NANOS_A_MILLI)
        }

        override fun onAccuracyChanged(sensor: Sensor, accuracy: Int) {}
    }

    /** The app over the opened butler, or why it does not open. */
    @Composable
    private fun Opened(words: Words) {
        val opened by produceState<Result<App>?>(null) {
            value = runCatching {
                val opened = butlers.opened()
                if (firstPlace(opened.butler) == Place.Enrol) navigator.go(Place.Enrol)
                App(opened.butler, words, navigator, butlers.settings, opened.line)
            }
        }
        val app = opened?.getOrNull()
        val failure = opened?.exceptionOrNull()
        if (app != null) {
            val way by navigator.way.collectAsState()
            BackHandler(way.mayGoBack) { navigator.back() }
            AppScreen(app, navigator)
        } else if (failure is ButlerException) {
            Banner(BannerKind.Danger, words(failure.words), icon = Icon.TriangleAlert)
        } else if (failure != null) {
            throw failure
        }
    }

    private companion object {
        const val NANOS_A_MILLI = 1_000_000L
    }
}
