package butler

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.withContext

/** Runs a blocking call of the core where blocking is allowed. */
internal suspend fun <T> ButlerCore.off(call: (ButlerCore) -> T): T = blocking { call(this) }

/**
 * Whatever fails is a [ButlerException]. What UniFFI throws besides, after a panic of the library, is a mistake of ours: nothing of
 * the call was recorded, and the butler can be used further.
 */
internal suspend fun <T> blocking(call: () -> T): T = withContext(Dispatchers.IO) {
    try {
        call()
    } catch (expected: ButlerException) {
        throw expected
    } catch (panic: Exception) {
        throw ButlerException.Internal("panic").apply { initCause(panic) }
    }
}

/** The areas that changed, after every change; several changes that a slow collector missed come as one set. */
internal fun ButlerCore.changes(): Flow<Set<Area>> {
    val missed = java.util.concurrent.atomic.AtomicReference(emptySet<Area>())
    return callbackFlow {
        val subscription = subscribe(object : Listener {
            override fun changed(areas: List<Area>) {
                missed.updateAndGet { it + areas }
                trySend(Unit)
            }
        })
        awaitClose { subscription.use { it.cancel() } }
    }.conflate().map { missed.getAndSet(emptySet()) }.filter { it.isNotEmpty() }.flowOn(Dispatchers.IO)
}

/**
 * Looks at once and after every change, the latest only when the collector is slow; equal looks are one. Ends its
 * subscription when the collector goes.
 */
internal fun <T> ButlerCore.watch(look: suspend () -> T): Flow<T> =
    callbackFlow {
        val subscription = subscribe(object : Listener {
            override fun changed(areas: List<Area>) { trySend(Unit) }
        })
        // Subscribed first, so that no change falls between the first look and the listening.
        trySend(Unit)
        awaitClose { subscription.use { it.cancel() } }
    }.flowOn(Dispatchers.IO).conflate().map { look() }.distinctUntilChanged()
