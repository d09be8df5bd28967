import ButlerKit
import ButlerScenes
import ButlerTesting
import Foundation
import Testing

@testable import ButlerScreens

/// Where a phone is: in the cellar nothing comes through, in the yard the first edits do.
private enum Spot {
    case cellar, yard, office
}

/// The line to the office from where the phone is.
private final class Reach: Transport, @unchecked Sendable {
    private let lock = NSLock()
    private var spot = Spot.office
    private var line: (any Transport)?
    private var isSending: @Sendable () -> Bool = { false }

    var at: Spot {
        get { lock.withLock { spot } }
        set { lock.withLock { spot = newValue } }
    }

    func to(_ line: any Transport, isSending: @escaping @Sendable () -> Bool) -> Reach {
        lock.withLock { (self.line, self.isSending) = (line, isSending) }
        return self
    }

    func exchange(frame: Data) throws -> Data {
        let (line, isSending) = lock.withLock { (self.line, self.isSending) }
        guard let line, at != .cellar else { throw TransportError.Unreachable }
        if at == .yard && isSending() { at = .cellar }
        return try line.exchange(frame: frame)
    }
}

/// A phone whose app may die; its folder stays.
@MainActor private final class Handset {
    let reach = Reach()
    let device = TestDevice()
    private let folder: URL
    private let clock: TestClock
    private let keys = MemoryKeys()
    private(set) var navigator: Navigator
    private(set) var app: ButlerScreens.App

    /// The app is opened for the first time.
    init(_ folder: URL, _ clock: TestClock) async throws {
        (self.folder, self.clock) = (folder, clock)
        navigator = Navigator(device)
        app = try await Self.opened(folder, clock, keys, navigator, reach)
    }

    /// The app is opened after it was killed: nothing of the one before is left.
    func open() async throws {
        navigator = Navigator(device)
        app = try await Self.opened(folder, clock, keys, navigator, reach)
    }

    private static func opened(
        _ folder: URL, _ clock: TestClock, _ keys: MemoryKeys, _ navigator: Navigator, _ reach: Reach
    ) async throws -> ButlerScreens.App {
        let butler = try await Butler.open(at: folder.appending(path: "records"), keys: keys, clock: clock)
        let settings = SettingsKeeper(folder.appending(path: "settings.json"))
        weak var line: Line?
        let made = Line(butler, settings) { office in
            let line = line
            let address = try #require(URL(string: office))
            return reach.to(HTTPTransport(office: address)) { line?.isSending ?? false }
        }
        line = made
        return ButlerScreens.App(butler: butler, language: .zh, platform: navigator, settings: settings, line: made) { clock.time }
    }

    var butler: Butler { app.butler }

    /// Everything is on disk already: closing the files is all that happens when a process dies.
    func die() async throws { try await butler.shutdown() }

    @discardableResult
    func sync() async throws -> SyncReport { try #require(await app.line.sync()) }

    func unsent() async throws -> UInt64 { try await butler.status().unsentEdits }
}

/// A phone from its first hour to the evening, over a real office: given to a person, walked with, killed, cut off, put right.
@MainActor @Suite struct DayTests {
    @Test(.timeLimit(.minutes(10)))
    func aDayFromTheDeskToTheEvening() async throws {
        // A Monday at ten, at the office as on the phones, whenever the test runs.
        let clock = TestClock(Date(timeIntervalSince1970: 1_795_399_200))
        let folder = FileManager.default.temporaryDirectory.appending(path: "butler-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let office = try await OfficeProcess.opened(in: folder.appending(path: "office"), at: clock.time)
        defer { office.end() }
        let zhang = try await Handset(folder.appending(path: "zhang"), clock)
        let wang = try await Handset(folder.appending(path: "wang"), clock)
        try await enrolled(zhang, office, "zhang.li")
        try await enrolled(wang, office, "wang.wei")

        // In the cellar: nothing reaches the office from here on.
        zhang.reach.at = .cellar
        let order = try await patrolled(zhang)
        let nobody = try await nobodyHome(zhang)
        let met = try #require(try await zhang.butler.homes.list().map(\.record.id).first { $0 != nobody })
        try await visited(zhang, met)
        // She stands in for finance, and does no more by the time it is sent.
        try await zhang.butler.homes.edit(met) { ($0.arrears, $0.ownerState, $0.people) = (120_000, OwnerState.elsewhere, 2) }
        try await zhang.butler.homes.edit(met) { $0.layout = "三室两厅（已改书房）" }
        try await wang.butler.homes.edit(met) { $0.layout = "四室两厅" }
        try await wang.sync()
        try office.butlerOnly("zhang.li")

        // The app is killed in the middle of a form.
        let keys = FormOf.row("keys.owner", met)
        let begun = FormModel(zhang.app, keys)
        await begun.refresh()
        try await Person(begun).does("type 前台3号柜 into 存放位置")
        try await zhang.die()
        try await zhang.open()
        #expect(try await firstPlace(zhang.app) == .today)
        let form = FormModel(zhang.app, keys)
        await form.refresh()
        #expect(Person(form).reads("存放位置") == "前台3号柜")
        try await filled(form)
        #expect(try await zhang.butler.drafts.list().isEmpty, "a form handed in is no draft")

        // Up in the yard the line holds for a while, then in the office for good.
        let outbox = OutboxModel(zhang.app)
        await outbox.refresh()
        #expect(try await zhang.unsent() > 6)
        try await Person(outbox).does("press 现在试一次")
        #expect(zhang.device.asked.last == "sync")
        #expect(try await zhang.sync().end == .interrupted)
        await outbox.refresh()
        #expect(outbox.state.head?.sync.contains("现在没网") == true)
        zhang.reach.at = .yard
        #expect(try await zhang.sync().end == .interrupted)
        await outbox.refresh()
        #expect(outbox.state.head?.sync.contains("其余下次接着送") == true)
        zhang.reach.at = .office
        #expect(try await zhang.sync().end == .complete)

        try await settled(zhang, met)
        try await corrected(zhang)
        #expect(try await zhang.sync().end == .complete)
        await outbox.refresh()
        #expect(outbox.state.head?.title == "都送到了" && outbox.state.lookTitle == nil)

        try await wang.sync()
        for record in [met, order, nobody] {
            #expect(try await zhang.butler.records.state(record) == .acknowledged)
            let both = [zhang.butler, wang.butler]
            #expect(try await both[0].records.fingerprint(record) == both[1].records.fingerprint(record), "both hold the same")
        }
        #expect(try await wang.butler.homes.details(met).home.layout == "三室两厅（已改书房）")
        try await zhang.die()
        try await wang.die()
    }

    /// By the code the office says, at the address it says.
    private func enrolled(_ phone: Handset, _ office: OfficeProcess, _ staff: String) async throws {
        #expect(try await firstPlace(phone.app) == .enrol)
        phone.navigator.go(.enrol)
        let enrol = EnrolModel(phone.app)
        await enrol.refresh()
        let (person, code) = (Person(enrol), try office.code(for: staff).lowercased())
        try await person.does("type \(code) into 登记码", "type \(office.address) into 办公室地址", "press 连办公室")
        #expect(enrol.state.office?.name == "锦瑟家园 物业服务中心")
        try await person.does("press 登记这部手机")
        #expect(enrol.state.problem == nil)
        try await phone.sync()
        await enrol.refresh()
        #expect(enrol.state.load?.phase == .done)
        try await person.does("press 开始今天的路")
        #expect(phone.navigator.way.top == .today)
        #expect(try await phone.butler.me().staff.value == staff)
    }

    /// A point in order, a finding at the next; an order is made of it.
    private func patrolled(_ phone: Handset) async throws -> RecordId {
        let items = try await phone.butler.today.list().items
        let due = try #require(items.first { $0.begin == .checklist(checklist: "patrol.public-area") })
        let round = RoundModel(phone.app, .due(due.id))
        await round.refresh()
        let first = round.state.point
        let person = Person(round)
        try await person.does("press \(try #require(round.state.record).label)")
        #expect(round.state.point != first, "one press, and the point is done")
        try await person.does("press 有问题", "type 消防通道停了电动车 into 写一句", "press 记下")
        #expect(round.state.finding == nil && round.state.problem == nil)

        let walked = try #require(try await phone.butler.rounds.underWay().first).id
        let results = try await phone.butler.rounds.details(walked).points.flatMap(\.items).flatMap(\.results)
        let finding = try #require(results.first { $0.fails })
        let (repair, place): (WorkflowId, PlaceId) = ("repair.public", try #require(due.place))
        let opening = try #require(try await phone.butler.cases.opening(repair, at: place).first)
        return try await phone.butler.cases.open(
            NewCase(
                workflow: repair, step: opening.step, title: "消防通道停了电动车", place: place,
                evidence: try await answers(phone.butler, opening.questions), from: Source(record: walked, event: finding.event))
        ).record
    }

    /// The first door of the walk stays shut.
    private func nobodyHome(_ phone: Handset) async throws -> RecordId {
        let today = TodayModel(phone.app)
        await today.refresh()
        for folded in today.state.stops where folded.doors.isEmpty {
            if let fold = folded.fold { await today.handle(fold.intent) }
        }
        let press = try #require(today.state.stops.lazy.flatMap(\.doors).compactMap(\.nobody).first)
        guard case .nobodyHome(let home) = press.intent else { throw Wrong.here }
        await today.handle(press.intent)
        guard case .nobody(let sheet) = today.state.sheet else { throw Wrong.here }
        await today.handle(sheet.record.intent)
        #expect(phone.app.recent.now != nil)
        return home
    }

    private enum Wrong: Error { case here }

    private func visited(_ phone: Handset, _ home: RecordId) async throws {
        let visit = VisitModel(phone.app, home)
        await visit.refresh()
        try await Person(visit).does("press 达成一致", "type 阳台地漏慢，约周六请工程看 into 谈了什么", "press 记下，下一户")
        #expect(phone.navigator.way.top == .today && visit.state.problem == nil)
    }

    private func settled(_ phone: Handset, _ home: RecordId) async throws {
        #expect(try await phone.butler.conflicts.list().map(\.record) == [home])
        let conflict = ConflictModel(phone.app)
        await conflict.refresh()
        #expect(Set(conflict.state.sides.map(\.by)) == ["张丽 管家", "王伟 管家"])
        try await Person(conflict).does("press 选“三室两厅（已改书房）”", "press 就用“三室两厅（已改书房）”")
        #expect(try await phone.butler.conflicts.list().isEmpty)
    }

    private func corrected(_ phone: Handset) async throws {
        let rejected = try await phone.butler.rejected.list()
        #expect(rejected.count == 1)
        let screen = RejectedModel(phone.app, try #require(rejected.first).change)
        await screen.refresh()
        try await Person(screen).does("press 去掉这项，再送 2 项")
        #expect(try await phone.butler.rejected.list().isEmpty)
    }

    /// Answers whatever is asked, as a person in a hurry does, and hands it in; an answer may ask for more.
    private func filled(_ form: FormModel) async throws {
        for _ in 0..<3 {
            for question in form.state.questions {
                if let intent = inAHurry(question.answer) { await form.handle(intent) }
            }
        }
        #expect(form.state.ready, "\(form.state.record?.label ?? "")")
        await form.handle(try #require(form.state.record).intent)
        #expect(form.state.problem == nil)
    }

    /// What one presses to have a question answered; nil when it is.
    private func inAHurry(_ answer: AnswerState) -> FormIntent? {
        switch answer {
        case .words(let words): words.typing.text.isEmpty ? words.typing.intent("A-17") : nil
        case .count(let count): count.number == "–" ? count.more.intent : nil
        case .options(let options): options.chips.contains(where: \.chosen) ? nil : options.chips.first?.press.intent
        case .pick(let pick): pick.chips.contains(where: \.chosen) ? nil : pick.chips.first?.press.intent
        case .photos(let photos): photos.remove == nil ? photos.take.intent : nil
        case .signature(let pad): pad.drawing.strokes.isEmpty ? pad.drawing.intent([line]) : nil
        case .moment(let moment): moment.now.intent
        case .sum, .locked: nil
        }
    }

    private let line = Stroke([.init(x: 200, y: 300), .init(x: 500, y: 700)])

    /// Answers to the questions of an opening step.
    private func answers(_ butler: Butler, _ questions: [Question]) async throws -> Evidence {
        var fields: [QuestionId: Value] = [:]
        var photos: [QuestionId: [PhotoId]] = [:]
        for question in questions {
            switch question.answer {
            case .photo, .signature: photos[question.field] = [try await butler.photos.add(Data([1, 2, 3]))]
            case .choice, .multiChoice: fields[question.field] = question.options.first.map { .text($0.id) }
            case .phone: fields[question.field] = .text("19900001234")
            case .flag: fields[question.field] = .bool(true)
            case .number: fields[question.field] = .real(1)
            default: fields[question.field] = .text("消防通道停了电动车")
            }
        }
        return Evidence(fields: fields, photos: photos)
    }
}
