import Foundation
import Jangkau

/// A person's phone, with a line that can be cut.
final class Phone: @unchecked Sendable {
    let person: String
    let line = Line()
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jangkau-\(UUID().uuidString)")
    private let keys = MemoryKeys()

    static let pin = "271828"

    /// Hires a person and gives them a phone; the vault is open.
    static func of(_ name: String, _ role: String) async throws -> (Phone, OpenVault) {
        let phone = try Phone(person: Office.hire(name, role))
        let app = try phone.start()
        let enrolment = try app.enrolment(Office.invite(phone.person))
        return (phone, try await app.enrol(enrolment, pin: pin, shown: name))
    }

    private init(person: String) {
        self.person = person
    }

    /// The app, just started.
    func start() throws -> Jangkau {
        try Jangkau(folder: folder, keys: keys) { [line] server in
            line.http = UrlTransport(server: server)
            return line
        }
    }
}

final class Line: HttpTransport, @unchecked Sendable {
    var http: UrlTransport?
    var isOnline = true
    /// Whether requests hang until they are aborted.
    var hangs = false
    private let hanging = DispatchSemaphore(value: 0)
    private let aborted = DispatchSemaphore(value: 0)

    func waitUntilOneHangs() { hanging.wait() }

    func send(request: HttpRequest) throws -> HttpReply {
        guard isOnline, let http else { throw TransportFault.Offline }
        guard hangs else { return try http.send(request: request) }
        hanging.signal()
        aborted.wait()
        throw TransportFault.Aborted
    }

    func abort(requestId: UInt64) throws {
        aborted.signal()
        try http?.abort(requestId: requestId)
    }
}

/// A phone's key store, in memory. What it makes of its input is no secret here, only the same each time.
final class MemoryKeys: PlatformKeyStore, @unchecked Sendable {
    private var keys: Set<String> = []
    private var marks: [String: Data] = [:]

    func create(label: String) throws { keys.insert(label) }

    func entangle(label: String, input: Data) throws -> Data {
        guard keys.contains(label) else { throw KeyStoreFault.NoKey }
        return Data(input.map { $0 ^ label.utf8.reduce(0) { $0 &+ $1 } })
    }

    func forget(label: String) throws {
        guard keys.remove(label) != nil else { throw KeyStoreFault.NoKey }
    }

    func mark(label: String) throws -> Data? { marks[label] }

    func setMark(label: String, bytes: Data) throws { marks[label] = bytes }
}
