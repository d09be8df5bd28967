package butler

/** What the office rejected 被拒绝. */
class Rejected internal constructor(private val core: ButlerCore) {
    suspend fun list(): List<RejectedRow> = core.off { it.rejectedList() }

    /**
     * Sends it again as it was meant, or [corrected]: the touches to be made, of those that were meant. Not for what only
     * waits (pending or not judged): that is handed in with every sync.
     */
    suspend fun resend(change: ChangeHash, corrected: List<TouchRow>? = null): Recorded =
        core.off { it.rejectedResend(change, corrected) }

    /** Puts it away. */
    suspend fun dismiss(change: ChangeHash): Unit = core.off { it.rejectedDismiss(change) }

    /** Photos the office does not take: their record is none of this phone's any more. */
    suspend fun photos(): List<RejectedPhoto> = core.off { it.rejectedPhotos() }

    /** Puts a photo away; its bytes go with it. */
    suspend fun dismissPhoto(photo: PhotoId, record: RecordId): Unit =
        core.off { it.rejectedDismissPhoto(photo, record) }
}
