package butler.app.android

import android.Manifest.permission.POST_NOTIFICATIONS
import android.content.Intent
import android.hardware.Sensor
import android.hardware.SensorEvent
import android.hardware.SensorEventListener
import android.hardware.SensorManager
import android.net.ConnectivityManager
import android.net.Network
import android.os.Build
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.result.contract.ActivityResultContracts.RequestPermission
import androidx.annotation.RequiresApi
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.unit.dp
import androidx.core.view.WindowCompat
import androidx.lifecycle.lifecycleScope
import butler.ButlerException
import butler.DueId
import butler.app.design.Icon
import butler.app.design.Themed
import butler.app.design.design
import butler.app.models.App
import butler.app.models.Curtain
import butler.app.models.Navigator
import butler.app.models.Press
import butler.app.models.StartIntent
import butler.app.models.WayKeeper
import butler.app.models.openNoticed
import butler.app.models.openedWords
import butler.app.models.startState
import butler.app.parts.Developer
import butler.app.parts.EmptyView
import butler.app.parts.LocalDeveloper
import butler.app.screens.AppScreen
import butler.app.screens.StartScreen
import butler.app.screens.theme
import butler.app.words.Word
import butler.app.words.Words
import butler.words
import java.io.File
import java.time.Instant
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.launch

/** The one activity: it opens the butler and shows the app. While it is seen the phone syncs whenever a network appears. */
class MainActivity : ComponentActivity() {
    private val camera = Camera(this)
    private val whereabouts = Whereabouts(this)
    private val butlers get() = application as ButlerApplication
    private val said = MutableSharedFlow<String>(extraBufferCapacity = 1)
    private val tags = Tags(this) { said.tryEmit(it) }
    private val owner = DeviceOwner(this)
    private lateinit var device: Phone
    private val navigator by lazy { Navigator(device, WayKeeper(File(noBackupFilesDir, "way"))) }
    private val curtain = Curtain()
    private val developer = Developer(::decoded)
    private var covered by mutableStateOf(true)
    private var noticed by mutableStateOf<DueId?>(null)
    private var asking = false
    private var sunShines by mutableStateOf(false)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        WindowCompat.setDecorFitsSystemWindows(window, false)
        device = Phone(this, butlers.schedule, camera, whereabouts, Slips(this), said)
        butlers.schedule.regularly()
        // One that died comes back with the intent it was opened by, which was followed then.
        if (savedInstanceState == null) noticed = noticed(intent)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) mayRing()
        setContent {
            val settings by butlers.settings.settings.collectAsState()
            val words = remember(settings.language) { butlers.words() }
            Themed(theme(settings.appearance, isSystemInDarkTheme(), sunShines), settings.glove) {
                Box(Modifier.fillMaxSize().safeDrawingPadding()) {
                    Box(if (covered) Modifier.clearAndSetSemantics {} else Modifier) {
                        CompositionLocalProvider(LocalDeveloper provides developer) { key(words.language) { Opened(words) } }
                    }
                    if (covered) Cover(words)
                }
            }
        }
    }

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun mayRing() = registerForActivityResult(RequestPermission()) {}.launch(POST_NOTIFICATIONS)

    /** Nothing is seen until it is known who holds the phone. */
    @Composable
    private fun Cover(words: Words) {
        val why = words(ButlerException.Locked().words)
        Box(Modifier.fillMaxSize().background(design.colours.bg).pointerInput(Unit) { detectTapGestures {} }) {
            EmptyView(Icon.Lock, why, "", Press(words(Word.Unlock), Unit), { askOwner() }, Modifier.padding(top = 120.dp))
        }
    }

    private fun askOwner() {
        if (asking) return
        asking = true
        lifecycleScope.launch {
            if (owner.isOwner(butlers.words().invoke(ButlerException.Locked().words))) curtain.open()
            covered = curtain.closed
            asking = false
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        noticed(intent)?.let { noticed = it }
    }

    override fun onResume() {
        super.onResume()
        tags.listen()
    }

    override fun onPause() {
        tags.leave()
        super.onPause()
    }

    override fun onStart() {
        super.onStart()
        curtain.comeBack(Instant.now())
        covered = curtain.closed
        if (covered) askOwner()
        // Told at once when there is a network, and whenever one appears.
        getSystemService(ConnectivityManager::class.java).registerDefaultNetworkCallback(network)
        val sensors = getSystemService(SensorManager::class.java)
        sensors.getDefaultSensor(Sensor.TYPE_LIGHT)?.let { sensors.registerListener(light, it, SensorManager.SENSOR_DELAY_NORMAL) }
    }

    override fun onStop() {
        getSystemService(ConnectivityManager::class.java).unregisterNetworkCallback(network)
        getSystemService(SensorManager::class.java).unregisterListener(light)
        if (!asking) curtain.leave(Instant.now())
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
        var times by remember { mutableIntStateOf(0) }
        var anew by remember { mutableStateOf(false) }
        var asked by remember { mutableStateOf(false) }
        val opened by produceState<Result<App>?>(null, times) {
            value = runCatching {
                val opened = if (anew) butlers.openedAnew() else butlers.opened()
                navigator.open(opened.butler)
                App(opened.butler, words, navigator, butlers.settings, opened.line, notice = openedWords(words, opened.butler.opening())).also { it.takeUpPhotos() }
            }
        }
        val app = opened?.getOrNull()
        val failure = opened?.exceptionOrNull()
        if (app != null) {
            val way by navigator.way.collectAsState()
            BackHandler(way.mayGoBack) { navigator.back() }
            LaunchedEffect(app, noticed) {
                noticed?.let { openNoticed(app, it) }
                noticed = null
            }
            AppScreen(app, navigator)
        } else if (failure is ButlerException) {
            StartScreen(startState(words, failure, asked)) { intent ->
                asked = intent == StartIntent.AskAnew
                anew = intent == StartIntent.Anew
                when (intent) {
                    StartIntent.Storage -> device.openStorage()
                    StartIntent.AskAnew -> {}
                    StartIntent.Again, StartIntent.Anew -> times++
                }
            }
        } else if (failure != null) {
            throw failure
        }
    }

    private companion object {
        const val NANOS_A_MILLI = 1_000_000L
    }
}
