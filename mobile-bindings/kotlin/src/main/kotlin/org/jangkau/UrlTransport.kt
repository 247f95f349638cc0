package org.jangkau

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.SocketTimeoutException
import java.net.URI
import java.util.concurrent.ConcurrentHashMap
import javax.net.ssl.SSLException

/** HTTP as Java and Android both have it. TLS, its trust and the proxy are the platform's. `server` is asked for each request. */
class UrlTransport(private val server: () -> URI?) : HttpTransport {
    private val underWay = ConcurrentHashMap<ULong, HttpURLConnection>()
    private val aborted = ConcurrentHashMap.newKeySet<ULong>()

    override fun send(request: HttpRequest): HttpReply {
        val address = server() ?: throw TransportFault.Offline()
        val connection = address.resolve(request.path).toURL().openConnection() as HttpURLConnection
        underWay[request.id] = connection
        try {
            return connection.exchange(request)
        } catch (fault: IOException) {
            throw if (request.id in aborted) TransportFault.Aborted() else fault.told()
        } finally {
            underWay -= request.id
            aborted -= request.id
            connection.disconnect()
        }
    }

    override fun abort(requestId: ULong) {
        val connection = underWay[requestId] ?: return
        aborted += requestId
        // Closing a socket may wait for the network, and nobody here may.
        Thread { connection.disconnect() }.start()
    }

    private fun HttpURLConnection.exchange(request: HttpRequest): HttpReply {
        requestMethod = request.method
        instanceFollowRedirects = false
        useCaches = false
        connectTimeout = request.idleMsMax.toInt()
        readTimeout = request.idleMsMax.toInt()
        setRequestProperty("Content-Type", "application/cbor")
        doOutput = true
        setFixedLengthStreamingMode(request.body.size)
        outputStream.use { it.write(request.body) }
        val status = responseCode
        val body = if (status < HttpURLConnection.HTTP_BAD_REQUEST) inputStream else errorStream
        return HttpReply(status.toUShort(), body?.use { it.upTo(request.replyBytesMax.toInt()) } ?: ByteArray(0))
    }

    private fun InputStream.upTo(bytesMax: Int): ByteArray {
        val body = ByteArrayOutputStream()
        val piece = ByteArray(PIECE_BYTES)
        while (true) {
            val count = read(piece)
            if (count < 0) return body.toByteArray()
            body.write(piece, 0, count)
            if (body.size() > bytesMax) throw TransportFault.TooLong()
        }
    }

    private fun IOException.told(): TransportFault = when (this) {
        is SocketTimeoutException -> TransportFault.TimedOut()
        is SSLException -> TransportFault.Untrusted()
        else -> TransportFault.Offline()
    }

    private companion object {
        const val PIECE_BYTES = 16 * 1024
    }
}
