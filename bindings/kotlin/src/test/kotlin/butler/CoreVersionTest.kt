package butler

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class CoreVersionTest {
    @Test
    fun `the library loads and says which core it is`() {
        val core = coreVersion()
        assertTrue(Regex("""\d+\.\d+\.\d+""").matches(core.version), core.version)
        assertEquals(1u.toUShort(), core.protocol)
    }
}
