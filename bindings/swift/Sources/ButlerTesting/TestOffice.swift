// For an app's own tests; never part of an app.
import ButlerKit
import ButlerTestingFFI
import Foundation

/// A clock that stands still until it is told otherwise.
public final class TestClock: ButlerKit.Clock, @unchecked Sendable {
    private let lock = NSLock()
    private var at: Date

    public init(_ at: Date) { self.at = at }

    public var time: Date {
        get { lock.withLock { at } }
        set { lock.withLock { at = newValue } }
    }

    public func now() -> Date { time }
}

/// Stands in for the platform's key store.
public final class MemoryKeys: KeyProvider, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: Data?

    public init(_ key: Data? = nil) { kept = key }

    public func key() -> Data? { lock.withLock { kept } }

    public func keep(key: Data) { lock.withLock { kept = key } }
}

/// An office in the memory of a test, with the rules of the real one: no server, no network, no sleep. Whatever phones of
/// it record is judged, merged and handed on as it will be; the procedures of this build are in force. A test says who
/// works where, which homes there are, what time it is and whether the line holds.
public final class TestOffice: Sendable {
    /// The clock of the office and of its phones.
    public let clock: TestClock
    /// The line of every phone; it holds until it is cut.
    public let transport: TestTransport
    private let core: TestOfficeCore
    private let folder: URL

    /// A new office with nobody and nothing.
    public convenience init(at time: Date = Date(timeIntervalSince1970: 1_795_395_600), community: String = "test") throws {
        self.init(try TestOfficeCore.open(community: community, now: time), at: time, in: Self.newFolder())
    }

    private init(_ core: TestOfficeCore, at time: Date, in folder: URL) {
        self.core = core
        self.folder = folder
        clock = TestClock(time)
        transport = TestTransport(core: core, clock: clock)
    }

    /// The folders of its phones go with it; shut the phones down before.
    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Adds a grid.
    public func grid(_ id: String, name: String? = nil) throws { try desk().addGrid(id: id, name: name ?? id) }

    /// Lets somebody work as `butler`, `supervisor` …, in one grid or in every one; adds them when they are new.
    public func assign(_ staff: String, role: String, grid: String? = nil, name: String? = nil) throws {
        try desk().assign(staff: staff, name: name ?? staff, role: role, grid: grid)
    }

    /// The number colleagues call somebody at, who was assigned before; nil takes it away.
    public func phone(of staff: String, _ phone: String?) throws { try desk().staffPhone(staff: staff, phone: phone) }

    /// Lets somebody look after a grid for a colleague, up to and with a day; it ends by itself.
    public func cover(_ staff: String, grid: String, until: Day, role: String = "butler") throws {
        try desk().cover(staff: staff, role: role, grid: grid, until: until.description)
    }

    /// What the office is called before a phone is enrolled.
    public func rename(_ name: String) throws { try desk().rename(name: name) }

    /// Takes everything from somebody that they were assigned; their phone learns it at its next sync.
    public func unassign(_ staff: String) throws { try desk().unassign(staff: staff) }

    /// Adds a home as people write it (`3-2-501`) to a grid, with its building and unit.
    @discardableResult
    public func home(_ room: String, grid: String) throws -> RecordId {
        RecordId(value: try desk().addHome(room: room, grid: grid))
    }

    /// Adds a public spot to grids: a `gate`, `lobby` … (`kind`), where it lies (degrees north and east, WGS 84), what a
    /// scan there reads and the number of whoever is on duty there.
    @discardableResult
    public func spot(
        _ id: String, name: String, grids: [String], kind: String? = nil, position: GeoPoint? = nil, code: String? = nil,
        phone: String? = nil
    ) throws -> PlaceId {
        try desk().addSpot(
            id: id, name: name, grids: grids, kind: kind, position: position.map { [$0.lat, $0.lon] }, code: code)
        if let phone { try desk().placePhone(place: id, phone: phone) }
        return PlaceId(value: id)
    }

    /// Publishes procedures, as texts of files, over those of this build; a phone works by them from its next sync.
    public func publish(_ files: String...) throws { try desk().publish(files: files) }

    /// A one-time code for a phone of that person.
    public func code(for staff: String) throws -> String { try desk().code(staff: staff) }

    /// A new phone of that person, enrolled and synced.
    public func phone(_ staff: String) async throws -> Butler {
        let place = folder.appendingPathComponent(UUID().uuidString)
        let butler = try await Butler.open(at: place, keys: MemoryKeys(), clock: clock)
        try await butler.enrol(code: code(for: staff), label: "test", with: transport)
        try await butler.sync(with: transport)
        return butler
    }

    /// A community on a certain morning, the same on every machine: `new`, `morning`, `lost` (bindings/testing/src/world.rs).
    public static func world(_ name: String) async throws -> TestWorld {
        let folder = newFolder()
        let world = try ButlerTestingFFI.world(name: name, folder: folder.path)
        let office = TestOffice(world.office, at: world.now, in: folder)
        return try await TestWorld(office: office, phone: folder.appendingPathComponent("phone"), key: world.key)
    }

    /// A mistake of ours below a call.
    func panics() throws { try core.panics() }

    private func desk() throws -> TestOfficeCore {
        try core.setTime(now: clock.time)
        return core
    }

    private static func newFolder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("butler-\(UUID().uuidString)")
    }
}

/// A world with one's own phone in it.
public struct TestWorld: Sendable {
    public let office: TestOffice
    /// One's own phone; 张丽's where somebody is enrolled on it. Shut it down when it is not needed any more.
    public let butler: Butler
    /// Where the phone lies, and what its key store holds.
    let phone: URL
    let key: Data

    init(office: TestOffice, phone: URL, key: Data) async throws {
        (self.office, self.phone, self.key) = (office, phone, key)
        butler = try await Butler.open(at: phone, keys: MemoryKeys(key), clock: office.clock)
    }

    /// The same world after the app died and was opened again: whatever was not yet kept is gone.
    public func restarted() async throws -> TestWorld {
        try await butler.shutdown()
        return try await TestWorld(office: office, phone: phone, key: key)
    }
}

/// The line to a ``TestOffice``.
public final class TestTransport: Transport, @unchecked Sendable {
    private let core: TestOfficeCore
    private let clock: TestClock
    private let lock = NSLock()
    private var holds = true

    init(core: TestOfficeCore, clock: TestClock) {
        self.core = core
        self.clock = clock
    }

    /// Whether phones reach the office.
    public var online: Bool {
        get { lock.withLock { holds } }
        set { lock.withLock { holds = newValue } }
    }

    public func exchange(frame: Data) throws -> Data {
        guard online else { throw TransportError.Unreachable }
        try core.setTime(now: clock.time)
        return try core.exchange(frame: frame)
    }
}
