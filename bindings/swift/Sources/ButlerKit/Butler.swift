import ButlerFFI
import Foundation

/// A butler's phone 物业管家: open, read, act, sync.
///
/// Every call leaves the calling thread; any task may make it. What fails throws a ``ButlerError``.
public struct Butler: Sendable {
    let core: ButlerCore

    /// Opens the butler in a folder of its own, making an empty one when there is none. Needs no network.
    public static func open(at folder: URL, keys: any KeyProvider, clock: (any Clock)? = nil) async throws -> Butler {
        try await blocking { Butler(core: try ButlerCore.open(folder: folder.path, keys: keys, clock: clock)) }
    }

    /// ``open(at:keys:clock:)`` after it threw `ButlerError.KeyMissing` or `ButlerError.WrongKey`, as on a new phone that was
    /// restored from a backup: what no key opens is moved aside, whole (`Opening.setAside`), and an empty butler takes its
    /// place, to be enrolled. A butler that opens is opened, and nothing is moved.
    public static func openAnew(
        at folder: URL, keys: any KeyProvider, clock: (any Clock)? = nil
    ) async throws -> Butler {
        try await blocking { Butler(core: try ButlerCore.openAnew(folder: folder.path, keys: keys, clock: clock)) }
    }

    public var today: Today { Today(core: core) }
    public var homes: Homes { Homes(core: core) }
    public var residents: Residents { Residents(core: core) }
    public var contacts: Contacts { Contacts(core: core) }
    public var rounds: Rounds { Rounds(core: core) }
    public var cases: Cases { Cases(core: core) }
    public var registers: Registers { Registers(core: core) }
    public var conflicts: Conflicts { Conflicts(core: core) }
    public var rejected: Rejected { Rejected(core: core) }
    public var metrics: Metrics { Metrics(core: core) }
    public var library: Library { Library(core: core) }
    public var papers: Papers { Papers(core: core) }
    public var office: OfficeTables { OfficeTables(core: core) }
    public var drafts: Drafts { Drafts(core: core) }
    public var photos: Photos { Photos(core: core) }
    public var records: Records { Records(core: core) }

    /// Opens a form over what a screen shows: `shown` of the row or details it draws; none when it begins something. A
    /// plain value: keep it with what is typed, also over the death of the app.
    public func submission(over shown: Shown? = nil) async throws -> Submission {
        try await core.off { try $0.submission(shown: shown) }
    }

    /// This butler, for a form that is handed in: `butler.submitting(form).homes.edit(home) { … }`. What a sync brought
    /// since the form showed the record is kept beside what it writes. Handed in again, after a double tap or a timeout, it
    /// is answered with what the first made; with other answers it throws `ButlerError.AlreadySubmitted`.
    public func submitting(_ form: Submission) throws -> Butler { Butler(core: try core.submitting(form: form)) }

    /// What changed, after every call or sync that changed something: for screens that keep their own lists. Changes that a
    /// slow reader missed come as one set.
    public func changes() -> AsyncThrowingStream<Set<Area>, any Error> { core.changes() }

    /// Whatever a screen shows, as it is now and again after every change, one's own or merged:
    /// `butler.watch { try await $0.today.list() }`. A slow reader gets the latest only; equal looks are one; it ends with
    /// its reader.
    public func watch<T: Sendable & Equatable>(
        _ look: @escaping @Sendable (Butler) async throws -> T
    ) -> AsyncThrowingStream<T, any Error> {
        core.watch { try await look(self) }
    }

    /// What has not reached the office, in sum.
    public func status() async throws -> Summary { try await core.off { try $0.status() } }

    /// What has not reached the office, record by record.
    public func outbox() async throws -> [OutboxRow] { try await core.off { try $0.outbox() } }

    /// Who holds this phone, with their roles, their grids and what they may write.
    public func me() async throws -> Me { try await core.off { try $0.me() } }

    /// What opening found: a new butler, a restored one, damaged data moved aside.
    public func opening() async throws -> Opening { try await core.off { try $0.opening() } }

    /// Reads what was scanned to enrol: the office's address and the code, or the code alone.
    public static func enrolmentCode(_ scanned: String) throws -> EnrolmentCode {
        try ButlerFFI.enrolmentCode(scanned: scanned)
    }

    /// What the office at the other end is called: shown before a code is used. Needs no code and tells the office nothing.
    public func officeAt(_ transport: any Transport) async throws -> OfficeAbout {
        try await core.off { try $0.officeAt(transport: transport) }
    }

    /// For whom this phone is enrolled; nil when it is not.
    public func enrolled() async throws -> StaffId? { try await core.off { try $0.enrolled() } }

    /// Registers this phone with the code shown at the office; `label` is what the office calls the phone.
    @discardableResult
    public func enrol(code: String, label: String, with transport: any Transport) async throws -> StaffId {
        try await core.off { try $0.enrol(code: code, label: label, transport: transport) }
    }

    /// Ends this phone's service for its owner, so that a colleague can have it: removes everything of theirs and shuts
    /// down. Sync first; nothing the office does not have is removed (`ButlerError.NotHandedIn`). Then open and enrol.
    public func handOver() async throws { try await core.off { try $0.handOver() } }

    /// Hands in what is unsent, takes in what is new, moves photos. Cancelling the task cuts the line: what was
    /// exchanged is kept and the next sync goes on from there. Without `photos` (a metered line) they wait for another
    /// sync, among what is not sent.
    @discardableResult
    public func sync(
        with transport: any Transport, photos: Bool = true,
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> SyncReport {
        let line = Line(transport)
        return try await withTaskCancellationHandler {
            try await core.off { try $0.sync(transport: line, listener: ProgressBar(progress), photos: photos) }
        } onCancel: {
            line.cut()
        }
    }

    /// Names, rooms as people type them, last digits of phones, notes and orders; best first.
    public func search(_ typed: String, limit: Int = 20) async throws -> [SearchRow] {
        try await core.off { try $0.search(typed: typed, limit: limit) }
    }

    /// The day it is for the community, by the office's clock as far as known.
    public func date() async throws -> Day { try await core.off { try $0.date() } }

    /// Which of the company's procedures are in force here, and which set was not taken over.
    public func playbookSet() async throws -> PlaybookSet { try await core.off { try $0.playbookSet() } }

    /// One text to send to whoever helps. Nothing personal.
    public func diagnostics() async throws -> String { try await core.off { try $0.diagnostics() } }

    /// Compaction and checks, when the app has time.
    public func tidy() async throws { try await core.off { try $0.tidy() } }

    /// Closes the files. Later calls throw `ButlerError.Closed`; a second shutdown does nothing.
    public func shutdown() async throws { try await core.off { try $0.shutdown() } }

    /// Which core this is: its version, and the sync protocol it speaks.
    public static func version() throws -> CoreVersion { try coreVersion() }
}

/// The app's transport until the task that syncs is cancelled.
private final class Line: Transport, @unchecked Sendable {
    private let transport: any Transport
    private let lock = NSLock()
    private var isCut = false

    init(_ transport: any Transport) { self.transport = transport }

    func cut() { lock.withLock { isCut = true } }

    func exchange(frame: Data) throws -> Data {
        if lock.withLock({ isCut }) { throw TransportError.Unreachable }
        return try transport.exchange(frame: frame)
    }
}

private final class ProgressBar: SyncListener {
    private let tell: @Sendable (SyncProgress) -> Void

    init(_ tell: @escaping @Sendable (SyncProgress) -> Void) { self.tell = tell }

    func progress(progress: SyncProgress) { tell(progress) }
}
