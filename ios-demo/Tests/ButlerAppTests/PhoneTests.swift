import ButlerKit
import ButlerPhone
import ButlerScenes
import ButlerTesting
import Foundation
import Testing

@testable import ButlerScreens

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

@MainActor private final class FakeTags: TagReader {
    let isThere = true

    func tag(saying: String) async -> Tag? { Tag(text: "qr:jinse/gate", number: "04a2") }
}

@MainActor private final class FakeFinder: Finder {
    func position() async -> GeoPoint? { GeoPoint(lat: 22.53, lon: 113.93) }
}

@MainActor private final class FakeHand: Hand {
    let name = "张丽的手机"
    var opened: [String] = []
    var shared: [String] = []
    var printed: [String] = []
    var felt: [Feel] = []

    func share(_ text: String) { shared.append(text) }
    func print(_ slip: SlipPage) { printed.append(slip.name) }
    func share(_ slip: SlipPage) { shared.append("\(slip.name).pdf") }
    func open(_ address: URL) { opened.append(address.absoluteString) }
    func feel(_ what: Feel) { felt.append(what) }
    func openStorage() { opened.append("storage") }
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

@MainActor private final class FakeBell: Bell {
    private let told = AsyncStream<[Ring]>.makeStream()

    func set(_ rings: [Ring]) { told.continuation.yield(rings) }

    /// What it was set to, one after the other.
    var heard: AsyncStream<[Ring]> { told.stream }
}

private final class NoLine: Transport {
    func exchange(frame: Data) throws -> Data { throw TransportError.Unreachable }
}

@MainActor private final class FakeNetwork: NetworkWatch {
    var isMetered = false
    private(set) var appeared: (@MainActor () -> Void)?

    func whenOneAppears(_ work: @escaping @MainActor () -> Void) { appeared = work }
}

/// What only a phone can do, without one.
@MainActor @Suite struct PhoneTests {
    private func session(
        _ place: URL, keys: any KeyProvider = MemoryKeys(), owner: FakeOwner = FakeOwner(), network: FakeNetwork = FakeNetwork(),
        settings: SettingsKeeper = SettingsKeeper(), transport: any Transport = NoLine()
    ) -> Session {
        Session(
            folder: place, keys: keys, language: .zh, settings: settings, owner: owner, network: network, bell: FakeBell(),
            device: Phone(camera: FakeCamera(), scanner: FakeReader(), tags: FakeTags(), finder: FakeFinder(), hand: FakeHand()) {}, transport: { _ in transport })
    }

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
        func session(_ keys: FakeKeys) -> Session { self.session(place, keys: StoredKeys(keys), owner: owner) }
        let locked = session(FakeKeys(.unreadable))
        await locked.open()
        guard case .failed(let why) = locked.stage else { return #expect(Bool(false), "it opened") }
        #expect(problem(why, locked.words) == Words(.zh)(ButlerError.Locked.words))

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
        #expect(unlocked.navigator.way.top == .enrol, "a phone nobody holds is given to somebody first")
        // Asked again it is the same butler: files are opened once.
        await unlocked.open()
        try await app.butler.shutdown()
    }

    @Test func aNumberIsDialledAsItIs() {
        let hand = FakeHand()
        let phone = Phone(camera: FakeCamera(), scanner: FakeReader(), tags: FakeTags(), finder: FakeFinder(), hand: hand) {}
        for number in ["138 0000 5021", "+86-10-8888#2", "没有"] { phone.dial(number) }
        #expect(hand.opened == ["tel:13800005021", "tel:+86108888%232"])
        for feel in [phone.recorded, phone.found, phone.notPossible, phone.didScan] { feel() }
        phone.share("版本 0.1.0")
        #expect(hand.felt == [.recorded, .found, .notPossible, .scanned] && hand.shared == ["版本 0.1.0"] && phone.model == "张丽的手机")
        phone.print(SlipPage(name: "派工单", html: "<p>…"))
        phone.share(SlipPage(name: "出入证", html: "<p>…"))
        #expect(hand.printed == ["派工单"] && hand.shared.last == "出入证.pdf")
    }

    /// A network that appears, and time in the background, open the butler and hand in what waits; photos as it is settled.
    @Test func aNetworkThatAppearsIsASync() async throws {
        let office = try TestOffice(at: Date())
        try office.grid("g1", name: "1网格")
        try office.assign("zhang.li", role: "butler", grid: "g1", name: "张丽")
        let home = try office.home("3-2-1501", grid: "g1")
        let (place, keys) = (folder(), MemoryKeys())
        defer { try? FileManager.default.removeItem(at: place) }
        let (network, settings) = (FakeNetwork(), SettingsKeeper())
        let first = session(place, keys: keys, network: network, settings: settings, transport: office.transport)
        #expect(await first.sync() == nil, "a phone nobody holds has nothing to send")
        guard case .open(let app) = first.stage else { return #expect(Bool(false), "it did not open") }
        try await app.line.enrol(code: office.code(for: "zhang.li"), phone: "张丽的手机", at: "https://office.example")
        #expect(await first.sync()?.end == .complete)

        // A note on the door, on a network that is paid for.
        try settings.change { $0.photosOnWifi = true }
        network.isMetered = true
        let photo = try await app.butler.photos.add(Data(0..<64))
        try await app.butler.contacts.record(
            NewContact(
                about: [home], channel: Channel.visit, purpose: "planned_visit", outcome: .notReached,
                nextContact: Date(timeIntervalSinceNow: 86_400), photos: [photo]))
        let changes = app.line.changes()
        network.appeared?()
        for await _ in changes where app.line.state.report != nil { break }
        let status = try await app.butler.status()
        #expect(status.unsentRecords == 0 && status.unsentPhotos == 1)
        try await app.butler.shutdown()

        // In the background nobody has opened anything yet.
        network.isMetered = false
        let time = FakeTime()
        let second = session(place, keys: keys, network: network, settings: settings, transport: office.transport)
        time.use { await second.sync() }
        await time.work?()
        guard case .open(let again) = second.stage else { return #expect(Bool(false), "it did not open") }
        #expect(try await again.butler.status().unsentPhotos == 0)
        try await again.butler.shutdown()
    }

    @Test(.timeLimit(.minutes(10)))
    func whatIsUrgentRingsUntilItIsDoneAndInSilenceOnceRingingIsOff() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, clock, settings) = (stage.world.butler, stage.world.office.clock, SettingsKeeper())
        let bell = FakeBell()
        let ringing = Ringing(butler, Words(.zh), settings, bell) { clock.time }
        let leak = try await stage.case("卫生间渗水")
        let item = try #require(try await butler.today.list().items.first { $0.case == leak }?.id)
        let running = Task { await ringing.run() }
        var heard = bell.heard.makeAsyncIterator()
        let first = try #require(await heard.next()).filter { $0.item == item }
        #expect(first.last?.text.hasSuffix("到时限了") == true && first.allSatisfy(\.aloud), "\(first)")
        #expect(first.map(\.at) == first.map(\.at).sorted())

        try settings.change { $0.ringing = false }
        let silent = try #require(await heard.next()).filter { $0.item == item }
        #expect(silent.map(\.at) == first.map(\.at) && silent.allSatisfy { !$0.aloud })

        let model = FormModel(stage.app, .step(leak, "dispatch"))
        await model.refresh()
        await model.handle(.answer("port", .text("engineering")))
        await model.handle(.record)
        while let rings = await heard.next(), rings.contains(where: { $0.item == item }) {}
        running.cancel()
        try await butler.shutdown()
    }

    @Test func aNoticeLeadsToItsCaseAndOneOfWhatIsDoneToNothing() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let leak = try await stage.case("卫生间渗水")
        let item = try #require(try await butler.today.list().items.first { $0.case == leak }?.id)
        let ring = Ring(item: item, at: .now, title: "渗漏报修", text: "3栋1单元1203")
        #expect(Ring.item(carried: ring.carried) == item && Ring.item(carried: ["aps": "…"]) == nil)
        stage.navigator.go(.outbox)
        try await openNoticed(stage.app, DueId(value: unknown(item.value)))
        #expect(stage.navigator.way.top == .outbox)
        try await openNoticed(stage.app, item)
        #expect(stage.navigator.way.top == .case(leak))
        let home = try await stage.home("3-2-1501")
        let other = try #require(try await butler.today.about(home).first { $0.case == nil && $0.about == home }?.id)
        try await openNoticed(stage.app, other)
        #expect(stage.navigator.way.top == .home(home))
        try await butler.shutdown()
    }

    @Test func aNetworkAppearsOnceAndPhotosWaitForWhatIsNotPaidFor() {
        var reception = Reception()
        let seen = [(false, false), (true, true), (true, true), (true, false), (false, false), (true, false)]
        let appeared = seen.map { reception.appeared(isThere: $0, isMetered: $1) }
        // Where one is no longer paid for, photos may go.
        #expect(appeared == [false, true, false, true, false, true])
    }

    @Test func theSunShinesAfterThreeBrightSecondsAndAShadowOfOneChangesNothing() {
        let noon = Date(timeIntervalSince1970: 1_795_395_600)
        var sun = Sun()
        func seen(_ brightness: Double, _ seconds: Double) -> Bool {
            sun.shines(brightness: brightness, at: noon.addingTimeInterval(seconds))
        }
        #expect([0, 2.9, 3].map { seen(1, $0) } == [false, false, true])
        #expect([(4.0, 0.4), (5, 1), (8.5, 0.4)].map { seen($0.1, $0.0) } == [true, true, true])
        #expect(!seen(0.4, 11.5))
    }

    @Test(.timeLimit(.minutes(10)))
    func tryingNowHandsInWhatWaits() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, world) = (stage.world.butler, stage.world.office)
        let line = stage.app.line
        let phone = Phone(camera: FakeCamera(), scanner: FakeReader(), tags: FakeTags(), finder: FakeFinder(), hand: FakeHand()) { await line.sync() }
        let app = ButlerScreens.App(
            butler: butler, language: .zh, platform: Navigator(phone), settings: stage.settings, line: line
        ) { world.clock.time }
        let model = OutboxModel(app)
        await model.refresh()
        #expect(model.state.head?.safe == false && !model.state.waiting.isEmpty)
        await model.handle(.try)
        for try await rows in butler.watch({ try await $0.outbox() }) where rows.allSatisfy({ $0.state != .unsent && $0.state != .sending }) { break }
        await model.refresh()
        #expect(model.state.head?.safe == true && model.state.waiting.isEmpty)
        try await butler.shutdown()
    }

    @Test func theCompanyThatManagesThePhoneSaysWhereTheOfficeIs() throws {
        let name = "butler-\(UUID().uuidString)"
        let told = try #require(UserDefaults(suiteName: name))
        defer { told.removePersistentDomain(forName: name) }
        #expect(Managed.office(told) == nil)
        told.set(["office": "http://office.example"], forKey: "com.apple.configuration.managed")
        #expect(Managed.office(told) == nil)
        told.set(["office": "https://office.example"], forKey: "com.apple.configuration.managed")
        #expect(Managed.office(told) == "https://office.example")
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
