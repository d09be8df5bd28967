package butler.app.android

import android.content.Intent
import android.graphics.Bitmap
import android.net.Uri
import android.os.Build
import android.provider.Settings
import android.view.HapticFeedbackConstants
import androidx.activity.ComponentActivity
import androidx.annotation.RequiresApi
import butler.app.models.Device
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** What only the phone can do. */
class Phone(private val activity: ComponentActivity, private val schedule: Schedule, private val camera: Camera) : Device {
    /** What its owner called it, else its make. */
    override val model: String
        get() = Settings.Global.getString(activity.contentResolver, Settings.Global.DEVICE_NAME) ?: "${Build.MANUFACTURER} ${Build.MODEL}"

    override fun dial(number: String) {
        activity.startActivity(Intent(Intent.ACTION_DIAL, Uri.parse("tel:$number")))
    }

    override suspend fun photo(): ByteArray? = camera.picture()?.let { withContext(Dispatchers.Default) { jpeg(it) } }

    /** A photo of the code is read: no service of anybody's is needed for that. */
    override suspend fun scan(): String? = camera.picture()?.let { withContext(Dispatchers.Default) { read(it) } }

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
}

/** The code in a picture; null when there is none. */
internal fun read(picture: Bitmap): String? {
    val pixels = IntArray(picture.width * picture.height)
    picture.getPixels(pixels, 0, picture.width, 0, 0, picture.width, picture.height)
    val image = BinaryBitmap(HybridBinarizer(RGBLuminanceSource(picture.width, picture.height, pixels)))
    return try {
        QRCodeReader().decode(image, mapOf(DecodeHintType.TRY_HARDER to true)).text
    } catch (_: ReaderException) {
        null
    }
}
