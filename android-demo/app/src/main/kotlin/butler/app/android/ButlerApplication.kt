package butler.app.android

import android.app.Application
import androidx.work.Configuration
import androidx.work.WorkManager
import butler.Butler
import butler.HttpTransport
import butler.app.models.Line
import butler.app.models.SettingsKeeper
import java.io.File
import java.net.URI
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Holds the one butler of the process and its line to the office: files are opened once, whoever asks first. */
class ButlerApplication : Application(), Configuration.Provider {
    private val turn = Mutex()

    @Volatile
    private var opened: Opened? = null

    /** What is settled for this phone. */
    val settings by lazy { SettingsKeeper(File(noBackupFilesDir, "settings")) }

    /** When the phone syncs. */
    val schedule by lazy { Schedule(WorkManager.getInstance(this)) { opened?.line?.ask() == true } }

    /** WorkManager is begun with this when it is first asked for. */
    override val workManagerConfiguration: Configuration
        get() = Configuration.Builder().setWorkerFactory(SyncWorkers(settings) { opened().line }).build()

    /** A butler and its line to the office. */
    class Opened(val butler: Butler, val line: Line)

    /** The butler, opened at the first call. What fails may be tried again. */
    suspend fun opened(): Opened = turn.withLock { opened ?: open().also { opened = it } }

    private suspend fun open(): Opened {
        val butler = Butler.open(File(noBackupFilesDir, "butler"), KeyStoreKeys(this))
        return Opened(butler, Line(butler, settings) { HttpTransport(URI(it)) })
    }
}
