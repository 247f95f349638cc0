package org.jangkau

import java.util.concurrent.atomic.AtomicLong
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.count
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/** A long day: calls and callbacks in numbers, with flat memory; and cancelling wherever a call may wait. */
@Tag("long")
class SoakTest {
    @Test
    fun `memory stays flat over 100,000 calls and 10,000 callbacks`() = runBlocking {
        val (_, vault) = Phone.of("Wulan", "social_worker")
        vault.sync()
        val cases = List(100) { vault.register("Keluarga $it") }
        val heard = AtomicLong()
        val listening = launch { vault.changes.collect { heard.incrementAndGet() } }
        var warm = 0L
        repeat(CALLS) { call ->
            if (call % (CALLS / CALLBACKS) == 0) {
                // Each is heard before the next, so that none are put together.
                val before = heard.get()
                vault.visit(cases.random())
                while (heard.get() == before) delay(1)
            } else {
                vault.form(null, "f05", ID)
            }
            if (call == CALLS / 4) warm = kilobytes()
        }
        listening.cancel()
        val grown = kilobytes() - warm
        println("memory: $warm kB after a quarter, grown by $grown kB until the end; ${heard.get()} callbacks")
        assertTrue(heard.get() >= CALLBACKS)
        assertTrue(grown < GROWTH_KB_MAX, "grown by $grown kB")
        vault.hide()
        vault.close()
    }

    @Test
    fun `cancelling wherever a call waits loses nothing`() = runBlocking {
        val (_, head) = Phone.of("Sri", "head_of_institution")
        head.sync()
        val before = head.list(EVERY, 0u, ID).total
        val (_, vault) = Phone.of("Wulan", "social_worker")
        val random = Random(1)
        repeat(ROUNDS) { round ->
            // Handed over when it is first polled: from then on it is done, whoever waits.
            val recording = async(start = CoroutineStart.UNDISPATCHED) { vault.register("Keluarga $round") }
            val exchange = launch { vault.sync() }
            delay(random.nextLong(20))
            // Who asks while an exchange goes on shares it, and its end: the next round is to have one of its own.
            exchange.cancelAndJoin()
            recording.cancel()
        }
        vault.sync()
        assertEquals(ROUNDS, vault.cases(EVERY, ID).count())
        assertEquals(null, vault.standing(ID).unsent)
        head.sync()
        assertEquals(before + ROUNDS.toULong(), head.list(EVERY, 0u, ID).total, "each once at the office, too")
    }

    /** What this process holds, after what nobody needs is gone. */
    private fun kilobytes(): Long {
        repeat(3) {
            System.gc()
            Thread.sleep(100)
        }
        return status("VmRSS").substringBefore(' ').toLong()
    }

    private companion object {
        const val CALLS = 100_000
        const val CALLBACKS = 10_000
        const val GROWTH_KB_MAX = 48 * 1_024
        const val ROUNDS = 300
    }
}
