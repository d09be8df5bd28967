package butler

import butler.testing.TestOffice
import java.nio.ByteBuffer
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a page costs on its way to a screen, on a warm virtual machine. */
class CrossingTest {
    @Test
    fun `a page of 100 rows costs little more than to read its rows`() = TestOffice().use { office ->
        office.grid("g1")
        office.assign("zhang.li", "butler", "g1", name = "张丽")
        for (floor in 1..50) for (door in 1..2) office.home("3-2-%d%02d".format(floor, door), "g1")
        runBlocking {
            val butler = office.phone("zhang.li")
            val rows = butler.homes.list(limit = ROWS)
            assertEquals(ROWS, rows.size)
            val buffer = ByteBuffer.allocate(FfiConverterSequenceTypeHomeRow.allocationSize(rows).toInt())
            FfiConverterSequenceTypeHomeRow.write(rows, buffer)

            val floor = median { buffer.rewind(); FfiConverterSequenceTypeHomeRow.read(buffer) }
            val one = median { butler.homes.list(limit = 1) }
            val page = median { butler.homes.list(limit = ROWS) }
            println("100 rows read %.3f ms, a page of one row %.3f ms, a page of 100 rows %.3f ms".format(floor, one, page))
            assertTrue(page <= one + floor * MOST, "a page of 100 rows takes $page ms, of one $one ms; to read 100 rows takes $floor ms")
            butler.shutdown()
        }
    }

    /** In milliseconds, of many rounds of which the first only warm. */
    private suspend fun median(work: suspend () -> Unit): Double {
        val times = List(WARM + ROUNDS) {
            val start = System.nanoTime()
            work()
            System.nanoTime() - start
        }
        return times.drop(WARM).sorted()[ROUNDS / 2] / 1e6
    }

    private companion object {
        const val ROWS = 100
        const val WARM = 400
        const val ROUNDS = 200

        /** The core reads a page of the store as it is built for tests, in some ten times what Kotlin takes to read its bytes. */
        const val MOST = 30
    }
}
