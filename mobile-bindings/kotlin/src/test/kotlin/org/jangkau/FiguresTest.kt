package org.jangkau

import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.measureTime
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/** What a day costs on a vault with many cases: printed, not asserted. `scripts/long-kotlin.sh` runs it over the library that ships. */
@Tag("long")
class FiguresTest {
    private val cases = System.getenv("JANGKAU_CASES")?.toInt() ?: 10_000

    @Test
    fun figures() = runBlocking {
        assertTrue(vaultsAreEncrypted(), "figures are told of what ships")
        val (phone, first) = Phone.of("Wulan", "social_worker")
        // With the institution's standard, by which each case is reckoned.
        first.sync()
        val rich = first.use { fill(it) }
        val app = phone.start()
        val id = app.vaults().single().id

        // A PIN is stretched for a reason; what is measured is what comes after, so both stand apart.
        tell("opening by the PIN alone", 5) { app.unlock(id, Phone.PIN).use { it.hide() } }
        tell("cold open to the first page, with the PIN (goal 300 ms)", 5) {
            app.unlock(id, Phone.PIN).use {
                assertEquals(cases.toULong() + 1u, it.list(EVERY, 0u, ID).total)
                it.hide()
            }
        }
        app.unlock(id, Phone.PIN).use { vault ->
            tell("the first page again", 20) { vault.list(EVERY, 0u, ID) }
            tell("a case with 200 facts (goal 30 ms)", 20) {
                vault.header(rich, ID)
                vault.timeline(rich, 0u, ID)
            }
            tell("saving a visit, on the disk (goal 20 ms)", 50) { vault.visit(rich) }
            tell("search (goal 50 ms)", 20) { vault.list(EVERY.copy(search = "Keluarga ${cases / 2}"), 0u, ID) }
            println("memory at its peak before Hari ini: ${status("VmHWM")}")
            tell("Hari ini over all of them", 3) { vault.today(0u, ID) }
            // Waits until the file is closed: a process must not end in the midst of that.
            vault.hide()
        }
        val runtime = Runtime.getRuntime()
        println("memory at its peak: ${status("VmHWM")} in all, ${(runtime.totalMemory() - runtime.freeMemory()) / 1_048_576} MB on the heap now")
    }

    /** Opens the cases and one with 200 facts; gives that one. */
    private suspend fun fill(vault: OpenVault): String {
        val took = measureTime { repeat(cases) { vault.register("Keluarga $it") } }
        println("recording $cases cases: $took")
        val rich = vault.register("Kenari")
        repeat(200) { vault.visit(rich) }
        vault.hide()
        return rich
    }

    private suspend fun tell(what: String, times: Int, work: suspend () -> Unit) {
        val took: List<Duration> = List(times) { measureTime { work() } }.sorted()
        println("$what: ${took[times / 2]} at the median of $times, ${took.last()} at most")
    }
}

internal suspend fun OpenVault.register(name: String): String {
    val form = Register(channel = Channel.WALK_IN, applicant = ApplicantKind.FAMILY, name = name, problem = "Bertengkar.")
    return record(null, CaseCommand.Register(form), NOW)
}

internal suspend fun OpenVault.visit(caseId: String): String {
    val visit = RecordVisit(place = VisitPlace.HOME, met = true, observation = "Ditemui di rumah; anak-anak sehat, ibu lelah.")
    return record(caseId, CaseCommand.RecordVisit(visit), NOW)
}

/** A line of what Linux says of this process. */
internal fun status(name: String): String = File("/proc/self/status").readLines().first { it.startsWith(name) }.substringAfter(":").trim()
