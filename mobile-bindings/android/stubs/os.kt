package android.os

class Bundle

object Build {
    object VERSION {
        @JvmField
        var SDK_INT = 0
    }

    object VERSION_CODES {
        const val P = 28
    }
}

object SystemClock {
    fun elapsedRealtime(): Long = 0
}
