import Jangkau
import XCTest

final class OpenVaultTests: XCTestCase {
    func testHiddenIsLockedUntilThePinOpensIt() async throws {
        let (phone, vault) = try await Phone.of("Dewi", "social_worker")
        let family = try await register(vault, "Kenari")
        try await vault.vault.hide()
        await assertThrows(VaultError.Hidden) { try await vault.vault.today(from: 0, language: id) }
        let app = try phone.start()
        let lines = try await app.vaults()
        let line = try XCTUnwrap(lines.first)
        await assertThrows(VaultError.WrongPin(left: 9)) { try await app.unlock(line.id, pin: "314159") }
        let again = try await app.unlock(line.id, pin: Phone.pin)
        try await assertEqual(again.vault.list(ask: every, from: 0, language: id).lines.map(\.caseId), [family])
    }

    func testALiveScreenFollowsWhatIsRecorded() async throws {
        let (_, vault) = try await Phone.of("Dewi", "social_worker")
        let screens = vault.live { try await $0.list(ask: every, from: 0, language: id).total }
        var changes = vault.changes.makeAsyncIterator()
        var totals: [UInt64] = []
        for try await total in screens {
            totals.append(total)
            if total == 1 { break }
            let family = try await register(vault, "Kenari")
            let change = await changes.next()
            XCTAssertEqual(change?.cases, [CaseChange(caseId: family, kinds: [.recorded])])
        }
        XCTAssertEqual(totals, [0, 1])
    }

    func testPagesBecomeOneSequence() async throws {
        let (_, vault) = try await Phone.of("Dewi", "social_worker")
        for number in 0..<60 { _ = try await register(vault, "Keluarga \(number)") }
        var found: Set<String> = []
        for try await line in vault.cases(every, language: id) { found.insert(line.caseId) }
        XCTAssertEqual(found.count, 60)
    }

    func testACancelledExchangeStopsTheRequestUnderWay() async throws {
        let (phone, vault) = try await Phone.of("Dewi", "social_worker")
        _ = try await register(vault, "Kenari")
        phone.line.hangs = true
        let exchange = Task { try await vault.sync() }
        await Task.detached { phone.line.waitUntilOneHangs() }.value
        exchange.cancel()
        await assertThrows(VaultError.Cancelled) { try await exchange.value }
        phone.line.hangs = false
        try await assertEqual(vault.sync().complete, true)
        try await assertEqual(vault.vault.standing(language: id).unsent, nil)
    }

    func testNothingPersonalStandsInATextForLogs() async throws {
        let (_, vault) = try await Phone.of("Dewi", "social_worker")
        _ = try await register(vault, "Kenari")
        let screen = try await vault.vault.list(ask: every, from: 0, language: id)
        let shown = "\(screen) \(String(reflecting: screen.lines)) \(form("Kenari"))"
        XCTAssertFalse(shown.contains("Kenari"), shown)
    }

    func testALinkHoldsServerAndCode() {
        let link = EnrolLink("jangkau://enrol?server=https%3A%2F%2Flk3.example.go.id%3A8443&code=AB-12")
        XCTAssertEqual(link?.server.absoluteString, "https://lk3.example.go.id:8443")
        XCTAssertEqual(link?.code, "AB-12")
        let wrong = [
            "", "AB-12", "https://enrol?server=https%3A%2F%2Fa&code=b", "jangkau://enrol?code=b",
            "jangkau://other?server=https%3A%2F%2Fa&code=b", "jangkau://enrol?server=https%3A%2F%2Fa&code=",
            "jangkau://enrol?server=http%3A%2F%2Fa.id&code=b",
        ]
        for text in wrong { XCTAssertNil(EnrolLink(text), text) }
    }

    private func form(_ name: String) -> Register {
        Register(channel: .walkIn, applicant: .family, problem: "Bertengkar.", name: name)
    }

    private func register(_ vault: OpenVault, _ name: String) async throws -> String {
        try await vault.vault.record(caseId: nil, command: .register(form(name)), stamp: now)
    }
}
