package butler.app

import butler.app.models.App
import butler.app.models.Device
import butler.app.models.Navigator
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.TestOffice
import butler.testing.TestWorld
import kotlinx.coroutines.runBlocking

/** A phone nobody holds: it remembers what was asked of it. */
class TestDevice : Device {
    val asked = mutableListOf<String>()

    override fun dial(number: String) {
        asked += "dial"
    }

    override suspend fun photo(): ByteArray? = PICTURE.copyOf().also { asked += "photo" }

    override suspend fun scan(): String? = null.also { asked += "scan" }

    override fun recorded() {
        asked += "recorded"
    }

    override fun sync() {
        asked += "sync"
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
    var navigator = Navigator(device)
        private set
    var app = opened()
        private set

    private fun opened() = App(world.butler, words, navigator) { world.office.clock.time }

    /** The app dies and is opened again, where it opens. */
    suspend fun restart() {
        world.restart()
        navigator = Navigator(device)
        app = opened()
    }

    override fun close() = world.close()
}
