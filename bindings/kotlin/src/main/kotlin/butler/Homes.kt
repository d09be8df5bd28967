package butler

/** Homes 房屋. */
class Homes internal constructor(private val core: ButlerCore) {
    /** In walking order; the next page comes after the last home of this one. */
    suspend fun list(after: RecordId? = null, limit: Int = 100): List<HomeRow> =
        core.off { it.homesList(after, limit) }

    /** Homes in a state, at a place or below it, or both. */
    suspend fun list(filter: HomeFilter, after: RecordId? = null, limit: Int = 100): List<HomeRow> =
        core.off { it.homesListWhere(filter, after, limit) }

    /** How many homes the list shows. */
    suspend fun count(): Int = core.off { it.homesCount() }.toInt()

    /** Homes by room as people type it, its beginning is enough; best first. */
    suspend fun find(typed: String, limit: Int = 20): List<SearchRow> =
        core.off { it.homesFind(typed, limit) }

    /** A home, whole. */
    suspend fun details(home: RecordId): HomeDetails = core.off { it.homesDetails(home) }

    /** Writes the fields set in [change] and no other. */
    suspend fun edit(home: RecordId, change: HomeEdit.() -> Unit): Recorded =
        HomeEdit().apply(change).let { edit -> core.off { it.homesEdit(home, edit.edit) } }
}
