package butler.app.android

import android.app.Application
import androidx.work.Configuration
import androidx.work.WorkManager
import butler.Butler
import butler.HttpTransport
import butler.app.models.Line
import butler.app.models.Ringing
import butler.app.models.SettingsKeeper
import butler.app.words.Language
import butler.app.words.Words
import java.io.File
import java.net.URI
import java.util.Locale
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Holds the one butler of the process and its line to the office: files are opened once, whoever asks first. */
class ButlerApplication : Application(), Configuration.Provider {
    private val turn = Mutex()
    private val background = CoroutineScope(SupervisorJob() + Dispatchers.Default)

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

    /** The same after what no key opens was moved aside. */
    suspend fun openedAnew(): Opened = turn.withLock { opened ?: open(anew = true).also { opened = it } }

    /** The words of the language that is settled, else of the phone's. */
    fun words(): Words = Words(settings.now.language ?: if (Locale.getDefault().language == "zh") Language.ZH else Language.EN)

    private suspend fun open(anew: Boolean = false): Opened {
        val (folder, keys) = File(noBackupFilesDir, "butler") to KeyStoreKeys(this)
        val butler = if (anew) Butler.openAnew(folder, keys) else Butler.open(folder, keys)
        background.launch { Ringing(butler, words(), settings, AlarmBell(this@ButlerApplication)).run() }
        return Opened(butler, Line(butler, settings) { HttpTransport(URI(it)) })
    }
}
