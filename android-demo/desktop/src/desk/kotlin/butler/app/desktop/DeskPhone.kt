package butler.app.desktop

import butler.Butler
import butler.Clock
import butler.HttpTransport
import butler.KeyProvider
import butler.Opening
import butler.Transport
import butler.app.models.App
import butler.app.models.Device
import butler.app.models.Line
import butler.app.models.Navigator
import butler.app.models.SettingsKeeper
import butler.app.models.openedWords
import butler.app.words.Words
import butler.testing.TestWorld
import java.io.File
import java.net.URI
import java.time.Duration
import java.time.Instant

/** Somebody's phone that lies on a desk, with the way to its office. */
class DeskPhone(
    val butler: Butler,
    /** The phone's clock. */
    val now: () -> Instant,
    /** Where its office is. */
    val office: String,
    /** Carries frames to the office at an address. */
    val transport: (String) -> Transport,
    /** Lets go of its files, and of what else is its. */
    val close: suspend () -> Unit,
)

/** The phone in a folder of the day that `cargo xtask demo` played, by the clock of that day. */
suspend fun phoneOfDay(folder: File, office: String, ahead: Duration): DeskPhone {
    val clock = object : Clock {
        override fun now(): Instant = Instant.now() + ahead
    }
    // The demo has no key store either: a phone's key lies beside its files.
    val keys = object : KeyProvider {
        override fun key(): ByteArray = File(folder, "platform-key").readBytes()

        override fun keep(key: ByteArray) = error("the phone has its key")
    }
    val butler = Butler.open(File(folder, "butler"), keys, clock)
    return DeskPhone(butler, clock::now, office, { HttpTransport(URI(it)) }) { butler.shutdown() }
}

/** One's own phone in a world of the tests; where its office would be is [office]. */
fun phoneOf(world: TestWorld, office: String) = DeskPhone(world.butler, { world.office.clock.time }, office, { world.office.transport }) { world.close() }

/** The app, opened over a phone as it is opened on one: to enrolment, or to the day. */
class OpenedApp private constructor(private val phone: DeskPhone, private val settings: SettingsKeeper, val line: Line, val navigator: Navigator, private val opening: Opening) {
    /** What its screens stand on, in that language. */
    fun app(words: Words) = App(phone.butler, words, navigator, settings, line, phone.now, openedWords(words, opening))

    companion object {
        suspend fun open(phone: DeskPhone, settings: SettingsKeeper, device: (Line) -> Device): OpenedApp {
            // Whoever holds a phone knows its office; a new one is told it.
            if (phone.butler.enrolled() != null) settings.change { copy(office = phone.office) }
            val line = Line(phone.butler, settings, phone.transport)
            val navigator = Navigator(device(line)).also { it.open(phone.butler) }
            return OpenedApp(phone, settings, line, navigator, phone.butler.opening())
        }
    }
}
