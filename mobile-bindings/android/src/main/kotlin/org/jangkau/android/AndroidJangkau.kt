package org.jangkau.android

import android.content.Context
import android.os.SystemClock
import android.util.Log
import java.io.File
import java.time.ZoneId
import org.jangkau.ClockReading
import org.jangkau.Jangkau
import org.jangkau.LogCode
import org.jangkau.LogLevel
import org.jangkau.LogSink
import org.jangkau.PlatformClock
import org.jangkau.vaultsAreEncrypted

/** Opens the vaults of this phone, in the folder that Android never backs up. Refuses a library that does not encrypt them. */
fun openJangkau(context: Context): Jangkau {
    check(vaultsAreEncrypted()) { "this library was built for trying out: it does not encrypt vaults" }
    val folder = File(context.noBackupFilesDir, "vaults")
    val keys = KeystoreKeys(File(context.noBackupFilesDir, "marks"))
    return Jangkau.open(folder, keys, AndroidClock, AndroidLog)
}

/** The phone's clocks. */
object AndroidClock : PlatformClock {
    override fun read() = ClockReading(
        wallMs = System.currentTimeMillis(),
        monotonicMs = SystemClock.elapsedRealtime().toULong(),
        zone = ZoneId.systemDefault().id,
    )
}

/** Log lines for Logcat: codes and numbers. */
object AndroidLog : LogSink {
    override fun log(level: LogLevel, code: LogCode, number: ULong?) {
        val priority = when (level) {
            LogLevel.INFO -> Log.INFO
            LogLevel.WARNING -> Log.WARN
            LogLevel.ERROR -> Log.ERROR
        }
        Log.println(priority, "jangkau", if (number == null) code.name else "${code.name} $number")
    }
}
