import ButlerKit

/// 更多: what waits for a look, what is half filled in, who holds the phone.
public struct MoreState: Sendable {
    public var title = ""
    public var syncBadge: Badge?
    public var problem: String?
    public var rows: [MoreRow] = []
    public var draftsTitle: String?
    public var drafts: [UnfinishedLine] = []
    public var who = ""
    public var about = ""
}

public struct MoreRow: Sendable {
    public let kind: MoreKind
    public let press: Press<MoreIntent>
}

public enum MoreKind: Sendable {
    case outbox, conflicts, settings, help
}

/// What is half filled in.
public struct UnfinishedLine: Sendable {
    public let title: String
    public let about: String
    public let discard: Press<MoreIntent>
}

public enum MoreIntent: Sendable {
    case outbox
    case conflicts
    case settings
    case help
    case discard(SubmissionId)
}

@MainActor public final class MoreModel: Model {
    public let app: App
    public let life = Life(MoreState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> MoreState {
        let words = app.words
        let today = try await app.butler.date()
        let drafts = try await app.butler.drafts.list()
        let conflicts = try await app.butler.conflicts.list().count
        let me = try await app.butler.me()
        let version = try await app.butler.playbookSet().version
        let set = version.map { words(.procedureSet, ["version": $0]) }
        return MoreState(
            title: words(.moreTitle),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            rows: [
                MoreRow(kind: .outbox, press: Press(words(.outboxTitle), .outbox)),
                MoreRow(kind: .conflicts, press: Press(words(.conflictsCount, ["count": conflicts]), .conflicts)),
                MoreRow(kind: .settings, press: Press(words(.settings), .settings)),
                MoreRow(kind: .help, press: Press(words(.settingHelp), .help)),
            ],
            draftsTitle: drafts.isEmpty ? nil : words(.drafts, ["count": drafts.count]),
            drafts: drafts.map { draft in
                UnfinishedLine(
                    title: draftTitle(app, draft) ?? draft.subject,
                    about: [draft.subject, app.formats.nearTime(draft.changedAt, today: today)].filter { !$0.isEmpty }
                        .joined(separator: dot),
                    discard: Press(words(.discard), .discard(draft.draft.submission.id)))
            },
            who: me.name + dot + words.list(me.roles.map { words($0.label) }),
            about: (me.grids.map(\.name) + [set].compactMap { $0 }).joined(separator: dot))
    }

    public func act(_ intent: MoreIntent) async throws {
        problem = nil
        switch intent {
        case .outbox: app.platform.go(.outbox)
        case .conflicts: app.platform.go(.conflicts())
        case .settings: app.platform.go(.settings)
        case .help: app.platform.go(.help)
        case .discard(let draft): try await app.butler.drafts.discard(draft)
        }
    }

    public func failed(_ words: String) { problem = words }
}
