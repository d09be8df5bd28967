package butler

/** Forms half filled in 草稿. They lie encrypted on this phone and never travel. */
class Drafts internal constructor(private val core: ButlerCore) {
    /** Every draft, the last touched first. */
    suspend fun list(): List<DraftDetails> = core.off { it.draftsList() }

    /** One draft; null when it was handed in or discarded. */
    suspend fun get(draft: SubmissionId): DraftDetails? = core.off { it.draftsGet(draft) }

    /** Keeps what is filled in so far, as often as the app likes; handing the form in ends the draft. */
    suspend fun save(draft: Draft): Unit = core.off { it.draftsSave(draft) }

    /** Keeps a photo as the answer to a question of a draft: safe on disk, and part of the draft, when this returns. */
    suspend fun addPhoto(draft: SubmissionId, question: QuestionId, bytes: ByteArray): PhotoId =
        core.off { it.draftsAddPhoto(draft, question, bytes) }

    /** Throws a draft away, with the photos nothing else has. */
    suspend fun discard(draft: SubmissionId): Unit = core.off { it.draftsDiscard(draft) }
}
