package butler.app.android

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.annotation.SuppressLint
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Bundle
import android.os.Looper
import android.os.SystemClock
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts.RequestMultiplePermissions
import butler.GeoPoint
import kotlin.coroutines.resume
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull

/** Where the phone is. It is asked when a point is recorded whose place is known, and followed nowhere. */
class Whereabouts(private val activity: ComponentActivity) {
    private val allow = Asking(activity, RequestMultiplePermissions())

    /** Null when it may not be known, or is not known well and soon. */
    suspend fun position(): GeoPoint? {
        // Since Android 12 the exact one is granted only together with the rough one.
        if (allow.ask(arrayOf(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION))[ACCESS_FINE_LOCATION] != true) return null
        return activity.getSystemService(LocationManager::class.java).fix(PATIENCE)
    }

    private companion object {
        val PATIENCE = 4.seconds
    }
}

/** As the satellites say, else the network. Whoever asks has the permission. */
@SuppressLint("MissingPermission")
internal suspend fun LocationManager.fix(patience: Duration): GeoPoint? {
    val sources = listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER).filter { it in allProviders && isProviderEnabled(it) }
    if (sources.isEmpty()) return null
    val known = sources.firstNotNullOfOrNull { source -> getLastKnownLocation(source)?.takeIf(::serves) }
    val fix = known ?: withTimeoutOrNull(patience) { next(sources) }
    return fix?.let { GeoPoint(it.latitude, it.longitude) }
}

@SuppressLint("MissingPermission")
private suspend fun LocationManager.next(sources: List<String>): Location = suspendCancellableCoroutine { found ->
    val listener = object : LocationListener {
        override fun onLocationChanged(fix: Location) {
            if (!serves(fix) || !found.isActive) return
            removeUpdates(this)
            found.resume(fix)
        }

        // Before Android 11 these have no bodies of their own.
        @Deprecated("Never called since Android 10.")
        override fun onStatusChanged(source: String?, status: Int, more: Bundle?) {}

        override fun onProviderEnabled(source: String) {}

        override fun onProviderDisabled(source: String) {}
    }
    found.invokeOnCancellation { removeUpdates(listener) }
    for (source in sources) requestLocationUpdates(source, 0, 0f, listener, Looper.getMainLooper())
}

/** Nearer than a point mostly lies to the next one, and of just now. */
private fun serves(fix: Location): Boolean {
    val age = (SystemClock.elapsedRealtimeNanos() - fix.elapsedRealtimeNanos).nanoseconds
    return fix.hasAccuracy() && fix.accuracy <= METRES && age <= FRESH
}

private const val METRES = 50f
private val FRESH = 20.seconds
