package butler

/** What every record has. */
class Records internal constructor(private val core: ButlerCore) {
    /** Whether the office has all of it. */
    suspend fun state(record: RecordId): RecordState = core.off { it.recordsState(record) }

    /** A record of any kind as it reads now, conflicting values included. */
    suspend fun get(record: RecordId): RecordDetails = core.off { it.recordsGet(record) }

    /** A record as the author of a change saw it just after making it. */
    suspend fun at(record: RecordId, change: ChangeHash): RecordDetails = core.off { it.recordsAt(record, change) }

    /** The records of a kind, archived ones too, last changed first. */
    suspend fun page(kind: Kind, after: RecordId? = null, limit: Int = 100): List<RecordRow> =
        core.off { it.recordsPage(kind, after, limit) }

    /** What two phones compare to know that they hold the same; it tells nothing of what the record says. */
    suspend fun fingerprint(record: RecordId): String = core.off { it.recordsFingerprint(record) }

    /** From what the screen showed to what was typed; two people's words merge. */
    suspend fun editNote(record: RecordId, text: String): Recorded = core.off { it.recordsEditNote(record, text) }

    /** Who changed what, when; oldest first. */
    suspend fun history(record: RecordId): List<HistoryRow> = core.off { it.recordsHistory(record) }

    /** Hides it from lists; nothing is deleted. */
    suspend fun archive(record: RecordId): Recorded = core.off { it.recordsArchive(record) }

    /**
     * Takes edits of one's own back, all or none, each by another edit that says the opposite: a record they began is archived
     * and what it answered is open again, fields and notes get back what stood there, results of a round are withdrawn.
     * [ButlerException.CannotUndo] says why not.
     */
    suspend fun undo(recorded: List<Recorded>): List<Recorded> = core.off { it.recordsUndo(recorded) }

    /** [undo] of one edit. */
    suspend fun undo(recorded: Recorded): Recorded = undo(listOf(recorded)).single()

    suspend fun restore(record: RecordId): Recorded = core.off { it.recordsRestore(record) }
}
