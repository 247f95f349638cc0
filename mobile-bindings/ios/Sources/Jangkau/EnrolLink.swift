import Foundation

/// What an invitation says: where the server is, and the one-time code. The QR code of an invitation holds it as
/// `jangkau://enrol?server=...&code=...`.
public struct EnrolLink: Sendable, CustomStringConvertible, CustomReflectable {
    public let server: URL
    public let code: String

    /// The code is as good as a key until it is used.
    public var description: String { "EnrolLink(…)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Reads a link; nil where it is none.
    public init?(_ text: String) {
        guard let link = URLComponents(string: text), link.scheme == "jangkau", link.host == "enrol" else { return nil }
        let given = { (name: String) in link.queryItems?.first { $0.name == name }?.value ?? "" }
        guard let server = serverAddress(given("server")), !given("code").isEmpty else { return nil }
        self.server = server
        code = given("code")
    }
}

/// The address of a server; nil where it is none. Plain HTTP is for this machine alone.
func serverAddress(_ text: String) -> URL? {
    guard let address = URL(string: text), let host = address.host else { return nil }
    let isLoopback = ["127.0.0.1", "localhost"].contains(host)
    return address.scheme == "https" || address.scheme == "http" && isLoopback ? address : nil
}
