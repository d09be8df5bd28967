package butler.app

import butler.Butler
import butler.HttpTransport
import butler.Transport
import butler.TransportException
import butler.app.models.App
import butler.app.models.Device
import butler.app.models.Line
import butler.app.models.Navigator
import butler.app.models.SettingsKeeper
import butler.app.models.WayKeeper
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.MemoryKeys
import butler.testing.TestClock
import java.io.File
import java.net.URI
import kotlin.test.assertNotNull

/** A phone with a real office, whose app may die; its folder stays. */
class DayPhone(private val place: File, private val clock: TestClock, /** Told by the app that it is to sync. */ private val asked: DayPhone.() -> Unit = {}) {
    private val keys = MemoryKeys()

    /** Where it is: in the cellar nothing comes through, in the yard the first edits do. */
    @Volatile var at = Spot.Office
    val device = TestDevice()
    lateinit var navigator: Navigator
        private set
    lateinit var app: App
        private set
    val butler: Butler get() = app.butler

    /** The app is opened, after it was killed or for the first time: nothing of the one before is left. */
    suspend fun open() {
        val settings = SettingsKeeper(File(place, "settings"))
        val butler = Butler.open(File(place, "butler"), keys, clock)
        val syncs = object : Device by device {
            override fun sync() {
                device.sync()
                asked()
            }
        }
        navigator = Navigator(syncs, WayKeeper(File(place, "way")) { clock.time }).also { it.open(butler) }
        app = App(butler, Words(Language.ZH), navigator, settings, Line(butler, settings, ::carrier), { clock.time })
    }

    /** Everything is on disk already: closing the files is all that happens when a process dies. */
    suspend fun die() = butler.shutdown()

    private fun carrier(office: String): Transport {
        val line = HttpTransport(URI(office))
        return object : Transport {
            override fun exchange(frame: ByteArray): ByteArray {
                if (at == Spot.Cellar) throw TransportException.Unreachable()
                if (at == Spot.Yard && sending(app.line)) at = Spot.Cellar
                return line.exchange(frame)
            }
        }
    }

    suspend fun sync() = assertNotNull(app.line.sync())

    suspend fun unsent() = butler.status().unsentEdits

    enum class Spot { Cellar, Yard, Office }
}
