package butler.app.android

import android.content.Intent
import android.net.Uri
import android.os.Build
import android.provider.Settings
import android.view.HapticFeedbackConstants
import androidx.activity.ComponentActivity
import androidx.annotation.RequiresApi
import butler.GeoPoint
import butler.app.models.Device
import butler.app.models.SlipPage
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext

/** What only the phone can do. */
class Phone(
    private val activity: ComponentActivity,
    private val schedule: Schedule,
    private val camera: Camera,
    private val whereabouts: Whereabouts,
    private val slips: Slips,
    override val tags: Flow<String>,
) : Device {
    private val reads = Asking(activity, ScanActivity.Reads)

    /** What its owner called it, else its make. */
    override val model: String
        get() = Settings.Global.getString(activity.contentResolver, Settings.Global.DEVICE_NAME) ?: "${Build.MANUFACTURER} ${Build.MODEL}"

    override fun dial(number: String) {
        activity.startActivity(Intent(Intent.ACTION_DIAL, Uri.parse("tel:$number")))
    }

    override suspend fun photo(): ByteArray? = camera.picture()?.let { withContext(Dispatchers.Default) { jpeg(it) } }

    override suspend fun scan(): String? = reads.ask(Unit)

    override suspend fun position(): GeoPoint? = whereabouts.position()

    override fun recorded() {
        val view = activity.window.decorView
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) confirm() else view.performHapticFeedback(HapticFeedbackConstants.VIRTUAL_KEY)
    }

    @RequiresApi(Build.VERSION_CODES.R)
    private fun confirm() {
        activity.window.decorView.performHapticFeedback(HapticFeedbackConstants.CONFIRM)
    }

    override fun sync() = schedule.now()

    override fun share(text: String) {
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text)
        activity.startActivity(Intent.createChooser(send, null))
    }

    override fun print(slip: SlipPage) = slips.print(slip)

    override fun share(slip: SlipPage) = slips.share(slip)
}
