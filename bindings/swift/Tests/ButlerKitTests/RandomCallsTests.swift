import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// Calls, shutdowns and cancellations in any order, from several tasks on the same phones: nothing crashes, hangs or leaks, and nothing
/// is lost that was said to be recorded. `BUTLER_TEST_TIER=full` runs 2,000 sequences; `BUTLER_TEST_SEED` runs others than usual.
@Suite struct RandomCallsTests {
    private static let given = ProcessInfo.processInfo.environment
    private let sequences = given["BUTLER_TEST_TIER"] == "full" ? 2_000 : 160
    private let seed = given["BUTLER_TEST_SEED"].flatMap(UInt64.init) ?? 20_261_128
    private let atOnce = 6

    @Test(.timeLimit(.minutes(30)))
    func callsShutdownsAndCancellationsInAnyOrder() async throws {
        let office = try TestOffice()
        try office.grid("g1")
        let held = Held()
        var phones: [Phone] = []
        for number in 0..<3 {
            try office.assign("zhang.\(number)", role: "butler", grid: "g1", name: "张丽")
            phones.append(try await Phone(office, "zhang.\(number)", held))
        }
        let homes = try ["3-2-1501", "3-2-1203", "3-2-802", "3-2-503", "3-1-904", "3-1-602"].map { try office.home($0, grid: "g1") }
        for phone in phones { try await phone.butler.sync(with: office.transport) }

        print("seeds \(seed) to \(seed + UInt64(sequences) - 1)")
        try await run(0..<sequences / 4, phones, homes, office, held)
        let before = try await settled(held, phones.count)
        try await run(sequences / 4..<sequences, phones, homes, office, held)
        let after = try await settled(held, phones.count)
        var recorded = 0
        for phone in phones { recorded += await phone.recorded.count }
        print("\(sequences) sequences, \(recorded) contacts; before \(before), after \(after)")

        #expect(after.butlers == phones.count, "butlers that are open, more than phones, or fewer")
        #expect(after.looks == 0, "streams that nobody reads")
        #expect(after.lines == 0, "lines and watchers of a sync that ended")
        #expect(after.files <= before.files + 16, "files left open: \(before), \(after)")
        #expect(after.resident <= before.resident + 128 * 1024, "memory grows: \(before), \(after)")
        for phone in phones {
            try await phone.reopen()
            #expect(try await phone.butler.sync(with: office.transport).end == .complete)
            for record in await phone.recorded { _ = try await phone.butler.contacts.details(record) }
            try await phone.butler.shutdown()
        }
    }

    /// Runs sequences, several at once; the seed of one that fails is named.
    private func run(_ numbers: Range<Int>, _ phones: [Phone], _ homes: [RecordId], _ office: TestOffice, _ held: Held) async throws {
        try await withThrowingTaskGroup(of: Void.self) { running in
            for number in numbers {
                if number - numbers.lowerBound >= atOnce { try await running.next() }
                let seed = seed + UInt64(number)
                running.addTask {
                    do {
                        try await Sequence(phone: phones[Int(seed % UInt64(phones.count))], homes: homes, office: office, held: held).run(Dice(seed))
                    } catch {
                        Issue.record("seed \(seed): \(error)")
                    }
                }
            }
            try await running.waitForAll()
        }
    }

    /// What is held once everything that nobody holds is let go.
    private func settled(_ held: Held, _ phones: Int) async throws -> Held.Counts {
        let end = ContinuousClock.now + .seconds(120)
        while true {
            let now = held.counts
            if now.butlers == phones && now.looks == 0 && now.lines == 0 || ContinuousClock.now > end { return now }
            await Task.yield()
        }
    }
}

/// A phone that is shut down and opened again while others call it.
private actor Phone {
    private let folder = newFolder()
    private let keys = MemoryKeys()
    private let office: TestOffice
    private let held: Held
    private(set) var butler: Butler
    private(set) var recorded: Set<RecordId> = []
    private var opening: Task<Butler, any Error>?

    init(_ office: TestOffice, _ staff: String, _ held: Held) async throws {
        (self.office, self.held) = (office, held)
        butler = try await Butler.open(at: folder, keys: keys, clock: HeldClock(office.clock, held))
        try await butler.enrol(code: office.code(for: staff), label: "测试机", with: office.transport)
    }

    func keep(_ record: RecordId) { recorded.insert(record) }

    /// One after the other: whoever comes meanwhile waits, and opens it anew.
    func reopen() async throws {
        let before = opening
        let next = Task {
            _ = try? await before?.value
            return try await again()
        }
        opening = next
        butler = try await next.value
    }

    private func again() async throws -> Butler {
        try await butler.shutdown()
        let opened = try await Butler.open(at: folder, keys: keys, clock: HeldClock(office.clock, held))
        butler = opened
        return opened
    }
}

/// A few lanes of calls at once, some of them cancelled on the way.
private struct Sequence {
    let phone: Phone
    let homes: [RecordId]
    let office: TestOffice
    let held: Held

    func run(_ first: Dice) async throws {
        var dice = first
        let lanes = (0..<dice.roll(1..<4)).map { _ in
            let own = Dice(dice.next())
            return Task {
                var dice = own
                for _ in 0..<dice.roll(1..<6) { try await allowed { try await call(&dice) } }
            }
        }
        let cancelled = lanes.filter { _ in dice.roll(0..<4) == 0 }
        for _ in 0..<dice.roll(0..<12) { await Task.yield() }
        for lane in cancelled { lane.cancel() }
        for lane in lanes { try await lane.value }
    }

    private func call(_ dice: inout Dice) async throws {
        let (butler, home) = (await phone.butler, homes[dice.roll(0..<homes.count)])
        switch dice.roll(0..<12) {
        case 0: _ = try await butler.today.list(limit: 20)
        case 1: _ = try await butler.search("3-2-\(dice.roll(0..<20))")
        case 2:
            let people = Int64(dice.roll(1..<6))
            try await butler.homes.edit(home) { $0.people = people }
        case 3, 4:
            let visit = NewContact(
                about: [home], channel: Channel.visit, purpose: "planned_visit", outcome: .agreed, summary: "问了车位，第 \(dice.roll(0..<100)) 次")
            await phone.keep(try await butler.contacts.record(visit).record)
        case 5:
            let answers = Evidence(fields: ["summary": .text("说到一半")])
            let draft = Draft(submission: try await butler.submission(), form: "app.visit", about: [home], answers: answers)
            try await butler.drafts.save(draft)
            try await butler.drafts.addPhoto(to: draft.submission.id, question: "seen", Data([1, 2, 3]))
            try await butler.drafts.discard(draft.submission.id)
        case 6: _ = try await butler.status()
        case 7: try await watched(butler, dice.roll(0..<12))
        case 8: try await synced(butler, cutAt: dice.roll(0..<8), cancelled: dice.roll(0..<3) == 0)
        case 9:
            let form = try await butler.submission(over: try await butler.homes.details(home).shown)
            let people = Int64(dice.roll(1..<6))
            try await withThrowingTaskGroup(of: Void.self) { twice in
                for _ in 0..<2 {
                    twice.addTask { try await allowed { _ = try await butler.submitting(form).homes.edit(home) { $0.people = people } } }
                }
                try await twice.waitForAll()
            }
        case 10: _ = try await butler.records.history(home)
        default: try await phone.reopen()
        }
    }

    /// A reader of a stream that goes before it ends.
    private func watched(_ butler: Butler, _ yields: Int) async throws {
        let look = held.thing(.look)
        let watching = Task {
            for try await _ in butler.watch({ butler in
                defer { look.isHeld() }
                return try await butler.today.list(limit: 20).items.map(\.id)
            }) {}
        }
        for _ in 0..<yields { await Task.yield() }
        watching.cancel()
        try await allowed { try await watching.value }
    }

    /// A sync that is cancelled from its own progress, or from outside.
    private func synced(_ butler: Butler, cutAt: Int, cancelled: Bool) async throws {
        let (bar, line, seen) = (held.thing(.line), HeldLine(office.transport, held), Seen())
        let syncing = Task {
            try await allowed {
                _ = try await butler.sync(with: line) { _ in
                    bar.isHeld()
                    if seen.next() == cutAt { seen.cancel() }
                }
            }
        }
        seen.of(syncing)
        if cancelled { syncing.cancel() }
        try await syncing.value
    }
}

/// What a butler may say of a phone that was shut down meanwhile, or of a record that another changed; nothing else may be thrown.
private func allowed(_ call: () async throws -> Void) async throws {
    do { try await call() } catch is ButlerError { await Task.yield() } catch is CancellationError { return }
}

/// How far a sync has come, and the task it is of.
private final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    private var task: Task<Void, any Error>?

    func next() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }
    func of(_ task: Task<Void, any Error>) { lock.withLock { self.task = task } }
    func cancel() { lock.withLock { task }?.cancel() }
}

/// Numbers that follow from a seed.
private struct Dice: Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ range: Range<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }
}

/// Counts what the library holds of this test's: every open butler a clock, every stream what it looks at, every sync its line and whoever
/// follows it.
private final class Held: @unchecked Sendable {
    enum Kind { case butler, look, line }

    struct Counts: Sendable {
        var (butlers, looks, lines) = (0, 0, 0)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        /// In KiB.
        let resident = residentMemory()
    }

    private let lock = NSLock()
    private var things: [Kind: Int] = [:]

    var counts: Counts {
        let things = lock.withLock { self.things }
        var counts = Counts()
        (counts.butlers, counts.looks, counts.lines) = (things[.butler, default: 0], things[.look, default: 0], things[.line, default: 0])
        return counts
    }

    func thing(_ kind: Kind) -> Thing { Thing(self, kind) }

    fileprivate func add(_ number: Int, _ kind: Kind) { lock.withLock { things[kind, default: 0] += number } }

    /// Is counted until nobody holds it.
    final class Thing: Sendable {
        private let held: Held
        private let kind: Kind

        init(_ held: Held, _ kind: Kind) {
            (self.held, self.kind) = (held, kind)
            held.add(1, kind)
        }

        deinit { held.add(-1, kind) }

        /// Whoever calls this holds it.
        func isHeld() {}
    }
}

private func residentMemory() -> Int {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
}

private final class HeldClock: ButlerKit.Clock {
    private let clock: TestClock
    private let thing: Held.Thing

    init(_ clock: TestClock, _ held: Held) { (self.clock, thing) = (clock, held.thing(.butler)) }

    func now() -> Date { clock.now() }
}

private final class HeldLine: Transport {
    private let line: TestTransport
    private let thing: Held.Thing

    init(_ line: TestTransport, _ held: Held) { (self.line, thing) = (line, held.thing(.line)) }

    func exchange(frame: Data) throws -> Data { try line.exchange(frame: frame) }
}
