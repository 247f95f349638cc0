package org.jangkau

import java.io.File
import java.time.Instant
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** The story that is told in every language; `story.txt` names its steps. */
class StoryTest {
    private lateinit var phone: Phone
    private lateinit var rina: OpenVault
    private lateinit var budi: OpenVault
    private lateinit var budiId: String
    private lateinit var case: String
    private lateinit var closing: String
    private val family = Register(
        channel = Channel.WALK_IN, applicant = ApplicantKind.FAMILY, name = "Kenari binti Murai",
        problem = "Sering bertengkar soal nafkah.", place = "Jombang Wetan", danger = SafetyLevel.P3,
    )
    private val steps = mutableListOf<String>()

    @TestFactory
    fun story(): List<DynamicTest> {
        val told = listOf(
            step("enrol") {
                Phone.of("Rina", "social_worker").let { (its, vault) -> phone = its; rina = vault }
                Phone.of("Budi", "social_worker").let { (its, vault) -> budiId = its.person; budi = vault }
                rina.sync()
                budi.sync()
            },
            step("go offline") {
                phone.online = false
                assertFailsWith<VaultException.Offline> { rina.sync() }
            },
            step("register a family") {
                case = rina.record(null, CaseCommand.Register(family), NOW)
                assertEquals("on_device", row(rina).sync)
            },
            step("visit") {
                val visit = RecordVisit(place = VisitPlace.HOME, met = true, observation = "Ditemui di rumah, lelah.")
                rina.record(case, CaseCommand.RecordVisit(visit), RecordStamp(Instant.now().minusSeconds(60)))
            },
            step("consent") {
                val consent = SignConsent(textVersion = "2026-1", purposes = listOf(Purpose.SERVICE), afterWithdrawals = listOf(), signedBy = Signatory.CLIENT)
                rina.record(case, CaseCommand.SignConsent(consent), NOW)
                closing = rina.record(case, CaseCommand.Close(Close(surveyOffered = true)), NOW)
            },
            step("come online") {
                assertEquals(4uL, rina.standing(ID).unsent?.count)
                phone.online = true
                assertEquals(true, rina.sync().complete)
                assertNull(rina.standing(ID).unsent)
            },
            step("see a refusal and its reason") {
                val line = rina.timeline(case, 0u, ID).lines.single { it.id == closing }
                assertEquals("refused", line.sync)
                assertContains(line.verdict, "Keadaan kasus tidak memungkinkan langkah ini.")
            },
            step("hand the case over") {
                assertEquals(0uL, budi.list(EVERY, 0u, ID).total)
                rina.record(case, CaseCommand.Assign(Assign(assignee = budiId)), NOW)
                rina.sync()
                budi.sync()
                assertEquals(case, row(budi).caseId)
                assertEquals(listOf(), rina.timeline(case, 0u, ID).lines, "it is Budi's now")
            },
            step("wipe") {
                rina.record(null, CaseCommand.Register(family), NOW)
                rina.sync()
                assertEquals(1uL, rina.list(EVERY, 0u, ID).total)
                Office.retire("Rina")
                rina.sync()
                assertEquals(SeatStanding.RETIRED, rina.standing(ID).seat)
                assertEquals(0uL, rina.list(EVERY, 0u, ID).total)
            },
        )
        assertEquals(File(System.getenv("JANGKAU_STORY")).readLines(), steps)
        return told
    }

    private suspend fun row(vault: OpenVault): ListLine = vault.list(EVERY, 0u, ID).lines.single()

    private fun step(name: String, run: suspend () -> Unit): DynamicTest {
        steps += name
        return dynamicTest(name) { runBlocking { run() } }
    }
}
