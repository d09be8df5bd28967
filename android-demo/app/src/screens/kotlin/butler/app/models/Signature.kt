package butler.app.models

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.util.zip.CRC32
import java.util.zip.Deflater

/** A signature as a picture: dark lines on white, the same bytes for the same lines. */
object Signature {
    private const val WIDTH = 720
    private const val HEIGHT = 240
    private const val RADIUS = 3
    private const val THOUSAND = 1000
    private const val WHITE = 255.toByte()
    private const val BIT_DEPTH = 8
    private const val GREY = 0

    /** A PNG of the lines. */
    fun png(strokes: List<Stroke>): ByteArray {
        val pixels = Array(HEIGHT) { ByteArray(WIDTH) { WHITE } }
        for (stroke in strokes) {
            val points = stroke.points.map { (x, y) -> x * WIDTH / THOUSAND to y * HEIGHT / THOUSAND }
            points.firstOrNull()?.let { dot(pixels, it.first, it.second) }
            for ((from, to) in points.zipWithNext()) line(pixels, from, to)
        }
        val bytes = ByteArrayOutputStream()
        bytes.write(byteArrayOf(0x89.toByte(), 'P'.code.toByte(), 'N'.code.toByte(), 'G'.code.toByte(), 13, 10, 26, 10))
        chunk(bytes, "IHDR") {
            writeInt(WIDTH)
            writeInt(HEIGHT)
            write(byteArrayOf(BIT_DEPTH.toByte(), GREY.toByte(), 0, 0, 0))
        }
        val rows = ByteArrayOutputStream()
        for (row in pixels) {
            rows.write(0)
            rows.write(row)
        }
        chunk(bytes, "IDAT") { write(deflated(rows.toByteArray())) }
        chunk(bytes, "IEND") {}
        return bytes.toByteArray()
    }

    private fun line(pixels: Array<ByteArray>, from: Pair<Int, Int>, to: Pair<Int, Int>) {
        val steps = maxOf(kotlin.math.abs(to.first - from.first), kotlin.math.abs(to.second - from.second), 1)
        for (step in 0..steps) {
            dot(pixels, from.first + (to.first - from.first) * step / steps, from.second + (to.second - from.second) * step / steps)
        }
    }

    private fun dot(pixels: Array<ByteArray>, x: Int, y: Int) {
        for (dy in -RADIUS..RADIUS) for (dx in -RADIUS..RADIUS) {
            val inside = dx * dx + dy * dy <= RADIUS * RADIUS && y + dy in 0 until HEIGHT && x + dx in 0 until WIDTH
            if (inside) pixels[y + dy][x + dx] = 0
        }
    }

    private fun deflated(bytes: ByteArray): ByteArray {
        val deflater = Deflater(Deflater.BEST_COMPRESSION)
        deflater.setInput(bytes)
        deflater.finish()
        val out = ByteArrayOutputStream()
        val buffer = ByteArray(DEFAULT_BUFFER_SIZE)
        while (!deflater.finished()) out.write(buffer, 0, deflater.deflate(buffer))
        deflater.end()
        return out.toByteArray()
    }

    private fun chunk(to: ByteArrayOutputStream, name: String, write: DataOutputStream.() -> Unit) {
        val body = ByteArrayOutputStream()
        body.write(name.toByteArray(Charsets.US_ASCII))
        DataOutputStream(body).write()
        val bytes = body.toByteArray()
        val sum = CRC32().apply { update(bytes) }
        DataOutputStream(to).apply {
            writeInt(bytes.size - name.length)
            write(bytes)
            writeInt(sum.value.toInt())
        }
    }
}
