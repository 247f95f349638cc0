package org.jangkau

import java.io.File
import java.net.URI

/** What an app begins with: the vaults of this device, one for each person who works on it. An app has one of these. */
class Jangkau private constructor(private val folder: VaultFolder, private val server: ServerFile) {
    /** What the screen before the PIN lists. */
    suspend fun vaults(): List<VaultLine> = folder.list()

    /** Begins an enrolment. Keep it until [enrol] has given a vault: the code is good once. */
    fun enrolment(link: EnrolLink): Enrolment {
        server.keep(link.server)
        return folder.enrolment(link.code)
    }

    /** Asks the office for a seat, and makes its vault under a PIN. `shown` is what the list may show of its person. */
    suspend fun enrol(enrolment: Enrolment, pin: String, shown: String): OpenVault =
        OpenVault(folder.enrol(enrolment, pin, shown))

    /** Opens a vault by its PIN. */
    suspend fun unlock(vaultId: String, pin: String): OpenVault = OpenVault(folder.unlock(vaultId, pin))

    /** Changes the PIN of a vault, by who knows the former one. */
    suspend fun changePin(vaultId: String, former: String, pin: String) = folder.changePin(vaultId, former, pin)

    /** Begins to ask the institution for a vault whose PIN was forgotten. Its code is what the person reads to the head. */
    suspend fun askRelease(vaultId: String): Release = folder.askRelease(vaultId)

    /** Once the head has approved: opens the vault under a new PIN. */
    suspend fun unlockReleased(release: Release, pin: String): OpenVault = OpenVault(folder.unlockReleased(release, pin))

    companion object {
        /**
         * Opens a folder, which must be outside of every backup of the platform's. `transport` makes the way to the server, whose
         * address it is told; the default is the platform's own HTTP.
         */
        fun open(
            folder: File,
            keys: PlatformKeyStore,
            clock: PlatformClock = JvmClock,
            log: LogSink = JvmLog,
            transport: (server: () -> URI?) -> HttpTransport = ::UrlTransport,
        ): Jangkau {
            val server = ServerFile(File(folder, "server"))
            return Jangkau(VaultFolder.open(folder.path, keys, clock, transport(server::address), log), server)
        }
    }
}

/** Where the office's server is. One folder of vaults belongs to one office. */
private class ServerFile(private val file: File) {
    fun address(): URI? = if (file.exists()) serverAddress(file.readText()) else null

    fun keep(server: URI) {
        val former = address()
        require(former == null || former == server) { "this device belongs to another office" }
        if (former == null) {
            val written = File(file.path + ".new")
            written.writeText(server.toString())
            check(written.renameTo(file)) { "the address was not saved" }
        }
    }
}
