import Foundation
import Jangkau

/// The office that `scripts/office.sh` opened: a real server, asked as its administrator.
enum Office {
    /// Adds a person; gives their id.
    static func hire(_ name: String, _ role: String) throws -> String {
        try admin("add-staff", "--name", name, "--role", role).after("person: ")
    }

    /// Invites a person to enrol a device.
    static func invite(_ person: String) throws -> EnrolLink {
        guard let link = try EnrolLink(admin("invite", "--person", person).after("link: ")) else { throw Unexpected() }
        return link
    }

    /// Retires the only device of a person.
    static func retire(_ name: String) throws {
        let lines = try admin("list").split(separator: "\n").map(String.init)
        guard let at = lines.firstIndex(where: { $0.contains(name) }) else { throw Unexpected() }
        let seat = lines[at + 1].after("seat ").prefix { $0 != " " }
        _ = try admin("revoke", "--seat", String(seat), "--how", "retired")
    }

    static func given(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Unexpected() }
        return value
    }

    private static func admin(_ words: String...) throws -> String {
        let (process, told) = (Process(), Pipe())
        process.executableURL = try URL(fileURLWithPath: given("JANGKAU_SERVER"))
        process.arguments = try ["admin"] + words + ["--institution", given("JANGKAU_INSTITUTION")]
        process.standardOutput = told
        try process.run()
        let text = String(decoding: told.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unexpected() }
        return text
    }
}

/// The test cannot go on.
struct Unexpected: Error {}

extension String {
    fileprivate func after(_ word: String) -> String {
        guard let found = range(of: word) else { return "" }
        return self[found.upperBound...].prefix { $0 != "\n" }.trimmingCharacters(in: .whitespaces)
    }
}
