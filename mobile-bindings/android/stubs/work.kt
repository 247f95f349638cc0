package androidx.work

import android.content.Context
import java.util.concurrent.TimeUnit

class WorkerParameters

enum class NetworkType { CONNECTED }

enum class ExistingPeriodicWorkPolicy { KEEP }

abstract class ListenableWorker {
    abstract class Result {
        companion object {
            fun success(): Result = object : Result() {}
            fun retry(): Result = object : Result() {}
            fun failure(): Result = object : Result() {}
        }
    }
}

abstract class CoroutineWorker(val context: Context, val parameters: WorkerParameters) : ListenableWorker() {
    abstract suspend fun doWork(): Result
}

class Constraints {
    class Builder {
        fun setRequiredNetworkType(@Suppress("UNUSED_PARAMETER") networkType: NetworkType): Builder = this
        fun build() = Constraints()
    }
}

class PeriodicWorkRequest {
    class Builder {
        fun setConstraints(@Suppress("UNUSED_PARAMETER") constraints: Constraints): Builder = this
        fun build() = PeriodicWorkRequest()
    }
}

inline fun <reified W : ListenableWorker> PeriodicWorkRequestBuilder(
    repeatInterval: Long,
    repeatIntervalTimeUnit: TimeUnit,
): PeriodicWorkRequest.Builder = PeriodicWorkRequest.Builder().also { check(repeatIntervalTimeUnit.toMillis(repeatInterval) > 0) }

abstract class WorkManager {
    abstract fun enqueueUniquePeriodicWork(name: String, policy: ExistingPeriodicWorkPolicy, request: PeriodicWorkRequest)

    companion object {
        fun getInstance(@Suppress("UNUSED_PARAMETER") context: Context): WorkManager = error("a stub")
    }
}
