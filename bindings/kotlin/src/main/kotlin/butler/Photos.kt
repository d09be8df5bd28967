package butler

/** Photos 照片. */
class Photos internal constructor(private val core: ButlerCore) {
    /** Keeps a photo, sealed and safe on disk when this returns, until its form is submitted or [discard] lets it go. */
    suspend fun add(bytes: ByteArray): PhotoId = core.off { it.photosAdd(bytes) }

    /** Lets a photo go whose form is not filled in any further; one that is in use stays. */
    suspend fun discard(photo: PhotoId): Unit = core.off { it.photosDiscard(photo) }

    /** The photos taken for forms that were neither submitted, nor kept as drafts, nor discarded. */
    suspend fun unused(): List<PhotoId> = core.off { it.photosUnused() }

    /** The photos of a record that are here or on their way, each with how much of it has travelled. */
    suspend fun of(record: RecordId): List<PhotoRow> = core.off { it.photosOfRecord(record) }

    suspend fun bytes(photo: PhotoId): ByteArray = core.off { it.photosBytes(photo) }

    /**
     * A photo for a list: a JPEG whose longer edge has at most [px] pixels (16 to 1,024), upright. One is decoded at a time, in
     * bounded memory; what cannot be decoded is [ButlerException.InvalidInput].
     */
    suspend fun thumbnail(photo: PhotoId, px: Int): ByteArray =
        core.off { it.photosThumbnail(photo, px.coerceAtLeast(0).toUInt()) }
}
