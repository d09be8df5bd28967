package butler

/** Residents 住户. */
class Residents internal constructor(private val core: ButlerCore) {
    /** A person, whole. */
    suspend fun details(resident: RecordId): ResidentDetails = core.off { it.residentsDetails(resident) }

    /** Enters a person of a household; a name is needed. */
    suspend fun add(home: RecordId, fields: ResidentEdit.() -> Unit): Recorded =
        ResidentEdit().apply(fields).let { edit -> core.off { it.residentsAdd(home, edit.edit) } }

    /** Writes the fields set in [change] and no other. */
    suspend fun edit(resident: RecordId, change: ResidentEdit.() -> Unit): Recorded =
        ResidentEdit().apply(change).let { edit -> core.off { it.residentsEdit(resident, edit.edit) } }

    /** Adds a telephone as people write it. */
    suspend fun addPhone(resident: RecordId, number: String, label: String? = null): Recorded =
        core.off { it.residentsAddPhone(resident, number, label) }

    /** Notes that a telephone was right today. */
    suspend fun verifyPhone(resident: RecordId, phone: PartId): Recorded =
        core.off { it.residentsVerifyPhone(resident, phone) }
}
