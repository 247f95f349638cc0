package org.jangkau

import java.io.File
import java.time.Instant
import kotlin.test.assertContains
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
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
    private lateinit var visit: String
    private lateinit var photo: String
    private lateinit var kept: ByteArray
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
                val seen = RecordVisit(place = VisitPlace.HOME, met = true, observation = "Ditemui di rumah, lelah.")
                visit = rina.record(case, CaseCommand.RecordVisit(seen), RecordStamp(Instant.now().minusSeconds(60)))
            },
            step("photo") {
                photo = rina.newId()
                val taken = System.getenv("JANGKAU_PHOTO")
                for (repeated in listOf(false, true)) {
                    val once = rina.attachFileOnce(photo, case, visit, AttachmentKind.PHOTO, taken)
                    assertEquals(RecordedOnce(listOf(photo), repeated), once)
                }
                assertEquals("di HP saja", attached(rina).says)
                kept = rina.openAttachment(case, photo)
                assertFalse("GPS" in kept.toString(Charsets.ISO_8859_1), "where it was taken stays out")
            },
            step("consent") {
                val consent = SignConsent(textVersion = "2026-1", purposes = listOf(Purpose.SERVICE), afterWithdrawals = listOf(), signedBy = Signatory.CLIENT)
                rina.record(case, CaseCommand.SignConsent(consent), NOW)
                closing = rina.record(case, CaseCommand.Close(Close(surveyOffered = true)), NOW)
            },
            step("come online") {
                assertEquals(5uL, rina.standing(ID).unsent?.count)
                phone.online = true
                phone.delayMs = 100
                val seen = followed()
                phone.delayMs = 0
                assertEquals(listOf("di HP saja", "diterima"), listOf(seen.first(), seen.last()))
                assertTrue(seen.any { "sedang dikirim, " in it }, "$seen")
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
                assertEquals("diterima; isinya belum ada di HP ini", attached(budi).says)
                assertTrue(budi.wantAttachment(case, photo))
                budi.sync()
                assertEquals("diterima", attached(budi).says)
                assertContentEquals(kept, budi.openAttachment(case, photo))
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

    private suspend fun attached(vault: OpenVault): AttachmentLine = vault.attachments(case, 0u, ID).lines.single()

    /** What a screen that follows the vault shows of the photo while an exchange goes on. */
    private suspend fun followed(): List<String> = coroutineScope {
        val seen = mutableListOf<String>()
        val screen = launch(start = CoroutineStart.UNDISPATCHED) {
            rina.live({ it.isAbout(case) }) { attached(this).says }.takeWhile { seen += it; it != "diterima" }.collect()
        }
        assertEquals(true, rina.sync().complete)
        withTimeout(10.seconds) { screen.join() }
        seen
    }

    private suspend fun row(vault: OpenVault): ListLine = vault.list(EVERY, 0u, ID).lines.single()

    private fun step(name: String, run: suspend () -> Unit): DynamicTest {
        steps += name
        return dynamicTest(name) { runBlocking { run() } }
    }
}
