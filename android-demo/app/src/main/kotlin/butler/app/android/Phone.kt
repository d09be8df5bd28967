package butler.app.android

import android.content.Intent
import android.graphics.Bitmap
import android.net.Uri
import android.os.Build
import android.view.HapticFeedbackConstants
import androidx.activity.ComponentActivity
import androidx.annotation.RequiresApi
import butler.app.models.Device
import java.io.ByteArrayOutputStream

/** What only the phone can do. */
class Phone(private val activity: ComponentActivity, private val camera: suspend () -> ByteArray?) : Device {
    override fun dial(number: String) {
        activity.startActivity(Intent(Intent.ACTION_DIAL, Uri.parse("tel:$number")))
    }

    override suspend fun photo(): ByteArray? = camera()

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

/** A picture as it is kept. */
internal fun jpeg(picture: Bitmap): ByteArray =
    ByteArrayOutputStream().also { picture.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }.toByteArray()

private const val QUALITY = 80
