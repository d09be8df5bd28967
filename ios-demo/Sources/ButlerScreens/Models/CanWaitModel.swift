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
}

public enum CanWaitIntent: Sendable {
    case back
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
        return CanWaitState(
            title: words(.canWaitTitle),
            subtitle: words(.canWaitAbout, ["count": waiting]),
            back: Press(words(.back), .back),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            doesNotFit: walk.doesNotFit.map { group($0, today) },
            doesNotFitTitle: misfit == 0 ? nil : words(.doesNotFit, ["count": misfit]),
            groups: walk.canWait.map { group($0, today) },
            empty: waiting + misfit > 0 ? nil : Empty(words(.nothingWaits), ""))
    }

    private func group(_ group: WalkGroup, _ today: Day) -> WaitingGroup {
        let left = group.until.map { app.formats.days(from: today, to: $0) }
        let badge: Badge? =
            if group.overdue > 0 {
                Badge(.overdue, app.words(.lateItems, ["count": group.overdue]))
            } else if let left, (0...soon).contains(left) {
                Badge(.due, app.words(.daysLeft, ["days": left]))
            } else {
                nil
            }
        return WaitingGroup(
            title: app.words(.groupCount, ["what": app.words(group.title), "count": group.count]),
            reason: app.formats.say(group.reason, today: today),
            badge: badge)
    }

    public func act(_ intent: CanWaitIntent) async throws {
        switch intent {
        case .back: app.platform.back()
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// From so many days on, what is left is worth a badge.
private let soon = 3
