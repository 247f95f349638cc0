package org.jangkau.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import android.view.WindowManager
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Calls `leave` when the last screen of the app goes out of sight; an app hides its vault there. Keeps every screen out of screenshots
 * and of the list of recent apps. Register it with [Application.registerActivityLifecycleCallbacks].
 */
class LockOnLeave(private val scope: CoroutineScope, private val leave: suspend () -> Unit) :
    Application.ActivityLifecycleCallbacks {
    private var inSight = 0

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) {
        activity.window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
    }

    override fun onActivityStarted(activity: Activity) {
        inSight += 1
    }

    override fun onActivityStopped(activity: Activity) {
        inSight -= 1
        if (inSight == 0 && !activity.isChangingConfigurations) scope.launch { leave() }
    }

    override fun onActivityResumed(activity: Activity) = Unit
    override fun onActivityPaused(activity: Activity) = Unit
    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit
    override fun onActivityDestroyed(activity: Activity) = Unit
}
