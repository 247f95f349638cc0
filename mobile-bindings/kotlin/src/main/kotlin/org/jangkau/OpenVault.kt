package org.jangkau

import java.util.concurrent.CopyOnWriteArraySet
import kotlin.time.Duration
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * One person's open vault: all that [VaultInterface] offers, and what coroutines make of it. What a call says is saved is on the disk
 * when it returns; what was cancelled while it waited is done all the same.
 */
class OpenVault internal constructor(private val vault: Vault) : VaultInterface by vault, AutoCloseable {
    private val inboxes = CopyOnWriteArraySet<Inbox>()

    init {
        vault.observe(object : VaultObserver {
            override fun changed(change: VaultChange) = inboxes.forEach { it.put(change) }
        })
    }

    /** What changes from now on. A slow collector gets one change that stands for all that it missed. */
    val changes: Flow<VaultChange> = flow {
        val inbox = Inbox()
        inboxes += inbox
        try {
            while (true) emit(inbox.take())
        } finally {
            inboxes -= inbox
        }
    }

    /** What `read` gives, now and again after each change that `about` holds of. */
    fun <T> live(about: (VaultChange) -> Boolean = { it.isAboutScreens }, read: suspend OpenVault.() -> T): Flow<T> = flow {
        val inbox = Inbox()
        inboxes += inbox
        try {
            while (true) {
                emit(read())
                do {
                    val change = inbox.take()
                } while (!about(change))
            }
        } finally {
            inboxes -= inbox
        }
    }

    /** Exchanges with the server until nothing is left to say, or the budget is used up. Cancelling stops the request under way. */
    suspend fun sync(budget: Duration? = null): SyncOutcome = startSync(budget?.inWholeMilliseconds?.toULong()).use { run ->
        try {
            run.finished()
        } catch (cancelled: CancellationException) {
            run.cancel()
            throw cancelled
        }
    }

    /** The cases of a list, asked page by page as they are collected. */
    fun cases(ask: ListAsk, language: Language): Flow<ListLine> =
        pages { from -> list(ask, from, language).let { it.lines to it.next } }

    /** Lets go of the vault. [hide] is what locks it. */
    override fun close() {
        vault.stopObserving()
        vault.close()
    }

    private fun <T> pages(page: suspend (ULong) -> Pair<List<T>, ULong?>): Flow<T> = flow {
        var from: ULong? = 0uL
        while (from != null) {
            val (rows, next) = page(from)
            rows.forEach { emit(it) }
            from = next
        }
    }
}

/** Whether a screen may show something else now; how far an exchange has come is not on screens of cases. */
val VaultChange.isAboutScreens: Boolean get() = everything || cases.isNotEmpty()

/** Whether a case's screens may show something else now. */
fun VaultChange.isAbout(caseId: String): Boolean = everything || cases.any { it.caseId == caseId }

/** This change and a later one as one. */
internal fun VaultChange.with(later: VaultChange): VaultChange {
    val kinds = (cases + later.cases).groupBy({ it.caseId }, { it.kinds })
    return VaultChange(
        cases = kinds.map { (case, of) -> CaseChange(case, of.flatten().distinct()) },
        everything = everything || later.everything,
        sync = later.sync ?: sync,
    )
}

/** What one collector has not taken yet. Grows with the number of cases, not of changes. */
private class Inbox {
    private val signal = Channel<Unit>(Channel.CONFLATED)
    private var waiting: VaultChange? = null

    fun put(change: VaultChange) {
        synchronized(this) { waiting = waiting?.with(change) ?: change }
        signal.trySend(Unit)
    }

    suspend fun take(): VaultChange {
        while (true) {
            signal.receive()
            synchronized(this) { waiting.also { waiting = null } }?.let { return it }
        }
    }
}
