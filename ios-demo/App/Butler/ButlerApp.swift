#if os(iOS)
import ButlerKit
import ButlerPhone
import ButlerScreens
import ButlerViews
import SwiftUI

/// The app: it opens the butler, covers it from strangers, and syncs while it is out of sight.
@main struct ButlerApp: SwiftUI.App {
    @UIApplicationDelegateAdaptor(Launch.self) private var launch
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            Themed { SessionView(session: launch.session) }
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
final class Launch: NSObject, UIApplicationDelegate {
    private let background = AppRefresh()
    private(set) lazy var session = Session(
        folder: Self.folder, keys: StoredKeys(Keychain()), words: Words(Self.language), owner: DeviceOwner(),
        device: Phone(camera: SystemCamera(), scanner: CodeCamera(), hand: SystemHand()) { [weak self] in await self?.office() })
    private var opened: ButlerPhone.Office?

    func application(
        _ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        background.sync { [weak self] in
            await self?.session.open()
            return await self?.office()
        }
        return true
    }

    func cameBack() async {
        await session.open()
        await session.cameBack(at: .now)
        _ = try? await office()?.sync()
    }

    func left() {
        session.left(at: .now)
        background.ask(notBefore: Date(timeIntervalSinceNow: AppRefresh.pause))
    }

    /// One for the process; none before the phone is enrolled at an office.
    private func office() -> ButlerPhone.Office? {
        if opened == nil, case .open(let app) = session.stage, let address = OfficeAddress.read() {
            opened = ButlerPhone.Office(app.butler, HTTPTransport(office: address))
        }
        return opened
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

/// The app over the opened butler, or why it does not open.
private struct SessionView: View {
    let session: Session

    var body: some View {
        switch session.stage {
        case .opening: Color.clear
        case .failed(let why): ProblemScreen(why)
        case .open(let app):
            if session.isCovered { Color.clear } else { AppScreen(app, session.navigator) }
        }
    }
}
#endif
