package butler.app

import butler.GeoPoint
import butler.Transport
import butler.app.models.App
import butler.app.models.Device
import butler.app.models.Line
import butler.app.models.Navigator
import butler.app.models.SettingsKeeper
import butler.app.models.SlipPage
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.TestOffice
import butler.testing.TestWorld
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.runBlocking

/** A phone nobody holds: it remembers what was asked of it. */
class TestDevice : Device {
    val asked = mutableListOf<String>()

    /** What the next scan reads. */
    var scanned: String? = null

    override val tags = MutableSharedFlow<String>(extraBufferCapacity = 1)

    override val model = "荣耀 X50"

    override fun dial(number: String) {
        asked += "dial"
    }

    override suspend fun photo(): ByteArray? = PICTURE.copyOf().also { asked += "photo" }

    override suspend fun scan(): String? = scanned.also { asked += "scan" }

    /** Where it is. */
    var at: GeoPoint? = null

    override suspend fun position(): GeoPoint? = at.also { asked += "position" }

    override fun recorded() {
        asked += "recorded"
    }

    override fun sync() {
        asked += "sync"
    }

    override fun share(text: String) {
        asked += "share"
    }

    override fun print(slip: SlipPage) {
        asked += "print ${slip.name}"
    }

    override fun share(slip: SlipPage) {
        asked += "share ${slip.name}"
    }

    private companion object {
        val PICTURE = ByteArray(64) { it.toByte() }
    }
}

/** A world with an app in it. */
class Stage(name: String, language: Language) : AutoCloseable {
    val world: TestWorld = runBlocking { TestOffice.world(name) }
    val device = TestDevice()
    private val words = Words(language)
    val settings = SettingsKeeper()

    /** What carries frames to the office; a test may put a line in its place that breaks. */
    var transport: Transport = world.office.transport
    var line = Line(world.butler, settings) { transport }
        private set
    var navigator = Navigator(device)
        private set
    var app = opened()
        private set

    init {
        // A phone somebody holds knows its office.
        if (runBlocking { world.butler.enrolled() } != null) settings.change { copy(office = "https://butler.jinse.example", phone = device.model) }
    }

    private fun opened() = App(world.butler, words, navigator, settings, line, { world.office.clock.time })

    /** The app with another line. */
    fun over(line: Line) = App(app.butler, app.words, navigator, settings, line, app.now)

    /** The app dies and is opened again, where it opens. */
    suspend fun restart() {
        world.restart()
        line = Line(world.butler, settings) { transport }
        navigator = Navigator(device)
        app = opened()
    }

    override fun close() = world.close()
}
