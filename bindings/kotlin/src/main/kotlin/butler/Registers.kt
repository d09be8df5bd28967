package butler

/** Registers 登记. */
class Registers internal constructor(private val core: ButlerCore) {
    /** A form with its questions as they stand before any answer. */
    suspend fun form(id: FormId): FormRow = core.off { it.registersForm(id) }

    /**
     * The questions as they stand with these answers of a row about these records: what is asked now, what is missing, what
     * will not do, what is worked out. What a row to be entered at this place tells of a day is of whoever enters it.
     */
    suspend fun ask(
        form: FormId,
        answers: Evidence,
        about: List<RecordId> = emptyList(),
        place: PlaceId? = null,
    ): List<Question> = core.off { it.registersAsk(form, answers, about, place) }

    /** What these answers suggest about the record the row is about; taken by editing that record. */
    suspend fun propose(form: FormId, answers: Evidence): List<Proposal> =
        core.off { it.registersPropose(form, answers) }

    /** Enters a row. */
    suspend fun add(entry: NewEntry): Recorded = core.off { it.registersAdd(entry) }

    /** The rows of one form, newest first, with the count of them all. */
    suspend fun list(
        form: FormId,
        filter: RegisterFilter = RegisterFilter(),
        after: RecordId? = null,
        limit: Int = 100,
    ): RegisterPage = core.off { it.registersList(form, filter, after, limit) }

    /** A row, whole. */
    suspend fun details(entry: RecordId): EntryDetails = core.off { it.registersDetails(entry) }

    /** Writes these answers of a row and no other, null clears one; photos are added to those there are. */
    suspend fun edit(
        entry: RecordId,
        answers: Map<QuestionId, Value?>,
        photos: Map<QuestionId, List<PhotoId>> = emptyMap(),
    ): Recorded = core.off { it.registersEdit(entry, answers, photos) }
}
