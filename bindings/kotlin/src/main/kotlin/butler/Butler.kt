package butler

import java.io.File
import java.time.LocalDate
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.isActive

/**
 * A butler's phone 物业管家: open, read, act, sync.
 *
 * Suspending calls leave the calling thread; any thread may make them. What fails throws a [ButlerException].
 */
class Butler private constructor(private val core: ButlerCore) {
    val today = Today(core)
    val homes = Homes(core)
    val residents = Residents(core)
    val contacts = Contacts(core)
    val rounds = Rounds(core)
    val cases = Cases(core)
    val registers = Registers(core)
    val conflicts = Conflicts(core)
    val rejected = Rejected(core)
    val metrics = Metrics(core)
    val library = Library(core)
    val office = OfficeTables(core)
    val drafts = Drafts(core)
    val papers = Papers(core)
    val photos = Photos(core)
    val records = Records(core)

    /**
     * Opens a form over what a screen shows: `shown` of the row or details it draws; none when it begins something. A
     * plain value: keep it with what is typed, also over the death of the app.
     */
    suspend fun submission(shown: Shown? = null): Submission = core.off { it.submission(shown) }

    /**
     * This butler, for a form that is handed in: `butler.submitting(form).homes.edit(home) { … }`. What a sync brought
     * since the form showed the record is kept beside what it writes. Handed in again, after a double tap or a timeout, it
     * is answered with what the first made; with other answers it throws [ButlerException.AlreadySubmitted].
     */
    fun submitting(form: Submission): Butler = Butler(core.submitting(form))

    /**
     * Whatever a screen shows, as it is now and again after every change, one's own or merged: `butler.watch { today.list() }`.
     * A slow collector gets the latest only; equal looks are one; cancelling ends it.
     */
    fun <T> watch(look: suspend Butler.() -> T): Flow<T> = core.watch { look() }

    /** What changed, after every call or sync that changed something: for screens that keep their own lists. */
    fun changes(): Flow<Set<Area>> = core.changes()

    /** What has not reached the office, in sum. */
    suspend fun status(): Summary = core.off { it.status() }

    /** What has not reached the office, record by record. */
    suspend fun outbox(): List<OutboxRow> = core.off { it.outbox() }

    /** Who holds this phone, with their roles, their grids and what they may write. */
    suspend fun me(): Me = core.off { it.me() }

    /** What opening found: a new butler, a restored one, damaged data moved aside. */
    suspend fun opening(): Opening = core.off { it.opening() }

    /** For whom this phone is enrolled; null when it is not. */
    suspend fun enrolled(): StaffId? = core.off { it.enrolled() }

    /** What the office at the other end is called: shown before a code is used. Needs no code and tells the office nothing. */
    suspend fun officeAt(transport: Transport): OfficeAbout = core.off { it.officeAt(transport) }

    /** Registers this phone with the code shown at the office; [label] is what the office calls the phone. */
    suspend fun enrol(code: String, label: String, transport: Transport): StaffId =
        core.off { it.enrol(code, label, transport) }

    /**
     * Ends this phone's service for its owner, so that a colleague can have it: removes everything of theirs and shuts
     * down. Sync first; nothing the office does not have is removed ([ButlerException.NotHandedIn]). Then [open] and [enrol].
     */
    suspend fun handOver(): Unit = core.off { it.handOver() }

    /**
     * Hands in what is unsent, takes in what is new, moves photos. Cancelling cuts the line: what was exchanged is kept
     * and the next sync goes on from there. Without [photos] (a metered line) they wait for another sync, among what is not
     * sent.
     */
    suspend fun sync(transport: Transport, photos: Boolean = true, onProgress: (SyncProgress) -> Unit = {}): SyncReport =
        coroutineScope {
            val line = object : Transport {
                override fun exchange(frame: ByteArray): ByteArray =
                    if (isActive) transport.exchange(frame) else throw TransportException.Unreachable()
            }
            val listener = object : SyncListener {
                override fun progress(progress: SyncProgress) = onProgress(progress)
            }
            core.off { it.sync(line, listener, photos) }
        }

    /** Names, rooms as people type them, last digits of phones, notes and orders; best first. */
    suspend fun search(typed: String, limit: Int = 20): List<SearchRow> =
        core.off { it.search(typed, limit) }

    /** The day it is for the community, by the office's clock as far as known. */
    suspend fun date(): LocalDate = core.off { it.date() }

    /** Which of the company's procedures are in force here, and which set was not taken over. */
    suspend fun playbookSet(): PlaybookSet = core.off { it.playbookSet() }

    /** One text to send to whoever helps. Nothing personal. */
    suspend fun diagnostics(): String = core.off { it.diagnostics() }

    /** Compaction and checks, when the app has time. */
    suspend fun tidy(): Unit = core.off { it.tidy() }

    /** Closes the files. Later calls throw [ButlerException.Closed]; a second shutdown does nothing. */
    suspend fun shutdown(): Unit = core.off { it.shutdown() }

    companion object {
        /** Reads what was scanned to enrol: the office's address and the code, or the code alone. */
        fun enrolmentCode(scanned: String): EnrolmentCode = butler.enrolmentCode(scanned)

        /** Opens the butler in a folder of its own, making an empty one when there is none. Needs no network. */
        suspend fun open(folder: File, keys: KeyProvider, clock: Clock? = null): Butler =
            blocking { Butler(ButlerCore.open(folder.path, keys, clock)) }

        /**
         * [open] after it threw [ButlerException.KeyMissing] or [ButlerException.WrongKey], as on a new phone that was
         * restored from a backup: what no key opens is moved aside, whole ([Opening.setAside]), and an empty butler takes its
         * place, to be enrolled. A butler that opens is opened, and nothing is moved.
         */
        suspend fun openAnew(folder: File, keys: KeyProvider, clock: Clock? = null): Butler =
            blocking { Butler(ButlerCore.openAnew(folder.path, keys, clock)) }
    }
}
