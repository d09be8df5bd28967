package butler.app.android

import android.app.Application
import butler.Butler
import java.io.File
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Holds the one butler of the process: files are opened once, whoever asks first. */
class ButlerApplication : Application() {
    private val turn = Mutex()
    private var opened: Butler? = null

    /** The butler, opened at the first call. What fails may be tried again. */
    suspend fun butler(): Butler = turn.withLock {
        opened ?: Butler.open(File(noBackupFilesDir, "butler"), KeyStoreKeys(this)).also { opened = it }
    }
}
