import ButlerKit
import Foundation

/// How much is here, that it is safe, what waits and what needs a look.
public struct OutboxState: Sendable {
    public var title = ""
    public var back: Press<OutboxIntent>?
    public var problem: String?
    /// The phone's clock is wrong.
    public var clock: String?
    /// What the last sync has to tell, a sentence each.
    public var notices: [String] = []
    public var head: OutboxHead?
    public var drafts: [OutboxLine] = []
    public var draftsTitle: String?
    public var waitingTitle: String?
    public var waiting: [OutboxLine] = []
    public var more: Press<OutboxIntent>?
    public var lookTitle: String?
    public var look: [OutboxLine] = []
    public var conflicts: OutboxLine?
    public var trying: Press<OutboxIntent>?
}

/// All of it in two sentences, and when the office last had everything.
public struct OutboxHead: Sendable {
    public let safe: Bool
    public let title: String
    public let about: String
    public let sync: String
    public let last: String
}

/// A record that waits, or that needs a look.
public struct OutboxLine: Sendable {
    public let about: String
    public let badge: Badge?
    public let open: Press<OutboxIntent>
}

public enum OutboxIntent: Equatable, Sendable {
    case back
    case all
    case `try`
    case conflicts
    case open(Kind, RecordId)
    case rejected(ChangeHash)
    case putAway(PhotoId, RecordId)
    case draft(SubmissionId)
}

/// 手机与办公室: of `outbox()`, `rejected` and `status()`.
@MainActor public final class OutboxModel: Model {
    public let app: App
    public let life = Life(OutboxState())
    private var all = false
    private var tried = false
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public var follows: AsyncStream<Void> { app.line.changes() }

    public func act(_ intent: OutboxIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .all: all = true
        case .try:
            tried = true
            app.platform.sync()
        case .conflicts: app.platform.go(.conflicts())
        case .open(let kind, let record): app.platform.go(placeOf(kind, record))
        case .rejected(let change): app.platform.go(.rejected(change))
        case .putAway(let photo, let record): try await app.butler.rejected.dismissPhoto(photo, of: record)
        case .draft(let draft): app.platform.go(try await place(draft))
        }
    }

    /// Where a draft goes on: at the screen it was begun at, or as the general form.
    private func place(_ id: SubmissionId) async throws -> Place {
        guard let draft = try await app.butler.drafts.get(id)?.draft else { return .form(.unfinished(id)) }
        if draft.form == cutShortForm { return .today }
        if draft.form == toldForm { return .handover }
        if draft.form == findingForm || draft.form == pointDraft, let round = draft.due.map(RoundOf.due) ?? draft.about.first.map(RoundOf.begun) { return .round(round) }
        switch (draft.form, draft.about.first, draft.step) {
        case (phoneDraft, let person?, _): return .resident(person)
        case (noteDraft, let record, _): return .conflicts(record)
        case (saidDraft, _, let begun?): return .emergency(.begun(SubmissionId(value: begun)))
        case (saidDraft, let about?, nil): return .emergency(.case(about))
        default: break
        }
        guard draft.due == nil, let home = draft.about.first, let begun = Begun(draft),
            try await homeTitle(app, home) != nil
        else { return .form(.unfinished(id)) }
        return switch begun {
        case .nobody: .today
        case .met: .visit(home)
        case .called: .home(home)
        }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> OutboxState {
        let words = app.words
        let status = try await app.butler.status()
        let today = try await app.butler.date()
        let line = app.line.state
        let waiting = try await app.butler.outbox().filter(\.isPlain).sorted { $0.since > $1.since }
        let shown = all || waiting.count <= shownRows + 1 ? waiting : Array(waiting.prefix(shownRows))
        let rest = waiting.dropFirst(shown.count)
        let look = try await look()
        let drafts = try await app.butler.drafts.list()
        let conflicts = status.recordsInConflict
        var lines: [OutboxLine] = []
        for row in shown { lines.append(try await self.line(row, today)) }
        return OutboxState(
            title: words(.outboxTitle),
            back: Press(words(.back), .back),
            problem: problem,
            clock: status.clockDoubtful ? words(.clockDoubtful) : nil,
            notices: line.report?.notices.map { words($0) } ?? [],
            head: head(status, today, line),
            drafts: drafts.map { draft($0, today) },
            draftsTitle: drafts.isEmpty ? nil : words(.draftsTitle, ["count": drafts.count]),
            waitingTitle: waiting.isEmpty ? nil : words(.outboxWaiting, ["count": waiting.count]),
            waiting: lines,
            more: rest.isEmpty
                ? nil : Press(words(.outboxMore, ["count": rest.count, "what": words.list(counted(rest.map(\.kind)))]), .all),
            lookTitle: look.isEmpty ? nil : words(.outboxLook, ["count": look.count]),
            look: look,
            conflicts: conflicts == 0
                ? nil
                : OutboxLine(
                    about: words(.conflictsAbout), badge: nil,
                    open: Press(words(.conflictsCount, ["count": conflicts]), .conflicts)),
            trying: Press(line.isBusy ? progress(words, line.progress) : words(.syncNow), .try))
    }

    private func head(_ status: Summary, _ today: Day, _ line: LineState) -> OutboxHead {
        let words = app.words
        let safe = status.unsentRecords + status.unsentPhotos == 0
        let title = safe ? words(.allAtTheOffice) : words(.outboxUnsent, ["what": unsentWords(app, status)])
        let isTrying = line.isBusy || tried && line.isQuiet
        let oldest = status.oldestUnsentMs.map { words(.oldest, ["waited": app.formats.minutes(Int($0 / minute))]) } ?? ""
        return OutboxHead(
            safe: safe,
            title: title,
            about: safe ? words(.outboxNothing) : words(.safeOnPhone) + oldest,
            sync: shortfall(words, line) ?? words(isTrying ? .tryingNow : safe ? .syncsItself : .sendsItself),
            last: status.syncedAt.map { words(.lastSync, ["time": app.formats.timeNear($0, today: today)]) }
                ?? words(.neverSynced))
    }

    /// `往来 2`, of each kind, in the order they come in.
    private func counted(_ kinds: [Kind]) -> [String] {
        kinds.unique().map { kind in "\(app.words(kindWord(kind))) \(kinds.filter { $0 == kind }.count)" }
    }

    private func draft(_ draft: DraftDetails, _ today: Day) -> OutboxLine {
        let title = [draft.subject, draftTitle(app, draft) ?? ""].filter { !$0.isEmpty }
        return OutboxLine(
            about: app.words(.draftKeptAt, ["time": app.formats.nearTime(draft.changedAt, today: today)]), badge: nil,
            open: Press(title.joined(separator: " "), .draft(draft.draft.submission.id)))
    }

    /// A case is called by its title; what has none by what it is about, and what it is.
    private func line(_ row: OutboxRow, _ today: Day) async throws -> OutboxLine {
        let words = app.words
        let what = try await kind(row)
        var subject = row.title
        if subject.isEmpty { subject = try await aboutHome(app, row.record) ?? "" }
        let isCalled = row.kind == .case && !subject.isEmpty
        let about = [
            isCalled ? what : nil, try await whom(row), row.edits > 0 ? words(.edits, ["count": row.edits]) : nil,
            row.photos > 0 ? words(.photos, ["count": row.photos]) : nil,
        ]
        let title = isCalled ? subject : [subject, what].filter { !$0.isEmpty }.unique().joined(separator: " ")
        return OutboxLine(
            about: about.compactMap { $0 }.joined(separator: dot),
            badge: Badge(row.state == .sending ? .sending : .unsent, app.formats.timeNear(row.since, today: today)),
            open: Press(title, .open(row.kind, row.record)))
    }

    /// What it is: by its procedure where it has one.
    private func kind(_ row: OutboxRow) async throws -> String {
        let record = row.record
        let label: Label? =
            switch row.kind {
            case .case: try await found { [app] in try await app.butler.cases.details(record).workflow }
            case .round: try await found { [app] in try await app.butler.rounds.details(record).title }
            case .entry:
                try await found { [app] in
                    try await app.butler.registers.form(try await app.butler.registers.details(record).form).title
                }
            default: nil
            }
        return label.map { app.words($0) } ?? app.words(kindWord(row.kind))
    }

    /// The home of a case, or the people of a home that was called on.
    private func whom(_ row: OutboxRow) async throws -> String? {
        guard row.kind == .case || row.kind == .contact, let about = try await aboutRecord(app, row.record),
            let home = try await found({ [app] in try await app.butler.homes.details(about) })
        else { return nil }
        if row.kind == .case { return home.title }
        guard let first = home.residents.first else { return nil }
        let name = app.called(first)
        return name.isEmpty ? nil : app.words(.homeOf, ["name": name])
    }

    /// What will not go by itself, or waits for others.
    private func look() async throws -> [OutboxLine] {
        let words = app.words
        let edits = try await app.butler.rejected.list().map { row in
            let subject = row.subject.isEmpty ? words(kindWord(row.kind)) : row.subject
            return OutboxLine(
                about: words(row.reason), badge: fateBadge(app, row.fate),
                open: Press([subject, field(row)].compactMap { $0 }.joined(separator: " "), .rejected(row.change)))
        }
        let photos = try await app.butler.rejected.photos().map {
            OutboxLine(
                about: words($0.reason), badge: Badge(.rejected, words(.stateRejected)),
                open: Press(words(.putPhotoAway), .putAway($0.photo, $0.record)))
        }
        return edits + photos
    }

    private func field(_ row: RejectedRow) -> String? { row.disputed.map { app.words($0.label) } }
}

/// So many of what waits are shown at first.
private let shownRows = 3
/// A minute in milliseconds.
private let minute: UInt64 = 60_000

/// What became of an edit the office did not take.
@MainActor func fateBadge(_ app: App, _ fate: Fate) -> Badge {
    switch fate {
    case .rejected: Badge(.rejected, app.words(.stateRejected))
    case .quarantined: Badge(.rejected, app.words(.stateQuarantined))
    case .forked, .dependency: Badge(.sending, app.words(.stateAgain))
    case .pending, .later: Badge(.pending, app.words(.statePending))
    }
}

extension OutboxRow {
    /// It goes by itself.
    fileprivate var isPlain: Bool {
        switch state {
        case .unsent, .sending, .acknowledged: true
        default: false
        }
    }
}

extension RejectedRow {
    /// What the reason is about: the field it names, or all that was meant when that is one thing.
    var disputed: TouchRow? { meant.first { $0.path == path } ?? (meant.count == 1 ? meant.first : nil) }
}
