package butler.app.android

import com.google.zxing.BinaryBitmap
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader

/** The code that a frame of the running camera shows, of its brightness row by row, a row being [stride] long; null when it shows none. */
internal fun codeIn(light: ByteArray, stride: Int, width: Int, height: Int): String? = try {
    val rows = light.copyOf(stride * height)
    QRCodeReader().decode(BinaryBitmap(HybridBinarizer(PlanarYUVLuminanceSource(rows, stride, height, 0, 0, width, height, false)))).text
} catch (_: ReaderException) {
    null
}
