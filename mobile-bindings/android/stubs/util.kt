package android.util

object Log {
    const val INFO = 4
    const val WARN = 5
    const val ERROR = 6

    fun println(@Suppress("UNUSED_PARAMETER") priority: Int, tag: String, msg: String): Int = (tag + msg).length
}
