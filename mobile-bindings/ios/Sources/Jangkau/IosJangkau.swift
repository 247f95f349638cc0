#if canImport(UIKit) && canImport(BackgroundTasks)
import BackgroundTasks
import Foundation
import JangkauFFI
import UIKit

/// This library was built for trying out: it does not encrypt vaults.
public struct NotEncrypted: Error {}

extension Jangkau {
    /// Opens the vaults of this phone, in a folder that no backup takes. Refuses a library that does not encrypt them.
    public static func onThisPhone() throws -> Jangkau {
        guard vaultsAreEncrypted() else { throw NotEncrypted() }
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var folder = support.appendingPathComponent("vaults", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
        var outside = URLResourceValues()
        outside.isExcludedFromBackup = true
        try folder.setResourceValues(outside)
        return try Jangkau(folder: folder, keys: KeychainKeys())
    }
}

/// Calls `leave` when the app goes out of sight; an app hides its vault there. Lasts as long as it is kept.
@MainActor
public final class LockOnLeave {
    private var watch: (any NSObjectProtocol)?

    public init(leave: @escaping @Sendable () async -> Void) {
        watch = NotificationCenter.default.addObserver(
            forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: .main
        ) { _ in
            // iOS stops the app soon: it is asked for the moment that this takes.
            let application = UIApplication.shared
            let task = application.beginBackgroundTask()
            Task {
                await leave()
                application.endBackgroundTask(task)
            }
        }
    }

    deinit {
        if let watch { NotificationCenter.default.removeObserver(watch) }
    }
}

/// Sends and fetches when iOS allows it, as long as a vault is open: a hidden one has no keys in memory, and waits for its PIN.
public enum BackgroundSync {
    /// Stands in the app's `BGTaskSchedulerPermittedIdentifiers`.
    public static let identifier = "org.jangkau.sync"

    /// Call it while the app launches. `openVault` gives the vault that is open then, if one is.
    public static func register(openVault: @escaping @Sendable () -> OpenVault?) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
            schedule()
            let work = Task {
                // iOS gives such a task half a minute.
                let synced = try? await openVault()?.sync(budget: 20)
                task.setTaskCompleted(success: synced != nil)
            }
            task.expirationHandler = { work.cancel() }
        }
    }

    /// Asks for the next one, in a quarter of an hour at the earliest.
    public static func schedule() {
        let request = BGAppRefreshTaskRequest(identifier: identifier)
        request.earliestBeginDate = Date(timeIntervalSinceNow: 15 * 60)
        try? BGTaskScheduler.shared.submit(request)
    }
}
#endif
