package org.jangkau

import java.time.ZoneId
import java.util.logging.Level
import java.util.logging.Logger

/** The clocks of a Java machine. Android has better: `AndroidClock`. */
object JvmClock : PlatformClock {
    override fun read() = ClockReading(
        wallMs = System.currentTimeMillis(),
        monotonicMs = (System.nanoTime() / NANOS_PER_MILLI).toULong(),
        zone = ZoneId.systemDefault().id,
    )

    private const val NANOS_PER_MILLI = 1_000_000
}

/** Log lines by way of the platform's own logger: codes and numbers, never what a person typed. */
object JvmLog : LogSink {
    private val logger = Logger.getLogger("jangkau")

    override fun log(level: LogLevel, code: LogCode, number: ULong?) = logger.log(
        when (level) {
            LogLevel.INFO -> Level.FINE
            LogLevel.WARNING -> Level.WARNING
            LogLevel.ERROR -> Level.SEVERE
        },
        if (number == null) code.name else "${code.name} $number",
    )
}
