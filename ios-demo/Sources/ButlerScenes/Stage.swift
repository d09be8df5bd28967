import ButlerKit
import ButlerScreens
import ButlerTesting
import Foundation

/// A wall with a stain, as small as one can be.
private let picture = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR4XmO4du8REDEsaIoAUgBDDgk9QkGyRQAAAABJRU5ErkJggg=="

/// A phone nobody holds: it remembers what was asked of it.
@MainActor public final class TestDevice: Device {
    public private(set) var asked: [String] = []
    /// What the next scan reads.
    public var scanned: String?
    public let model = "荣耀 X50"

    public init() {}

    public func dial(_ number: String) { asked.append("dial") }

    /// What happens while the camera is open.
    public var whilePhotographing: (@MainActor () async -> Void)?
    /// Its camera is shut again without a picture.
    public var isShut = false

    public func photo() async -> Data? {
        asked.append("photo")
        await whilePhotographing?()
        return isShut ? nil : Data(base64Encoded: picture)
    }

    public func scan() async -> String? {
        asked.append("scan")
        return scanned
    }

    /// What the next tag says, on a phone that reads tags.
    public var tagged: String?
    public var readsTags: Bool { tagged != nil }

    public func tag(saying: String) async -> String? {
        asked.append("tag")
        return tagged
    }

    /// Where it is.
    public var at: GeoPoint?

    public func position() async -> GeoPoint? {
        asked.append("position")
        return at
    }

    public func recorded() { asked.append("recorded") }

    public func found() { asked.append("found") }

    public func notPossible() { asked.append("not possible") }

    public func didScan() { asked.append("scanned") }

    public func openStorage() { asked.append("storage") }

    public func sync() { asked.append("sync") }

    public func share(_ text: String) { asked.append("share") }

    public func print(_ slip: SlipPage) { asked.append("print \(slip.name)") }

    public func share(_ slip: SlipPage) { asked.append("share \(slip.name)") }
}

/// A world with an app in it.
@MainActor public final class Stage {
    public private(set) var world: TestWorld
    public let device = TestDevice()
    public let settings = SettingsKeeper()
    /// What carries frames to the office; a poor line may be put in its place.
    public lazy var transport: () throws -> any Transport = { [transport = world.office.transport] in transport }
    public private(set) lazy var navigator = Navigator(device, kept)
    public private(set) lazy var app = opened()
    private lazy var kept = WayKeeper(way) { [clock = world.office.clock] in clock.time }
    private let way = FileManager.default.temporaryDirectory.appending(path: "way-\(UUID().uuidString)")
    private let language: Language
    private var held: PoorLine?
    private var syncing: Task<SyncReport?, Never>?

    public init(_ name: String, _ language: Language) async throws {
        world = try await TestOffice.world(name)
        self.language = language
        // A phone somebody holds knows its office.
        if try await world.butler.enrolled() != nil {
            try settings.change { ($0.office, $0.phone) = (Self.office, device.model) }
        }
    }

    /// Where the office says it is.
    static let office = "https://butler.jinse.example"

    private func opened() -> App {
        let clock = world.office.clock
        let line = Line(world.butler, settings) { [unowned self] _ in try transport() }
        return App(butler: world.butler, language: language, platform: navigator, settings: settings, line: line) { clock.time }
    }

    /// The app dies and is opened again, where it opens.
    public func restart() async throws {
        world = try await world.restarted()
        navigator = Navigator(device, kept)
        app = opened()
        try await navigator.open(app)
    }

    /// The phone is enrolled for 张丽.
    public func enrol() async throws {
        try await app.line.enrol(code: world.office.code(for: "zhang.li"), phone: device.model, at: Self.office)
    }

    /// From now on the line is a poor one.
    @discardableResult
    public func use(_ fault: PoorLine.Fault) -> PoorLine {
        let line = app.line
        let poor = PoorLine(world.office.transport, fault) { line.isSending }
        transport = { poor }
        return poor
    }

    /// A sync that stands still until the end of the scene.
    func syncHeld(_ fault: PoorLine.Fault) async {
        let (line, poor) = (app.line, use(fault))
        held = poor
        syncing = Task {
            let report = await line.sync()
            poor.isThere.finish()
            return report
        }
        for await _ in poor.there { break }
    }

    /// Lets go on what stands still, and closes the butler.
    public func end() async throws {
        held?.letGo()
        _ = await syncing?.value
        try? FileManager.default.removeItem(at: way)
        try await world.butler.shutdown()
    }

    /// The phone is full, and somebody types all the same; the screen keeps what it was told.
    public func full() async -> Filling {
        let filling = Filling(app)
        await filling.handle("阳台地漏慢")
        return filling
    }

    /// Where the app was led to; nil when it is where it began.
    var went: Place? { navigator.way.stacks.isEmpty ? nil : navigator.way.top }
}

/// A screen that is typed into while the phone is full.
@MainActor public final class Filling: Model {
    public let app: App
    public let life = Life("")
    public var isFull = true
    public private(set) var kept: [String] = []
    private var typed = ""

    init(_ app: App) { self.app = app }

    public func read() async throws -> String { typed }

    public func act(_ intent: String) async throws {
        typed = intent
        if isFull { throw ButlerError.StorageFull }
        kept.append(intent)
    }

    public func failed(_ words: String) { typed = words }
}

/// The line to an office where it does not hold.
public final class PoorLine: Transport, @unchecked Sendable {
    /// What happens, once so many frames were carried or edits are handed in.
    public enum Fault: Sendable {
        case breaks(after: Int)
        case breaksBehindFirstEdits
        case stands(after: Int)
        case standsAtFirstEdits
    }

    /// One element when it stands still.
    let there: AsyncStream<Void>
    let isThere: AsyncStream<Void>.Continuation
    private let line: any Transport
    private let fault: Fault
    private let isSending: @Sendable () -> Bool
    private let mayGoOn = DispatchSemaphore(value: 0)
    /// Carried so far; one sync follows the other, so that nobody counts at once.
    private var (frames, edits) = (0, 0)

    public init(_ line: any Transport, _ fault: Fault, isSending: @escaping @Sendable () -> Bool) {
        self.line = line
        self.fault = fault
        self.isSending = isSending
        (there, isThere) = AsyncStream.makeStream()
    }

    public func exchange(frame: Data) throws -> Data {
        let isSending = isSending()
        switch fault {
        case .breaks(let after): if frames >= after { throw TransportError.Unreachable }
        case .breaksBehindFirstEdits: if edits > 0 { throw TransportError.Unreachable }
        case .stands(let after): if frames == after { stand() }
        case .standsAtFirstEdits: if isSending && edits == 0 { stand() }
        }
        frames += 1
        if isSending { edits += 1 }
        return try line.exchange(frame: frame)
    }

    private func stand() {
        isThere.yield()
        mayGoOn.wait()
    }

    func letGo() { mayGoOn.signal() }
}

extension Line {
    /// Edits are being handed in.
    nonisolated public var isSending: Bool { if case .busy(let progress?) = state { progress.stage == .sending } else { false } }
}
