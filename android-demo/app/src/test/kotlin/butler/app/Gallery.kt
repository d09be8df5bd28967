package butler.app

import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel
import java.io.File
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageWriteParam
import kotlin.math.abs

/** The pictures that are accepted as right, and what is held against them. */
object Gallery {
    /** With the few colours a screen has, a picture takes a third. */
    fun write(pixels: Pixels, file: File) {
        val image = BufferedImage(pixels.width, pixels.height, BufferedImage.TYPE_BYTE_INDEXED, palette(pixels.argb))
        image.setRGB(0, 0, pixels.width, pixels.height, pixels.argb, 0, pixels.width)
        file.parentFile.mkdirs()
        val writer = ImageIO.getImageWritersByFormatName("png").next()
        val least = writer.defaultWriteParam.apply { compressionMode = ImageWriteParam.MODE_EXPLICIT; compressionQuality = 0f }
        ImageIO.createImageOutputStream(file.also { it.delete() }).use {
            writer.output = it
            writer.write(null, IIOImage(image, null, null), least)
        }
        writer.dispose()
    }

    fun read(file: File): Pixels {
        val image = ImageIO.read(file)
        return Pixels(image.width, image.height, image.getRGB(0, 0, image.width, image.height, null, 0, image.width))
    }

    /**
     * Where two pictures differ, as words; null where they show the same. The edges of letters are drawn a little otherwise by
     * another processor; a stroke of a letter that is there or not is several pixels of quite another colour close together.
     */
    fun difference(accepted: Pixels, now: Pixels): String? {
        if (accepted.width != now.width || accepted.height != now.height) {
            return "is ${now.width} × ${now.height}, was ${accepted.width} × ${accepted.height}"
        }
        val columns = now.width / BLOCK + 1
        val other = IntArray(columns * (now.height / BLOCK + 1))
        for (y in 0 until now.height) for (x in 0 until now.width) {
            if (distance(accepted.argb[y * now.width + x], now.argb[y * now.width + x]) > FAR) other[y / BLOCK * columns + x / BLOCK]++
        }
        val changed = other.indices.filter { other[it] >= STROKE }
        if (changed.isEmpty()) return null
        val (left, top) = changed.minOf { it % columns } * BLOCK to changed.minOf { it / columns } * BLOCK
        val (right, bottom) = (changed.maxOf { it % columns } + 1) * BLOCK to (changed.maxOf { it / columns } + 1) * BLOCK
        return "is another picture between ($left, $top) and ($right, $bottom)"
    }

    /** How far apart two colours are in the part they differ most in. */
    private fun distance(one: Int, other: Int): Int =
        if (one == other) 0 else SHIFTS.maxOf { abs((one shr it and BYTE) - (other shr it and BYTE)) }

    /** At most 256 colours: those of the grounds and inks as they are, and of the edges of letters none nearly the same as another. */
    private fun palette(pixels: IntArray): IndexColorModel {
        val counts = HashMap<Int, Int>()
        for (pixel in pixels) counts.merge(pixel or ALPHA, 1, Int::plus)
        val most = counts.entries.sortedWith(compareBy({ -it.value }, { it.key })).map { it.key }
        val kept = most.fold(mutableListOf<Int>()) { kept, colour ->
            kept.also { if (it.size < PLAIN || it.size < COLOURS && it.none { near -> distance(near, colour) < NEAR }) it += colour }
        }.toIntArray()
        return IndexColorModel(8, kept.size, kept, 0, false, -1, DataBuffer.TYPE_BYTE)
    }

    private const val COLOURS = 256

    /** No screen has as many grounds and inks. */
    private const val PLAIN = 48
    private const val NEAR = 12
    private const val ALPHA = 0xff shl 24
    private const val BYTE = 0xff
    private val SHIFTS = listOf(0, 8, 16)

    /** A palette of 256 colours is never as far off, nor is another processor. */
    private const val FAR = 64
    private const val BLOCK = 12

    /** So many pixels of another colour in a block are a stroke. */
    private const val STROKE = 3
}
