package butler.app.android

import android.content.Context
import android.net.ConnectivityManager
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.ListenableWorker
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequest
import androidx.work.PeriodicWorkRequest
import androidx.work.WorkManager
import androidx.work.WorkerFactory
import androidx.work.WorkerParameters
import butler.ButlerException
import butler.Problem
import butler.SyncEnd
import butler.app.models.Line
import butler.app.models.SettingsKeeper
import java.util.concurrent.TimeUnit

/** When the phone syncs. It goes on when the app is closed, and after the phone was switched off and on. */
class Schedule(
    private val work: WorkManager,
    /** Asks the sync that runs to be followed by another; false when none runs. */
    private val ask: () -> Boolean,
) {
    /** As soon as there is a network. What waited longer after a broken line waits no more; a sync that runs is not cut. */
    fun now() {
        if (ask()) return
        val request = OneTimeWorkRequest.Builder(SyncWorker::class.java).setConstraints(ONLINE).setBackoffCriteria(BackoffPolicy.EXPONENTIAL, PATIENCE, TimeUnit.SECONDS)
        work.enqueueUniqueWork(NOW, ExistingWorkPolicy.REPLACE, request.build())
    }

    /** Every quarter of an hour while there is a network: the shortest time Android allows. */
    fun regularly() {
        val request = PeriodicWorkRequest.Builder(SyncWorker::class.java, EVERY, TimeUnit.MINUTES).setConstraints(ONLINE)
        work.enqueueUniquePeriodicWork(REGULARLY, ExistingPeriodicWorkPolicy.KEEP, request.build())
    }

    internal companion object {
        const val NOW = "sync now"
        const val REGULARLY = "sync regularly"
        const val EVERY = 15L
        const val PATIENCE = 30L
        val ONLINE = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()
    }
}

/** One sync in the background. */
class SyncWorker(context: Context, parameters: WorkerParameters, private val settings: SettingsKeeper, private val line: suspend () -> Line) :
    CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val network = applicationContext.getSystemService(ConnectivityManager::class.java)
        return attempt(line, photosGo(settings.now.photosOnWifi, network.isActiveNetworkMetered))
    }
}

/** One sync, and whether it is to be tried again. */
internal suspend fun attempt(line: suspend () -> Line, photos: Boolean): ListenableWorker.Result {
    val end = try {
        line().sync(photos)?.end
    } catch (_: ButlerException) {
        // The phone was not unlocked since it was switched on: later it can be opened.
        SyncEnd.Interrupted
    }
    return if (comesBack(end)) ListenableWorker.Result.retry() else ListenableWorker.Result.success()
}

/** Whether photos go over this network. */
internal fun photosGo(onWifiOnly: Boolean, metered: Boolean): Boolean = !(onWifiOnly && metered)

/** Whether another try in a while may do what this one did not; null is a sync that somebody else made, or none. */
internal fun comesBack(end: SyncEnd?): Boolean = when (end) {
    SyncEnd.Interrupted -> true
    is SyncEnd.Office -> end.v1 == Problem.Busy || end.v1 == Problem.Storage
    else -> false
}

/** Makes the workers, which need what WorkManager knows nothing of. */
class SyncWorkers(private val settings: SettingsKeeper, private val line: suspend () -> Line) : WorkerFactory() {
    override fun createWorker(appContext: Context, workerClassName: String, workerParameters: WorkerParameters): ListenableWorker? =
        if (workerClassName == SyncWorker::class.java.name) SyncWorker(appContext, workerParameters, settings, line) else null
}
