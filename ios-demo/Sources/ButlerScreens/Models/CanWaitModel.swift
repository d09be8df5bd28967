import ButlerKit

/// What is not on today's walk: what can wait, and what should have been on it and does not fit.
public struct CanWaitState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<CanWaitIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    public var doesNotFit: [WaitingGroup] = []
    public var doesNotFitTitle: String?
    public var groups: [WaitingGroup] = []
    public var empty: Empty<CanWaitIntent>?
}

/// Things of one kind that wait for one reason.
public struct WaitingGroup: Sendable {
    public let title: String
    public let reason: String
    public let badge: Badge?
    /// Where inspections of homes have a list of their own.
    public var open: Press<CanWaitIntent>?
}

public enum CanWaitIntent: Sendable {
    case back
    case open(ChecklistId)
}

/// 可以等, 排不下: of `today.walk()`.
@MainActor public final class CanWaitModel: Model {
    public let app: App
    public let life = Life(CanWaitState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> CanWaitState {
        let words = app.words
        let walk = try await app.butler.today.walk(app.settings.now.hours)
        let today = try await app.butler.date()
        let waiting = walk.canWait.map(\.count).reduce(0, +)
        let misfit = walk.doesNotFit.map(\.count).reduce(0, +)
        var (misfits, groups): ([WaitingGroup], [WaitingGroup]) = ([], [])
        for each in walk.doesNotFit { misfits.append(try await group(each, today)) }
        for each in walk.canWait { groups.append(try await group(each, today)) }
        return CanWaitState(
            title: words(.canWaitTitle),
            subtitle: words(.canWaitAbout, ["count": waiting]),
            back: Press(words(.back), .back),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            doesNotFit: misfits,
            doesNotFitTitle: misfit == 0 ? nil : words(.doesNotFit, ["count": misfit]),
            groups: groups,
            empty: waiting + misfit > 0 ? nil : Empty(words(.nothingWaits), ""))
    }

    private func group(_ group: WalkGroup, _ today: Day) async throws -> WaitingGroup {
        let left = group.until.map { app.formats.days(from: today, to: $0) }
        let badge: Badge? =
            if group.overdue > 0 {
                Badge(.overdue, app.words(.lateItems, ["count": group.overdue]))
            } else if let left, (0...soon).contains(left) {
                Badge(.due, app.words(.daysLeft, ["days": left]))
            } else {
                nil
            }
        var open: Press<CanWaitIntent>?
        if let first = group.items.first, let item = try await app.butler.today.item(first), item.about != nil,
            case .checklist(let checklist) = item.begin
        {
            open = Press(app.words(.eachHome), .open(checklist))
        }
        return WaitingGroup(
            title: app.words(.groupCount, ["what": app.words(group.title), "count": group.count]),
            reason: app.formats.say(group.reason, today: today),
            badge: badge,
            open: open)
    }

    public func act(_ intent: CanWaitIntent) async throws {
        switch intent {
        case .back: app.platform.back()
        case .open(let checklist): app.platform.go(.dayRounds(checklist))
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// From so many days on, what is left is worth a badge.
private let soon = 3
