import ButlerKit
import ButlerTesting
import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What befalls a phone: the app dies with a form open, its clock is set, its key is lost, it changes hands.
@Suite struct DeviceTests {
    private func newOffice() throws -> TestOffice {
        let office = try TestOffice()
        try office.grid("g1")
        try office.assign("zhang.li", role: "butler", grid: "g1", name: "张丽")
        try office.assign("he.fang", role: "butler", grid: "g1", name: "何芳")
        return office
    }

    private func phone(
        of office: TestOffice, at place: URL, keys: MemoryKeys, clock: TestClock? = nil
    ) async throws -> Butler {
        let butler = try await Butler.open(at: place, keys: keys, clock: clock ?? office.clock)
        try await butler.enrol(code: office.code(for: "zhang.li"), label: "iPhone", with: office.transport)
        try await butler.sync(with: office.transport)
        return butler
    }

    @Test func aFormHalfFilledInSurvivesTheAppAndHandingItInEndsIt() async throws {
        let (office, place, keys) = (try newOffice(), newFolder(), MemoryKeys())
        let home = try office.home("3-2-501", grid: "g1")
        var butler = try await phone(of: office, at: place, keys: keys)
        let form = try await butler.submission()
        let answers = Evidence(fields: ["summary": .text("约好周六看漏水")])
        try await butler.drafts.save(
            Draft(submission: form, form: "app.visit", about: [home], answers: answers))
        let photo = try await butler.drafts.addPhoto(to: form.id, question: "seen", Data([1, 2, 3]))
        try await butler.shutdown()

        butler = try await Butler.open(at: place, keys: keys, clock: office.clock)
        let kept = try #require(try await butler.drafts.list().first)
        #expect(kept.subject == "3栋2单元501")
        #expect(kept.draft.answers.fields == answers.fields)
        #expect(kept.draft.answers.photos["seen"] == [photo])
        let visit = NewContact(
            about: [home], channel: Channel.visit, purpose: "planned_visit", outcome: .agreed, summary: "约好周六看漏水",
            photos: [photo])
        try await butler.submitting(kept.draft.submission).contacts.record(visit)
        #expect(try await butler.drafts.list().isEmpty)
        #expect(try await butler.photos.bytes(photo).count == 3)

        let loose = try await butler.photos.add(Data([4]))
        #expect(try await butler.photos.unused() == [loose])
        try await butler.photos.discard(loose)
        await #expect(throws: ButlerError.PhotoMissing(photo: loose)) { try await butler.photos.bytes(loose) }
        try await butler.shutdown()
    }

    @Test func aPhoneIsHandedToAColleagueOnceEverythingIsHandedIn() async throws {
        let (office, place, keys) = (try newOffice(), newFolder(), MemoryKeys())
        let home = try office.home("3-2-501", grid: "g1")
        let zhang = try await phone(of: office, at: place, keys: keys)
        try await zhang.homes.edit(home) { $0.layout = "三室" }
        let colleagues = try office.code(for: "he.fang")
        await #expect(throws: ButlerError.AlreadyEnrolled) {
            try await zhang.enrol(code: colleagues, label: "iPhone", with: office.transport)
        }
        await #expect(throws: ButlerError.NotHandedIn(edits: 1, photos: 0, rejected: 0, drafts: 0)) {
            try await zhang.handOver()
        }
        try await zhang.sync(with: office.transport)
        try await zhang.handOver()
        await #expect(throws: ButlerError.Closed) { try await zhang.homes.list() }

        let fang = try await Butler.open(at: place, keys: keys, clock: office.clock)
        #expect(try await fang.enrolled() == nil)
        try await fang.enrol(code: colleagues, label: "iPhone", with: office.transport)
        try await fang.sync(with: office.transport)
        #expect(try await fang.homes.details(home).home.layout == "三室")
        try await fang.shutdown()
    }

    @Test func dataWhoseKeyIsLostAreKeptAsideAndThePhoneBeginsAnew() async throws {
        let (office, place, keys) = (try newOffice(), newFolder(), MemoryKeys())
        try await phone(of: office, at: place, keys: keys).shutdown()
        let restored = MemoryKeys()
        await #expect(throws: ButlerError.KeyMissing) {
            try await Butler.open(at: place, keys: restored, clock: office.clock)
        }
        let butler = try await Butler.openAnew(at: place, keys: restored, clock: office.clock)
        let aside = try #require(try await butler.opening().setAside)
        #expect(try await butler.enrolled() == nil)
        let kept = try await Butler.open(at: aside, keys: keys, clock: office.clock)
        #expect(try await kept.enrolled()?.value == "zhang.li", "should the key be found")
        try await kept.shutdown()
        try await butler.shutdown()
    }

    @Test func aPhoneWhoseFilesWereCopiedBackSaysSoAfterTheNextSyncOnce() async throws {
        let (office, place, keys) = (try newOffice(), newFolder(), MemoryKeys())
        try await phone(of: office, at: place, keys: keys).shutdown()
        let (database, copy) = (place.appendingPathComponent("db"), newFolder())
        try FileManager.default.copyItem(at: database, to: copy)
        try await Butler.open(at: place, keys: keys, clock: office.clock).shutdown()
        try FileManager.default.removeItem(at: database)
        try FileManager.default.copyItem(at: copy, to: database)

        let butler = try await Butler.open(at: place, keys: keys, clock: office.clock)
        #expect(try await butler.opening().incarnationChanged)
        let told = try await butler.sync(with: office.transport).notices
        #expect(told.count == 1 && told[0].zh.hasPrefix("这台手机的数据是从备份恢复"))
        #expect(try await butler.sync(with: office.transport).notices.isEmpty)
        try await butler.shutdown()
    }

    @Test func aClockSetRightAfterTheSyncIsToldAndLeavesTheDayRight() async throws {
        let office = try newOffice()
        let clock = TestClock(office.clock.time.addingTimeInterval(3_653 * 24 * 3_600))
        let butler = try await phone(of: office, at: newFolder(), keys: MemoryKeys(), clock: clock)
        #expect(try await butler.status().clockDoubtful == false)
        clock.time = office.clock.time.addingTimeInterval(2 * 3_600)
        #expect(try await butler.date() == Day(year: 2026, month: 11, day: 23))
        #expect(try await butler.status().clockDoubtful)
        try await butler.shutdown()
    }

    @Test func whyThereWasNoAnswerIsTold() async throws {
        let office = try newOffice()
        let butler = try await phone(of: office, at: newFolder(), keys: MemoryKeys())
        #expect(try await butler.sync(with: Proxy()).broke == .status(status: 502))
        let stranger = try await Butler.open(at: newFolder(), keys: MemoryKeys(), clock: office.clock)
        await #expect(throws: ButlerError.Offline(why: .status(status: 502))) {
            try await stranger.enrol(code: "K7-39-QX", label: "test", with: Proxy())
        }
        try await stranger.shutdown()
        try await butler.shutdown()
    }

    @Test func noMoreIsReadOfAnAnswerThanAnOfficeEverSays() async throws {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.protocolClasses = [Endless.self]
        let office = try #require(URL(string: "http://office.test"))
        let transport = HTTPTransport(office: office, configuration: configuration)
        let failure = await Task.detached { () -> TransportError? in
            do {
                _ = try transport.exchange(frame: Data([1]))
                return nil
            } catch {
                return error as? TransportError
            }
        }.value
        guard case .TooLong? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }
}

private final class Proxy: Transport {
    func exchange(frame: Data) throws -> Data { throw TransportError.Status(status: 502) }
}

/// Something that answers and does not stop.
private final class Endless: URLProtocol, @unchecked Sendable {
    override class func canInit(with request: URLRequest) -> Bool { true }
    override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }

    override func startLoading() {
        guard let url = request.url,
            let response = HTTPURLResponse(
                url: url, statusCode: 200, httpVersion: nil,
                headerFields: ["Content-Type": "application/vnd.butler.frame"])
        else { return }
        client?.urlProtocol(self, didReceive: response, cacheStoragePolicy: .notAllowed)
        for _ in 0..<8 { client?.urlProtocol(self, didLoad: Data(count: 1 << 20)) }
        client?.urlProtocolDidFinishLoading(self)
    }

    override func stopLoading() {}
}
