package butler.app.android

import android.app.Activity.RESULT_OK
import android.app.KeyguardManager
import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_WEAK
import android.hardware.biometrics.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts.StartActivityForResult
import androidx.annotation.RequiresApi
import butler.app.models.OwnerCheck
import kotlinx.coroutines.CompletableDeferred

/** Asks by face, finger or the phone's own code. */
class DeviceOwner(private val activity: ComponentActivity) : OwnerCheck {
    private val credential = Asking(activity, StartActivityForResult())

    override suspend fun isOwner(why: String): Boolean {
        val guard = activity.getSystemService(KeyguardManager::class.java)
        // A phone that nothing locks has nobody to ask; the butler's files are encrypted all the same.
        if (!guard.isDeviceSecure) return true
        val said = CompletableDeferred<Boolean>()
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            prompt(why, said)
            return said.await()
        }
        @Suppress("DEPRECATION") // What takes its place came with API 30.
        val ask = guard.createConfirmDeviceCredentialIntent(why, null) ?: return true
        return credential.ask(ask).resultCode == RESULT_OK
    }

    @RequiresApi(Build.VERSION_CODES.R)
    private fun prompt(why: String, said: CompletableDeferred<Boolean>) =
        BiometricPrompt.Builder(activity).setTitle(why).setAllowedAuthenticators(BIOMETRIC_WEAK or DEVICE_CREDENTIAL).build()
            .authenticate(CancellationSignal(), activity.mainExecutor, Answer(said))

    /** A finger that was not known may be laid on again: only what ends the question is an answer. */
    @RequiresApi(Build.VERSION_CODES.R)
    private class Answer(private val said: CompletableDeferred<Boolean>) : BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            said.complete(true)
        }

        override fun onAuthenticationError(errorCode: Int, errString: CharSequence) {
            said.complete(false)
        }
    }
}
