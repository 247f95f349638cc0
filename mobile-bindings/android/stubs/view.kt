package android.view

abstract class Window {
    abstract fun addFlags(flags: Int)
}

object WindowManager {
    object LayoutParams {
        const val FLAG_SECURE = 8192
    }
}
