package org.jangkau

import java.io.File
import java.net.URI
import java.nio.file.Files
import java.util.concurrent.CountDownLatch
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlinx.coroutines.CompletableDeferred

/** A person's phone, with a line that can be cut. */
class Phone private constructor(val person: String) {
    @Volatile
    var online = true

    /** How long each request is on its way. */
    @Volatile
    var delayMs = 0L

    /** Whether requests hang until they are aborted; `hanging` is complete when one does. */
    @Volatile
    var hangs = false
    val hanging = CompletableDeferred<Unit>()
    private val aborted = CountDownLatch(1)
    val folder: File = Files.createTempDirectory("jangkau").toFile()
    private val keys = MemoryKeys()

    /** The app, just started. */
    fun start(): Jangkau = Jangkau.open(folder, keys) { server -> Line(server) }

    private inner class Line(server: () -> URI?) : HttpTransport {
        private val http = UrlTransport(server)

        override fun send(request: HttpRequest): HttpReply {
            if (!online) throw TransportFault.Offline()
            Thread.sleep(delayMs)
            if (!hangs) return http.send(request)
            hanging.complete(Unit)
            aborted.await()
            throw TransportFault.Aborted()
        }

        override fun abort(requestId: ULong) {
            aborted.countDown()
            http.abort(requestId)
        }
    }

    companion object {
        const val PIN = "271828"

        /** Hires a person and gives them a phone; the vault is open. */
        suspend fun of(name: String, role: String): Pair<Phone, OpenVault> {
            val phone = Phone(Office.hire(name, role))
            val app = phone.start()
            val vault = app.enrol(app.enrolment(Office.invite(phone.person)), PIN, name)
            return phone to vault
        }
    }
}

/** A phone's key store, in memory. */
class MemoryKeys : PlatformKeyStore {
    private val keys = mutableMapOf<String, ByteArray>()
    private val marks = mutableMapOf<String, ByteArray>()

    override fun create(label: String) {
        keys[label] = label.toByteArray()
    }

    override fun entangle(label: String, input: ByteArray): ByteArray {
        val key = keys[label] ?: throw KeyStoreFault.NoKey()
        return Mac.getInstance("HmacSHA256").run {
            init(SecretKeySpec(key, algorithm))
            doFinal(input)
        }
    }

    override fun forget(label: String) {
        keys.remove(label) ?: throw KeyStoreFault.NoKey()
    }

    override fun mark(label: String): ByteArray? = marks[label]

    override fun setMark(label: String, bytes: ByteArray) {
        marks[label] = bytes
    }
}
