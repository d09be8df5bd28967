package butler

import butler.testing.TestOffice
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** A panic of the library; that nothing stays locked behind one is tested in Rust (`bindings/testing/tests/calls.rs`). */
class PanicTest {
    @Test
    fun `a panic arrives as an error, and the butler works on`() = runBlocking {
        TestOffice.world("morning").use { world ->
            val homes = world.butler.homes.count()
            val thrown = assertThrows<ButlerException.Internal> { blocking { world.office.panics() } }
            assertEquals("这一步没成，别的都在。给办公室报：panic", (thrown as ButlerException).words.zh)
            val line = object : Transport {
                private var told = false

                override fun exchange(frame: ByteArray): ByteArray {
                    if (!told) world.office.also { told = true }.panics()
                    throw TransportException.Unreachable()
                }
            }
            assertEquals(NoAnswer.Unreachable, world.butler.sync(line).broke)
            assertEquals(homes, world.butler.homes.count())
            assertEquals(SyncEnd.Complete, world.butler.sync(world.office.transport).end)
        }
    }
}
