#if os(iOS)
import ButlerKit
import ButlerPhone
import ButlerScreens
import ButlerViews
import SwiftUI
import UserNotifications

/// The app: it opens the butler, covers it from strangers, and syncs, also while it is out of sight.
@main struct ButlerApp: SwiftUI.App {
    @UIApplicationDelegateAdaptor(Launch.self) private var launch
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            SettledView(settings: launch.settings) { SessionView(session: launch.session) }
        }
        .onChange(of: phase, initial: true) { _, phase in
            switch phase {
            case .active: Task { await launch.cameBack() }
            case .background: launch.left()
            default: break
            }
        }
    }
}

/// What lives as long as the process. The platform wants to know what is done in the background before the app has started.
final class Launch: NSObject, UIApplicationDelegate, UNUserNotificationCenterDelegate {
    private let background = AppRefresh()
    let settings = SettingsKeeper(Launch.folder.appending(path: "settings.json"))
    private(set) lazy var session = Session(
        folder: Self.folder.appending(path: "records"), way: Self.folder.appending(path: "way"), keys: StoredKeys(Keychain()), language: Self.language, settings: settings,
        owner: DeviceOwner(), network: SystemNetwork(), bell: NotificationBell(),
        device: Phone(
            camera: SystemCamera(), scanner: CodeCamera(), tags: NFCTagReader(), finder: Whereabouts(), hand: SystemHand()
        ) { [weak self] in
            _ = await self?.session.sync()
        },
        transport: { address in
            guard let office = URL(string: address) else { throw ButlerError.NotAnOffice }
            return HTTPTransport(office: office)
        })

    func application(
        _ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        // What cannot be kept now is told again at the next start.
        if let office = Managed.office(), office != settings.now.office { try? settings.change { $0.office = office } }
        background.use { [weak self] in _ = await self?.session.sync() }
        // To be said before the app has started: a notice may be what starts it.
        UNUserNotificationCenter.current().delegate = self
        return true
    }

    /// A notice was pressed.
    nonisolated func userNotificationCenter(_ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse) async {
        guard let item = Ring.item(carried: response.notification.request.content.userInfo) else { return }
        await session.noticed(item)
    }

    func cameBack() async {
        await session.open()
        await session.cameBack(at: .now)
        await session.sync()
    }

    func left() {
        session.left(at: .now)
        background.ask(notBefore: Date(timeIntervalSinceNow: AppRefresh.pause))
    }

    private static var language: Language { Locale.preferredLanguages.first?.hasPrefix("zh") == false ? .en : .zh }

    /// Not in backups: the key never is, and without it the files open nothing.
    private static var folder: URL {
        var folder = URL.applicationSupportDirectory.appending(path: "butler")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try? folder.setResourceValues(values)
        return folder
    }
}

/// In the look that is settled, or the sun's.
private struct SettledView<Content: View>: View {
    let settings: SettingsKeeper
    @ViewBuilder let content: Content
    @State private var sunShines = false

    var body: some View {
        Themed(Theme(settings.now.appearance, sunShines: sunShines), glove: settings.now.glove) { content }
            .task {
                var sun = Sun()
                while !Task.isCancelled {
                    sunShines = sun.shines(brightness: UIScreen.main.brightness, at: .now)
                    try? await Task.sleep(for: .seconds(1))
                }
            }
    }
}

/// The app over the opened butler, or why it does not open.
private struct SessionView: View {
    let session: Session
    @State private var asked = false

    private func go(_ intent: StartIntent) {
        asked = intent == .askAnew
        switch intent {
        case .again: Task { await session.open() }
        case .anew: Task { await session.openAnew() }
        case .askAnew: break
        case .storage: session.navigator.openStorage()
        }
    }

    var body: some View {
        switch session.stage {
        case .opening: Color.clear
        case .failed(let why): StartScreen(startState(session.words, why, asked: asked)) { go($0) }
        case .open(let app):
            // In another language every screen is read again.
            if session.isCovered { Color.clear } else { AppScreen(app, session.navigator).id(session.words.language) }
        }
    }
}
#endif
