import ButlerKit
import Foundation

/// Where one can be. What is in front of the last one lies below it.
public enum Place: Hashable, Sendable {
    case overview
    /// Before anything else: the phone is given to a person.
    case enrol
    case today
    case canWait
    case duties
    case home(RecordId)
    case photo(PhotosAt)
    case resident(RecordId)
    case visit(RecordId, byPhone: Bool = false)
    case round(RoundOf)
    /// The homes that are inspected by one checklist today.
    case dayRounds(ChecklistId)
    case `case`(RecordId)
    case form(FormOf)
    case homes
    /// Which home it is for.
    case findHome(Errand)
    case record
    case cases
    case more
    case outbox
    /// The one about a record first, where it is given.
    case conflicts(RecordId? = nil)
    case rejected(ChangeHash)
    case history(RecordId)
    case emergencies
    case emergency(EmergencyOf)
    case handover
    case procedures
    case register(Procedure)
    case entry(RecordId)
    case library
    case article(ArticleRow)
    case metrics
    case metricRecords(MetricId, MetricGroup?, Month)
    case settings
    /// The settings with 求助 open.
    case help
}

/// What a home is looked up for.
public enum Errand: Hashable, Sendable {
    case visit
    case call
    case open(WorkflowId)
}

/// What a form is filled in for.
public enum FormOf: Hashable, Sendable {
    /// A step of a case.
    case step(RecordId, StepId)
    /// A row of a register, about a record where that is known; one that is about a home asks which. Or a record's own data.
    /// `at` is the question one came for.
    case row(FormId, RecordId?, at: QuestionId? = nil)
    /// A case that is opened without being asked to, about a record where that is known.
    case opening(WorkflowId, RecordId? = nil)
    /// Something due; a finding is opened as one of the cases its checklist offers.
    case due(DueId, as: WorkflowId? = nil)
    /// Something else instead of what is due: of one item, or of all that is open about a home.
    case instead(DueAnswer, DueId?, RecordId?)
    /// What was half filled in.
    case unfinished(SubmissionId)
}

/// What was just recorded, in words, and what it wrote; or what did not go.
public struct Recent: Sendable {
    let words: String
    let made: [Recorded]
    var done = true
}

/// What only the phone can do.
@MainActor public protocol Device: AnyObject {
    /// What the phone calls itself: `华为 Mate 60`.
    var model: String { get }

    /// Opens the dialler with a number in it.
    func dial(_ number: String)

    /// Takes a photo; nil when nobody took one.
    func photo() async -> Data?

    /// Reads a code; nil when none was read.
    func scan() async -> String?

    /// Whether tags can be read, too; iOS reads none without being asked.
    var readsTags: Bool { get }

    /// Reads a tag while it shows what to do; nil when none was read.
    func tag(saying: String) async -> String?

    /// Where the phone is; nil when it does not know just now, or may not say.
    func position() async -> GeoPoint?

    /// One short buzz: it is recorded.
    func recorded()

    /// Two ticks: something is not in order, and that is recorded.
    func found()

    /// That does not go.
    func notPossible()

    /// One tick and a click: a code or a tag was read.
    func didScan()

    /// Where one makes room on the phone.
    func openStorage()

    /// Syncs as soon as there is a network; returns at once.
    func sync()

    /// Lets its holder send a text to somebody.
    func share(_ text: String)

    /// Prints a slip, by the system's own dialog.
    func print(_ slip: SlipPage)

    /// Lets its holder send a slip to somebody, as a file.
    func share(_ slip: SlipPage)
}

/// What a screen asks of what it runs in: to go somewhere, and what only the phone can do.
@MainActor public protocol Platform: Device {
    func go(_ to: Place)

    func back()
}

/// What every screen stands on.
@MainActor public final class App {
    public let butler: Butler
    /// What is settled for this phone.
    public let settings: SettingsKeeper
    /// The line to the office.
    public let line: Line
    let platform: any Platform
    /// The phone's own language.
    private let language: Language
    /// The phone's clock, for what is shown only.
    let now: () -> Date
    /// What opening found that its holder should know.
    let notice: String?
    /// What was just recorded, on whichever screen: for a while it may be undone.
    let recent = Watched<Recent?>(nil)
    /// What was read and waits for its screen.
    private var handed: Handed?
    /// What was last not kept because the phone is full.
    let unkept = Watched<Unkept?>(nil)
    /// What people are called.
    let names: Names
    /// So many metrics are followed.
    static let pins = 4
    private var places: [PlaceId: String] = [:]

    /// `language` is the phone's own.
    public init(
        butler: Butler, language: Language, platform: any Platform, settings: SettingsKeeper, line: Line,
        now: @escaping () -> Date = Date.init, notice: String? = nil
    ) {
        self.butler = butler
        self.language = language
        self.platform = platform
        self.settings = settings
        self.line = line
        self.now = now
        self.notice = notice
        names = Names(now)
    }

    public var words: Words { Words(settings.now.language ?? language) }

    public var formats: Formats { Formats(words) }

    /// Something is recorded.
    func recorded(_ words: String, _ made: [Recorded]) {
        recent.now = Recent(words: words, made: made)
        platform.recorded()
    }

    /// Says that something led nowhere, on whichever screen.
    func say(_ words: String) {
        recent.now = Recent(words: words, made: [], done: false)
        platform.notPossible()
    }

    /// Goes to a screen with something that was read.
    func hand(_ what: Handed, to place: Place) {
        handed = what
        platform.go(place)
    }

    /// A screen takes what is its own.
    func taken<Own>(_ own: (Handed) -> Own?) -> Own? {
        guard let mine = handed.flatMap(own) else { return nil }
        handed = nil
        return mine
    }

    /// Takes a photo as an answer in a draft, which is kept before the camera opens: the app may die behind it. Nil when nobody took
    /// one: what was no draft before is none then.
    func photo(_ draft: Draft, _ question: QuestionId) async throws -> PhotoId? {
        let id = draft.submission.id
        let isNew = try await butler.drafts.get(id) == nil
        try await butler.drafts.save(draft)
        if let bytes = await platform.photo() { return try await butler.drafts.addPhoto(to: id, question: question, bytes) }
        if isNew { try await butler.drafts.discard(id) }
        return nil
    }

    /// Whether colleagues wait for what is done here: the case is an emergency, or something of it is urgent.
    func isUrgent(_ id: RecordId) async throws -> Bool {
        let workflow = try await butler.cases.details(id).case.playbook
        if try await emergencies(self).contains(where: { $0.workflow == workflow }) { return true }
        return try await butler.today.about(id).contains { $0.urgency == .urgent }
    }

    /// Nothing is to be undone any more.
    func settled() { recent.now = nil }

    /// Takes back what was just recorded: what it answered is open again.
    func undo() async throws {
        try await butler.records.undo(recent.now?.made ?? [])
        settled()
    }

    /// What somebody is called: who asked for confidentiality has no name until it is asked for.
    func called(_ person: RecordId, _ name: String?, _ confidential: Bool?) -> String {
        names.isHidden(person, confidential) ? words(.confidential) : name ?? ""
    }

    func called(_ row: ResidentRow) -> String { called(row.record.id, row.name, row.confidential) }

    func called(_ person: RecordId, _ resident: Resident) -> String { called(person, resident.name, resident.confidential) }

    /// Follows a metric, or no longer; of more than `pins` the first goes.
    func pin(_ metric: MetricId, among followed: [MetricInfo]) throws {
        let before = followed.map(\.metric)
        try settings.change {
            $0.pinned = before.contains(metric) ? before.filter { $0 != metric } : (before + [metric]).suffix(Self.pins)
        }
    }

    /// What a place is called; nil when the office does not say.
    func place(_ id: PlaceId) async throws -> String? {
        if places[id] == nil {
            places = try await butler.office.places().reduce(into: [:]) { $0[$1.id] = $1.name }
        }
        return places[id]
    }

    /// What went wrong, in words that say what is safe.
    func problem(_ error: any Error) -> String { ButlerScreens.problem(error, words) }
}

/// What went wrong, in words that say what is safe; what is none of the butler's errors is his own fault.
public func problem(_ error: any Error, _ words: Words) -> String { words(label(error)) }

func label(_ error: any Error) -> Label { (error as? ButlerError ?? .Internal(code: "\(type(of: error))")).words }

/// What has not reached the office: records and photos are counted each for itself.
@MainActor func unsentWords(_ app: App, _ status: Summary) -> String {
    let (records, photos) = (status.unsentRecords, status.unsentPhotos)
    if photos == 0 { return app.words(.unsentRecords, ["records": records]) }
    if records == 0 { return app.words(.unsentPhotos, ["photos": photos]) }
    return app.words(.unsentBoth, ["records": records, "photos": photos])
}

/// What has not reached the office, as the badge at the top of every screen.
@MainActor func syncBadge(_ app: App, _ status: Summary) -> Badge {
    let unsent = status.unsentRecords + status.unsentPhotos
    let back = status.rejectedEdits + status.rejectedPhotos + status.quarantined
    if back > 0 { return Badge(.rejected, app.words(.notTaken, ["count": back])) }
    if unsent > 0 {
        return Badge(.unsent, app.words(.unsent, ["count": unsent]), spoken: app.words(.unsentSpoken, ["what": unsentWords(app, status)]))
    }
    return Badge(.sent, app.words(.allSent))
}

/// How far a record is on its way; nothing when the office has all of it.
@MainActor func recordBadge(_ app: App, _ state: RecordState) -> Badge? {
    switch state {
    case .unsent: Badge(.unsent, app.words(.stateUnsent))
    case .sending: Badge(.sending, app.words(.stateSending))
    case .pending, .later: Badge(.pending, app.words(.statePending))
    case .rejected: Badge(.rejected, app.words(.stateRejected))
    case .quarantined: Badge(.rejected, app.words(.stateQuarantined))
    case .acknowledged: nil
    }
}
