package butler.app.android

import android.content.Intent
import android.net.Uri
import android.os.Build
import android.provider.Settings
import android.view.HapticFeedbackConstants
import android.view.SoundEffectConstants
import androidx.activity.ComponentActivity
import androidx.annotation.RequiresApi
import butler.GeoPoint
import butler.app.models.Device
import butler.app.models.PhotoOf
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

    override suspend fun photo(of: PhotoOf): ByteArray? = camera.picture(of)?.let { withContext(Dispatchers.Default) { jpeg(it) } }

    override fun photoKept(of: PhotoOf) = camera.letGo(of)

    override suspend fun photosLeft(): List<Pair<PhotoOf, ByteArray>> = camera.left().map { (of, picture) -> of to withContext(Dispatchers.Default) { jpeg(picture) } }

    override suspend fun scan(): String? = reads.ask(Unit)

    override suspend fun position(): GeoPoint? = whereabouts.position()

    override fun recorded() = feel(if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) confirm() else HapticFeedbackConstants.VIRTUAL_KEY)

    override fun found() {
        tick()
        view.postDelayed({ tick() }, BETWEEN_TICKS)
    }

    override fun notPossible() = feel(if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) reject() else HapticFeedbackConstants.LONG_PRESS)

    override fun scanned() {
        tick()
        view.playSoundEffect(SoundEffectConstants.CLICK)
    }

    private val view get() = activity.window.decorView

    private fun tick() = feel(HapticFeedbackConstants.CLOCK_TICK)

    private fun feel(what: Int) {
        view.performHapticFeedback(what)
    }

    @RequiresApi(Build.VERSION_CODES.R)
    private fun confirm() = HapticFeedbackConstants.CONFIRM

    @RequiresApi(Build.VERSION_CODES.R)
    private fun reject() = HapticFeedbackConstants.REJECT

    override fun openStorage() = activity.startActivity(Intent(Settings.ACTION_INTERNAL_STORAGE_SETTINGS))

    override fun sync() = schedule.now()

    override fun share(text: String) {
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text)
        activity.startActivity(Intent.createChooser(send, null))
    }

    override fun print(slip: SlipPage) = slips.print(slip)

    override fun share(slip: SlipPage) = slips.share(slip)

    private companion object {
        const val BETWEEN_TICKS = 120L
    }
}
