package butler

import butler.testing.MemoryKeys
import java.io.File
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir

/** Phones and a real office of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WithOffice {
    protected lateinit var folder: File
    protected lateinit var office: Office
    private var phones = 0

    @BeforeAll
    fun open(@TempDir folder: File) {
        this.folder = folder
        office = Office(File(folder, "office")).start()
    }

    @AfterAll
    fun close() = office.close()

    /** A phone of that person, enrolled and synced. */
    protected suspend fun phone(staff: String): Butler {
        val butler = Butler.open(File(folder, "phone-${phones++}"), MemoryKeys())
        assertNull(butler.enrolled())
        assertEquals(staff, butler.enrol(office.code(staff), "测试机", office.transport).value)
        assertTrue(butler.sync(office.transport).end == SyncEnd.Complete)
        return butler
    }

    /** The first item that fits, page after page. */
    protected suspend fun find(butler: Butler, fits: (TodayItem) -> Boolean): TodayItem {
        var page = butler.today.list()
        while (true) {
            page.items.firstOrNull(fits)?.let { return it }
            page = butler.today.list(after = checkNotNull(page.next) { "nothing like it is due" })
        }
    }

    protected val patrol = Procedure.Checklist(ChecklistId("patrol.public-area"))

    protected suspend fun patrol(butler: Butler) = find(butler) { it.begin == patrol }

    protected suspend fun home(butler: Butler, room: String) = butler.homes.find(room).first().record
}
