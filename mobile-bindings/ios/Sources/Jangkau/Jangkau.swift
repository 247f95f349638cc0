import Foundation
@_exported import JangkauFFI

/// This device belongs to another office.
public struct AnotherOffice: Error {}

/// What an app begins with: the vaults of this device, one for each person who works on it. An app has one of these.
public final class Jangkau: Sendable {
    private let folder: VaultFolder
    private let server: ServerFile

    /// Opens a folder, which must be outside of every backup of the platform's. `transport` makes the way to the server, whose address
    /// it is told; without one it is URLSession.
    public init(
        folder: URL,
        keys: any PlatformKeyStore,
        clock: any PlatformClock = SystemClock(),
        log: any LogSink = SystemLog(),
        transport: (@escaping @Sendable () -> URL?) -> any HttpTransport = UrlTransport.init(server:)
    ) throws {
        let server = ServerFile(file: folder.appendingPathComponent("server"))
        let way = transport { server.address }
        self.server = server
        self.folder = try VaultFolder.open(path: folder.path, keystore: keys, clock: clock, transport: way, log: log)
    }

    /// What the screen before the PIN lists.
    public func vaults() async throws -> [VaultLine] { try await folder.list() }

    /// Begins an enrolment. Keep it until `enrol` has given a vault: the code is good once.
    public func enrolment(_ link: EnrolLink) throws -> Enrolment {
        try server.keep(link.server)
        return try folder.enrolment(code: link.code)
    }

    /// Asks the office for a seat, and makes its vault under a PIN. `shown` is what the list may show of its person.
    public func enrol(_ enrolment: Enrolment, pin: String, shown: String) async throws -> OpenVault {
        try OpenVault(await folder.enrol(enrolment: enrolment, pin: pin, shown: shown))
    }

    /// Opens a vault by its PIN.
    public func unlock(_ vaultId: String, pin: String) async throws -> OpenVault {
        try OpenVault(await folder.unlock(vaultId: vaultId, pin: pin))
    }

    /// Changes the PIN of a vault, by who knows the former one.
    public func changePin(_ vaultId: String, former: String, pin: String) async throws {
        try await folder.changePin(vaultId: vaultId, former: former, pin: pin)
    }

    /// Begins to ask the institution for a vault whose PIN was forgotten. Its code is what the person reads to the head.
    public func askRelease(_ vaultId: String) async throws -> Release { try await folder.askRelease(vaultId: vaultId) }

    /// Once the head has approved: opens the vault under a new PIN.
    public func unlockReleased(_ release: Release, pin: String) async throws -> OpenVault {
        try OpenVault(await folder.unlockReleased(release: release, pin: pin))
    }
}

/// Where the office's server is. One folder of vaults belongs to one office.
private struct ServerFile: Sendable {
    let file: URL

    var address: URL? { (try? String(contentsOf: file, encoding: .utf8)).flatMap(serverAddress) }

    func keep(_ server: URL) throws {
        let former = address
        if let former, former != server { throw AnotherOffice() }
        if former == nil { try Data(server.absoluteString.utf8).write(to: file, options: .atomic) }
    }
}
