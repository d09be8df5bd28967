import ButlerKit
import ButlerPhone
import ButlerScenes
import ButlerScreens
import ButlerTesting
import Foundation
import Testing

private typealias Tag = ButlerPhone.Tag

/// A key store that does what a test says.
private final class FakeKeys: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private var secret: Secret
    private let writable: Bool

    init(_ secret: Secret, writable: Bool = true) { (self.secret, self.writable) = (secret, writable) }

    func read() -> Secret { lock.withLock { secret } }

    func write(_ new: Data) -> Bool {
        if writable { lock.withLock { secret = .kept(new) } }
        return writable
    }
}

@MainActor private final class FakeCamera: Camera {
    func photo() async -> Data? { Data([1, 2, 3]) }
}

@MainActor private final class FakeReader: CodeReader {
    func scan() async -> String? { nil }
}

@MainActor private final class FakeHand: Hand {
    var opened: [String] = []
    var buzzes = 0

    func open(_ address: URL) { opened.append(address.absoluteString) }
    func buzz() { buzzes += 1 }
}

@MainActor private final class FakeOwner: OwnerCheck {
    var answer = false
    private(set) var asked = 0

    func isOwner(because reason: String) async -> Bool {
        asked += 1
        return answer
    }
}

@MainActor private final class FakeTime: BackgroundTime {
    private(set) var work: (@Sendable () async -> Void)?

    func use(_ work: @escaping @Sendable () async -> Void) { self.work = work }
    func ask(notBefore: Date) {}
}

/// What only a phone can do, without one.
@MainActor @Suite struct PhoneTests {
    private func folder() -> URL { FileManager.default.temporaryDirectory.appending(path: "butler-\(UUID().uuidString)") }

    @Test func aKeyStoreThatCannotBeReadNeverLooksEmpty() async throws {
        let place = folder()
        defer { try? FileManager.default.removeItem(at: place) }
        let keys = FakeKeys(.nothing)
        let first = try await Butler.open(at: place, keys: StoredKeys(keys))
        try await first.shutdown()
        #expect(keys.read() != .nothing)

        await #expect(throws: ButlerError.Locked) { try await Butler.open(at: place, keys: StoredKeys(FakeKeys(.unreadable))) }
        // The same key opens the same butler, and nothing was lost.
        let again = try await Butler.open(at: place, keys: StoredKeys(keys))
        #expect(try await again.opening().created == false)
        try await again.shutdown()
    }

    @Test func aKeyThatIsNotKeptOpensNothing() async {
        let place = folder()
        defer { try? FileManager.default.removeItem(at: place) }
        await #expect(throws: (any Error).self) {
            try await Butler.open(at: place, keys: StoredKeys(FakeKeys(.nothing, writable: false)))
        }
    }

    @Test func aPhoneThatIsStillLockedSaysSoAndOpensLater() async throws {
        let place = folder()
        defer { try? FileManager.default.removeItem(at: place) }
        let owner = FakeOwner()
        func session(_ keys: FakeKeys) -> Session {
            Session(
                folder: place, keys: StoredKeys(keys), words: Words(.zh), owner: owner,
                device: Phone(camera: FakeCamera(), scanner: FakeReader(), hand: FakeHand()) { nil })
        }
        let locked = session(FakeKeys(.unreadable))
        await locked.open()
        guard case .failed(let words) = locked.stage else { return #expect(Bool(false), "it opened") }
        #expect(words == Words(.zh)(ButlerError.Locked.words))

        let unlocked = session(FakeKeys(.nothing))
        #expect(unlocked.isCovered)
        await unlocked.cameBack(at: .now)
        #expect(unlocked.isCovered && owner.asked == 1)
        owner.answer = true
        await unlocked.cameBack(at: .now)
        #expect(!unlocked.isCovered)
        await unlocked.open()
        guard case .open(let app) = unlocked.stage else { return #expect(Bool(false), "it did not open") }
        #expect(try await app.butler.enrolled() == nil)
        // Asked again it is the same butler: files are opened once.
        await unlocked.open()
        try await app.butler.shutdown()
    }

    @Test func aNumberIsDialledAsItIs() {
        let hand = FakeHand()
        let phone = Phone(camera: FakeCamera(), scanner: FakeReader(), hand: hand) { nil }
        for number in ["138 0000 5021", "+86-10-8888#2", "没有"] { phone.dial(number) }
        #expect(hand.opened == ["tel:13800005021", "tel:+86108888%232"])
        phone.recorded()
        #expect(hand.buzzes == 1)
    }

    @Test func whatIsRecordedWhileASyncRunsIsInTheNext() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let office = ButlerPhone.Office(butler, stage.world.office.transport)
        let home = try await stage.home("3-2-1501")
        async let first = office.sync()
        try await butler.homes.edit(home) { $0.people = 3 }
        async let second = office.sync()
        async let third = office.sync()
        _ = try await (first, second, third)
        #expect(try await butler.records.state(home) == .acknowledged)

        // Without a line it fails, and the one after that finds the office again.
        stage.world.office.transport.online = false
        let cut = try? await office.sync()
        #expect(cut?.end != .complete)
        stage.world.office.transport.online = true
        try await butler.homes.edit(home) { $0.people = 2 }
        try await office.sync()
        #expect(try await butler.records.state(home) == .acknowledged)
        try await butler.shutdown()
    }

    @Test func timeInTheBackgroundIsASync() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, line) = (stage.world.butler, stage.world.office.transport)
        let home = try await stage.home("3-2-1501")
        try await butler.homes.edit(home) { $0.people = 4 }
        let time = FakeTime()
        time.sync { ButlerPhone.Office(butler, line) }
        await time.work?()
        #expect(try await butler.records.state(home) == .acknowledged)
        try await butler.shutdown()
    }

    @Test(.timeLimit(.minutes(10)))
    func tryingNowHandsInWhatWaits() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, world) = (stage.world.butler, stage.world.office)
        let office = ButlerPhone.Office(butler, world.transport)
        let phone = Phone(camera: FakeCamera(), scanner: FakeReader(), hand: FakeHand()) { office }
        let app = ButlerScreens.App(butler: butler, words: Words(.zh), platform: Navigator(phone)) { world.clock.time }
        let model = OutboxModel(app)
        await model.refresh()
        #expect(model.state.head?.safe == false && !model.state.waiting.isEmpty)
        await model.handle(.try)
        for try await rows in butler.watch({ try await $0.outbox() }) where rows.allSatisfy({ $0.state != .unsent && $0.state != .sending }) { break }
        await model.refresh()
        #expect(model.state.head?.safe == true && model.state.waiting.isEmpty)
        try await butler.shutdown()
    }

    @Test func anOfficeIsReachedByAnAddressThatIsOne() throws {
        let name = "butler-\(UUID().uuidString)"
        let settings = try #require(UserDefaults(suiteName: name))
        defer { settings.removePersistentDomain(forName: name) }
        #expect(OfficeAddress.read(settings) == nil)
        settings.set("http://office.example", forKey: "office")
        #expect(OfficeAddress.read(settings) == nil)
        settings.set("https://office.example", forKey: "office")
        #expect(OfficeAddress.read(settings)?.host() == "office.example")
        settings.set(["office": "https://managed.example"], forKey: "com.apple.configuration.managed")
        #expect(OfficeAddress.read(settings)?.host() == "managed.example")
    }

    @Test func whoeverTakesAPhoneOutAfterAWhileIsAsked() {
        let noon = Date(timeIntervalSince1970: 1_795_395_600)
        var curtain = Curtain()
        #expect(curtain.isClosed)
        for (away, closes) in [(10.0, false), (299, false), (300, true), (-1, true)] {
            curtain.open()
            curtain.leave(at: noon)
            curtain.comeBack(at: noon.addingTimeInterval(away))
            #expect(curtain.isClosed == closes, "after \(away) s")
        }
        // Going to the switcher and then away is one leaving.
        curtain.open()
        curtain.leave(at: noon)
        curtain.leave(at: noon.addingTimeInterval(299))
        curtain.comeBack(at: noon.addingTimeInterval(301))
        #expect(curtain.isClosed)
    }

    @Test func aTagSaysItsTextOrAddress() {
        func tag(_ type: String, _ payload: [UInt8]) -> Tag? {
            Tag(type: Data(type.utf8), payload: Data(payload), number: Data([0x04, 0xa1, 0x0f]))
        }
        let address = tag("U", [4] + Array("office.example/p/7".utf8))
        #expect(address == Tag(text: "https://office.example/p/7", number: "04a10f"))
        #expect(tag("T", [2] + Array("zh电梯厅".utf8))?.text == "电梯厅")
        #expect(tag("T", []) == nil && tag("U", []) == nil && tag("Sp", [1]) == nil)
        #expect(tag("T", [63, 1]) == Tag(text: "", number: "04a10f"))
    }
}
