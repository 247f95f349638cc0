package android.app

import android.content.Context
import android.os.Bundle
import android.view.Window

abstract class Activity : Context() {
    abstract val window: Window
    abstract val isChangingConfigurations: Boolean
}

abstract class Application : Context() {
    interface ActivityLifecycleCallbacks {
        fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?)
        fun onActivityStarted(activity: Activity)
        fun onActivityResumed(activity: Activity)
        fun onActivityPaused(activity: Activity)
        fun onActivityStopped(activity: Activity)
        fun onActivitySaveInstanceState(activity: Activity, outState: Bundle)
        fun onActivityDestroyed(activity: Activity)
    }
}
