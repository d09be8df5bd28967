package butler

/** Rounds 巡视. */
class Rounds internal constructor(private val core: ButlerCore) {
    /** Begins a walk through a checklist, at a place, or about a home. */
    suspend fun start(checklist: ChecklistId, place: PlaceId, about: RecordId? = null, due: DueId? = null): Recorded =
        core.off { it.roundsStart(checklist, place, about, due) }

    /** Checks in at a point. A poor proof is recorded and visible, never rejected. */
    suspend fun checkIn(round: RecordId, point: String, proof: Proof): Recorded =
        core.off { it.roundsCheckIn(round, point, proof) }

    /** Records what was found at an item. */
    suspend fun record(round: RecordId, item: QuestionId, evidence: Evidence, note: String = ""): Recorded =
        core.off { it.roundsRecord(round, item, evidence, note) }

    /** Checks in at a point and records what was found at its items, in one edit: all of it or nothing. */
    suspend fun recordPoint(round: RecordId, point: String, proof: Proof, answers: List<PointAnswer>): Recorded =
        core.off { it.roundsRecordPoint(round, point, proof, answers) }

    /** Takes back a result of one's own that was recorded by mistake; it stays in the history. */
    suspend fun takeBack(round: RecordId, result: EventId): Recorded = core.off { it.roundsTakeBack(round, result) }

    /** A round, whole. */
    suspend fun details(round: RecordId): RoundDetails = core.off { it.roundsDetails(round) }

    /** Rounds begun and not finished, newest first, those of days gone by too. */
    suspend fun underWay(after: RecordId? = null, limit: Int = 100): List<RoundRow> =
        core.off { it.roundsUnderWay(after, limit) }
}
