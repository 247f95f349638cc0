import Foundation
import Jangkau
import XCTest

let id = Language.indonesian
let now = RecordStamp()
let every = ListAsk(mine: false, status: nil, overdue: false, unsent: false, search: nil)

/// The story that is told in every language; `story.txt` names its steps.
final class StoryTests: XCTestCase {
    func testStory() async throws {
        var steps: [String] = []
        let step = { (name: String) in
            steps.append(name)
            print("story: \(name)")
        }

        step("enrol")
        let (phone, rina) = try await Phone.of("Rina", "social_worker")
        let (other, budi) = try await Phone.of("Budi", "social_worker")
        try await rina.sync()
        try await budi.sync()

        step("go offline")
        phone.line.isOnline = false
        await assertThrows(VaultError.Offline) { try await rina.sync() }

        step("register a family")
        let form = Register(
            channel: .walkIn, applicant: .family, problem: "Sering bertengkar soal nafkah.", place: "Jombang Wetan", danger: .p3,
            name: "Kenari binti Murai")
        let family = try await rina.vault.record(caseId: nil, command: .register(form), stamp: now)
        try await assertEqual(row(rina).sync, "on_device")

        step("visit")
        let visit = RecordVisit(place: .home, met: true, observation: "Ditemui di rumah, lelah.")
        let before = RecordStamp(occurredAt: Date().addingTimeInterval(-60))
        let visited = try await rina.vault.record(caseId: family, command: .recordVisit(visit), stamp: before)

        step("photo")
        let (photo, taken) = try (rina.vault.newId(), Office.given("JANGKAU_PHOTO"))
        for repeated in [false, true] {
            let once = try await rina.vault.attachFileOnce(id: photo, caseId: family, target: visited, kind: .photo, path: taken)
            XCTAssertEqual(once, RecordedOnce(ids: [photo], repeated: repeated))
        }
        try await assertEqual(attached(rina, family).says, "di HP saja")
        let kept = try await rina.vault.openAttachment(caseId: family, id: photo)
        XCTAssertNil(kept.range(of: Data("GPS".utf8)), "where it was taken stays out")

        step("consent")
        let consent = SignConsent(purposes: [.service], textVersion: "2026-1", afterWithdrawals: [], signedBy: .client)
        _ = try await rina.vault.record(caseId: family, command: .signConsent(consent), stamp: now)
        let closing = try await rina.vault.record(caseId: family, command: .close(Close(surveyOffered: true)), stamp: now)

        step("come online")
        try await assertEqual(rina.vault.standing(language: id).unsent?.count, 5)
        phone.line.isOnline = true
        let run = try rina.vault.startSync()
        try await assertEqual(run.finished().complete, true)
        try await assertEqual(rina.vault.standing(language: id).unsent, nil)
        let sent = try await attached(rina, family)
        XCTAssertEqual(sent.says, "diterima")
        XCTAssertGreaterThan(run.progress().attachmentSteps, sent.parts / 3, "in steps of three parts at most")

        step("see a refusal and its reason")
        let lines = try await rina.vault.timeline(caseId: family, from: 0, language: id).lines
        let refused = try XCTUnwrap(lines.first { $0.id == closing })
        XCTAssertEqual(refused.sync, "refused")
        XCTAssertTrue(refused.verdict.contains("Keadaan kasus tidak memungkinkan langkah ini."), refused.verdict)

        step("hand the case over")
        try await assertEqual(budi.vault.list(ask: every, from: 0, language: id).total, 0)
        _ = try await rina.vault.record(caseId: family, command: .assign(Assign(assignee: other.person)), stamp: now)
        try await rina.sync()
        try await budi.sync()
        try await assertEqual(row(budi).caseId, family)
        try await assertEqual(rina.vault.timeline(caseId: family, from: 0, language: id).lines, [], "it is Budi's now")
        try await assertEqual(attached(budi, family).says, "diterima; isinya belum ada di HP ini")
        try await assertEqual(budi.vault.wantAttachment(caseId: family, id: photo), true)
        try await budi.sync()
        try await assertEqual(attached(budi, family).says, "diterima")
        try await assertEqual(budi.vault.openAttachment(caseId: family, id: photo), kept)

        step("wipe")
        _ = try await rina.vault.record(caseId: nil, command: .register(form), stamp: now)
        try await rina.sync()
        try await assertEqual(rina.vault.list(ask: every, from: 0, language: id).total, 1)
        try Office.retire("Rina")
        try await rina.sync()
        try await assertEqual(rina.vault.standing(language: id).seat, .retired)
        try await assertEqual(rina.vault.list(ask: every, from: 0, language: id).total, 0)

        let told = try String(contentsOfFile: Office.given("JANGKAU_STORY"), encoding: .utf8)
        XCTAssertEqual(steps, told.split(separator: "\n").map(String.init))
    }

    private func attached(_ vault: OpenVault, _ family: String) async throws -> AttachmentLine {
        let lines = try await vault.vault.attachments(caseId: family, from: 0, language: id).lines
        return try XCTUnwrap(lines.first)
    }

    private func row(_ vault: OpenVault) async throws -> ListLine {
        let lines = try await vault.vault.list(ask: every, from: 0, language: id).lines
        return try XCTUnwrap(lines.first)
    }
}

func assertEqual<Value: Equatable>(
    _ value: Value, _ expected: Value, _ why: String = "", file: StaticString = #filePath, line: UInt = #line
) {
    XCTAssertEqual(value, expected, why, file: file, line: line)
}

func assertThrows<Failure: Error & Equatable>(
    _ expected: Failure, file: StaticString = #filePath, line: UInt = #line, _ work: () async throws -> some Any
) async {
    do {
        _ = try await work()
        XCTFail("nothing was thrown", file: file, line: line)
    } catch {
        XCTAssertEqual(error as? Failure, expected, file: file, line: line)
    }
}
