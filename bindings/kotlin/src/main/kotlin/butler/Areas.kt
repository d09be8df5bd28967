package butler

import kotlinx.coroutines.flow.Flow

/** What is due 今日. */
class Today internal constructor(private val core: ButlerCore) {
    /** Overdue and urgent first, then in walking order; what is answered stands at the end. */
    suspend fun list(after: DueId? = null, limit: UInt = 100u): TodayPage = core.off { it.todayList(after, limit) }

    /** The list at once, and again after every change. */
    fun stream(): Flow<TodayPage> = core.watch { it.todayList(null, 100u) }

    /** What is asked of somebody who does something else instead. */
    suspend fun asks(instead: Instead): List<Question> = core.off { it.todayAsks(instead) }

    /** Puts something off 稍后. */
    suspend fun snooze(due: DueId, answers: Evidence): Recorded =
        core.off { it.todayAnswer(due, Instead.SNOOZE, answers) }

    /** Leaves something out, with a reason 跳过. */
    suspend fun skip(due: DueId, answers: Evidence): Recorded =
        core.off { it.todayAnswer(due, Instead.SKIP, answers) }
}

/** Homes 房屋. */
class Homes internal constructor(private val core: ButlerCore) {
    /** In walking order; the next page comes after the last home of this one. */
    suspend fun list(after: RecordId? = null, limit: Int = 100): List<HomeRow> =
        core.off { it.homesList(after, limit.toUInt()) }

    /** Homes by room as people type it, or by who lives there. */
    suspend fun find(typed: String, limit: Int = 20): List<SearchRow> =
        core.off { butler -> butler.search(typed, limit.toUInt()).filter { it.kind == RecordKind.HOME } }

    /** A home, whole. */
    suspend fun details(home: RecordId): HomeDetails = core.off { it.homesDetails(home) }

    /** Writes the fields set in [change] and no other. */
    suspend fun edit(home: RecordId, change: HomeEdit.() -> Unit): Recorded =
        HomeEdit().apply(change).let { edit -> core.off { it.homesEdit(home, edit.touched) } }
}

/** Residents 住户. */
class Residents internal constructor(private val core: ButlerCore) {
    /** Enters a person of a household; a name is needed. */
    suspend fun add(home: RecordId, fields: ResidentEdit.() -> Unit): Recorded =
        ResidentEdit().apply(fields).let { edit -> core.off { it.residentsAdd(home, edit.touched) } }

    /** Writes the fields set in [change] and no other. */
    suspend fun edit(resident: RecordId, change: ResidentEdit.() -> Unit): Recorded =
        ResidentEdit().apply(change).let { edit -> core.off { it.residentsEdit(resident, edit.touched) } }

    /** Adds a telephone as people write it. */
    suspend fun addPhone(resident: RecordId, number: String, label: String? = null): Recorded =
        core.off { it.residentsAddPhone(resident, number, label) }

    /** Notes that a telephone was right today. */
    suspend fun verifyPhone(resident: RecordId, phone: PartId): Recorded =
        core.off { it.residentsVerifyPhone(resident, phone) }
}

/** Visits, calls, messages 沟通记录. */
class Visits internal constructor(private val core: ButlerCore) {
    suspend fun record(visit: NewVisit): Recorded = core.off { it.visitsRecord(visit) }
}

/** Rounds 巡视. */
class Rounds internal constructor(private val core: ButlerCore) {
    /** Begins a walk through a checklist, at a place, or about a home. */
    suspend fun start(checklist: String, place: PlaceId, about: RecordId? = null, due: DueId? = null): Recorded =
        core.off { it.roundsStart(checklist, place, about, due) }

    /** Checks in at a point. A poor proof is recorded and visible, never refused. */
    suspend fun checkIn(round: RecordId, point: String, proof: Proof): Recorded =
        core.off { it.roundsCheckIn(round, point, proof) }

    /** Records what was found at an item. */
    suspend fun record(round: RecordId, item: String, evidence: Evidence, note: String = ""): Recorded =
        core.off { it.roundsRecord(round, item, evidence, note) }

    /** A round, whole. */
    suspend fun details(round: RecordId): RoundDetails = core.off { it.roundsDetails(round) }
}

/** Cases: anything that follows a workflow 工单. */
class Cases internal constructor(private val core: ButlerCore) {
    /** How a case may be opened at a place, with what each opening step asks. */
    suspend fun opening(workflow: String, place: PlaceId): List<NextStep> =
        core.off { it.casesOpening(workflow, place) }

    /** Opens a case with its first step. */
    suspend fun open(new: NewCase): Recorded = core.off { it.casesOpen(new) }

    /** What this phone's owner may do now, with what each step asks. */
    suspend fun nextSteps(case: RecordId): List<NextStep> = core.off { it.casesNextSteps(case) }

    /** Makes a step. */
    suspend fun take(case: RecordId, step: String, evidence: Evidence = Evidence(), note: String = ""): Recorded =
        core.off { it.casesTake(case, step, evidence, note) }

    /** A case, whole. */
    suspend fun details(case: RecordId): CaseDetails = core.off { it.casesDetails(case) }

    /** Cases not over, newest first. */
    suspend fun openList(after: RecordId? = null, limit: Int = 100): List<CaseRow> =
        core.off { it.casesOpenList(after, limit.toUInt()) }

    /** Decides between steps that were made apart and exclude each other. */
    suspend fun settle(case: RecordId, keep: EventId, over: List<EventId>, note: String = ""): Recorded =
        core.off { it.casesSettle(case, keep, over, note) }
}

/** Registers 登记. */
class Registers internal constructor(private val core: ButlerCore) {
    /** The questions of a form. */
    suspend fun form(id: String): List<Question> = core.off { it.registersForm(id) }

    /** Enters a row. */
    suspend fun add(entry: NewEntry): Recorded = core.off { it.registersAdd(entry) }
}

/** What waits for a decision 待裁定. */
class Contested internal constructor(private val core: ButlerCore) {
    suspend fun list(): List<Dispute> = core.off { it.contestedList() }

    /** The list at once, and again after every change. */
    fun stream(): Flow<List<Dispute>> = core.watch { it.contestedList() }

    /** Chooses one of the candidates or another value; all stay in the history. */
    suspend fun settle(record: RecordId, path: String, value: Answer): Recorded =
        core.off { it.contestedSettle(record, path, value) }
}

/** What the office refused 被拒绝. */
class Refused internal constructor(private val core: ButlerCore) {
    suspend fun list(): List<RefusedRow> = core.off { it.refusedList() }

    /** Sends it again as it was meant. */
    suspend fun resend(change: ChangeId): Recorded = core.off { it.refusedResend(change) }

    /** Puts it away. */
    suspend fun dismiss(change: ChangeId): Unit = core.off { it.refusedDismiss(change) }
}

/** Photos 照片. */
class Photos internal constructor(private val core: ButlerCore) {
    /** Keeps a photo, sealed and safe on disk when this returns. */
    suspend fun add(bytes: ByteArray): PhotoId = core.off { it.photosAdd(bytes) }

    suspend fun bytes(photo: PhotoId): ByteArray = core.off { it.photosBytes(photo) }
}

/** What every record has. */
class Records internal constructor(private val core: ButlerCore) {
    /** Whether the office has all of it. */
    suspend fun state(record: RecordId): SafeState = core.off { it.recordState(record) }

    /** From what the screen showed to what was typed; two people's words merge. */
    suspend fun editNote(record: RecordId, text: String): Recorded = core.off { it.recordsEditNote(record, text) }

    /** Who changed what, when; oldest first. */
    suspend fun history(record: RecordId): List<HistoryRow> = core.off { it.recordsHistory(record) }

    /** Hides it from lists; nothing is deleted. */
    suspend fun archive(record: RecordId): Recorded = core.off { it.recordsArchive(record) }

    suspend fun restore(record: RecordId): Recorded = core.off { it.recordsRestore(record) }
}
