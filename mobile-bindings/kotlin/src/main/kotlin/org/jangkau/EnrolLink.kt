package org.jangkau

import java.net.URI
import java.net.URISyntaxException
import java.net.URLDecoder

/**
 * What an invitation says: where the server is, and the one-time code. The QR code of an invitation holds it as
 * `jangkau://enrol?server=...&code=...`.
 */
class EnrolLink private constructor(val server: URI, val code: String) {
    /** The code is as good as a key until it is used. */
    override fun toString(): String = "EnrolLink(…)"

    companion object {
        /** Reads a link; null where it is none. */
        fun parse(text: String): EnrolLink? = try {
            val link = URI(text)
            val given = link.rawQuery.orEmpty().split('&').associate { pair ->
                pair.substringBefore('=') to URLDecoder.decode(pair.substringAfter('=', ""), "UTF-8")
            }
            val server = serverAddress(given["server"].orEmpty())
            val code = given["code"].orEmpty()
            if (link.scheme == "jangkau" && link.host == "enrol" && server != null && code.isNotBlank()) {
                EnrolLink(server, code)
            } else {
                null
            }
        } catch (_: URISyntaxException) {
            null
        } catch (_: IllegalArgumentException) {
            null
        }
    }
}

/** The address of a server; null where it is none. Plain HTTP is for this machine alone. */
internal fun serverAddress(text: String): URI? = try {
    URI(text).takeIf { it.host != null && (it.scheme == "https" || it.scheme == "http" && it.host in LOOPBACK) }
} catch (_: URISyntaxException) {
    null
}

private val LOOPBACK = setOf("127.0.0.1", "localhost")
