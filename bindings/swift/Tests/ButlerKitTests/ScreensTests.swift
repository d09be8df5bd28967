import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// What screens draw without looking twice.
@Suite struct ScreensTests {
    private func atWork(_ test: (TestOffice, Butler, RecordId) async throws -> Void) async throws {
        let office = try TestOffice()
        try office.grid("g1", name: "1网格")
        try office.assign("zhang.li", role: "butler", grid: "g1", name: "张丽")
        let home = try office.home("3-2-501", grid: "g1")
        let butler = try await office.phone("zhang.li")
        try await test(office, butler, home)
        try await butler.shutdown()
    }

    @Test func everyErrorHasWordsToShowAsTheyAre() async throws {
        try await atWork { _, butler, home in
            let person = try await butler.residents.add(to: home) { $0.name = "顾岚" }.record
            do {
                try await butler.residents.addPhone(person, number: "1990000778")
                Issue.record("a telephone without its last digit was taken")
            } catch let error as ButlerError {
                #expect(error.words.zh == "电话少 1 位，请看一下")
                guard case .InvalidInput(_, let reason, _) = error else { throw error }
                #expect(reason == .phoneShort)
            }
            do {
                try await butler.homes.edit(home) { $0.arrears = 100 }
                Issue.record("a butler wrote an amount")
            } catch let error as ButlerError {
                #expect(error.words.zh == "这一项由财务填")
            }
            #expect(ButlerError.Offline(why: .unreachable).words.en.hasPrefix("No network"))
        }
    }

    @Test func aPlaceSaysWhatItIsAndWhereItLiesAndAScanFindsIt() async throws {
        try await atWork { office, butler, _ in
            try office.spot(
                "gate", name: "南门", grids: ["g1"], kind: "gate",
                position: GeoPoint(lat: 22.54312, lon: 113.94151), code: "QR-南门")
            try await butler.sync(with: office.transport)
            let gate = try #require(try await butler.office.placeScanned("QR-南门"))
            #expect(gate.name == "南门" && gate.kindLabel?.zh == "出入口" && gate.position?.lat == 22.54312)
            #expect(try await butler.office.placeScanned("QR-北门") == nil)
        }
    }

    @Test func aSlipIsTakenBack() async throws {
        try await atWork { _, butler, home in
            let slip = try await butler.homes.edit(home) { $0.layout = "三室" }
            try await butler.records.undo(slip)
            #expect(try await butler.homes.details(home).home.layout == nil)
            try await butler.homes.edit(home) { $0.layout = "四室" }
            await #expect(throws: ButlerError.CannotUndo(why: .changedSince)) { try await butler.records.undo(slip) }
        }
    }

    @Test func aContactIsReadBackInWordsAndCorrected() async throws {
        try await atWork { _, butler, home in
            let form = try await butler.registers.form("contact.log")
            let purpose = try #require(form.questions.first { $0.field == "purpose" }?.options.first).id
            let made = try await butler.contacts.record(
                NewContact(about: [home], channel: Channel.visit, purpose: purpose, outcome: .agreed, summary: "一切都好")
            ).record
            try await butler.contacts.edit(made) { $0.summary = "要换门锁" }
            let read = try await butler.contacts.details(made)
            #expect(read.byName == "张丽" && read.about.map(\.title) == ["3栋2单元501"])
            #expect(read.contact.summary == "要换门锁")
            #expect(read.fields.contains { $0.label.zh == "沟通渠道" && $0.words.zh == "上门拜访" })
        }
    }

    @Test func aGridIsCoveredForADay() async throws {
        try await atWork { office, butler, _ in
            try office.grid("g2", name: "2网格")
            let elsewhere = try office.home("5-1-101", grid: "g2")
            try office.cover("zhang.li", grid: "g2", until: try await butler.date())
            try await butler.sync(with: office.transport)
            #expect(try await butler.me().covers.map(\.name) == ["2网格"])
            #expect(try await butler.homes.details(elsewhere).home.id == elsewhere)
            office.clock.time += 24 * 3_600
            try await butler.sync(with: office.transport)
            #expect(try await butler.me().grids.map(\.name) == ["1网格"])
        }
    }

    @Test func anOfficeIsNamedBeforeItsCodeIsUsed() async throws {
        try await atWork { office, butler, _ in
            try office.rename("金色家园物业服务中心")
            #expect(try await butler.officeAt(office.transport).name == "金色家园物业服务中心")
            let scanned = try Butler.enrolmentCode(
                "butler://enrol?office=https%3A%2F%2Fbutler.jinse.example&code=K7-39-QX-M4")
            #expect(scanned.office == "https://butler.jinse.example" && scanned.code == "K7-39-QX-M4")
            #expect(throws: ButlerError.self) { try Butler.enrolmentCode("qr:gate") }
        }
    }

    @Test func aPhotoIsShownSmall() async throws {
        try await atWork { _, butler, _ in
            // One white pixel, as PNG.
            let png = try #require(
                Data(
                    base64Encoded:
                        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="))
            let small = try await butler.photos.thumbnail(butler.photos.add(png), px: 160)
            #expect(small.prefix(2) == Data([0xff, 0xd8]))
            let none = try await butler.photos.add(Data([1]))
            await #expect(throws: ButlerError.self) { try await butler.photos.thumbnail(none, px: 160) }
        }
    }

    @Test func aColleagueAndADutyDeskCanBeCalled() async throws {
        try await atWork { office, butler, _ in
            try office.spot("control-room", name: "监控室", grids: ["g1"], kind: "desk", phone: "(0755) 2600 1234")
            try office.phone(of: "zhang.li", "138 0000 1234")
            try await butler.sync(with: office.transport)
            #expect(try await butler.office.places().first { $0.kind == "desk" }?.phone == "0755-26001234")
            #expect(try await butler.office.staff().first { $0.name == "张丽" }?.phone == "13800001234")
        }
    }

    @Test func onAMeteredLineThePhotosWait() async throws {
        try await atWork { office, butler, home in
            let photo = try await butler.photos.add(Data([1, 2, 3]))
            try await butler.contacts.record(
                NewContact(
                    about: [home], channel: Channel.visit, purpose: "planned_visit", outcome: .agreed, summary: "看了漏水",
                    photos: [photo]))
            let sent = try await butler.sync(with: office.transport, photos: false)
            #expect(sent.end == .complete && sent.photosSent == 0)
            let waits = try await butler.status()
            #expect(waits.unsentRecords == 0 && waits.unsentPhotos == 1)
            #expect(try await butler.sync(with: office.transport).photosSent == 1)
        }
    }

    @Test func aMetricSaysWhatIsAimedAt() async throws {
        try await atWork { office, butler, home in
            try office.publish(target, words)
            try await butler.sync(with: office.transport)
            let month = Month(of: try await butler.date())
            let before = try #require(try await butler.metrics.series("test.layout", over: [month]).first)
            #expect(before.target?.words.zh == "不低于 50%" && before.reached == false)
            try await butler.homes.edit(home) { $0.layout = "三室" }
            #expect(try await butler.metrics.series("test.layout", over: [month]).first?.reached == true)
        }
    }

    @Test func listsHaveWhatTheirRowsShow() async throws {
        try await atWork { _, butler, home in
            try await butler.residents.add(to: home) { $0.name = "顾岚" }
            #expect(try await butler.homes.list().first?.residents.first?.name == "顾岚")
            #expect(try await butler.office.procedures().contains { $0.sectionLabel.zh == "突发事件" })
        }
    }
}

/// How many homes have their layout on file, with what the company aims at.
private let target = """
    kind = "metrics"
    id = "test.metrics"
    title = { zh = "测试指标", en = "Test" }
    butlers = ["butler"]
    port = { answer = "port", choices = "port" }
    [[metric]]
    id = "test.layout"
    by = ["grid"]
    of = { subjects = { kind = "home" } }
    filled = ["layout"]
    target = { at_least = 50 }
    """

private let words = """
    kind = "terms"
    id = "test.words"
    title = { zh = "测试用语", en = "Words" }
    [term]
    "metric.test.layout" = { zh = "户型已填", en = "layout on file", means = { zh = "已填户型的房屋 ÷ 全部房屋", en = "homes with a layout ÷ all homes" } }
    """
