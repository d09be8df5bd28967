package butler.app.android

import android.Manifest.permission.CAMERA
import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Matrix
import android.media.ExifInterface
import android.net.Uri
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts
import androidx.core.content.FileProvider
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/**
 * The system's camera, which writes its whole picture into a file of ours. The file goes as soon as it is read: a photo is
 * kept by the butler, encrypted, and nowhere else.
 */
class Camera(private val activity: ComponentActivity) {
    private val turn = Mutex()
    private val take = Asking(activity, ActivityResultContracts.TakePicture())
    private val allow = Asking(activity, ActivityResultContracts.RequestPermission())

    /** A picture, upright and small enough to be sent; null when nobody took one. */
    suspend fun picture(): Bitmap? = turn.withLock {
        // An app that names the permission may not even ask the system's camera without it.
        if (!allow.ask(CAMERA)) return null
        val file = File(activity.cacheDir, "pictures/picture.jpg")
        try {
            withContext(Dispatchers.IO) { file.apply { parentFile?.mkdirs(); delete(); createNewFile() } }
            if (take.ask(address(activity, file))) withContext(Dispatchers.IO) { shrunk(file.readBytes(), LONGEST) } else null
        } finally {
            file.delete()
        }
    }

    private companion object {
        /** Pixels of the longer edge: a meter can be read on it, and it is some 400 kB. */
        const val LONGEST = 2_048

        fun address(context: Context, file: File): Uri = FileProvider.getUriForFile(context, "${context.packageName}.pictures", file)
    }
}

/** A picture with its longer edge at most so long, turned as it was taken; null when the bytes are none. */
internal fun shrunk(bytes: ByteArray, longest: Int): Bitmap? {
    val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
    // Decoded at a power of two first, so that a large picture never lies in memory whole.
    val rough = BitmapFactory.Options().apply { inSampleSize = sample(maxOf(size.outWidth, size.outHeight), longest) }
    val picture = BitmapFactory.decodeByteArray(bytes, 0, bytes.size, rough) ?: return null
    val scale = minOf(1f, longest.toFloat() / maxOf(picture.width, picture.height))
    val turn = Matrix().apply { postScale(scale, scale); postRotate(degrees(bytes)) }
    return Bitmap.createBitmap(picture, 0, 0, picture.width, picture.height, turn, true)
}

/** The largest power of two that leaves at least [longest]. */
internal fun sample(length: Int, longest: Int): Int = Integer.highestOneBit((length / longest).coerceAtLeast(1))

private fun degrees(bytes: ByteArray): Float = when (ExifInterface(ByteArrayInputStream(bytes)).getAttributeInt(ExifInterface.TAG_ORIENTATION, 1)) {
    ExifInterface.ORIENTATION_ROTATE_90 -> 90f
    ExifInterface.ORIENTATION_ROTATE_180 -> 180f
    ExifInterface.ORIENTATION_ROTATE_270 -> 270f
    else -> 0f
}

/** A picture as it is kept; whatever else the camera wrote beside it, such as where it was taken, is not. */
internal fun jpeg(picture: Bitmap): ByteArray =
    ByteArrayOutputStream().also { picture.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }.toByteArray()

private const val QUALITY = 80
