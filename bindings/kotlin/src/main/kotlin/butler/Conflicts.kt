package butler

/** What waits for a decision 待裁定. */
class Conflicts internal constructor(private val core: ButlerCore) {
    suspend fun list(): List<Conflict> = core.off { it.conflictsList() }

    /** Chooses one of the candidates or another value; all stay in the history. */
    suspend fun resolve(record: RecordId, path: String, value: Value): Recorded =
        core.off { it.conflictsResolve(record, path, value) }
}
