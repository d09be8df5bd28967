import ButlerKit
import Foundation
import Testing

/// Records whole, their past, the numbers made of them, and what others learned.
@Suite struct RecordsTests {
    let office: Office

    init() throws { office = try Office.shared.get() }

    @Test func aMetricsNumberOpensItsRecords() async throws {
        let butler = try await office.phone("zhang.li")
        let month = Month(of: try await butler.date())
        func reached() async throws -> MetricRow {
            try #require(try await butler.metrics.month(month, metric: "coverage_contact").first)
        }
        let before = try await reached()
        #expect(before.measure == .share && !before.means.zh.isEmpty)

        // Somebody's telephone is verified in a home where none was.
        let members = try await butler.metrics.records(of: before, in: month, side: .whole).rows
        guard case .record(let unreached) = members.first(where: { !$0.member.inPart })?.member.about else {
            Issue.record("every home is reached")
            return
        }
        let home = try await butler.homes.details(unreached)
        let person = try await butler.residents.add(to: home.home.id) {
            $0.name = "顾岚"
            $0.livesHere = true
        }.record
        try await butler.residents.addPhone(person, number: "19900007788")
        let phone = try #require(try await butler.residents.details(person).resident.phones.first)
        try await butler.residents.verifyPhone(person, phone.id)

        let after = try await reached()
        let (was, now) = (try #require(before.value), try #require(after.value))
        #expect(now.part == was.part + 1 && now.whole == was.whole)
        let behind = try await butler.metrics.records(of: after, in: month)
        #expect(Int64(behind.total) == now.part)
        let row = try #require(behind.rows.first { $0.member.about == .record(home.home.id) })
        #expect(row.subject == home.title)
        #expect(try await butler.homes.details(#require(row.member.record)).title == home.title)
        let whole = try await butler.metrics.records(of: after, in: month, side: .whole, take: 1)
        #expect(UInt64(whole.total) == after.members && whole.rows.count <= 1)
        await #expect(throws: ButlerError.NotFound) {
            try await butler.metrics.month(month, metric: "no-such-metric")
        }
        try await butler.shutdown()
    }

    @Test func theLibraryFindsACaseByItsInitials() async throws {
        let butler = try await office.phone("zhang.li")
        let row = try #require(try await butler.library.search("gkpw").first)
        #expect(row.title.zh == "高空抛物")
        #expect(try await butler.library.list().contains(row))
        let article = try await butler.library.article(row)
        #expect(!article.situation.zh.isEmpty && !article.handling.en.isEmpty)
        try await butler.shutdown()
    }

    @Test func partsAreAddedTouchedAndRemoved() async throws {
        let butler = try await office.phone("zhang.li")
        let home = try #require(try await butler.homes.list().last).record.id
        try await butler.homes.edit(home) {
            $0.handedOver = PartialDate(year: 2019, month: 6)
            $0.meter {
                $0.kind = MeterKind.water
                $0.number = "W-88"
                $0.reading = 10.5
            }
        }
        let meter = try #require(try await butler.homes.details(home).home.meters.first { $0.number == "W-88" })
        try await butler.homes.edit(home) { $0.meter(meter.id) { $0.reading = 12 } }
        let read = try #require(try await butler.homes.details(home).home.meters.first { $0.id == meter.id })
        #expect(read.reading == 12 && read.kind?.code == MeterKind.water)
        try await butler.homes.edit(home) { $0.removeMeter(meter.id) }
        #expect(try await butler.homes.details(home).home.meters.allSatisfy { $0.id != meter.id })

        let person = try await butler.residents.add(to: home) {
            $0.name = "顾岚"
            $0.birthday = Birthday(month: 2, day: 29)
            $0.vehicle { $0.plate = "沪A12345" }
            $0.care { $0.need = Need.livesAlone }
        }.record
        let details = try await butler.residents.details(person).resident
        #expect(details.birthday == Birthday(month: 2, day: 29))
        #expect(details.vehicles.map(\.plate) == ["沪A12345"] && details.care.map(\.need?.code) == [Need.livesAlone])
        try await butler.shutdown()
    }

    @Test func anyRecordIsReadNowAndAsItWas() async throws {
        let butler = try await office.phone("zhang.li")
        #expect(try await butler.opening().created)
        #expect(try await butler.playbookSet().rejected == nil)
        let home = try #require(try await butler.homes.find("1-1-601").first?.record)
        try await butler.homes.edit(home) { $0.layout = "两室" }
        try await butler.homes.edit(home) { $0.layout = "三室" }
        let changes = try await butler.records.history(home).suffix(2).map(\.change)
        let then = try await butler.records.at(home, #require(changes.first))
        let now = try await butler.records.get(home)
        let layout = { (record: RecordDetails) in record.fields.first { $0.path == "layout" }?.shown.value }
        #expect(layout(then) == .text("两室") && layout(now) == .text("三室"))
        #expect(try await butler.records.page(.home, limit: 1).map(\.id) == [home])
        #expect(try await !butler.records.fingerprint(home).isEmpty)
        try await butler.shutdown()
    }

    @Test func whatThereIsToDoIsTheOfficesToSay() async throws {
        let butler = try await office.phone("zhang.li")
        let procedures = try await butler.office.procedures()
        let keys = try #require(procedures.first { $0.begin == .form(form: "keys.owner") })
        #expect(keys.about == [.home])
        #expect(procedures.contains { $0.begin == .workflow(workflow: "repair.public") })
        #expect(!procedures.contains { $0.begin == .form(form: "due.skip") }, "an answer to what is due is no register")
        #expect(try await butler.office.staff().contains { $0.name == "陈静" })
        let item = try #require(try await butler.today.list().items.first)
        #expect(try await butler.today.item(item.id) == item)
        let places = try await butler.office.places()
        #expect(item.place == nil || places.contains { $0.id == item.place })
        try await butler.shutdown()
    }
}
