package butler.app.android

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.ui.Modifier
import androidx.core.view.WindowCompat
import butler.ButlerException
import butler.words
import butler.app.design.Icon
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.App
import butler.app.models.Navigator
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.screens.AppScreen
import butler.app.words.Language
import butler.app.words.Words
import java.util.Locale
import kotlinx.coroutines.CompletableDeferred

/** The one activity: it opens the butler and shows the app. */
class MainActivity : ComponentActivity() {
    private var taken: CompletableDeferred<ByteArray?>? = null
    private val camera = registerForActivityResult(ActivityResultContracts.TakePicturePreview()) { picture ->
        taken?.complete(picture?.let(::jpeg))
    }
    private val device by lazy { Phone(this) { CompletableDeferred<ByteArray?>().also { taken = it; camera.launch(null) }.await() } }
    private val navigator by lazy { Navigator(device) }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        WindowCompat.setDecorFitsSystemWindows(window, false)
        val language = if (Locale.getDefault().language == "zh") Language.ZH else Language.EN
        setContent {
            Themed(if (isSystemInDarkTheme()) Theme.Dark else Theme.Light) {
                Box(Modifier.fillMaxSize().safeDrawingPadding()) { Opened(Words(language)) }
            }
        }
    }

    /** The app over the opened butler, or why it does not open. */
    @Composable
    private fun Opened(words: Words) {
        val opened by produceState<Result<App>?>(null) {
            val butlers = application as ButlerApplication
            value = runCatching { App(butlers.butler(), words, navigator) }
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
}
