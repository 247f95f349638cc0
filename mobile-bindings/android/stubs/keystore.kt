package android.security.keystore

import java.security.ProviderException
import java.security.spec.AlgorithmParameterSpec

object KeyProperties {
    const val KEY_ALGORITHM_HMAC_SHA256 = "HmacSHA256"
    const val PURPOSE_SIGN = 4
}

class StrongBoxUnavailableException : ProviderException()

class KeyGenParameterSpec private constructor() : AlgorithmParameterSpec {
    class Builder(@Suppress("UNUSED_PARAMETER") keystoreAlias: String, @Suppress("UNUSED_PARAMETER") purposes: Int) {
        fun setIsStrongBoxBacked(@Suppress("UNUSED_PARAMETER") isStrongBoxBacked: Boolean): Builder = this
        fun build() = KeyGenParameterSpec()
    }
}
