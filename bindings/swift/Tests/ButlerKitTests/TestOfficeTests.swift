import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// What an app's own tests stand on: an office without a server, a clock without waiting.
@Suite struct TestOfficeTests {
    @Test func aScreenIsTestedWithNeitherServerNorSleep() async throws {
        let office = try TestOffice()
        try office.grid("g1")
        try office.assign("zhang.li", role: "butler", grid: "g1", name: "张丽")
        let home = try office.home("3-2-501", grid: "g1")
        let butler = try await office.phone("zhang.li")
        #expect(try await butler.homes.list().map(\.title) == ["3栋2单元501"])

        office.transport.online = false
        try await butler.homes.edit(home) { $0.layout = "三室" }
        #expect(try await butler.sync(with: office.transport).end == .interrupted)
        office.clock.time += 3 * 3_600
        #expect(try await butler.records.state(home) == .unsent)
        try await butler.homes.edit(home) { $0.people = 2 }
        #expect(try await butler.records.history(home).last?.at == office.clock.time)

        office.transport.online = true
        #expect(try await butler.sync(with: office.transport).accepted == 2)
        #expect(try await butler.records.state(home) == .acknowledged)
        try await butler.shutdown()
    }

    @Test func twoPhonesDisagreeAndARoleIsTakenAway() async throws {
        let office = try TestOffice()
        try office.grid("g1")
        try office.assign("zhang.li", role: "butler", grid: "g1")
        try office.assign("chen.jing", role: "supervisor", name: "陈静")
        let home = try office.home("3-2-501", grid: "g1")
        let (zhang, chen) = (try await office.phone("zhang.li"), try await office.phone("chen.jing"))
        try await zhang.homes.edit(home) { $0.layout = "三室" }
        try await chen.homes.edit(home) { $0.layout = "四室" }
        for phone in [zhang, chen, zhang] { try await phone.sync(with: office.transport) }
        #expect(try await zhang.homes.details(home).conflicts == ["layout"])

        try await zhang.homes.edit(home) { $0.people = 2 }
        try office.unassign("zhang.li")
        #expect(try await zhang.sync(with: office.transport).rejected == 1)
        #expect(try await zhang.rejected.list().first?.meant.map(\.path) == ["people"])
        try await zhang.shutdown()
        try await chen.shutdown()
    }

    @Test func whatASyncBringsWhileAFormIsOpenStaysBesideWhatTheFormWrites() async throws {
        let office = try TestOffice()
        try office.grid("g1")
        try office.assign("zhang.li", role: "butler", grid: "g1")
        try office.assign("he.fang", role: "butler", grid: "g1", name: "何芳")
        let home = try office.home("3-2-501", grid: "g1")
        let (zhang, fang) = (try await office.phone("zhang.li"), try await office.phone("he.fang"))
        try await zhang.records.editNote(home, "周末在家")
        for phone in [zhang, fang] { try await phone.sync(with: office.transport) }

        let screen = try await zhang.homes.details(home).shown
        #expect(try await zhang.homes.list().map(\.record.shown) == [screen])
        let (note, layout) = (try await zhang.submission(over: screen), try await zhang.submission(over: screen))
        try await fang.records.editNote(home, "周末在家，养了一只大狗")
        try await fang.homes.edit(home) { $0.layout = "三室" }
        for phone in [fang, zhang] { try await phone.sync(with: office.transport) }

        try await zhang.submitting(note).records.editNote(home, "周末在家，钥匙在前台")
        try await zhang.submitting(layout).homes.edit(home) { $0.layout = "四室" }
        let merged = try await zhang.homes.details(home)
        #expect(merged.home.note.contains("大狗") && merged.home.note.contains("钥匙在前台"))
        #expect(merged.conflicts == ["layout"])

        // It is decided between the values that were shown.
        let conflict = try #require(try await zhang.conflicts.list().first)
        let decision = try await zhang.submission(over: conflict.shown)
        try await zhang.submitting(decision).conflicts.resolve(home, path: "layout", value: .text("四室"))
        #expect(try await zhang.homes.details(home).conflicts.isEmpty)
        #expect(throws: (any Error).self) { try zhang.submitting(Submission(id: decision.id, shown: Shown(value: "x"))) }
        try await zhang.shutdown()
        try await fang.shutdown()
    }

    @Test func aFormHandedInTwiceIsOneRecord() async throws {
        let office = try TestOffice()
        try office.grid("g1")
        try office.assign("zhang.li", role: "butler", grid: "g1")
        let home = try office.home("3-2-501", grid: "g1")
        let butler = try await office.phone("zhang.li")
        let form = try await butler.submission()
        let add = { (called: String) async throws -> Recorded in
            try await butler.submitting(form).residents.add(to: home) {
                $0.name = called
                $0.pet { $0.species = "狗" }
            }
        }
        let first = try await add("顾岚")
        #expect(try await add("顾岚") == first)
        #expect(try await butler.homes.details(home).residents.count == 1)
        #expect(try await butler.residents.details(first.record).resident.pets.count == 1)
        await #expect(throws: ButlerError.AlreadySubmitted(record: first.record)) { try await add("顾兰") }
        try await butler.shutdown()
    }

    @Test func whatTheOfficeDoesNotKnowItSays() async throws {
        let office = try TestOffice()
        #expect(throws: (any Error).self) { try office.home("3-2-501", grid: "nowhere") }
        #expect(throws: (any Error).self) { try office.publish("kind = \"form\"") }
        let butler = try await Butler.open(at: newFolder(), keys: MemoryKeys(), clock: office.clock)
        await #expect(throws: ButlerError.CodeInvalid) {
            try await butler.enrol(code: "K7-39-QX-M4", label: "test", with: office.transport)
        }
        try await butler.shutdown()
    }

    @Test func aWorldIsTheSameForEverybodyWhoOpensIt() async throws {
        let (one, other) = (try await TestOffice.world("morning"), try await TestOffice.world("morning"))
        #expect(try await one.butler.me().name == "张丽")
        let (walk, same) = (try await one.butler.today.walk(), try await other.butler.today.walk())
        #expect(!walk.stops.isEmpty && walk == same)

        // What one of them writes is not in the other.
        let home = try #require(walk.stops.flatMap(\.doors).first?.home)
        try await one.butler.homes.edit(home) { $0.people = 7 }
        #expect(try await other.butler.homes.details(home).home.people != 7)
        try await one.butler.shutdown()
        try await other.butler.shutdown()
        await #expect(throws: (any Error).self) { try await TestOffice.world("nowhere") }
    }
}
