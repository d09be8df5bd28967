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
    public var doesNotFitAbout: String?
    /// Whoever may send somebody.
    public var askForHands: Press<CanWaitIntent>?
    /// Why things can wait, to see those alone.
    public var kinds: [Chip<CanWaitIntent>] = []
    public var groups: [WaitingGroup] = []
    public var empty: Empty<CanWaitIntent>?
    /// What was just brought into today.
    public var brought: String?
    public var sheet: CanWaitSheet?
}

/// Things of one kind that wait for one reason.
public struct WaitingGroup: Sendable {
    public let title: String
    public let reason: String
    public let badge: Badge?
    public var open: Press<CanWaitIntent>?
    public var look: WaitingLook?
}

/// What things of a kind are, by why they wait or where they are done; how it looks is the design's.
public enum WaitingLook: Sendable { case ask, later, spot, inside, door, call, desk }

public enum CanWaitSheet: Sendable {
    case things(Things)
    case noRoom(NoRoom)

    /// What a group is made of: each may be brought into today by itself.
    public struct Things: Sendable {
        public let title: String
        public let about: String
        public let things: [Press<CanWaitIntent>]
        public let more: String?
        /// Where inspections of homes have a list of their own.
        public let each: Press<CanWaitIntent>?
        public let close: Press<CanWaitIntent>
        public let bring: Press<CanWaitIntent>
    }

    /// There is no room, unless these wait instead.
    public struct NoRoom: Sendable {
        public let title: String
        public let about: String
        public let instead: [String]
        public let close: Press<CanWaitIntent>
        public let swap: Press<CanWaitIntent>?
    }
}

public enum CanWaitIntent: Sendable {
    case back
    /// All without one.
    case show(WaitKind?)
    /// The first of a group.
    case look(DueId)
    case bring([DueId])
    case swap
    case open(ChecklistId)
    case callNumber(String)
    case closeSheet
}

/// How much does not fit into today; of homes, where it is one thing to be done in homes.
@MainActor func doesNotFit(_ app: App, _ walk: DayWalk) async throws -> String? {
    let count = walk.doesNotFit.map(\.count).reduce(0, +)
    guard walk.doesNotFit.count == 1, let one = walk.doesNotFit.first else {
        return count == 0 ? nil : app.words(.doesNotFit, ["count": count])
    }
    var home: String?
    if let first = one.items.first, let about = try await app.butler.today.item(first)?.about { home = try await homeTitle(app, about) }
    return app.words(home != nil ? .doesNotFitHomes : .doesNotFitOf, ["count": count, "what": app.words(one.title)])
}

/// 可以等, 排不下: of `today.walk()`; what is wanted all the same is brought into today.
@MainActor public final class CanWaitModel: Model {
    public let app: App
    public let life = Life(CanWaitState())
    private var problem: String?
    private var looking: DueId?
    private var noRoom: Brought?
    private var brought = 0
    private var kind: WaitKind?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> CanWaitState {
        let words = app.words
        let walk = try await app.butler.today.walk(app.settings.now.hours)
        let today = try await app.butler.date()
        let waiting = walk.canWait.map(\.count).reduce(0, +)
        let misfit = walk.doesNotFit.map(\.count).reduce(0, +)
        var sheet: CanWaitSheet?
        if let noRoom {
            sheet = try await self.sheet(noRoom)
        } else if let looking {
            sheet = try await self.sheet(looking, walk, today)
        }
        return CanWaitState(
            title: words(.canWaitTitle),
            subtitle: words(.canWaitAbout, ["count": waiting]),
            back: Press(words(.back), .back),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            doesNotFit: try await groups(walk.doesNotFit, today),
            doesNotFitTitle: try await doesNotFit(app, walk),
            doesNotFitAbout: misfit == 0 ? nil : words(.doesNotFitAbout),
            askForHands: misfit == 0
                ? nil : try await supervisor(app)?.phone.map { Press(words(.askForHands), .callNumber($0)) },
            kinds: kinds(walk.canWait),
            groups: try await groups(walk.canWait.filter { kind == nil || $0.wait == kind }, today),
            empty: waiting + misfit > 0 ? nil : Empty(words(.nothingWaits), words(.nothingWaitsAbout)),
            brought: brought == 0 ? nil : words(.brought, ["count": brought]),
            sheet: sheet)
    }

    private func sheet(_ looking: DueId, _ walk: DayWalk, _ today: Day) async throws -> CanWaitSheet? {
        guard let group = (walk.doesNotFit + walk.canWait).first(where: { $0.items.contains(looking) }) else { return nil }
        let items = try await named(group.items.prefix(shown))
        let inspected = inspections(Array(items.prefix(1))).first?.checklist
        let more = group.items.count - items.count
        return .things(
            CanWaitSheet.Things(
                title: title(group),
                about: [app.formats.say(group.reason, today: today), app.words(.bringOne)].joined(separator: dot),
                things: items.map { Press($0.subject, .bring([$0.id])) },
                more: more > 0 ? app.words(.moreThings, ["count": more]) : nil,
                each: inspected.map { Press(app.words(.eachHome), .open($0)) },
                close: Press(app.words(.closeIt), .closeSheet),
                bring: Press(app.words(.bringToday, ["count": group.count]), .bring(group.items))))
    }

    private func sheet(_ brought: Brought) async throws -> CanWaitSheet {
        let instead = try await named(brought.displaces[...])
        return .noRoom(
            CanWaitSheet.NoRoom(
                title: app.words(.noRoom, ["count": brought.left.count]),
                about: app.words(instead.isEmpty ? .noRoomAtAll : .noRoomInstead),
                instead: instead.map { [$0.subject, app.words($0.title)].joined(separator: dot) },
                close: Press(app.words(.thinkAgain), .closeSheet),
                swap: instead.isEmpty ? nil : Press(app.words(.swapThese), .swap)))
    }

    private func named(_ ids: ArraySlice<DueId>) async throws -> [TodayItem] {
        var items: [TodayItem] = []
        for id in ids { if let item = try await app.butler.today.item(id) { items.append(item) } }
        return items
    }

    /// Where all of it waits for one reason there is nothing to choose; what is shown stays to be chosen when nothing of it is
    /// left.
    private func kinds(_ groups: [WalkGroup]) -> [Chip<CanWaitIntent>] {
        let all: [(WaitKind, Word)] = [
            (.opportunity, .waitOpportunity), (.dated, .waitDated), (.notYet, .waitNotYet), (.noHurry, .waitNoHurry),
        ]
        let kinds = all.filter { each, _ in each == kind || groups.contains { $0.wait == each } }
        if kinds.count < 2 { return [] }
        return [Chip(Press(app.words(.waitAll), .show(nil)), chosen: kind == nil)]
            + kinds.map { each, word in Chip(Press(app.words(word), .show(each)), chosen: each == kind) }
    }

    private func title(_ group: WalkGroup) -> String {
        app.words(.groupCount, ["what": app.words(group.title), "count": group.count])
    }

    private func groups(_ groups: [WalkGroup], _ today: Day) async throws -> [WaitingGroup] {
        var shown: [WaitingGroup] = []
        for each in groups { shown.append(try await group(each, today)) }
        return shown
    }

    private func look(_ group: WalkGroup) async throws -> WaitingLook? {
        switch group.wait {
        case .opportunity: return .ask
        case .notYet: return .later
        case .dated, .noHurry, nil:
            switch try await app.butler.today.item(group.items[0])?.mode {
            case .spot: return .spot
            case .inside: return .inside
            case .door: return .door
            case .call: return .call
            case .desk: return .desk
            case nil: return nil
            }
        }
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
        return WaitingGroup(
            title: title(group),
            reason: app.formats.say(group.reason, today: today),
            badge: badge,
            open: Press(title(group), .look(group.items[0])),
            look: try await look(group))
    }

    public func act(_ intent: CanWaitIntent) async throws {
        (problem, brought) = (nil, 0)
        switch intent {
        case .back: app.platform.back()
        case .show(let kind): self.kind = kind
        case .look(let item): looking = item
        case .bring(let items): try await bring(items, [])
        case .swap: if let noRoom { try await bring(noRoom.left, noRoom.displaces) }
        case .open(let checklist): app.platform.go(.dayRounds(checklist))
        case .callNumber(let number): app.platform.dial(number)
        case .closeSheet: (looking, noRoom) = (nil, nil)
        }
    }

    private func bring(_ items: [DueId], _ insteadOf: [DueId]) async throws {
        let result = try await app.butler.today.bring(items, insteadOf: insteadOf, app.settings.now.hours)
        brought = result.added.count
        (looking, noRoom) = (nil, result.left.isEmpty ? nil : result)
        if brought > 0 { app.platform.recorded() }
    }

    public func failed(_ words: String) { problem = words }
}

/// From so many days on, what is left is worth a badge.
private let soon = 3
/// So many of a group are named one by one.
private let shown = 20
