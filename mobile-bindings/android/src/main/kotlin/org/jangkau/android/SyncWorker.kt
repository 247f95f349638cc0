package org.jangkau.android

import android.content.Context
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.NetworkType
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.minutes
import org.jangkau.OpenVault
import org.jangkau.VaultException

/** Sends and fetches while there is a network, as long as a vault is open: a hidden one has no keys in memory, and waits for its PIN. */
class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val vault = openVault ?: return Result.success()
        return try {
            vault.sync(BUDGET)
            Result.success()
        } catch (_: VaultException.Offline) {
            Result.retry()
        } catch (_: VaultException.ServerBusy) {
            Result.retry()
        } catch (_: VaultException) {
            // The person sees what is so on the screen: here is nobody who could act upon it.
            Result.failure()
        }
    }

    companion object {
        /** The vault that is open now; the app says which, and null when it is hidden. */
        @Volatile
        var openVault: OpenVault? = null

        /** Work that Android lets run for ten minutes stops itself before that. */
        private val BUDGET = 8.minutes

        /** Asks for a try every quarter of an hour, which is the most that Android allows. */
        fun schedule(context: Context) {
            val network = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()
            val work = PeriodicWorkRequestBuilder<SyncWorker>(15, TimeUnit.MINUTES).setConstraints(network).build()
            WorkManager.getInstance(context).enqueueUniquePeriodicWork("jangkau-sync", ExistingPeriodicWorkPolicy.KEEP, work)
        }
    }
}
