import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// Two phones and a real office: what an app does, from the first launch to two people agreeing.
@Suite struct ButlerTests {
    let office: Office

    init() throws { office = try Office.shared.get() }

    /// The first item that fits, page after page.
    private func find(in butler: Butler, _ fits: (TodayItem) -> Bool) async throws -> TodayItem {
        var page = try await butler.today.list()
        while true {
            if let item = page.items.first(where: fits) { return item }
            page = try await butler.today.list(after: #require(page.next))
        }
    }

    @Test func twoPeopleEditTheSameHomeConcurrentlyAndAgree() async throws {
        let zhang = try await office.phone("zhang.li")
        let chen = try await office.phone("chen.jing")
        let found = try await zhang.homes.find("1-1-501")
        let home = try #require(found.first?.record)

        try await zhang.homes.edit(home) {
            $0.layout = "三室两厅(已改书房)"
            $0.keyHeld = true
            $0.keySpot = "前台3号柜"
        }
        try await zhang.records.editNote(home, "业主周末回来,钥匙交前台。")
        try await chen.homes.edit(home) {
            $0.layout = "四室两厅"
            $0.ownerState = OwnerState.elsewhere
        }
        #expect(try await zhang.records.state(home) == .unsent)

        #expect(try await zhang.sync(with: office.transport).accepted == 2)
        try await chen.sync(with: office.transport)
        try await zhang.sync(with: office.transport)
        #expect(try await zhang.records.state(home) == .acknowledged)

        let (left, right) = (try await zhang.conflicts.list(), try await chen.conflicts.list())
        let mine = try #require(left.first { $0.record == home })
        let theirs = try #require(right.first { $0.record == home })
        #expect(mine == theirs, "both see the same disagreement")
        guard case .field(let path, _, let candidates) = mine.about else {
            Issue.record("not a field: \(mine)")
            return
        }
        #expect(path == "layout")
        #expect(Set(candidates.map(\.byName)) == ["张丽", "陈静"])

        // What only one of them touched is not in conflict.
        let merged = try await zhang.homes.details(home)
        #expect(merged.conflicts == ["layout"])
        #expect(merged.home.ownerState?.code == OwnerState.elsewhere)
        #expect(try await chen.homes.details(home).home.keyHeld == true)

        let chosen = try #require(candidates.first { $0.byName == "张丽" })
        try await chen.conflicts.resolve(home, path: path, value: chosen.value)
        try await chen.sync(with: office.transport)
        try await zhang.sync(with: office.transport)
        let agreed = try await zhang.homes.details(home)
        #expect(agreed.home.layout == "三室两厅(已改书房)")
        #expect(try await chen.homes.details(home) == agreed, "they agree")
        let (one, other) = (try await chen.records.history(home), try await zhang.records.history(home))
        #expect(one == other)
        try await zhang.shutdown()
        try await chen.shutdown()
    }

    @Test func aDayIsAWalkWhosePartsAddUp() async throws {
        let butler = try await office.phone("zhang.li")
        let walk = try await butler.today.walk()
        let aside = (walk.doesNotFit + walk.canWait).reduce(0) { $0 + $1.count }
        #expect(walk.open == walk.planned + aside + UInt32(walk.urgent.count))
        #expect(walk.doors <= 40 && walk.stops.count <= 12)
        #expect(walk.canWait.allSatisfy { !$0.reason.zh.isEmpty })
        let cut = try await butler.today.cutShort(minutes: 60)
        #expect(Int(walk.open) == cut.keep.count + cut.tomorrow.count + cut.missed.count + cut.anotherDay.count)
        try await butler.shutdown()
    }

    @Test func aPatrolIsWalkedFromTodayToAnOrder() async throws {
        let butler = try await office.phone("zhang.li")
        let patrol: ChecklistId = "patrol.public-area"
        let due = try await find(in: butler) { $0.begin == .checklist(checklist: patrol) }
        let place = try #require(due.place)

        let round = try await butler.rounds.start(patrol, at: place, due: due.id).record
        for point in try await butler.rounds.details(round).points {
            try await butler.rounds.checkIn(round, at: point.id, proof: .distance(metres: 6))
            for item in point.items where item.question.required {
                let answer = try await butler.answer([item.question])
                try await butler.rounds.record(round, item: item.question.field, answer)
            }
        }
        let walked = try await butler.rounds.details(round)
        #expect(walked.complete)
        #expect(walked.points.allSatisfy { $0.visited != nil && $0.proof == .location })
        let done = try await find(in: butler) { $0.id == due.id }
        #expect(done.status == .done)

        // A finding without its photo says what is missing; with it, it becomes an order.
        let items = walked.points.flatMap(\.items).map(\.question)
        let item = try #require(items.first { item in item.options.contains { $0.fails } })
        let bad = try #require(item.options.first { $0.fails })
        let answers: [QuestionId: Value] = [item.field: .text(bad.id)]
        do {
            try await butler.rounds.record(round, item: item.field, Evidence(fields: answers))
            Issue.record("a finding without its photo was taken")
        } catch ButlerError.EvidenceMissing(let problems) {
            #expect(!problems.isEmpty && problems.allSatisfy { !$0.message.zh.isEmpty })
        }
        let photo = try await butler.photos.add(Data([1, 2, 3, 4]))
        #expect(try await butler.photos.bytes(photo) == Data([1, 2, 3, 4]))
        let seen = Evidence(fields: answers, photos: [item.field: [photo]])
        let finding = try await butler.rounds.record(round, item: item.field, seen, note: "地砖松动,已围挡")

        let openings = try await butler.cases.opening("repair.public", at: place)
        let opening = try #require(openings.first)
        let source = Source(record: round, event: try #require(finding.event))
        let evidence = try await butler.answer(opening.questions)
        let new = NewCase(
            workflow: "repair.public", step: opening.step, title: "巡视发现:地砖松动", place: place,
            evidence: evidence, from: source)
        let order = try await butler.cases.open(new).record
        let list = try await butler.cases.openList()
        #expect(list.contains { $0.id == order })
        let fresh = try await butler.cases.details(order)
        #expect(fresh.provisional)

        let report = try await butler.sync(with: office.transport)
        #expect(report.end == .complete && report.rejected == 0)
        let received = try await butler.cases.details(order)
        #expect(!received.provisional)
        try await butler.shutdown()
    }

    @Test func todayIsToldAgainAfterAChange() async throws {
        let butler = try await office.phone("zhang.li")
        let open = try await butler.today.list()
        let item = try #require(open.items.first { $0.place != nil && $0.status == .open })
        let stream = butler.watch { try await $0.today.list() }
        async let told = first(of: stream) { $0.answered > open.answered }
        let reasons = try await butler.answer(butler.today.asks(.skip))
        try await butler.today.skip(item.id, reasons)
        let after = try await told
        #expect(!after.items.isEmpty)
        let skipped = try await find(in: butler) { $0.id == item.id }
        #expect(skipped.status == .skipped)
        try await butler.shutdown()
    }

    @Test func errorsArriveTyped() async throws {
        let (place, keys) = (newFolder(), MemoryKeys())
        let butler = try await Butler.open(at: place, keys: keys)
        await #expect(throws: ButlerError.AlreadyOpen) { try await Butler.open(at: place, keys: keys) }
        await #expect(throws: ButlerError.CodeInvalid) {
            try await butler.enrol(code: "K7-39-QX-M4", label: "测试机", with: office.transport)
        }
        await #expect(throws: ButlerError.NotEnrolled) { try await butler.sync(with: office.transport) }
        await #expect(throws: ButlerError.Offline(why: .unreachable)) {
            try await butler.enrol(code: "K7-39-QX-M4", label: "测试机", with: BrokenTransport())
        }
        await #expect(throws: ButlerError.NotFound) {
            try await butler.homes.details(RecordId(value: String(repeating: "00", count: 16)))
        }
        try await butler.shutdown()
        try await butler.shutdown()
        await #expect(throws: ButlerError.Closed) { try await butler.homes.list() }
        await #expect(throws: ButlerError.WrongKey) {
            try await Butler.open(at: place, keys: MemoryKeys(Data(count: 32)))
        }
        // Nothing was lost by the wrong key.
        try await Butler.open(at: place, keys: keys).shutdown()
    }

    @Test func thousandsOfCallsAndStreamsLeaveNothingBehind() async throws {
        let butler = try await Butler.open(at: newFolder(), keys: MemoryKeys())
        for _ in 0..<2_000 { #expect(try await butler.enrolled() == nil) }
        for _ in 0..<200 { _ = try await first(of: butler.watch { try await $0.status() }) }
        try await butler.shutdown()
    }
}

private final class BrokenTransport: Transport {
    struct Bug: Error {}

    func exchange(frame: Data) throws -> Data { throw Bug() }
}
