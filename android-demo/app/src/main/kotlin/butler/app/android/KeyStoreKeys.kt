package butler.app.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import butler.AppException
import butler.KeyProvider
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The key of the butler's files. It lies in a file of its own, sealed by a key that never leaves the phone's key store. No
 * file means certainly no key; whatever cannot be read is not there *now*, and throws.
 */
class KeyStoreKeys(context: Context) : KeyProvider {
    private val file = File(context.noBackupFilesDir, "key")

    override fun key(): ByteArray? {
        if (!file.exists()) return null
        return tried {
            val sealed = file.readBytes()
            val cipher = Cipher.getInstance(CIPHER)
            cipher.init(Cipher.DECRYPT_MODE, seal() ?: throw GeneralSecurityException("no seal"), GCMParameterSpec(TAG_BITS, sealed, 0, IV))
            cipher.doFinal(sealed, IV, sealed.size - IV)
        }
    }

    override fun keep(key: ByteArray) = tried {
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.ENCRYPT_MODE, seal() ?: newSeal())
        val whole = cipher.iv + cipher.doFinal(key)
        // A file that is there is whole: it is written beside its place and then moved.
        val beside = File(file.path + ".new")
        beside.outputStream().use { out -> out.write(whole); out.fd.sync() }
        if (!beside.renameTo(file)) throw IOException("the key was not kept")
    }

    private fun seal(): SecretKey? = KeyStore.getInstance(STORE).run { load(null); getKey(SEAL, null) as SecretKey? }

    private fun newSeal(): SecretKey {
        val use = KeyGenParameterSpec.Builder(SEAL, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BITS)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE).run { init(use); generateKey() }
    }

    private fun <T> tried(work: () -> T): T = try {
        work()
    } catch (_: GeneralSecurityException) {
        throw AppException.Failed()
    } catch (_: IOException) {
        throw AppException.Failed()
    }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val SEAL = "butler"
        const val CIPHER = "AES/GCM/NoPadding"
        const val KEY_BITS = 256
        const val TAG_BITS = 128
        const val IV = 12
    }
}
