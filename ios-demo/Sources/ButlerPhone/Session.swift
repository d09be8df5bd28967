import ButlerKit
import ButlerScreens
import Foundation
import Observation

/// From the start of the app to the opened butler, and who may look at it.
@MainActor @Observable public final class Session {
    public enum Stage {
        case opening
        case open(ButlerScreens.App)
        /// Why it does not open, in words; nothing was touched.
        case failed(String)
    }

    public private(set) var stage = Stage.opening
    public let navigator: Navigator
    private var curtain = Curtain()
    @ObservationIgnored private let folder: URL
    @ObservationIgnored private let keys: any KeyProvider
    @ObservationIgnored private let words: Words
    @ObservationIgnored private let owner: any OwnerCheck
    @ObservationIgnored private var isOpening = false

    public init(folder: URL, keys: any KeyProvider, words: Words, owner: any OwnerCheck, device: any Device) {
        self.folder = folder
        self.keys = keys
        self.words = words
        self.owner = owner
        navigator = Navigator(device)
    }

    /// Opens the butler, unless it is open; what failed is tried again.
    public func open() async {
        if case .open = stage { return }
        if isOpening { return }
        isOpening = true
        defer { isOpening = false }
        do {
            let butler = try await Butler.open(at: folder, keys: keys)
            stage = .open(ButlerScreens.App(butler: butler, words: words, platform: navigator))
        } catch {
            stage = .failed(problem(error, words))
        }
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
