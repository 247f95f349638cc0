package org.jangkau

import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.net.URI
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class UrlTransportTest {
    private val asked = CountDownLatch(1)
    private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
        executor = java.util.concurrent.Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
        createContext("/echo") { it.sendResponseHeaders(200, 0); it.responseBody.use { out -> out.write(it.requestBody.readAllBytes()) } }
        createContext("/refused") { it.sendResponseHeaders(503, 4); it.responseBody.use { out -> out.write(ByteArray(4)) } }
        createContext("/moved") { it.responseHeaders["Location"] = "/echo"; it.sendResponseHeaders(307, -1) }
        createContext("/never") { asked.countDown(); Thread.sleep(60_000) }
        start()
    }
    private val transport = UrlTransport { URI("http://127.0.0.1:${server.address.port}") }

    @AfterTest
    fun stop() = server.stop(0)

    @Test
    fun `whatever the status, the body comes`() {
        assertContentEquals(byteArrayOf(1, 2), transport.send(request("/echo")).body)
        val refused = transport.send(request("/refused"))
        assertEquals(503.toUShort() to 4, refused.status to refused.body.size)
        assertEquals(307.toUShort(), transport.send(request("/moved")).status, "redirects are not followed")
    }

    @Test
    fun `faults are told apart`() {
        assertFailsWith<TransportFault.TooLong> { transport.send(request("/echo", replyBytesMax = 1u)) }
        assertFailsWith<TransportFault.TimedOut> { transport.send(request("/never", idleMsMax = 100u)) }
        assertFailsWith<TransportFault.Offline> { UrlTransport { URI("http://127.0.0.1:9") }.send(request("/echo")) }
        assertFailsWith<TransportFault.Offline> { UrlTransport { null }.send(request("/echo")) }
    }

    @Test
    fun `an aborted request ends at once`() {
        thread {
            asked.await()
            transport.abort(7u)
        }
        assertFailsWith<TransportFault.Aborted> { transport.send(request("/never")) }
        transport.abort(7u)
    }

    private fun request(path: String, replyBytesMax: ULong = 100u, idleMsMax: ULong = 30_000u) =
        HttpRequest(7u, "POST", path, byteArrayOf(1, 2), replyBytesMax, idleMsMax)
}
