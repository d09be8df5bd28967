import ButlerFFI
import Foundation

/// What is due 今日.
public struct Today: Sendable {
    let core: ButlerCore

    /// The list at once, and again after every change: `for try await list in butler.today()`.
    public func callAsFunction() -> AsyncThrowingStream<TodayPage, any Error> {
        core.watch { try $0.todayList(after: nil, limit: 100) }
    }

    /// Urgent first, then in walking order: what is overdue is marked and stands where one walks past it. What is answered
    /// stands at the end.
    public func list(after: DueId? = nil, limit: Int = 100) async throws -> TodayPage {
        try await core.off { try $0.todayList(after: after, limit: limit) }
    }

    /// The day as a walk: urgent things, stops and doors in walking order, what does not fit into the hours and what can
    /// wait. The first look of a day plans it; later looks keep its order and add what is new at the end of its stop.
    public func walk(_ hours: WalkHours = walkHours()) async throws -> DayWalk {
        try await core.off { try $0.todayWalk(hours: hours) }
    }

    /// The walk at once, and again after every change.
    public func walks(_ hours: WalkHours = walkHours()) -> AsyncThrowingStream<DayWalk, any Error> {
        core.watch { try $0.todayWalk(hours: hours) }
    }

    /// What is walked all the same when only so many minutes are left; a proposal, nothing is written.
    public func cutShort(minutes: UInt32, _ hours: WalkHours = walkHours()) async throws -> CutShort {
        try await core.off { try $0.todayCutShort(hours: hours, minutes: minutes) }
    }

    /// Open items about a home, its people and their cases; about another record: its own.
    public func about(_ record: RecordId) async throws -> [TodayItem] {
        try await core.off { try $0.todayAbout(record: record) }
    }

    /// How the day of each colleague in one's grids stands, by what this phone knows.
    public func team() async throws -> [TeamRow] { try await core.off { try $0.todayTeam() } }

    /// Puts several things off with one reason, all or none; archiving the records it returns takes it back.
    @discardableResult
    public func snoozeMany(_ due: [DueId], _ answers: Evidence) async throws -> [Recorded] {
        try await core.off { try $0.todaySnoozeMany(due: due, answers: answers) }
    }

    /// Leaves several things out with one reason, all or none.
    @discardableResult
    public func skipMany(_ due: [DueId], _ answers: Evidence) async throws -> [Recorded] {
        try await core.off { try $0.todaySkipMany(due: due, answers: answers) }
    }

    /// One item; nil when it is not due any more.
    public func item(_ due: DueId) async throws -> TodayItem? { try await core.off { try $0.todayItem(due: due) } }

    /// What is asked of somebody who does something else instead.
    public func asks(_ instead: DueAnswer) async throws -> [Question] {
        try await core.off { try $0.todayAsks(instead: instead) }
    }

    /// Puts something off 稍后.
    @discardableResult
    public func snooze(_ due: DueId, _ answers: Evidence) async throws -> Recorded {
        try await core.off { try $0.todaySnooze(due: due, answers: answers) }
    }

    /// Leaves something out, with a reason 跳过.
    @discardableResult
    public func skip(_ due: DueId, _ answers: Evidence) async throws -> Recorded {
        try await core.off { try $0.todaySkip(due: due, answers: answers) }
    }
}

/// Homes 房屋.
public struct Homes: Sendable {
    let core: ButlerCore

    /// In walking order; the next page comes after the last home of this one.
    public func list(after: RecordId? = nil, limit: Int = 100) async throws -> [HomeRow] {
        try await core.off { try $0.homesList(after: after, limit: limit) }
    }

    /// Homes in a state, at a place or below it, or both.
    public func list(where filter: HomeFilter, after: RecordId? = nil, limit: Int = 100) async throws -> [HomeRow] {
        try await core.off { try $0.homesListWhere(filter: filter, after: after, limit: limit) }
    }

    /// How many homes the list shows.
    public func count() async throws -> Int {
        try await core.off { Int(try $0.homesCount()) }
    }

    /// Homes by room as people type it, its beginning is enough; best first.
    public func find(_ typed: String, limit: Int = 20) async throws -> [SearchRow] {
        try await core.off { try $0.homesFind(typed: typed, limit: limit) }
    }

    /// A home, whole.
    public func details(_ home: RecordId) async throws -> HomeDetails {
        try await core.off { try $0.homesDetails(home: home) }
    }

    /// Writes the fields set in `change` and no other. `change` runs where the caller does, also on the main actor.
    @discardableResult
    public func edit(
        _ home: RecordId, isolation: isolated (any Actor)? = #isolation, _ change: (inout HomeEdit) -> Void
    ) async throws -> Recorded {
        var edit = HomeEdit()
        change(&edit)
        let edited = edit.edit
        return try await core.off { try $0.homesEdit(home: home, edit: edited) }
    }
}

/// Residents 住户.
public struct Residents: Sendable {
    let core: ButlerCore

    /// A person, whole.
    public func details(_ resident: RecordId) async throws -> ResidentDetails {
        try await core.off { try $0.residentsDetails(resident: resident) }
    }

    /// Enters a person of a household; a name is needed.
    @discardableResult
    public func add(
        to home: RecordId, isolation: isolated (any Actor)? = #isolation, _ fields: (inout ResidentEdit) -> Void
    ) async throws -> Recorded {
        var edit = ResidentEdit()
        fields(&edit)
        let edited = edit.edit
        return try await core.off { try $0.residentsAdd(home: home, edit: edited) }
    }

    /// Writes the fields set in `change` and no other.
    @discardableResult
    public func edit(
        _ resident: RecordId, isolation: isolated (any Actor)? = #isolation, _ change: (inout ResidentEdit) -> Void
    ) async throws -> Recorded {
        var edit = ResidentEdit()
        change(&edit)
        let edited = edit.edit
        return try await core.off { try $0.residentsEdit(resident: resident, edit: edited) }
    }

    /// Adds a telephone as people write it.
    @discardableResult
    public func addPhone(_ resident: RecordId, number: String, label: String? = nil) async throws -> Recorded {
        try await core.off { try $0.residentsAddPhone(resident: resident, number: number, label: label) }
    }

    /// Notes that a telephone was right today.
    @discardableResult
    public func verifyPhone(_ resident: RecordId, _ phone: PartId) async throws -> Recorded {
        try await core.off { try $0.residentsVerifyPhone(resident: resident, phone: phone) }
    }
}

/// Contacts, calls, messages 沟通记录.
public struct Contacts: Sendable {
    let core: ButlerCore

    @discardableResult
    public func record(_ visit: NewContact) async throws -> Recorded {
        try await core.off { try $0.contactsRecord(visit: visit) }
    }

    /// A contact, whole: its fields typed and in words, whom it was about, its photos.
    public func details(_ contact: RecordId) async throws -> ContactDetails {
        try await core.off { try $0.contactsDetails(contact: contact) }
    }

    /// Corrects what was written: the fields set in `change` and no other, asked as when it was recorded.
    @discardableResult
    public func edit(
        _ contact: RecordId, isolation: isolated (any Actor)? = #isolation, _ change: (inout ContactEdit) -> Void
    ) async throws -> Recorded {
        var edit = ContactEdit()
        change(&edit)
        let edited = edit.edit
        return try await core.off { try $0.contactsEdit(contact: contact, edit: edited) }
    }
}

/// Rounds 巡视.
public struct Rounds: Sendable {
    let core: ButlerCore

    /// Begins a walk through a checklist, at a place, or about a home.
    public func start(
        _ checklist: ChecklistId, at place: PlaceId, about: RecordId? = nil, due: DueId? = nil
    ) async throws -> Recorded {
        try await core.off { try $0.roundsStart(checklist: checklist, place: place, about: about, due: due) }
    }

    /// Checks in at a point. A poor proof is recorded and visible, never rejected.
    @discardableResult
    public func checkIn(_ round: RecordId, at point: String, proof: Proof) async throws -> Recorded {
        try await core.off { try $0.roundsCheckIn(round: round, point: point, proof: proof) }
    }

    /// Records what was found at an item.
    @discardableResult
    public func record(
        _ round: RecordId, item: QuestionId, _ evidence: Evidence, note: String = ""
    ) async throws -> Recorded {
        try await core.off { try $0.roundsRecord(round: round, item: item, evidence: evidence, note: note) }
    }

    /// Checks in at a point and records what was found at its items, in one edit: all of it or nothing.
    @discardableResult
    public func recordPoint(
        _ round: RecordId, at point: String, proof: Proof, _ answers: [PointAnswer]
    ) async throws -> Recorded {
        try await core.off {
            try $0.roundsRecordPoint(round: round, point: point, proof: proof, answers: answers)
        }
    }

    /// Takes back a result of one's own that was recorded by mistake; it stays in the history.
    @discardableResult
    public func takeBack(_ round: RecordId, result: EventId) async throws -> Recorded {
        try await core.off { try $0.roundsTakeBack(round: round, result: result) }
    }

    /// A round, whole.
    public func details(_ round: RecordId) async throws -> RoundDetails {
        try await core.off { try $0.roundsDetails(round: round) }
    }

    /// Rounds begun and not finished, newest first, those of days gone by too.
    public func underWay(after: RecordId? = nil, limit: Int = 100) async throws -> [RoundRow] {
        try await core.off { try $0.roundsUnderWay(after: after, limit: limit) }
    }
}

/// Cases: anything that follows a workflow 工单.
public struct Cases: Sendable {
    let core: ButlerCore

    /// How a case may be opened at a place, with what each opening step asks.
    public func opening(_ workflow: WorkflowId, at place: PlaceId) async throws -> [NextStep] {
        try await core.off { try $0.casesOpening(workflow: workflow, place: place) }
    }

    /// The questions of an opening step as they stand with these answers.
    public func askOpening(
        _ workflow: WorkflowId, step: StepId, at place: PlaceId, _ answers: Evidence
    ) async throws -> [Question] {
        try await core.off {
            try $0.casesAskOpening(workflow: workflow, step: step, place: place, answers: answers)
        }
    }

    /// Opens a case with its first step.
    public func open(_ new: NewCase) async throws -> Recorded { try await core.off { try $0.casesOpen(new: new) } }

    /// What this phone's owner may do now, with what each step asks.
    public func nextSteps(_ id: RecordId) async throws -> [NextStep] {
        try await core.off { try $0.casesNextSteps(id: id) }
    }

    /// Every step of the case's workflow in its order, of every role: made, possible now, or locked with what it needs
    /// first; with the running deadlines it meets.
    public func plan(_ id: RecordId) async throws -> [PlanStep] { try await core.off { try $0.casesPlan(id: id) } }

    /// The questions of a step as they stand with these answers: what is asked now, what is missing, what will not do.
    public func ask(_ id: RecordId, step: StepId, _ answers: Evidence) async throws -> [Question] {
        try await core.off { try $0.casesAsk(id: id, step: step, answers: answers) }
    }

    /// Makes a step.
    @discardableResult
    public func take(
        _ id: RecordId, step: StepId, _ evidence: Evidence = Evidence(), note: String = ""
    ) async throws -> Recorded {
        try await core.off { try $0.casesTake(id: id, step: step, evidence: evidence, note: note) }
    }

    /// A case, whole.
    public func details(_ id: RecordId) async throws -> CaseDetails {
        try await core.off { try $0.casesDetails(id: id) }
    }

    /// Cases not over, newest first.
    public func openList(after: RecordId? = nil, limit: Int = 100) async throws -> [CaseRow] {
        try await core.off { try $0.casesOpenList(after: after, limit: limit) }
    }

    /// By whose turn, service line, state, grid or place, record, end; newest first.
    public func list(
        _ filter: CaseFilter = CaseFilter(), after: RecordId? = nil, limit: Int = 100
    ) async throws -> [CaseRow] {
        try await core.off { try $0.casesList(filter: filter, after: after, limit: limit) }
    }

    /// Has a case run by the version of its workflow in force, because the one it was opened under is faulty.
    @discardableResult
    public func migrate(_ id: RecordId, note: String = "") async throws -> Recorded {
        try await core.off { try $0.casesMigrate(id: id, note: note) }
    }

    /// Links a case with another; the playbooks' terms put `how` (`group`, `repeat`) into words.
    @discardableResult
    public func link(_ id: RecordId, with other: RecordId, how: String) async throws -> Recorded {
        try await core.off { try $0.casesLink(id: id, other: other, how: how) }
    }

    /// Decides between concurrent steps that exclude each other.
    @discardableResult
    public func resolve(
        _ id: RecordId, keep: EventId, over: [EventId], note: String = ""
    ) async throws -> Recorded {
        try await core.off { try $0.casesResolve(id: id, keep: keep, over: over, note: note) }
    }
}

/// Registers 登记.
public struct Registers: Sendable {
    let core: ButlerCore

    /// A form with its questions as they stand before any answer.
    public func form(_ id: FormId) async throws -> FormRow { try await core.off { try $0.registersForm(form: id) } }

    /// The questions as they stand with these answers: what is asked now, what is missing, what will not do.
    public func ask(_ form: FormId, _ answers: Evidence) async throws -> [Question] {
        try await core.off { try $0.registersAsk(form: form, answers: answers) }
    }

    /// What these answers suggest about the record the row is about; taken by editing that record.
    public func propose(_ form: FormId, _ answers: Evidence) async throws -> [Proposal] {
        try await core.off { try $0.registersPropose(form: form, answers: answers) }
    }

    /// Enters a row.
    @discardableResult
    public func add(_ entry: NewEntry) async throws -> Recorded {
        try await core.off { try $0.registersAdd(entry: entry) }
    }

    /// The rows of one form, newest first, with the count of them all.
    public func list(
        _ form: FormId, _ filter: RegisterFilter = RegisterFilter(), after: RecordId? = nil, limit: Int = 100
    ) async throws -> RegisterPage {
        try await core.off { try $0.registersList(form: form, filter: filter, after: after, limit: limit) }
    }

    /// A row, whole.
    public func details(_ entry: RecordId) async throws -> EntryDetails {
        try await core.off { try $0.registersDetails(entry: entry) }
    }

    /// Writes these answers of a row and no other, nil clears one; photos are added to those there are.
    @discardableResult
    public func edit(
        _ entry: RecordId, answers: [QuestionId: Value?], photos: [QuestionId: [PhotoId]] = [:]
    ) async throws -> Recorded {
        try await core.off { try $0.registersEdit(entry: entry, answers: answers, photos: photos) }
    }
}

/// What waits for a decision 待裁定.
public struct Conflicts: Sendable {
    let core: ButlerCore

    /// The list at once, and again after every change: `for try await list in butler.conflicts()`.
    public func callAsFunction() -> AsyncThrowingStream<[Conflict], any Error> { core.watch { try $0.conflictsList() } }

    public func list() async throws -> [Conflict] { try await core.off { try $0.conflictsList() } }

    /// Chooses one of the candidates or another value; all stay in the history.
    @discardableResult
    public func resolve(_ record: RecordId, path: String, value: Value) async throws -> Recorded {
        try await core.off { try $0.conflictsResolve(record: record, path: path, value: value) }
    }
}

/// What the office rejected 被拒绝.
public struct Rejected: Sendable {
    let core: ButlerCore

    public func list() async throws -> [RejectedRow] { try await core.off { try $0.rejectedList() } }

    /// Sends it again as it was meant, or `corrected`: the touches to be made, of those that were meant. Not for what only
    /// waits (pending or not judged): that is handed in with every sync.
    @discardableResult
    public func resend(_ change: ChangeHash, corrected: [TouchRow]? = nil) async throws -> Recorded {
        try await core.off { try $0.rejectedResend(change: change, corrected: corrected) }
    }

    /// Puts it away.
    public func dismiss(_ change: ChangeHash) async throws { try await core.off { try $0.rejectedDismiss(change: change) } }

    /// Photos the office does not take: their record is none of this phone's any more.
    public func photos() async throws -> [RejectedPhoto] { try await core.off { try $0.rejectedPhotos() } }

    /// Puts a photo away; its bytes go with it.
    public func dismissPhoto(_ photo: PhotoId, of record: RecordId) async throws {
        try await core.off { try $0.rejectedPhotoDismiss(photo: photo, record: record) }
    }
}

extension TouchRow {
    /// The same place, written with another value.
    public func writing(_ value: Value) -> TouchRow {
        TouchRow(path: path, label: label, change: .write(value: value))
    }
}

/// Case libraries 案例库.
public struct Library: Sendable {
    let core: ButlerCore

    /// Every article, library by library.
    public func list() async throws -> [ArticleRow] { try await core.off { try $0.libraryList() } }

    /// Best first; titles and tags also by pinyin and its initials (`gkpw` for 高空抛物).
    public func search(_ typed: String) async throws -> [ArticleRow] {
        try await core.off { try $0.librarySearch(typed: typed) }
    }

    /// An article, whole.
    public func article(_ row: ArticleRow) async throws -> ArticleDetails {
        try await core.off { try $0.libraryArticle(library: row.library, article: row.article) }
    }
}

/// Metrics 指标.
public struct Metrics: Sendable {
    let core: ButlerCore

    /// Every metric there is, in the order of a report.
    public func list() async throws -> [MetricInfo] { try await core.off { try $0.metricsList() } }

    /// All metrics of a month, or one: each as a whole, then by group where it may be grouped so.
    public func month(_ month: Month, metric: MetricId? = nil, by: GroupBy? = nil) async throws -> [MetricRow] {
        try await core.off { try $0.metricsMonth(month: month, metric: metric, by: by) }
    }

    /// One metric as a whole over several months, a row a month in their order: what a chart draws.
    public func series(_ metric: MetricId, over months: [Month]) async throws -> [MetricRow] {
        try await core.off { try $0.metricsSeries(metric: metric, months: months) }
    }

    /// The records behind a number of that month, a page at a time: of a share its part, or the whole.
    public func records(
        of row: MetricRow, in month: Month, side: Side = .part, skip: Int = 0, take: Int = 100
    ) async throws -> MetricRecords {
        try await core.off {
            try $0.metricsRecords(
                metric: row.metric, month: month, group: row.group, side: side, skip: skip, take: take)
        }
    }
}

/// What the office decided, as this phone last heard it.
public struct OfficeTables: Sendable {
    let core: ButlerCore

    /// What this phone's owner may begin: registers, rounds, then cases. A new procedure appears here by itself.
    public func procedures() async throws -> [ProcedureRow] { try await core.off { try $0.officeProcedures() } }

    /// Everybody who works here or did, with the number to call where the office said one.
    public func staff() async throws -> [Staff] { try await core.off { try $0.officeStaff() } }

    /// The roles people may hold, in words.
    public func roles() async throws -> [RoleRow] { try await core.off { try $0.officeRoles() } }

    /// A shared list of choices by its name, such as `port`; empty when there is none.
    public func choices(_ name: String) async throws -> [Choice] {
        try await core.off { try $0.officeChoices(name: name) }
    }

    /// What a unit is called.
    public func unit(_ id: String) async throws -> Label? { try await core.off { try $0.officeUnit(unit: id) } }

    public func grids() async throws -> [GridInfo] { try await core.off { try $0.officeGrids() } }

    /// Buildings, units and public spots, as one walks; each with what it is, where it lies and whom to call, as far as the
    /// office said.
    public func places() async throws -> [PlaceRow] { try await core.off { try $0.officePlaces() } }

    /// The place whose code was scanned (QR text or NFC id); nil when it is no place's.
    public func placeScanned(_ code: String) async throws -> PlaceRow? {
        try await core.off { try $0.officePlaceScanned(code: code) }
    }
}

/// Forms half filled in 草稿. They lie encrypted on this phone and never travel.
public struct Drafts: Sendable {
    let core: ButlerCore

    /// The list at once, and again after every change: `for try await list in butler.drafts()`.
    public func callAsFunction() -> AsyncThrowingStream<[DraftDetails], any Error> {
        core.watch { try $0.draftsList() }
    }

    /// Every draft, the last touched first.
    public func list() async throws -> [DraftDetails] { try await core.off { try $0.draftsList() } }

    /// One draft; nil when it was handed in or discarded.
    public func get(_ draft: SubmissionId) async throws -> DraftDetails? {
        try await core.off { try $0.draftsGet(draft: draft) }
    }

    /// Keeps what is filled in so far, as often as the app likes; handing the form in ends the draft.
    public func save(_ draft: Draft) async throws { try await core.off { try $0.draftsSave(draft: draft) } }

    /// Keeps a photo as the answer to a question of a draft: safe on disk, and part of the draft, when this returns.
    @discardableResult
    public func addPhoto(to draft: SubmissionId, question: QuestionId, _ bytes: Data) async throws -> PhotoId {
        try await core.off { try $0.draftsAddPhoto(draft: draft, question: question, bytes: bytes) }
    }

    /// Throws a draft away, with the photos nothing else has.
    public func discard(_ draft: SubmissionId) async throws {
        try await core.off { try $0.draftsDiscard(draft: draft) }
    }
}

/// Photos 照片.
public struct Photos: Sendable {
    let core: ButlerCore

    /// Keeps a photo, sealed and safe on disk when this returns, until its form is submitted or `discard` lets it go.
    public func add(_ bytes: Data) async throws -> PhotoId { try await core.off { try $0.photosAdd(bytes: bytes) } }

    /// Lets a photo go whose form is not filled in any further; one that is in use stays.
    public func discard(_ photo: PhotoId) async throws { try await core.off { try $0.photosDiscard(photo: photo) } }

    /// The photos taken for forms that were neither submitted, nor kept as drafts, nor discarded.
    public func unused() async throws -> [PhotoId] { try await core.off { try $0.photosUnused() } }

    /// The photos of a record that are here or on their way, each with how much of it has travelled.
    public func of(_ record: RecordId) async throws -> [PhotoRow] {
        try await core.off { try $0.photosOfRecord(record: record) }
    }

    public func bytes(_ photo: PhotoId) async throws -> Data {
        try await core.off { try $0.photosBytes(photo: photo) }
    }

    /// A photo for a list: a JPEG whose longer edge has at most `px` pixels (16 to 1,024), upright. One is decoded at a time, in
    /// bounded memory; what cannot be decoded is ``ButlerError/InvalidInput(field:reason:words:)``.
    public func thumbnail(_ photo: PhotoId, px: Int) async throws -> Data {
        try await core.off { try $0.photosThumbnail(photo: photo, px: UInt32(clamping: px)) }
    }
}

/// What every record has.
public struct Records: Sendable {
    let core: ButlerCore

    /// Whether the office has all of it.
    public func state(_ record: RecordId) async throws -> RecordState {
        try await core.off { try $0.recordState(record: record) }
    }

    /// A record of any kind as it reads now, conflicting values included.
    public func get(_ record: RecordId) async throws -> RecordDetails {
        try await core.off { try $0.recordsGet(record: record) }
    }

    /// A record as the author of a change saw it just after making it.
    public func at(_ record: RecordId, _ change: ChangeHash) async throws -> RecordDetails {
        try await core.off { try $0.recordsAt(record: record, change: change) }
    }

    /// The records of a kind, archived ones too, last changed first.
    public func page(_ kind: Kind, after: RecordId? = nil, limit: Int = 100) async throws -> [RecordRow] {
        try await core.off { try $0.recordsPage(kind: kind, after: after, limit: limit) }
    }

    /// What two phones compare to know that they hold the same; it tells nothing of what the record says.
    public func fingerprint(_ record: RecordId) async throws -> String {
        try await core.off { try $0.recordsFingerprint(record: record) }
    }

    /// From what the screen showed to what was typed; two people's words merge.
    @discardableResult
    public func editNote(_ record: RecordId, _ text: String) async throws -> Recorded {
        try await core.off { try $0.recordsEditNote(record: record, text: text) }
    }

    /// Who changed what, when; oldest first.
    public func history(_ record: RecordId) async throws -> [HistoryRow] {
        try await core.off { try $0.recordsHistory(record: record) }
    }

    /// Takes edits of one's own back, all or none, each by another edit that says the opposite: a record they began is
    /// archived and what it answered is open again, fields and notes get back what stood there, results of a round are
    /// withdrawn. ``ButlerError/CannotUndo(why:)`` says why not.
    @discardableResult
    public func undo(_ recorded: [Recorded]) async throws -> [Recorded] {
        try await core.off { try $0.recordsUndo(edits: recorded) }
    }

    /// The same of one edit.
    @discardableResult
    public func undo(_ recorded: Recorded) async throws -> [Recorded] { try await undo([recorded]) }

    /// Hides it from lists; nothing is deleted.
    @discardableResult
    public func archive(_ record: RecordId) async throws -> Recorded {
        try await core.off { try $0.recordsArchive(record: record) }
    }

    @discardableResult
    public func restore(_ record: RecordId) async throws -> Recorded {
        try await core.off { try $0.recordsRestore(record: record) }
    }
}
