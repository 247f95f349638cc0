package org.jangkau

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class EnrolLinkTest {
    @Test
    fun `a link holds server and code`() {
        val link = EnrolLink.parse("jangkau://enrol?server=https%3A%2F%2Flk3.example.go.id%3A8443&code=AB-12")
        assertEquals("https://lk3.example.go.id:8443" to "AB-12", link?.server.toString() to link?.code)
        assertEquals("EnrolLink(…)", link.toString())
    }

    @Test
    fun `what is none is not taken`() {
        val wrong = listOf(
            "", "AB-12", "https://enrol?server=https%3A%2F%2Fa&code=b", "jangkau://enrol?code=b", "jangkau://other?server=https%3A%2F%2Fa&code=b",
            "jangkau://enrol?server=https%3A%2F%2Fa&code=", "jangkau://enrol?server=http%3A%2F%2Fa.id&code=b", "jangkau://enrol?server=%zz&code=b",
        )
        wrong.forEach { assertNull(EnrolLink.parse(it), it) }
    }
}
