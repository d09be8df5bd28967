#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The whole app: the screen one is at, over the bar with the five places.
public struct AppScreen: View {
    private let app: ButlerScreens.App
    private let navigator: Navigator
    @State private var models = Models()
    @Environment(\.accessibilityVoiceOverEnabled) private var readAloud

    public init(_ app: ButlerScreens.App, _ navigator: Navigator) {
        self.app = app
        self.navigator = navigator
    }

    public var body: some View {
        screen(navigator.way.top).id(navigator.way).overlay(alignment: .bottom) { recent }
            .overlay(alignment: .bottom) {
                Living(models.part { StorageModel(app) }) { state, on in
                    if let full = state.full { FullPhoneView(full: full, on: on).padding(.bottom, Measure.nav) }
                }
            }
    }

    /// What was just recorded, above the bar at the foot: told to a screen reader at once, and longer there for whoever uses one.
    private var recent: some View {
        let model = models.part { RecentModel(app) }
        return Living(model) { state, on in
            if let snack = state.snack {
                SnackView(snack: snack, on: on)
                    .padding(.bottom, Measure.nav)
                    .onChange(of: snack.text, initial: true) { _, text in AccessibilityNotification.Announcement(text).post() }
                    .task(id: snack.text) { await model.stand(for: readAloud ? 12 : 6) }
            }
        }
    }

    /// Which screen a place is: a new one is named here.
    @ViewBuilder private func screen(_ place: Place) -> some View {
        switch place {
        case .article(let of):
            Living(models.of(place) { ArticleModel(app, of) }) { state, on in ArticleScreen(state: state, on: on) }
        case .canWait:
            Living(models.of(place) { CanWaitModel(app) }) { state, on in
                Footed(foot: tabs) { CanWaitScreen(state: state, on: on) }
            }
        case .case(let id):
            Living(models.of(place) { CaseModel(app, id) }) { state, on in CaseScreen(state: state, on: on) }
        case .cases:
            Living(models.of(place) { CasesModel(app) }) { state, on in
                Footed(foot: tabs) { CasesScreen(state: state, on: on) }
            }
        case .conflicts(let about):
            Living(models.of(place) { ConflictModel(app, about) }) { state, on in ConflictScreen(state: state, on: on) }
        case .duties:
            Living(models.of(place) { DutiesModel(app) }) { state, on in
                Footed(foot: tabs) { DutiesScreen(state: state, on: on) }
            }
        case .emergencies:
            Living(models.of(place) { EmergenciesModel(app) }) { state, on in EmergenciesScreen(state: state, on: on) }
        case .emergency(let of):
            Living(models.of(place) { EmergencyModel(app, of) }) { state, on in EmergencyScreen(state: state, on: on) }
        case .enrol:
            Living(models.of(place) { EnrolModel(app) }) { state, on in EnrolScreen(state: state, on: on) }
        case .entry(let id):
            Living(models.of(place) { EntryModel(app, id) }) { state, on in EntryScreen(state: state, on: on) }
        case .form(let of):
            Living(models.of(place) { FormModel(app, of) }) { state, on in FormScreen(state: state, on: on) }
        case .dayRounds(let checklist):
            Living(models.of(place) { DayRoundsModel(app, checklist) }) { state, on in
                Footed(foot: tabs) { DayRoundsScreen(state: state, on: on) }
            }
        case .handover:
            Living(models.of(place) { HandoverModel(app) }) { state, on in HandoverScreen(state: state, on: on) }
        case .history(let record):
            Living(models.of(place) { HistoryModel(app, record) }) { state, on in HistoryScreen(state: state, on: on) }
        case .home(let home):
            Living(models.of(place) { HomeModel(app, home) }) { state, on in HomeScreen(state: state, on: on) }
        case .resident(let resident):
            Living(models.of(place) { ResidentModel(app, resident) }) { state, on in ResidentScreen(state: state, on: on) }
        case .findHome(let errand):
            Living(models.of(place) { SearchModel(app, errand) }) { state, on in SearchScreen(state: state, on: on) }
        case .homes:
            Living(models.of(place) { SearchModel(app) }) { state, on in
                Footed(foot: tabs) { SearchScreen(state: state, on: on) }
            }
        case .library:
            Living(models.of(place) { LibraryModel(app) }) { state, on in LibraryScreen(state: state, on: on) }
        case .metricRecords(let metric, let group, let month):
            Living(models.of(place) { MetricRecordsModel(app, metric, group, month) }) { state, on in
                MetricRecordsScreen(state: state, on: on)
            }
        case .metrics:
            Living(models.of(place) { MetricsModel(app) }) { state, on in MetricsScreen(state: state, on: on) }
        case .more:
            Living(models.of(place) { MoreModel(app) }) { state, on in
                Footed(foot: tabs) {
                    MoreScreen(state: state, on: on) {
                        Living(models.part { IndexModel(app) }) { state, on in IndexCard(state: state, on: on) }
                    }
                }
            }
        case .outbox:
            Living(models.of(place) { OutboxModel(app) }) { state, on in OutboxScreen(state: state, on: on) }
        case .overview:
            Living(models.of(place) { OverviewModel(app) }) { state, on in
                Footed(foot: tabs) { OverviewScreen(state: state, on: on) }
            }
        case .photo(let shown):
            Living(models.of(place) { PhotoModel(app, shown) }) { state, on in PhotoScreen(state: state, on: on) }
        case .procedures:
            Living(models.of(place) { ProceduresModel(app) }) { state, on in ProceduresScreen(state: state, on: on) }
        case .record:
            Living(models.of(place) { RecordModel(app) }) { state, on in
                Footed(foot: tabs) {
                    RecordScreen(state: state, on: on) {
                        Living(models.part { EmergencyEntryModel(app) }) { state, on in EmergencyButton(state: state, on: on) }
                    }
                }
            }
        case .register(let of):
            Living(models.of(place) { RegisterModel(app, of) }) { state, on in RegisterScreen(state: state, on: on) }
        case .rejected(let change):
            Living(models.of(place) { RejectedModel(app, change) }) { state, on in RejectedScreen(state: state, on: on) }
        case .round(let of):
            Living(models.of(place) { RoundModel(app, of) }) { state, on in RoundScreen(state: state, on: on) }
        case .settings:
            Living(models.of(place) { SettingsModel(app) }) { state, on in SettingsScreen(state: state, on: on) }
        case .help:
            Living(models.of(place) { SettingsModel(app, sheet: .help) }) { state, on in SettingsScreen(state: state, on: on) }
        case .today:
            Living(models.of(place) { TodayModel(app) }) { state, on in
                Footed(foot: tabs) { TodayScreen(state: state, on: on) }
                    .overlay { if let sheet = state.sheet { TodaySheetView(sheet: sheet, on: on) } }
            }
        case .visit(let home, let byPhone):
            Living(models.of(place) { VisitModel(app, home, byPhone: byPhone) }) { state, on in VisitScreen(state: state, on: on) }
        }
    }

    private var tabs: some View {
        VStack(spacing: 0) {
            Living(models.part { RunningModel(app) }) { state, on in RunningStrip(state: state, on: on) }
            Living(models.part { TabsModel(app) }) { state, _ in
                // Where the bar has no place for today, it lies below the first tab.
                TabBar(state: state, at: navigator.way.tab == .today ? navigator.way.first : navigator.way.tab) {
                    navigator.tab($0)
                }
                .onChange(of: state.tabs.first?.press.intent, initial: true) { _, first in
                    if let first { navigator.first(first) }
                }
            }
        }
    }
}

/// A screen of the contract as it stands, for previews and the gallery: nothing is called, nothing moves on.
public struct StillScreen: View {
    private let state: any Sendable

    public init(_ state: any Sendable) { self.state = state }

    public var body: some View {
        switch state {
        case let state as ArticleState: ArticleScreen(state: state, on: { _ in })
        case let state as CanWaitState: CanWaitScreen(state: state, on: { _ in })
        case let state as CaseState: CaseScreen(state: state, on: { _ in })
        case let state as CasesState: CasesScreen(state: state, on: { _ in })
        case let state as ConflictState: ConflictScreen(state: state, on: { _ in })
        case let state as DayRoundsState: DayRoundsScreen(state: state, on: { _ in })
        case let state as DutiesState: DutiesScreen(state: state, on: { _ in })
        case let state as EmergenciesState: EmergenciesScreen(state: state, on: { _ in })
        case let state as EmergencyEntryState: EmergencyButton(state: state, on: { _ in })
        case let state as EmergencyState: EmergencyScreen(state: state, on: { _ in })
        case let state as EnrolState: EnrolScreen(state: state, on: { _ in })
        case let state as EntryState: EntryScreen(state: state, on: { _ in })
        case let state as FormState: FormScreen(state: state, on: { _ in })
        case let state as HistoryState: HistoryScreen(state: state, on: { _ in })
        case let state as HandoverState: HandoverScreen(state: state, on: { _ in })
        case let state as HomeScreenState: HomeScreen(state: state, on: { _ in })
        case let state as IndexState: IndexCard(state: state, on: { _ in })
        case let state as LibraryState: LibraryScreen(state: state, on: { _ in })
        case let state as MetricRecordsState: MetricRecordsScreen(state: state, on: { _ in })
        case let state as MetricsState: MetricsScreen(state: state, on: { _ in })
        case let state as MoreState: MoreScreen(state: state, on: { _ in }) {}
        case let state as OutboxState: OutboxScreen(state: state, on: { _ in })
        case let state as PhotoState: PhotoScreen(state: state, on: { _ in })
        case let state as ProceduresState: ProceduresScreen(state: state, on: { _ in })
        case let state as RegisterState: RegisterScreen(state: state, on: { _ in })
        case let state as RunningState: RunningStrip(state: state, on: { _ in })
        case let state as OverviewState: OverviewScreen(state: state, on: { _ in })
        case let state as StorageState: if let full = state.full { FullPhoneView(full: full, on: { _ in }) }
        case let state as RecentState: if let snack = state.snack { SnackView(snack: snack, on: { _ in }) }
        case let state as ResidentState: ResidentScreen(state: state, on: { _ in })
        case let state as RecordScreenState: RecordScreen(state: state, on: { _ in }) {}
        case let state as RejectedState: RejectedScreen(state: state, on: { _ in })
        case let state as RoundState: RoundScreen(state: state, on: { _ in })
        case let state as SearchState: SearchScreen(state: state, on: { _ in })
        case let state as SettingsState: SettingsScreen(state: state, on: { _ in })
        case let state as VisitState: VisitScreen(state: state, on: { _ in })
        case let state as TodayState:
            TodayScreen(state: state, on: { _ in })
                .overlay { if let sheet = state.sheet { TodaySheetView(sheet: sheet, on: { _ in }) } }
        default: Text(verbatim: "no screen draws \(type(of: state))")
        }
    }
}

/// The models of places one has been to: what is typed and folded there is still so when one comes back.
@MainActor private final class Models {
    private var models: [Place: any Model] = [:]
    private var parts: [ObjectIdentifier: any Model] = [:]

    func of<M: Model>(_ place: Place, _ make: () -> M) -> M {
        if let model = models[place] as? M { return model }
        let model = make()
        models[place] = model
        return model
    }

    /// What stands beside a screen, such as the bar: one of its kind.
    func part<M: Model>(_ make: () -> M) -> M {
        if let model = parts[ObjectIdentifier(M.self)] as? M { return model }
        let model = make()
        parts[ObjectIdentifier(M.self)] = model
        return model
    }
}

/// A model's state while it is drawn.
private struct Living<M: Model, Content: View>: View {
    private let model: M
    private let content: (M.State, @escaping (M.Intent) -> Void) -> Content

    init(_ model: M, @ViewBuilder content: @escaping (M.State, @escaping (M.Intent) -> Void) -> Content) {
        self.model = model
        self.content = content
    }

    var body: some View {
        content(model.state) { model.on($0) }.task { await model.run() }
    }
}

/// A screen over the bar at the foot.
private struct Footed<Foot: View, Content: View>: View {
    let foot: Foot
    @ViewBuilder let content: Content

    var body: some View {
        VStack(spacing: 0) {
            content.frame(maxHeight: .infinity)
            foot
        }
    }
}

/// Told at once, over whichever screen one is on; what is typed there stays.
private struct FullPhoneView: View {
    let full: FullPhone
    let on: (StorageIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: design.gap) {
            Banner(kind: .danger, title: full.title, text: full.about, icon: .hardDrive).accessibilityAddTraits(.isHeader)
            PressButton(full.again, on, least: Measure.buttonLarge)
            PressButton(full.open, on, .outline)
        }
        .padding(Measure.margin)
        .background(design[\.surface])
        .task { AccessibilityNotification.Announcement(full.title).post() }
    }
}

/// The five places. Its labels stop growing at 130 %, on a narrow phone before, so that five of them fit.
private struct TabBar: View {
    let state: TabsState
    let at: ButlerScreens.Tab
    let on: (ButlerScreens.Tab) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Rule()
            // The largest that fits.
            ViewThatFits(in: .horizontal) {
                tabs.dynamicTypeSize(...DynamicTypeSize.xxLarge)
                tabs.dynamicTypeSize(...DynamicTypeSize.xLarge)
                tabs.dynamicTypeSize(...DynamicTypeSize.large)
            }
        }
        .background(design[\.surface].ignoresSafeArea(edges: .bottom))
        .accessibilityElement(children: .contain)
        .accessibilityAddTraits(.isTabBar)
    }

    private var tabs: some View {
        HStack(spacing: 0) {
            ForEach(state.tabs, id: \.press.intent) { tab in
                let here = tab.press.intent == at
                SwiftUI.Button {
                    on(tab.press.intent)
                } label: {
                    VStack(spacing: 2) {
                        TabIcon(tab: tab.press.intent, here: here, count: tab.count)
                        Words(tab.press.label, here ? .metaBold : .meta, here || tab.press.intent == .record ? \.ink : \.ink2, lines: 1)
                    }
                    .frame(maxWidth: .infinity, minHeight: Measure.nav)
                    .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
                .accessibilityAddTraits(here ? .isSelected : [])
            }
        }
        .padding(.horizontal, 4)
    }
}

private struct TabIcon: View {
    let tab: ButlerScreens.Tab
    let here: Bool
    let count: Int
    @Environment(\.design) private var design

    var body: some View {
        Picture(icon, ink)
            .frame(width: tab == .record ? 64 : 60, height: 30)
            .background(design[back], in: Capsule())
            .overlay(Capsule().strokeBorder(design[ink], lineWidth: here && tab != .record ? design.softEdge : 0))
            .overlay(alignment: .topTrailing) {
                if count > 0 {
                    Words("\(count)", .metaBold, \.surface, lines: 1)
                        .padding(.horizontal, 4)
                        .frame(minWidth: 20, minHeight: 20)
                        .background(design[\.ink], in: Capsule())
                        .padding(.trailing, 6)
                }
            }
    }

    private var ink: KeyPath<Palette, UInt32> { tab == .record ? \.onAccent : here ? \.accentInk : \.ink2 }

    private var back: KeyPath<Palette, UInt32> { tab == .record ? \.accent : here ? \.accentSoft : \.surface }

    private var icon: Icon {
        switch tab {
        case .overview: .layoutDashboard
        case .today: .footprints
        case .homes: .building2
        case .record: .plus
        case .cases: .clipboardList
        case .more: .layoutGrid
        }
    }
}
#endif
