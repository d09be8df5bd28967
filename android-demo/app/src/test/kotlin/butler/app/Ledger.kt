package butler.app

import java.io.File
import java.util.Base64
import java.util.zip.Deflater
import java.util.zip.Inflater
import kotlin.math.abs

/**
 * The accepted pictures of one scene in the whole cross of looks, a line each: how light the picture is, block by block. A picture
 * itself would be sixty times as large. What another processor draws otherwise is far below the lightness of a block; a stroke of a
 * letter, a line or a ground that is another one is not (`ChecksTest`).
 */
class Ledger(private val file: File) {
    private val accepted = if (file.exists()) file.readLines().associate { it.substringBefore(' ') to it.substringAfter(' ') } else emptyMap()
    private val now = sortedMapOf<String, String>()

    /** What differs from the accepted picture, as words; null where nothing does. */
    fun difference(look: String, pixels: Pixels): String? {
        val shown = lightness(pixels)
        val packed = accepted[line(look)] ?: return "stands in no ledger"
        val before = unpacked(packed, shown.size) ?: return "was of another size"
        val changed = shown.indices.filter { abs((shown[it].toInt() and BYTE) - (before[it].toInt() and BYTE)) > GRAIN }
        if (changed.isEmpty()) return null
        val columns = columns(pixels)
        val (left, top) = changed.minOf { it % columns } * BLOCK to changed.minOf { it / columns } * BLOCK
        val (right, bottom) = (changed.maxOf { it % columns } + 1) * BLOCK to (changed.maxOf { it / columns } + 1) * BLOCK
        return "is another picture between ($left, $top) and ($right, $bottom)"
    }

    fun accept(look: String, pixels: Pixels) {
        now[line(look)] = packed(lightness(pixels))
    }

    /** Only what was accepted since it was read stays. */
    fun write() {
        file.parentFile.mkdirs()
        file.writeText(now.entries.joinToString("") { "${it.key} ${it.value}\n" })
    }

    private fun line(look: String) = look.removePrefix("-").ifEmpty { "light" }

    private fun columns(pixels: Pixels) = (pixels.width + BLOCK - 1) / BLOCK

    /** The mean of each block, the three colours weighed differently: a red that becomes a green is seen. */
    private fun lightness(pixels: Pixels): ByteArray {
        val columns = columns(pixels)
        val sums = IntArray(columns * ((pixels.height + BLOCK - 1) / BLOCK))
        val counts = IntArray(sums.size)
        for (y in 0 until pixels.height) for (x in 0 until pixels.width) {
            val argb = pixels.argb[y * pixels.width + x]
            val block = y / BLOCK * columns + x / BLOCK
            sums[block] += 2 * (argb shr 16 and BYTE) + 5 * (argb shr 8 and BYTE) + (argb and BYTE)
            counts[block]++
        }
        return ByteArray(sums.size) { (sums[it] / (WEIGHTS * counts[it])).toByte() }
    }

    private fun packed(bytes: ByteArray): String {
        val out = ByteArray(bytes.size * 2)
        val deflater = Deflater(Deflater.BEST_COMPRESSION, true).apply { setInput(bytes); finish() }
        val length = deflater.deflate(out).also { deflater.end() }
        return Base64.getEncoder().encodeToString(out.copyOf(length))
    }

    private fun unpacked(text: String, size: Int): ByteArray? {
        val inflater = Inflater(true).apply { setInput(Base64.getDecoder().decode(text) + 0) }
        val out = ByteArray(size + 1)
        val length = inflater.inflate(out).also { inflater.end() }
        return out.copyOf(size).takeIf { length == size }
    }

    private companion object {
        const val BLOCK = 16
        const val WEIGHTS = 8
        const val BYTE = 0xff

        /** Pixels that are each one or two of 255 off move no mean any further. */
        const val GRAIN = 2
    }
}
