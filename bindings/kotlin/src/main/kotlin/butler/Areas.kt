package butler

import java.time.YearMonth
import kotlinx.coroutines.flow.Flow

/** What is due 今日. */
class Today internal constructor(private val core: ButlerCore) {
    /**
     * Urgent first, then in walking order: what is overdue is marked and stands where one walks past it. What is answered
     * stands at the end.
     */
    suspend fun list(after: DueId? = null, limit: Int = 100): TodayPage = core.off { it.todayList(after, limit) }

    /** The list at once, and again after every change. */
    fun stream(): Flow<TodayPage> = core.watch { it.todayList(null, 100) }

    /**
     * The day as a walk: urgent things, stops and doors in walking order, what does not fit into the hours and what can
     * wait. The first look of a day plans it; later looks keep its order and add what is new at the end of its stop.
     */
    suspend fun walk(hours: WalkHours = walkHours()): DayWalk = core.off { it.todayWalk(hours) }

    /** The walk at once, and again after every change. */
    fun walks(hours: WalkHours = walkHours()): Flow<DayWalk> = core.watch { it.todayWalk(hours) }

    /** What is walked all the same when only so many minutes are left 收工提前; a proposal, nothing is written. */
    suspend fun cutShort(minutes: UInt, hours: WalkHours = walkHours()): CutShort =
        core.off { it.todayCutShort(hours, minutes) }

    /** Open items about a home, its people and their cases; about another record: its own. */
    suspend fun about(record: RecordId): List<TodayItem> = core.off { it.todayAbout(record) }

    /** How the day of each colleague in one's grids stands, by what this phone knows. */
    suspend fun team(): List<TeamRow> = core.off { it.todayTeam() }

    /** Puts several things off with one reason, all or none; archiving the records it returns takes it back. */
    suspend fun snoozeMany(due: List<DueId>, answers: Evidence): List<Recorded> =
        core.off { it.todaySnoozeMany(due, answers) }

    /** Leaves several things out with one reason, all or none. */
    suspend fun skipMany(due: List<DueId>, answers: Evidence): List<Recorded> =
        core.off { it.todaySkipMany(due, answers) }

    /** One item; null when it is not due any more. */
    suspend fun item(due: DueId): TodayItem? = core.off { it.todayItem(due) }

    /** What is asked of somebody who does something else instead. */
    suspend fun asks(instead: DueAnswer): List<Question> = core.off { it.todayAsks(instead) }

    /** Puts something off 稍后. */
    suspend fun snooze(due: DueId, answers: Evidence): Recorded = core.off { it.todaySnooze(due, answers) }

    /** Leaves something out, with a reason 跳过. */
    suspend fun skip(due: DueId, answers: Evidence): Recorded = core.off { it.todaySkip(due, answers) }
}

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

/** Contacts, calls, messages 沟通记录. */
class Contacts internal constructor(private val core: ButlerCore) {
    suspend fun record(visit: NewContact): Recorded = core.off { it.contactsRecord(visit) }

    /** A contact, whole: its fields typed and in words, whom it was about, its photos. */
    suspend fun details(contact: RecordId): ContactDetails = core.off { it.contactsDetails(contact) }

    /** Corrects what was written: the fields set in [change] and no other, asked as when it was recorded. */
    suspend fun edit(contact: RecordId, change: ContactEdit.() -> Unit): Recorded =
        ContactEdit().apply(change).let { edit -> core.off { it.contactsEdit(contact, edit.edit) } }
}

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

/** Cases: anything that follows a workflow 工单. */
class Cases internal constructor(private val core: ButlerCore) {
    /** How a case may be opened at a place, with what each opening step asks. */
    suspend fun opening(workflow: WorkflowId, place: PlaceId): List<NextStep> =
        core.off { it.casesOpening(workflow, place) }

    /** The questions of an opening step as they stand with these answers. */
    suspend fun askOpening(workflow: WorkflowId, step: StepId, place: PlaceId, answers: Evidence): List<Question> =
        core.off { it.casesAskOpening(workflow, step, place, answers) }

    /** Opens a case with its first step. */
    suspend fun open(new: NewCase): Recorded = core.off { it.casesOpen(new) }

    /** What this phone's owner may do now, with what each step asks. */
    suspend fun nextSteps(case: RecordId): List<NextStep> = core.off { it.casesNextSteps(case) }

    /**
     * Every step of the case's workflow in its order, of every role: made, possible now, or locked with what it needs
     * first; with the running deadlines it meets.
     */
    suspend fun plan(case: RecordId): List<PlanStep> = core.off { it.casesPlan(case) }

    /** The questions of a step as they stand with these answers: what is asked now, what is missing, what will not do. */
    suspend fun ask(case: RecordId, step: StepId, answers: Evidence): List<Question> =
        core.off { it.casesAsk(case, step, answers) }

    /** Makes a step. */
    suspend fun take(case: RecordId, step: StepId, evidence: Evidence = Evidence(), note: String = ""): Recorded =
        core.off { it.casesTake(case, step, evidence, note) }

    /** A case, whole. */
    suspend fun details(case: RecordId): CaseDetails = core.off { it.casesDetails(case) }

    /** Cases not over, newest first. */
    suspend fun openList(after: RecordId? = null, limit: Int = 100): List<CaseRow> =
        core.off { it.casesOpenList(after, limit) }

    /** By whose turn, service line, state, grid or place, record, end; newest first. */
    suspend fun list(filter: CaseFilter = CaseFilter(), after: RecordId? = null, limit: Int = 100): List<CaseRow> =
        core.off { it.casesList(filter, after, limit) }

    /** Links a case with another; the playbooks' terms put [how] (`group`, `repeat`) into words. */
    suspend fun link(case: RecordId, other: RecordId, how: String): Recorded =
        core.off { it.casesLink(case, other, how) }

    /** Has a case run by the version of its workflow in force, because the one it was opened under is faulty. */
    suspend fun migrate(case: RecordId, note: String = ""): Recorded = core.off { it.casesMigrate(case, note) }

    /** Decides between concurrent steps that exclude each other. */
    suspend fun resolve(case: RecordId, keep: EventId, over: List<EventId>, note: String = ""): Recorded =
        core.off { it.casesResolve(case, keep, over, note) }
}

/** Registers 登记. */
class Registers internal constructor(private val core: ButlerCore) {
    /** A form with its questions as they stand before any answer. */
    suspend fun form(id: FormId): FormRow = core.off { it.registersForm(id) }

    /** The questions as they stand with these answers: what is asked now, what is missing, what will not do. */
    suspend fun ask(form: FormId, answers: Evidence): List<Question> = core.off { it.registersAsk(form, answers) }

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

/** What waits for a decision 待裁定. */
class Conflicts internal constructor(private val core: ButlerCore) {
    suspend fun list(): List<Conflict> = core.off { it.conflictsList() }

    /** The list at once, and again after every change. */
    fun stream(): Flow<List<Conflict>> = core.watch { it.conflictsList() }

    /** Chooses one of the candidates or another value; all stay in the history. */
    suspend fun resolve(record: RecordId, path: String, value: Value): Recorded =
        core.off { it.conflictsResolve(record, path, value) }
}

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
        core.off { it.rejectedPhotoDismiss(photo, record) }
}

/** Case libraries 案例库. */
class Library internal constructor(private val core: ButlerCore) {
    /** Every article, library by library. */
    suspend fun list(): List<ArticleRow> = core.off { it.libraryList() }

    /** Best first; titles and tags also by pinyin and its initials (`gkpw` for 高空抛物). */
    suspend fun search(typed: String): List<ArticleRow> = core.off { it.librarySearch(typed) }

    /** An article, whole. */
    suspend fun article(row: ArticleRow): ArticleDetails = core.off { it.libraryArticle(row.library, row.article) }
}

/** Metrics 指标. */
class Metrics internal constructor(private val core: ButlerCore) {
    /** Every metric there is, in the order of a report. */
    suspend fun list(): List<MetricInfo> = core.off { it.metricsList() }

    /** All metrics of a month, or one: each as a whole, then by group where it may be grouped so. */
    suspend fun month(month: YearMonth, metric: MetricId? = null, by: GroupBy? = null): List<MetricRow> =
        core.off { it.metricsMonth(month, metric, by) }

    /** One metric as a whole over several months, a row a month in their order: what a chart draws. */
    suspend fun series(metric: MetricId, months: List<YearMonth>): List<MetricRow> =
        core.off { it.metricsSeries(metric, months) }

    /** The records behind a number of that month, a page at a time: of a share its part, or the whole. */
    suspend fun records(
        of: MetricRow,
        month: YearMonth,
        side: Side = Side.PART,
        skip: Int = 0,
        take: Int = 100,
    ): MetricRecords =
        core.off { it.metricsRecords(of.metric, month, of.group, side, skip, take) }
}

/** What the office decided, as this phone last heard it. */
class OfficeTables internal constructor(private val core: ButlerCore) {
    /** What this phone's owner may begin: registers, rounds, then cases. A new procedure appears here by itself. */
    suspend fun procedures(): List<ProcedureRow> = core.off { it.officeProcedures() }

    /** Everybody who works here or did, with the number to call where the office said one. */
    suspend fun staff(): List<Staff> = core.off { it.officeStaff() }

    /** The roles people may hold, in words. */
    suspend fun roles(): List<RoleRow> = core.off { it.officeRoles() }

    /** A shared list of choices by its name, such as `port`; empty when there is none. */
    suspend fun choices(name: String): List<Choice> = core.off { it.officeChoices(name) }

    /** What a unit is called. */
    suspend fun unit(id: String): Label? = core.off { it.officeUnit(id) }

    suspend fun grids(): List<GridInfo> = core.off { it.officeGrids() }

    /** Buildings, units and public spots, as one walks; each with what it is, where it lies and whom to call, as far as the office said. */
    suspend fun places(): List<PlaceRow> = core.off { it.officePlaces() }

    /** The place whose code was scanned (QR text or NFC id); null when it is no place's. */
    suspend fun placeScanned(code: String): PlaceRow? = core.off { it.officePlaceScanned(code) }
}

/** Forms half filled in 草稿. They lie encrypted on this phone and never travel. */
class Drafts internal constructor(private val core: ButlerCore) {
    /** Every draft, the last touched first. */
    suspend fun list(): List<DraftDetails> = core.off { it.draftsList() }

    /** The list at once, and again after every change. */
    fun stream(): Flow<List<DraftDetails>> = core.watch { it.draftsList() }

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

/** What every record has. */
class Records internal constructor(private val core: ButlerCore) {
    /** Whether the office has all of it. */
    suspend fun state(record: RecordId): RecordState = core.off { it.recordState(record) }

    /** A record of any kind as it reads now, conflicting values included. */
    suspend fun get(record: RecordId): RecordDetails = core.off { it.recordsGet(record) }

    /** A record as the author of a change saw it just after making it. */
    suspend fun at(record: RecordId, change: ChangeHash): RecordDetails = core.off { it.recordsAt(record, change) }

    /** The records of a kind, archived ones too, last changed first. */
    suspend fun page(kind: Kind, after: RecordId? = null, limit: Int = 100): List<RecordRow> =
        core.off { it.recordsPage(kind, after, limit) }

    /** What two phones compare to know that they hold the same; it tells nothing of what the record says. */
    suspend fun fingerprint(record: RecordId): String = core.off { it.recordsFingerprint(record) }

    /** From what the screen showed to what was typed; two people's words merge. */
    suspend fun editNote(record: RecordId, text: String): Recorded = core.off { it.recordsEditNote(record, text) }

    /** Who changed what, when; oldest first. */
    suspend fun history(record: RecordId): List<HistoryRow> = core.off { it.recordsHistory(record) }

    /** Hides it from lists; nothing is deleted. */
    suspend fun archive(record: RecordId): Recorded = core.off { it.recordsArchive(record) }

    /**
     * Takes edits of one's own back, all or none, each by another edit that says the opposite: a record they began is archived
     * and what it answered is open again, fields and notes get back what stood there, results of a round are withdrawn.
     * [ButlerException.CannotUndo] says why not.
     */
    suspend fun undo(recorded: List<Recorded>): List<Recorded> = core.off { it.recordsUndo(recorded) }

    /** [undo] of one edit. */
    suspend fun undo(recorded: Recorded): Recorded = undo(listOf(recorded)).single()

    suspend fun restore(record: RecordId): Recorded = core.off { it.recordsRestore(record) }
}
