import ButlerKit
import ButlerScreens
import Foundation
import Observation

/// From the start of the app to the opened butler, who may look at it, and when the phone syncs.
@MainActor @Observable public final class Session {
    public enum Stage {
        case opening
        case open(ButlerScreens.App)
        /// Why it does not open; nothing was touched.
        case failed(any Error)
    }

    public private(set) var stage = Stage.opening
    public let settings: SettingsKeeper
    public let navigator: Navigator
    private var curtain = Curtain()
    @ObservationIgnored private let folder: URL
    @ObservationIgnored private let keys: any KeyProvider
    @ObservationIgnored private let language: Language
    @ObservationIgnored private let owner: any OwnerCheck
    @ObservationIgnored private let network: any NetworkWatch
    @ObservationIgnored private let bell: any Bell
    @ObservationIgnored private let transport: (String) throws -> any Transport
    @ObservationIgnored private var opening: Task<Void, Never>?

    /// `way` is the file of where one was, `language` the phone's own; `transport` carries frames to the office at an address.
    public init(
        folder: URL, way: URL? = nil, keys: any KeyProvider, language: Language, settings: SettingsKeeper, owner: any OwnerCheck,
        network: any NetworkWatch, bell: any Bell, device: any Device, transport: @escaping (String) throws -> any Transport
    ) {
        self.folder = folder
        self.keys = keys
        self.language = language
        self.settings = settings
        self.owner = owner
        self.network = network
        self.bell = bell
        self.transport = transport
        navigator = Navigator(device, WayKeeper(way))
        network.whenOneAppears { [weak self] in Task { await self?.sync() } }
    }

    public var words: Words { Words(settings.now.language ?? language) }

    /// Opens the butler, unless it is open; what failed is tried again. Whoever asks while it opens waits for it.
    public func open() async { await open(anew: false) }

    /// What no key opens is moved aside, and an empty butler takes its place.
    public func openAnew() async { await open(anew: true) }

    private func open(anew: Bool) async {
        if case .open = stage { return }
        let task = opening ?? Task { await openOnce(anew) }
        opening = task
        await task.value
        opening = nil
    }

    private func openOnce(_ anew: Bool) async {
        do {
            let butler = anew ? try await Butler.openAnew(at: folder, keys: keys) : try await Butler.open(at: folder, keys: keys)
            let app = ButlerScreens.App(
                butler: butler, language: language, platform: navigator, settings: settings,
                line: Line(butler, settings, transport), notice: openedWords(words, try await butler.opening()))
            try await navigator.open(app)
            stage = .open(app)
            let ringing = Ringing(butler, words, settings, bell)
            Task { await ringing.run() }
        } catch {
            stage = .failed(error)
        }
    }

    /// Hands in what is unsent, and opens the butler for it where nobody looks at it. Photos wait for a network that is not
    /// paid for where that is settled.
    @discardableResult
    public func sync() async -> SyncReport? {
        await open()
        guard case .open(let app) = stage else { return nil }
        return await app.line.sync(photos: !(settings.now.photosOnWifi && network.isMetered))
    }

    /// A notice about this item was pressed: the app opens there.
    public func noticed(_ item: DueId) async {
        await open()
        // What cannot be read now is found on 今天 all the same.
        if case .open(let app) = stage { try? await openNoticed(app, item) }
    }

    /// Whether nothing may be seen until the owner was asked.
    public var isCovered: Bool { curtain.isClosed }

    /// The app goes out of sight.
    public func left(at now: Date) { curtain.leave(at: now) }

    /// The app is seen again: after a while somebody has to say who they are.
    public func cameBack(at now: Date) async {
        curtain.comeBack(at: now)
        if curtain.isClosed, await owner.isOwner(because: problem(ButlerError.Locked, words)) { curtain.open() }
    }
}
