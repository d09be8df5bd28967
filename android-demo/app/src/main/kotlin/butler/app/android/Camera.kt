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
import butler.QuestionId
import butler.SubmissionId
import butler.app.models.PhotoOf
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/**
 * The system's camera, which writes its whole picture into a file of ours, whose name says what it is for: the app may die behind
 * the camera. The file goes as soon as the picture is kept by the butler, encrypted: it lies nowhere else.
 */
class Camera(private val activity: ComponentActivity) {
    private val turn = Mutex()
    private val take = Asking(activity, ActivityResultContracts.TakePicture())
    private val allow = Asking(activity, ActivityResultContracts.RequestPermission())
    private val folder get() = File(activity.filesDir, "pictures")

    /** A picture, upright and small enough to be sent; null when nobody took one. One that was not kept yet is taken no second time. */
    suspend fun picture(of: PhotoOf): Bitmap? = turn.withLock {
        val file = File(folder, fileName(of))
        read(file)?.let { return it }
        // An app that names the permission may not even ask the system's camera without it.
        if (!allow.ask(CAMERA)) return null
        withContext(Dispatchers.IO) { file.apply { parentFile?.mkdirs(); delete(); createNewFile() } }
        if (take.ask(address(activity, file))) return read(file)
        letGo(of)
        null
    }

    /** The butler has it. */
    fun letGo(of: PhotoOf) {
        File(folder, fileName(of)).delete()
    }

    /** The pictures that were not kept. */
    suspend fun left(): List<Pair<PhotoOf, Bitmap>> = turn.withLock {
        withContext(Dispatchers.IO) { folder.listFiles() }.orEmpty().mapNotNull { file ->
            val (of, picture) = photoOf(file.name) to read(file)
            if (of == null || picture == null) null.also { file.delete() } else of to picture
        }
    }

    private suspend fun read(file: File): Bitmap? = withContext(Dispatchers.IO) { if (file.length() > 0) shrunk(file.readBytes(), LONGEST) else null }

    private companion object {
        /** Pixels of the longer edge: a meter can be read on it, and it is some 400 kB. */
        const val LONGEST = 2_048

        fun address(context: Context, file: File): Uri = FileProvider.getUriForFile(context, "${context.packageName}.pictures", file)
    }
}

/** What a picture is for, as the name of its file. */
internal fun fileName(of: PhotoOf): String = Uri.encode("${of.draft.value} ${of.question.value}")

internal fun photoOf(fileName: String): PhotoOf? {
    val words = Uri.decode(fileName).split(' ', limit = 2)
    return if (words.size < 2) null else PhotoOf(SubmissionId(words[0]), QuestionId(words[1]))
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
