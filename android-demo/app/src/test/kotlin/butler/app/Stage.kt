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
    val navigator = Navigator(device)
    val app = App(world.butler, Words(language), navigator) { world.office.clock.time }

    override fun close() = world.close()
}
