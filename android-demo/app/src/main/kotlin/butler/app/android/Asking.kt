package butler.app.android

import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContract
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Asks another program for something and waits for its answer, one question after the other. */
internal class Asking<I, O>(activity: ComponentActivity, contract: ActivityResultContract<I, O>) {
    private val turn = Mutex()
    private var answer = CompletableDeferred<O>()
    private val launcher = activity.registerForActivityResult(contract) { answer.complete(it) }

    suspend fun ask(of: I): O = turn.withLock {
        answer = CompletableDeferred()
        launcher.launch(of)
        answer.await()
    }
}
