import Foundation
#if canImport(os)
import os
#endif

/// The device's clocks.
public final class SystemClock: PlatformClock, Sendable {
    public init() {}

    public func read() throws -> ClockReading {
        var since = timespec()
        #if canImport(Darwin)
        // Darwin's CLOCK_MONOTONIC goes on while the device sleeps.
        clock_gettime(CLOCK_MONOTONIC, &since)
        #else
        clock_gettime(CLOCK_BOOTTIME, &since)
        #endif
        return ClockReading(
            wallMs: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicMs: UInt64(since.tv_sec) * 1_000 + UInt64(since.tv_nsec) / 1_000_000,
            zone: TimeZone.current.identifier
        )
    }
}

/// Log lines for the platform's log: codes and numbers, never what a person typed. Elsewhere they go nowhere.
public final class SystemLog: LogSink, Sendable {
    public init() {}

    public func log(level: LogLevel, code: LogCode, number: UInt64?) throws {
        #if canImport(os)
        let type: OSLogType = switch level {
        case .info: .info
        case .warning: .default
        case .error: .error
        }
        os_log("%{public}@ %{public}@", type: type, "\(code)", number.map(String.init) ?? "")
        #endif
    }
}
