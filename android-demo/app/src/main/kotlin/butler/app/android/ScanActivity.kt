package butler.app.android

import android.Manifest.permission.CAMERA
import android.content.Context
import android.content.Intent
import android.hardware.camera2.CameraManager
import android.os.Bundle
import android.view.SurfaceHolder
import android.view.SurfaceView
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.result.contract.ActivityResultContract
import androidx.activity.result.contract.ActivityResultContracts.RequestPermission
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import androidx.compose.ui.viewinterop.AndroidView
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Theme
import butler.app.design.Themed
import butler.app.models.Press
import butler.app.parts.Banner
import butler.app.parts.BannerKind
import butler.app.parts.Button
import butler.app.words.Word

/** Looks for a code through the running camera and for a tag held to the phone; ends with the first that is read. */
class ScanActivity : ComponentActivity() {
    private val butlers get() = application as ButlerApplication
    private val lens by lazy { Lens(getSystemService(CameraManager::class.java)) { code -> runOnUiThread { found(code) } } }
    private val tags = Tags(this) { code -> runOnUiThread { found(code) } }
    private val allow = registerForActivityResult(RequestPermission()) { allowed -> if (allowed) seeing = true else blind = true }

    /** The camera may be used. */
    private var seeing by mutableStateOf(false)

    /** It may not, or there is none: a tag can still be read. */
    private var blind by mutableStateOf(false)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        allow.launch(CAMERA)
        val words = butlers.words()
        setContent {
            Themed(Theme.Light, butlers.settings.now.glove) {
                Box(Modifier.fillMaxSize().safeDrawingPadding()) {
                    if (seeing) AndroidView(::preview, Modifier.fillMaxSize())
                    Column(Modifier.align(Alignment.BottomCenter).padding(Measure.margin.dp), Arrangement.spacedBy(12.dp)) {
                        if (blind) Banner(BannerKind.Late, words(Word.ScanBlind), icon = Icon.TriangleAlert) else Banner(BannerKind.Info, words(Word.ScanHint))
                        Button(Press(words(Word.Back), Unit), { finish() }, Modifier.fillMaxWidth())
                    }
                }
            }
        }
    }

    override fun onResume() {
        super.onResume()
        tags.listen()
    }

    override fun onPause() {
        tags.leave()
        super.onPause()
    }

    private fun preview(context: Context) = SurfaceView(context).apply {
        val size = lens.size
        if (size != null) holder.setFixedSize(size.width, size.height) else blind = true
        holder.addCallback(object : SurfaceHolder.Callback {
            override fun surfaceCreated(holder: SurfaceHolder) {
                if (!lens.open(holder.surface)) blind = true
            }

            override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) {}

            override fun surfaceDestroyed(holder: SurfaceHolder) = lens.close()
        })
    }

    private fun found(code: String) {
        setResult(RESULT_OK, Intent().putExtra(CODE, code))
        finish()
    }

    /** Reads one code; null when the person gave up. */
    internal object Reads : ActivityResultContract<Unit, String?>() {
        override fun createIntent(context: Context, input: Unit) = Intent(context, ScanActivity::class.java)

        override fun parseResult(resultCode: Int, intent: Intent?): String? = intent?.getStringExtra(CODE)
    }

    private companion object {
        const val CODE = "code"
    }
}
