package butler.app.android

import android.content.Intent
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.net.Uri
import android.os.Build
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
import java.io.ByteArrayOutputStream
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** What only the phone can do. */
class Phone(private val activity: ComponentActivity, private val camera: suspend () -> ByteArray?) : Device {
    override fun dial(number: String) {
        activity.startActivity(Intent(Intent.ACTION_DIAL, Uri.parse("tel:$number")))
    }

    override suspend fun photo(): ByteArray? = camera()

    /** A photo of the code is read: no service of anybody's is needed for that. */
    override suspend fun scan(): String? = camera()?.let { bytes ->
        withContext(Dispatchers.Default) { read(BitmapFactory.decodeByteArray(bytes, 0, bytes.size)) }
    }

    override fun recorded() {
        val view = activity.window.decorView
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) confirm() else view.performHapticFeedback(HapticFeedbackConstants.VIRTUAL_KEY)
    }

    @RequiresApi(Build.VERSION_CODES.R)
    private fun confirm() {
        activity.window.decorView.performHapticFeedback(HapticFeedbackConstants.CONFIRM)
    }

    override fun sync() {}
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

/** A picture as it is kept. */
internal fun jpeg(picture: Bitmap): ByteArray =
    ByteArrayOutputStream().also { picture.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }.toByteArray()

private const val QUALITY = 80
