import ButlerKit
import Foundation

/// What the line to the office is doing, or how it went last.
public enum LineState: Sendable {
    /// Nothing since the app was opened.
    case quiet
    /// A sync is under way; how far is not known at first.
    case busy(SyncProgress?)
    case ended(SyncReport)
    /// It could not even begin, or not be kept.
    case failed(Label)

    var isBusy: Bool { if case .busy = self { true } else { false } }

    var isQuiet: Bool { if case .quiet = self { true } else { false } }

    var progress: SyncProgress? { if case .busy(let progress) = self { progress } else { nil } }

    var report: SyncReport? { if case .ended(let report) = self { report } else { nil } }
}

/// The line to the office: where that is, and one sync at a time, whoever asks and however often. What is asked for while one
/// runs is done by another right behind it.
@MainActor public final class Line {
    private let butler: Butler
    private let settings: SettingsKeeper
    private let transport: (String) throws -> any Transport
    private let doing = Watched(LineState.quiet)
    private var asked = false
    private var running: Task<SyncReport?, Never>?

    /// `transport` carries frames to the office at an address.
    public init(_ butler: Butler, _ settings: SettingsKeeper, _ transport: @escaping (String) throws -> any Transport) {
        self.butler = butler
        self.settings = settings
        self.transport = transport
    }

    nonisolated public var state: LineState { doing.now }

    /// One element whenever the state has become another one.
    public func changes() -> AsyncStream<Void> { doing.changes() }

    /// Which office answers at an address.
    func about(_ office: String) async throws -> OfficeAbout { try await butler.officeAt(transport(office)) }

    /// Makes this phone known to an office, which is where it syncs from now on.
    public func enrol(code: String, phone: String, at office: String) async throws {
        try await butler.enrol(code: code, label: phone, with: transport(office))
        try settings.change { ($0.office, $0.phone) = (office, phone) }
    }

    /// Syncs until nobody asks any more; how the last one ended, or nil when none was made. Cancelling whoever waits for this
    /// cuts the line; what was exchanged is kept.
    @discardableResult
    public func sync(photos: Bool = true) async -> SyncReport? {
        asked = true
        let task = running ?? begin(photos)
        return await withTaskCancellationHandler { await task.value } onCancel: { task.cancel() }
    }

    private func begin(_ photos: Bool) -> Task<SyncReport?, Never> {
        let task = Task {
            defer { running = nil }
            var last: SyncReport?
            while asked {
                asked = false
                last = await once(photos)
                if last?.end != .complete { break }
            }
            return last
        }
        running = task
        return task
    }

    private func once(_ photos: Bool) async -> SyncReport? {
        guard let office = settings.now.office else { return nil }
        do {
            // An address may be known before the phone is anybody's.
            if try await butler.enrolled() == nil { return nil }
            let doing = doing
            doing.now = .busy(nil)
            let report = try await butler.sync(with: transport(office), photos: photos) { doing.now = .busy($0) }
            doing.now = .ended(report)
            return report
        } catch {
            doing.now = .failed(label(error))
            return nil
        }
    }
}

/// How far a sync is, in words.
func progress(_ words: Words, _ progress: SyncProgress?) -> String {
    switch progress?.stage {
    case nil, .connecting: words(.syncConnecting)
    case .sending: words(.syncSending, ["done": progress?.done ?? 0, "total": progress?.total ?? 0])
    case .receiving: words(.syncReceiving, ["done": progress?.done ?? 0, "total": progress?.total ?? 0])
    case .photos: words(.syncPhotos, ["percent": (progress?.done ?? 0) * 100 / max(progress?.total ?? 0, 1)])
    }
}

/// Why a sync did not do all it could, in words; nil when it did.
func shortfall(_ words: Words, _ state: LineState) -> String? {
    switch state {
    case .quiet, .busy: return nil
    case .failed(let why): return words(why)
    case .ended(let report):
        switch report.end {
        case .complete: return nil
        case .interrupted where report.accepted > 0: return words(.syncCut, ["count": report.accepted])
        case .interrupted: return words(ButlerError.Offline(why: report.broke ?? .unreachable).words)
        case .office(let problem): return words(ButlerError.Office(problem: problem).words)
        case .unreadable: return words(ButlerError.NotAnOffice.words)
        case .store: return words(ButlerError.Internal(code: "sync-store").words)
        }
    }
}
