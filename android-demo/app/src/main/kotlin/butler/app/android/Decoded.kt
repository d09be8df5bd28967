package butler.app.android

import android.graphics.BitmapFactory
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap

/** A file as a picture, not much larger than [px]; null where it is none. */
fun decoded(file: ByteArray, px: Int): ImageBitmap? {
    val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(file, 0, file.size, size)
    val options = BitmapFactory.Options().apply { inSampleSize = (maxOf(size.outWidth, size.outHeight) / px).coerceAtLeast(1) }
    return BitmapFactory.decodeByteArray(file, 0, file.size, options)?.asImageBitmap()
}
