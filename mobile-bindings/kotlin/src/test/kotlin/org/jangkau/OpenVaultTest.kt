package org.jangkau

import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

class OpenVaultTest {
    private val given = runBlocking { Phone.of("Dewi", "social_worker") }
    private val phone = given.first
    private val vault = given.second

    @AfterTest
    fun close() = vault.close()

    @Test
    fun `hidden is locked until the PIN opens it`() = test {
        val case = vault.register("Kenari")
        vault.hide()
        assertFailsWith<VaultException.Hidden> { vault.today(0u, ID) }
        val app = phone.start()
        val line = app.vaults().single()
        assertEquals(9u, assertFailsWith<VaultException.WrongPin> { app.unlock(line.id, "314159") }.left.toUInt())
        app.unlock(line.id, Phone.PIN).use { assertEquals(case, it.list(EVERY, 0u, ID).lines.single().caseId) }
    }

    @Test
    fun `a live screen follows what is recorded`() = test {
        val totals = async(start = CoroutineStart.UNDISPATCHED) { vault.live { list(EVERY, 0u, ID).total }.take(2).toList() }
        vault.register("Kenari")
        assertEquals(1uL, totals.await().last())
        val change = async(start = CoroutineStart.UNDISPATCHED) { vault.changes.first { it.isAboutScreens } }
        val case = vault.register("Murai")
        assertEquals(listOf(CaseChange(case, listOf(ChangeKind.RECORDED))), change.await().cases)
    }

    @Test
    fun `pages become one flow`() = test {
        val total = 60
        repeat(total) { vault.register("Keluarga $it") }
        val all = vault.cases(EVERY, ID).toList()
        assertEquals(total, all.map { it.caseId }.toSet().size)
        assertEquals(3, vault.cases(EVERY, ID).take(3).toList().size)
        val found = vault.cases(EVERY.copy(search = "Keluarga 59"), ID).toList()
        assertEquals(listOf("Keluarga 59"), found.map { it.name })
    }

    @Test
    fun `nothing personal stands in a text for logs`() = test {
        val form = Register(channel = Channel.WALK_IN, applicant = ApplicantKind.FAMILY, name = "Kenari binti Murai")
        vault.register("Kenari binti Murai")
        val shown = listOf(form, CaseCommand.Register(form), vault.list(EVERY, 0u, ID), vault.today(0u, ID)).joinToString()
        assertFalse("Kenari" in shown, shown)
    }

    @Test
    fun `a device belongs to one office`() {
        val link = checkNotNull(EnrolLink.parse("jangkau://enrol?server=https%3A%2F%2Felsewhere.example.go.id&code=AB-12"))
        assertFailsWith<IllegalArgumentException> { phone.start().enrolment(link) }
    }

    @Test
    fun `a cancelled exchange stops the request under way, and the next one goes on`() = test {
        vault.register("Kenari")
        phone.hangs = true
        val exchange = launch { vault.sync() }
        phone.hanging.await()
        exchange.cancel()
        exchange.join()
        phone.hangs = false
        assertEquals(true, vault.sync().complete)
        assertEquals(null, vault.standing(ID).unsent)
    }

    private fun test(run: suspend kotlinx.coroutines.CoroutineScope.() -> Unit) = runBlocking { withTimeout(60.seconds) { run() } }
}
