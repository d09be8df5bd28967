package butler

/** Contacts, calls, messages 沟通记录. */
class Contacts internal constructor(private val core: ButlerCore) {
    suspend fun record(visit: NewContact): Recorded = core.off { it.contactsRecord(visit) }

    /** What the phone's owner wrote of their newest contacts in a few words, newest first, the same words once. */
    suspend fun phrases(): List<String> = core.off { it.contactsPhrases() }

    /** A contact, whole: its fields typed and in words, whom it was about, its photos. */
    suspend fun details(contact: RecordId): ContactDetails = core.off { it.contactsDetails(contact) }

    /** Corrects what was written: the fields set in [change] and no other, asked as when it was recorded. */
    suspend fun edit(contact: RecordId, change: ContactEdit.() -> Unit): Recorded =
        ContactEdit().apply(change).let { edit -> core.off { it.contactsEdit(contact, edit.edit) } }
}
