package butler

import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.system.measureNanoTime
import kotlinx.coroutines.runBlocking

/**
 * What the way to Kotlin costs, not a test: `cargo xtask bench crossing`. Arguments: a folder, a program `butler-office`, a register
 * of many homes. The library is a released one; figures are medians of a warm virtual machine.
 */
object Crossing {
    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        val folder = File(args[0])
        System.setProperty("butler.office", args[1])
        System.setProperty("butler.register", args[2])
        Office(File(folder, "office")).use { office ->
            val (place, keys) = File(folder, "phone") to Kept(File(folder, "key"))
            office.start()
            Butler.open(place, keys).run {
                enrol(office.code("zhang.li"), "测量机", office.transport)
                sync(office.transport)
                println("homes ${homes.count()}")
                shutdown()
            }

            val doors = median(OPENINGS) {
                val butler = Butler.open(place, keys)
                check(butler.today.list(limit = PAGE).items.isNotEmpty())
                butler.shutdown()
            }
            ButlerCore.open(place.path, keys, null).use { core ->
                val page = core.homesList(null, PAGE)
                check(page.size == PAGE)
                // The same page on this side alone: its bytes as they come, made into rows again.
                val written = FfiConverterSequenceTypeHomeRow.lowerIntoRustBuffer(page)
                val bytes = ByteArray(written.len.toInt()).also { written.asByteBuffer()!!.get(it) }
                RustBuffer.free(written)
                val whole = median(PAGES) { core.homesList(null, PAGE) }
                val made = median(PAGES) { FfiConverterSequenceTypeHomeRow.read(java.nio.ByteBuffer.wrap(bytes)) }
                val call = median(PAGES) { core.homesCount() }
                println("bytes of a page ${bytes.size}")
                println("a page of $PAGE homes, asked and made ${millis(whole)}")
                println("a page of $PAGE homes, made of its bytes ${millis(made)}")
                println("a call that answers a number ${millis(call)}")
                println("opened, until the first page of Today ${millis(doors)}")
                core.shutdown()
            }
        }
    }

    /** A key in a file, where the twin of Swift finds it. */
    private class Kept(private val file: File) : KeyProvider {
        override fun key(): ByteArray? = file.takeIf { it.exists() }?.readBytes()

        override fun keep(key: ByteArray) = file.writeBytes(key)
    }

    /** The median of so many runs, in nanoseconds, after as many that warm the machine. */
    private inline fun median(runs: Int, work: () -> Unit): Long {
        repeat(runs) { work() }
        return LongArray(runs) { measureNanoTime(work) }.apply { sort() }[runs / 2]
    }

    private fun millis(nanos: Long) = "%.3f ms".format(nanos.toDouble() / TimeUnit.MILLISECONDS.toNanos(1))

    private const val PAGE = 100
    private const val PAGES = 2_000
    private const val OPENINGS = 15
}
