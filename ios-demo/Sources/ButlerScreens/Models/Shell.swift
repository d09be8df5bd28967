import ButlerKit
import Foundation
import Observation

/// The five places of the bar at the foot.
public enum Tab: CaseIterable, Hashable, Sendable {
    /// `overview` is in the place of `today` for those who look after others; theirs is one press below it.
    case overview, today, homes, record, cases, more

    public var root: Place {
        switch self {
        case .overview: .overview
        case .today: .today
        case .homes: .homes
        case .record: .record
        case .cases: .cases
        case .more: .more
        }
    }
}

/// Where one is: each tab keeps its own way.
public struct Way: Hashable, Sendable {
    public var tab: Tab
    public var stacks: [Tab: [Place]]
    /// Where back leads to from every other tab.
    public var first: Tab

    public init(_ tab: Tab = .today, stacks: [Tab: [Place]] = [:], first: Tab = .today) {
        self.tab = tab
        self.stacks = stacks
        self.first = first
    }

    /// What is shown.
    public var top: Place { stacks[tab]?.last ?? tab.root }

    /// Whether there is a way back that does not leave the app.
    public var mayGoBack: Bool { top != .enrol && (!stacks[tab, default: []].isEmpty || tab != first) }

    public func to(_ place: Place) -> Way {
        // Whose phone it will be is not known: nothing of the way so far is theirs.
        if place == .enrol { return Way(.today, stacks: [.today: [place]], first: first) }
        var way = self
        if let root = Tab.allCases.first(where: { $0.root == place }) {
            way.tab = root
            way.stacks[root] = nil
        } else if place != top {
            way.stacks[tab, default: []].append(place)
        }
        return way
    }

    /// Pressed again, a tab leads to its root.
    public func tab(_ next: Tab) -> Way {
        var way = self
        if next == tab { way.stacks[tab] = nil } else { way.tab = next }
        return way
    }

    /// Up one level; from the root of a tab to the first one.
    public func back() -> Way {
        guard mayGoBack else { return self }
        var way = self
        if stacks[tab, default: []].isEmpty { way.tab = first } else { way.stacks[tab, default: []].removeLast() }
        return way
    }
}

/// Goes from place to place, and has where one is kept; what only a platform can do it leaves to the device.
@MainActor @Observable public final class Navigator: Platform {
    public private(set) var way = Way() { didSet { kept.keep(way) } }
    @ObservationIgnored private let device: any Device
    @ObservationIgnored private let kept: WayKeeper

    public init(_ device: any Device, _ kept: WayKeeper? = nil) {
        self.device = device
        self.kept = kept ?? WayKeeper()
    }

    /// The app is opened: to enrolment, or to where one was when it died.
    public func open(_ app: App) async throws {
        if try await firstPlace(app) == .enrol { return go(.enrol) }
        if let kept = kept.read() { way = try await stillThere(app.butler, kept) }
    }

    public func go(_ to: Place) { way = way.to(to) }
    public func back() { way = way.back() }
    public func tab(_ next: Tab) { way = way.tab(next) }

    /// Another tab is the first one.
    public func first(_ tab: Tab) {
        guard way.first != tab else { return }
        if way.tab == way.first && way.top != .enrol { way.tab = tab }
        way.first = tab
    }

    public var model: String { device.model }
    public func dial(_ number: String) { device.dial(number) }
    public func photo() async -> Data? { await device.photo() }
    public func scan() async -> String? { felt(await device.scan()) }
    public var readsTags: Bool { device.readsTags }
    public func tag(saying words: String) async -> String? { felt(await device.tag(saying: words)) }

    private func felt(_ read: String?) -> String? {
        if read != nil { device.didScan() }
        return read
    }

    public func position() async -> GeoPoint? { await device.position() }
    public func recorded() { device.recorded() }
    public func found() { device.found() }
    public func notPossible() { device.notPossible() }
    public func didScan() { device.didScan() }
    public func openStorage() { device.openStorage() }
    public func sync() { device.sync() }
    public func share(_ text: String) { device.share(text) }
    public func print(_ slip: SlipPage) { device.print(slip) }
    public func share(_ slip: SlipPage) { device.share(slip) }
}

/// The bar at the foot.
public struct TabsState: Sendable {
    public var tabs: [TabState] = []
}

public struct TabState: Sendable {
    public let press: Press<Tab>
    public let count: Int
}

/// How many cases wait for this person stands on the tab of cases; none is not shown.
@MainActor public final class TabsModel: Model {
    public let app: App
    public let life = Life(TabsState())

    public init(_ app: App) { self.app = app }

    public func read() async throws -> TabsState {
        let mine = try await app.butler.cases.list(CaseFilter(turn: .mine, closed: false)).count
        let left: Tab = try await overlooks(app) ? .today : .overview
        return TabsState(
            tabs: Tab.allCases.filter { $0 != left }.map { TabState(press: Press(app.words(word($0)), $0), count: $0 == .cases ? mine : 0) })
    }

    public func act(_ intent: Tab) async throws {}

    public func failed(_ words: String) {}

    private func word(_ tab: Tab) -> Word {
        switch tab {
        case .overview: .tabOverview
        case .today: .tabToday
        case .homes: .tabHomes
        case .record: .tabRecord
        case .cases: .tabCases
        case .more: .tabMore
        }
    }
}
