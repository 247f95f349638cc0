package org.jangkau.android

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import org.jangkau.KeyStoreFault
import org.jangkau.PlatformKeyStore

/** Android's key store: keys for HMAC that cannot leave it, in the phone's security chip where it has one. Marks lie in `marks`. */
class KeystoreKeys(private val marks: File) : PlatformKeyStore {
    override fun create(label: String) = asked {
        try {
            make(label, inChip = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P)
        } catch (_: StrongBoxUnavailableException) {
            make(label, inChip = false)
        }
    }

    override fun entangle(label: String, input: ByteArray): ByteArray = asked {
        val key = store().getKey(label, null) ?: throw KeyStoreFault.NoKey()
        Mac.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256).run {
            init(key)
            doFinal(input)
        }
    }

    override fun forget(label: String) = asked {
        val store = store()
        if (!store.containsAlias(label)) throw KeyStoreFault.NoKey()
        store.deleteEntry(label)
    }

    override fun mark(label: String): ByteArray? = asked { file(label).takeIf { it.exists() }?.readBytes() }

    override fun setMark(label: String, bytes: ByteArray) = asked {
        marks.mkdirs()
        val written = File(marks, "$label.new")
        FileOutputStream(written).use {
            it.write(bytes)
            it.fd.sync()
        }
        if (!written.renameTo(file(label))) throw KeyStoreFault.Unavailable()
    }

    private fun file(label: String) = File(marks, label)

    private fun store(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    private fun make(label: String, inChip: Boolean) {
        val spec = KeyGenParameterSpec.Builder(label, KeyProperties.PURPOSE_SIGN)
        if (inChip) spec.setIsStrongBoxBacked(true)
        KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256, PROVIDER).run {
            init(spec.build())
            generateKey()
        }
    }

    private fun <T> asked(ask: () -> T): T = try {
        ask()
    } catch (_: GeneralSecurityException) {
        throw KeyStoreFault.Unavailable()
    } catch (_: IOException) {
        throw KeyStoreFault.Unavailable()
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}
