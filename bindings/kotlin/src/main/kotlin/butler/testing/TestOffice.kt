/** For an app's own tests; never part of an app. */
package butler.testing

import butler.Butler
import butler.Clock
import butler.GeoPoint
import butler.KeyProvider
import butler.PlaceId
import butler.RecordId
import butler.Transport
import butler.TransportException
import java.io.File
import java.nio.file.Files
import java.time.Instant
import java.time.LocalDate
import kotlinx.coroutines.runBlocking

/** A clock that stands still until it is told otherwise. */
class TestClock(@Volatile var time: Instant) : Clock {
    override fun now(): Instant = time
}

/** Stands in for the platform's key store. */
class MemoryKeys(private var kept: ByteArray? = null) : KeyProvider {
    override fun key(): ByteArray? = kept

    override fun keep(key: ByteArray) {
        kept = key
    }
}

/**
 * An office in the memory of a test, with the rules of the real one: no server, no network, no sleep. Whatever phones of
 * it record is judged, merged and handed on as it will be; the procedures of this build are in force. A test says who
 * works where, which homes there are, what time it is and whether the line holds.
 */
class TestOffice private constructor(
    /** The clock of the office and of its phones. */
    val clock: TestClock,
    private val core: TestOfficeCore,
    private val folder: File,
) : AutoCloseable {
    private var phones = 0

    /** A new office with nobody and nothing. */
    constructor(clock: TestClock = TestClock(Instant.parse("2026-11-23T01:00:00Z")), community: String = "test") :
        this(clock, TestOfficeCore.open(community, clock.time), newFolder())

    /** Whether phones reach the office. */
    @Volatile
    var online = true

    /** The line of every phone. */
    val transport = object : Transport {
        override fun exchange(frame: ByteArray): ByteArray =
            if (online) atItsDesk { exchange(frame) } else throw TransportException.Unreachable()
    }

    /** Adds a grid. */
    fun grid(id: String, name: String = id): Unit = atItsDesk { addGrid(id, name) }

    /** Lets somebody work as `butler`, `supervisor` …, in one grid or in every one; adds them when they are new. */
    fun assign(staff: String, role: String, grid: String? = null, name: String = staff): Unit =
        atItsDesk { assign(staff, name, role, grid) }

    /** The number colleagues call somebody at, who was assigned before; null takes it away. */
    fun phoneOf(staff: String, phone: String?): Unit = atItsDesk { staffPhone(staff, phone) }

    /** Lets somebody look after a grid for a colleague, up to and with a day; it ends by itself. */
    fun cover(staff: String, grid: String, until: LocalDate, role: String = "butler"): Unit =
        atItsDesk { cover(staff, role, grid, until.toString()) }

    /** What the office is called before a phone is enrolled. */
    fun rename(name: String): Unit = atItsDesk { rename(name) }

    /** Takes everything from somebody that they were assigned; their phone learns it at its next sync. */
    fun unassign(staff: String): Unit = atItsDesk { unassign(staff) }

    /** Adds a home as people write it (`3-2-501`) to a grid, with its building and unit. */
    fun home(room: String, grid: String): RecordId = RecordId(atItsDesk { addHome(room, grid) })

    /**
     * Adds a public spot to grids: a `gate`, `lobby` … ([kind]), where it lies (degrees north and east, WGS 84), what a
     * scan there reads and the number of whoever is on duty there.
     */
    fun spot(
        id: String,
        name: String,
        vararg grids: String,
        kind: String? = null,
        position: GeoPoint? = null,
        code: String? = null,
        phone: String? = null,
    ): PlaceId {
        atItsDesk { addSpot(id, name, grids.toList(), kind, position?.let { listOf(it.lat, it.lon) }, code) }
        if (phone != null) atItsDesk { placePhone(id, phone) }
        return PlaceId(id)
    }

    /** Publishes procedures, as texts of files, over those of this build; a phone works by them from its next sync. */
    fun publish(vararg files: String): Unit = atItsDesk { publish(files.toList()) }

    /** A one-time code for a phone of that person. */
    fun code(staff: String): String = atItsDesk { code(staff) }

    /** A new phone of that person, enrolled and synced, in a folder that goes with the office. */
    suspend fun phone(staff: String): Butler {
        val butler = Butler.open(File(folder, "phone-${phones++}"), MemoryKeys(), clock)
        butler.enrol(code(staff), "test", transport)
        butler.sync(transport)
        return butler
    }

    /** A mistake of ours below a call. */
    internal fun panics(): Unit = core.panics()

    /** Forgets the office and deletes the folders of its phones, which are to be shut down before. */
    override fun close() {
        core.close()
        folder.deleteRecursively()
    }

    private fun <T> atItsDesk(work: TestOfficeCore.() -> T): T {
        core.setTime(clock.time)
        return core.work()
    }

    companion object {
        /**
         * A community on a certain morning, the same on every machine: `new`, `morning`, `leaks`, `patrol`, `lost` (bindings/testing/src/world.rs).
         */
        suspend fun world(name: String): TestWorld {
            val folder = newFolder()
            val world = butler.testing.world(name, folder.path)
            val office = TestOffice(TestClock(world.now), world.office, folder)
            return TestWorld(office, Butler.open(File(folder, PHONE), MemoryKeys(world.key), office.clock), File(folder, PHONE), world.key)
        }

        private const val PHONE = "phone"

        private fun newFolder(): File = Files.createTempDirectory("butler").toFile()
    }
}

/** A world with one's own phone in it. */
class TestWorld internal constructor(
    val office: TestOffice,
    butler: Butler,
    internal val folder: File,
    internal val key: ByteArray,
) : AutoCloseable {
    /** One's own phone; 张丽's where somebody is enrolled on it. */
    var butler: Butler = butler
        private set

    /** The app dies and is opened again: whatever was not yet kept is gone. Whoever held the former [butler] takes the new one. */
    suspend fun restart() {
        butler.shutdown()
        butler = Butler.open(folder, MemoryKeys(key), office.clock)
    }

    override fun close() {
        runBlocking { butler.shutdown() }
        office.close()
    }
}
