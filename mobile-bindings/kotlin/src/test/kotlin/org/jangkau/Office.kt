package org.jangkau

/** The office that `scripts/office.sh` opened: a real server, asked as its administrator. */
object Office {
    val url: String = given("JANGKAU_URL")
    private val server = given("JANGKAU_SERVER")
    private val institution = given("JANGKAU_INSTITUTION")

    /** Adds a person; gives their id. */
    fun hire(name: String, role: String): String =
        admin("add-staff", "--name", name, "--role", role).after("person: ")

    /** Invites a person to enrol a device; gives the link. */
    fun invite(person: String): EnrolLink =
        checkNotNull(EnrolLink.parse(admin("invite", "--person", person).after("link: ")))

    /** Retires the only device of a person. */
    fun retire(name: String) {
        val lines = admin("list").lines()
        val at = lines.indexOfFirst { name in it }
        val seat = lines[at + 1].after("seat ").substringBefore(' ')
        admin("revoke", "--seat", seat, "--how", "retired")
    }

    private fun admin(vararg words: String): String {
        val process = ProcessBuilder(server, "admin", *words, "--institution", institution)
            .redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val told = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "admin ${words.first()} failed" }
        return told
    }

    private fun String.after(word: String) = substringAfter(word).lineSequence().first().trim()

    private fun given(name: String): String =
        checkNotNull(System.getenv(name)) { "$name is not set: run this by scripts/office.sh" }
}
