import ButlerKit

/// The day by what a butler is to customers 身份: under each duty its identities, with what is left and what is done.
public struct DutiesState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<DutiesIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    public var identities: [IdentityGroup] = []
    public var empty: Empty<DutiesIntent>?
}

/// One identity; its duty stands above the first of each.
public struct IdentityGroup: Sendable {
    public let duty: String?
    public let title: String
    public let about: String
    public let kinds: [WaitingGroup]
}

public enum DutiesIntent: Sendable {
    case back
}

/// 按身份看今天: of `today.list()`, whose items say which identity they serve.
@MainActor public final class DutiesModel: Model {
    public let app: App
    public let life = Life(DutiesState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> DutiesState {
        let words = app.words
        let items = try await app.butler.today.all()
        // In the order of the month's report; what the manual counts under none comes last.
        let order = try await app.butler.metrics.list().compactMap(\.serves).unique()
        let groups = items.grouped { $0.serves }.sorted { place(of: $0.key, order) < place(of: $1.key, order) }
        var duty: Label?
        let identities = groups.map { group in
            defer { duty = group.key?.duty }
            return identity(group.key, group.rows, isFirst: group.key?.duty != duty)
        }
        return DutiesState(
            title: words(.dutiesTitle),
            subtitle: left(items),
            back: Press(words(.back), .back),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            identities: identities,
            empty: items.isEmpty ? Empty(words(.nothingDue), words(.nothingDueAbout)) : nil)
    }

    private func place(of who: ButlerIdentity?, _ order: [ButlerIdentity]) -> Int {
        guard let who else { return order.count + 1 }
        return order.firstIndex(of: who) ?? order.count
    }

    private func identity(_ who: ButlerIdentity?, _ items: [TodayItem], isFirst: Bool) -> IdentityGroup {
        let kinds = items.filter(\.isToDo).grouped { $0.rule }.map(\.rows).enumerated()
        return IdentityGroup(
            duty: isFirst ? who.map { app.words($0.duty) } : nil,
            title: who.map { app.words($0.label) } ?? app.words(.noIdentity),
            about: left(items),
            kinds: kinds.sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map { kind($0.element) })
    }

    private func kind(_ items: [TodayItem]) -> WaitingGroup {
        let late = items.filter(\.overdue).count
        return WaitingGroup(
            title: app.words(.groupCount, ["what": app.words(items[0].title), "count": items.count]),
            reason: "",
            badge: late == 0 ? nil : Badge(.overdue, app.words(.lateItems, ["count": late])))
    }

    private func left(_ items: [TodayItem]) -> String {
        let done = items.filter { $0.status == .done }.count
        return app.words(.dutiesLeft, ["open": items.filter(\.isToDo).count, "done": done])
    }

    public func act(_ intent: DutiesIntent) async throws {
        switch intent {
        case .back: app.platform.back()
        }
    }

    public func failed(_ words: String) { problem = words }
}
