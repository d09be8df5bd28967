import ButlerKit
import ButlerScreens
import Foundation

/// Which model shows which folder of the contract.
public enum Screens {
    private typealias Make = @MainActor @Sendable (Scene, Stage) async throws -> any Model

    /// A new screen is named here.
    private static let models: [String: Make] = [
        "article": { _, stage in ArticleModel(stage.app, try await stage.article("消防")) },
        "can-wait": { scene, stage in
            if scene.name == "does-not-fit" { try stage.shortDay() }
            return CanWaitModel(stage.app)
        },
        "duties": { _, stage in DutiesModel(stage.app) },
        "case": { scene, stage in
            let id = try await stage.case(scene.about)
            if scene.name == "archived" { try await stage.world.butler.records.archive(id) }
            return CaseModel(stage.app, id)
        },
        "cases": { _, stage in CasesModel(stage.app) },
        "conflict": { _, stage in ConflictModel(stage.app) },
        "emergencies": { _, stage in EmergenciesModel(stage.app) },
        "emergency-entry": { _, stage in EmergencyEntryModel(stage.app) },
        "emergency": { scene, stage in try await emergency(scene, stage) },
        "enrol": { scene, stage in try await enrol(scene, stage) },
        "entry": { scene, stage in EntryModel(stage.app, try await stage.row("keys.owner", saying: scene.about ?? "")) },
        "day-rounds": { scene, stage in
            DayRoundsModel(stage.app, scene.name == "vacant" ? "vacant.inspection" : "renovation.inspection")
        },
        "find-home": { scene, stage in SearchModel(stage.app, errands[scene.name]) },
        "form": { scene, stage in try await form(scene, stage) },
        "handover": { _, stage in HandoverModel(stage.app) },
        "history": { scene, stage in HistoryModel(stage.app, try await stage.record(scene.about ?? usual)) },
        "home": { scene, stage in
            if scene.name.hasPrefix("confidential") { try await stage.keepName() }
            if scene.name == "arrears" { try await stage.arrears(usual) }
            if scene.name.hasPrefix("parked") { try await stage.parked(usual) }
            let home = try await stage.home(scene.about ?? homes[scene.name] ?? usual)
            if scene.name.hasPrefix("archived") { try await stage.world.butler.records.archive(home) }
            return HomeModel(stage.app, home)
        },
        "index": { _, stage in IndexModel(stage.app) },
        "library": { _, stage in LibraryModel(stage.app) },
        "metric-records": { scene, stage in
            MetricRecordsModel(stage.app, MetricId(value: scene.about ?? ""), nil, Month(year: 2026, month: 11))
        },
        "metrics": { _, stage in MetricsModel(stage.app) },
        "more": { _, stage in MoreModel(stage.app) },
        "outbox": { scene, stage in
            if scene.name == "sent" { try await stage.world.butler.sync(with: stage.world.office.transport) }
            return OutboxModel(stage.app)
        },
        "overview": { _, stage in OverviewModel(stage.app) },
        "photo": { scene, stage in
            let steps = try await stage.world.butler.cases.details(try await stage.case(scene.about)).steps.reversed()
            let photos = steps.flatMap { $0.evidence.photos.sorted { $0.key.value < $1.key.value }.flatMap(\.value) }
            return PhotoModel(stage.app, PhotosAt(photos, at: 0))
        },
        "procedures": { _, stage in ProceduresModel(stage.app) },
        "recent": { scene, stage in
            if let code = codes["recent/\(scene.name)"] {
                try await stage.scan(code)
                return RecentModel(stage.app)
            }
            let today = TodayModel(stage.app)
            await today.refresh()
            try await Person(today).does(["press 没人 beside 1501", "press 记下，下一户"])
            return RecentModel(stage.app)
        },
        "record": { _, stage in RecordModel(stage.app) },
        "register": { scene, stage in RegisterModel(stage.app, registers[scene.name] ?? .form(form: "keys.owner")) },
        "rejected": { _, stage in RejectedModel(stage.app, try await stage.rejected()) },
        "resident": { scene, stage in
            if scene.name.hasPrefix("confidential") { try await stage.keepName() }
            return ResidentModel(stage.app, try await stage.owner())
        },
        "round": { scene, stage in try await round(scene, stage) },
        "running": { _, stage in RunningModel(stage.app) },
        "search": { scene, stage in
            stage.device.scanned = codes["search/\(scene.name)"]
            return SearchModel(stage.app)
        },
        "settings": { _, stage in SettingsModel(stage.app) },
        "storage": { _, stage in
            _ = await stage.full()
            return StorageModel(stage.app)
        },
        "sync": { scene, stage in try await sync(scene, stage) },
        "today": { scene, stage in
            if scene.name.hasPrefix("done") { try await stage.dayDone() }
            if scene.name == "does-not-fit" { try stage.shortDay() }
            if let code = codes["today/\(scene.name)"] { try await stage.scan(code) }
            if let asked = asked[scene.name] { try await stage.ask(usual, asked) }
            return TodayModel(stage.app)
        },
        "visit": { scene, stage in
            let home = try await stage.home(usual)
            guard scene.name == "by-phone" else { return VisitModel(stage.app, home) }
            try await scene.before(HomeModel(stage.app, home), ["press 打给刘敏", "press 打通了"])
            return VisitModel(stage.app, home, byPhone: true)
        },
    ]

    /// Whether this app has the screen of a scene.
    public static func isKnown(_ scene: Scene) -> Bool { models[scene.screen] != nil }

    /// The model of a scene before anything is pressed; nil when this app has not its screen.
    @MainActor public static func model(of scene: Scene, _ stage: Stage) async throws -> (any Model)? {
        try await models[scene.screen]?(scene, stage)
    }

    /// What a scene shows, when its world is gone; nil when this app has not its screen.
    @MainActor public static func state(of scene: Scene) async throws -> (any Sendable)? {
        let stage = try await Stage(scene.world, scene.language)
        guard let model = try await model(of: scene, stage) else { return nil }
        try await scene.play(model)
        let state: any Sendable = model.state
        try await stage.end()
        return state
    }

    /// A phone that is given to somebody, at the office of its world.
    @MainActor private static func enrol(_ scene: Scene, _ stage: Stage) async throws -> EnrolModel {
        switch scene.name {
        case "scanned": stage.device.scanned = "butler://enrol?office=https%3A%2F%2Fbutler.jinse.example&code=K7-39-QX-M4"
        case "scanned-else": stage.device.scanned = "qr:jinse/gate"
        case "offline": stage.use(.breaks(after: 1))
        case "too-many":
            var asked = 0
            stage.transport = { [transport = stage.transport] in
                asked += 1
                if asked > 1 { throw ButlerError.Office(problem: .tooManyAttempts) }
                return try transport()
            }
        case "enrolled":
            let model = EnrolModel(stage.app)
            await model.handle(.code(try stage.world.office.code(for: "zhang.li")))
            await model.handle(.address("butler.jinse.example"))
            await model.handle(.find)
            return model
        case "loading":
            try await stage.enrol()
            await stage.syncHeld(.stands(after: framesUntilKnown))
        case "cut", "ringing-off":
            try await stage.enrol()
            stage.use(.breaks(after: framesUntilKnown))
            await stage.app.line.sync()
        case "done":
            try await stage.enrol()
            await stage.app.line.sync()
        default: break
        }
        return EnrolModel(stage.app)
    }

    /// Frames of the first sync until the phone knows who holds it and where; the next brings the homes.
    private static let framesUntilKnown = 3

    /// The patrol of today; in the world of a supervisor the one somebody walked.
    @MainActor private static func round(_ scene: Scene, _ stage: Stage) async throws -> RoundModel {
        switch scene.name {
        case "scanned", "too-fast", "too-fast-en": stage.device.scanned = "qr:jinse/3-2-lobby"
        case "code-elsewhere": stage.device.scanned = "qr:jinse/3/2"
        case "scanned-before":
            let patrol = RoundModel(stage.app, .due(try await stage.due("patrol.public-area")))
            await patrol.refresh()
            try await stage.scan("qr:jinse/3-2-lobby")
            guard case .round(let of) = stage.navigator.way.top else { throw Wrong(description: "no round runs there") }
            return RoundModel(stage.app, of)
        case "code-of-no-place": stage.device.scanned = "https://example.com/wifi"
        case "located": stage.device.at = GeoPoint(lat: 22.53 + 245 / 111_195, lon: 113.93)
        case "too-far": stage.device.at = GeoPoint(lat: 22.53, lon: 113.93)
        default: break
        }
        // Inside a home: what is due there.
        if let about = scene.about {
            // What is scanned is the code of its unit.
            stage.device.scanned = "qr:jinse/" + about.split(separator: "-").dropLast().joined(separator: "/")
            let home = try await stage.home(about)
            let items = try await stage.world.butler.today.about(home).filter { item in
                if case .checklist = item.begin { true } else { false }
            }
            guard let due = items.max(by: { $0.due < $1.due }) else {
                throw Wrong(description: "nothing is inspected at \(about)")
            }
            return RoundModel(stage.app, .due(due.id))
        }
        guard scene.world == "hasty" else { return RoundModel(stage.app, .due(try await stage.due("patrol.public-area"))) }
        guard let walked = try await stage.world.butler.records.page(.round).first else {
            throw Wrong(description: "nobody walked a round")
        }
        return RoundModel(stage.app, .begun(walked.id))
    }

    /// A sync as the outbox shows it.
    @MainActor private static func sync(_ scene: Scene, _ stage: Stage) async throws -> OutboxModel {
        switch scene.name {
        case "sending": await stage.syncHeld(.standsAtFirstEdits)
        case "cut":
            stage.use(.breaksBehindFirstEdits)
            await stage.app.line.sync()
        default:
            stage.use(.breaks(after: 0))
            await stage.app.line.sync()
        }
        return OutboxModel(stage.app)
    }

    /// The card of a fire that is reported now, or of the water in the basement.
    @MainActor private static func emergency(_ scene: Scene, _ stage: Stage) async throws -> EmergencyModel {
        if scene.name == "told" { try await stage.told(scene.about) }
        guard scene.name.hasPrefix("begun") else {
            return EmergencyModel(stage.app, .case(try await stage.case(scene.about)))
        }
        let kind = scene.language == .zh ? "火灾" : "Fire"
        try await scene.before(EmergenciesModel(stage.app), ["press \(kind)"])
        guard case .emergency(let begun) = stage.navigator.way.top else {
            throw Wrong(description: "no clock runs after \(kind)")
        }
        return EmergencyModel(stage.app, begun)
    }

    /// Which register a scene of `register` is.
    private static let errands: [String: Errand] = ["visit": .visit, "call": .call, "open": .open("repair.paid")]
    private static let registers: [String: Procedure] = [
        "empty": .form(form: "keys.public"), "repairs": .workflow(workflow: "repair.paid"),
        "add-repair": .workflow(workflow: "repair.paid"),
        "loans": .workflow(workflow: "keys.loan"),
    ]

    /// A form for what the scene is about: a home's keys, or the step of a case its name says.
    @MainActor private static func form(_ scene: Scene, _ stage: Stage) async throws -> FormModel {
        if scene.name.hasPrefix("stock") {
            let item = try await stage.row("stock.item", saying: scene.about ?? "")
            return FormModel(stage.app, .row("stock.movement", item))
        }
        if let about = forms[scene.name] { return FormModel(stage.app, about(try await stage.home(scene.about ?? usual))) }
        guard scene.name.hasPrefix("keys") else {
            return FormModel(stage.app, .step(try await stage.case(scene.about), steps[scene.name] ?? "sign"))
        }
        let home: RecordId? = if let room = scene.about { try await stage.home(room) } else { nil }
        if scene.name == "keys-draft" {
            try await scene.before(FormModel(stage.app, .row("keys.owner", home)), ["press 加一", "type 前台3号柜 into 存放位置"])
        }
        return FormModel(stage.app, .row("keys.owner", home))
    }

    /// What a scene of `form` is filled in for, where that is a home.
    private static let forms: [String: @Sendable (RecordId) -> FormOf] = [
        "put-off": { .instead(.snooze, nil, $0) }, "put-off-recorded": { .instead(.snooze, nil, $0) },
        "left-out": { .instead(.skip, nil, $0) }, "person": { .row("resident.basic", $0) },
        "home-field": { .row("home.basic", $0, at: "handed_over") }, "home-again": { .row("home.basic", $0) },
    ]

    /// Which step a scene of `form` is about.
    private static let steps: [String: StepId] = [
        "dispatch": "dispatch", "not-possible": "follow_up", "remind": "remind", "talk": "talk", "talk-read": "talk",
    ]

    /// What is scanned in a scene, or before it.
    private static let codes = [
        "recent/code-of-nothing": "https://example.com/wifi", "recent/nothing-there": "qr:jinse/3/1",
        "search/scanned-homes": "qr:jinse/1/1", "today/scanned": "qr:jinse/3/1",
    ]

    /// What everybody at the usual home asks for in a scene of `today`.
    private static let asked: [String: @Sendable (inout ResidentEdit) -> Void] = [
        "nobody-afternoon": { ($0.preferredTime, $0.avoidTime) = (TimeOfDay.afternoon, TimeOfDay.evening) },
        "nobody-no-calls": { $0.noCalls = true }, "no-visits": { $0.noVisits = true },
    ]

    /// Which home a scene of `home` is about, where its file does not say.
    private static let homes = ["two-answers": "3-2-802", "two-answers-open": "3-2-802", "vacant": "3-2-101"]

    /// The home with most to do in the world `morning`.
    private static let usual = "3-2-1501"
}

extension Stage {
    /// A case of the library by a word of its title.
    public func article(_ word: String) async throws -> ArticleRow {
        guard let row = try await world.butler.library.list().first(where: { $0.title.zh.contains(word) }) else {
            throw Wrong(description: "the library has nothing of \(word)")
        }
        return row
    }

    /// A row of a register by one of its answers.
    public func row(_ form: FormId, saying words: String) async throws -> RecordId {
        for row in try await world.butler.registers.list(form).rows {
            let said = try await world.butler.registers.details(row.id).said
            if said.contains(where: { $0.words.zh == words }) { return row.id }
        }
        throw Wrong(description: "no row of \(form.value) says \(words)")
    }

    /// A case by its title.
    public func `case`(_ title: String?) async throws -> RecordId {
        guard let row = try await world.butler.cases.list().first(where: { $0.title == title }) else {
            throw Wrong(description: "there is no case \(title ?? "without a title")")
        }
        return row.id
    }

    /// A home by its room.
    public func home(_ room: String) async throws -> RecordId {
        guard let home = try await world.butler.homes.find(room).first else {
            throw Wrong(description: "there is no home \(room)")
        }
        return home.record
    }

    /// A code is scanned where no round is looked at.
    public func scan(_ code: String) async throws {
        device.scanned = code
        let search = SearchModel(app)
        await search.refresh()
        try await Person(search).does(["press 扫码"])
    }

    /// The owner of the home with most to do in the world `morning`.
    public func owner() async throws -> RecordId {
        let people = try await world.butler.homes.details(try await home("3-2-1501")).residents
        guard let owner = people.first(where: { $0.name == "刘敏" }) else { throw Wrong(description: "nobody is called 刘敏") }
        return owner.record.id
    }

    /// Everybody of a home asks for the same.
    public func ask(_ room: String, _ what: (inout ResidentEdit) -> Void) async throws {
        for person in try await world.butler.homes.details(try await home(room)).residents {
            try await world.butler.residents.edit(person.record.id) { what(&$0) }
        }
    }

    /// As long as she stands in for finance, she writes what a home owes.
    public func arrears(_ room: String) async throws {
        let (butler, office) = (world.butler, world.office)
        let grid = try await butler.me().grids.first?.id.value
        let today = try await butler.date()
        try office.assign("zhang.li", role: "finance", grid: grid, name: "张丽")
        try await butler.sync(with: office.transport)
        try await butler.homes.edit(try await home(room)) {
            ($0.arrears, $0.arrearsOn) = (124_000, Day(year: today.year, month: today.month, day: 1))
        }
        try await butler.sync(with: office.transport)
        try office.unassign("zhang.li")
        try office.assign("zhang.li", role: "butler", grid: grid, name: "张丽")
        try await butler.sync(with: office.transport)
    }

    /// It is the Monday after, with all that is to be done again, and work ends at four in the afternoon of it.
    public func shortDay() throws {
        world.office.clock.time += TimeInterval(2 * 24 * 3_600)
        try settings.change { $0.until = 16 * 60 }
    }

    /// Two of those who must know of an emergency are told so far, and ticked.
    public func told(_ title: String?) async throws {
        let butler = world.butler
        let id = try await `case`(title)
        let workflow = try await butler.cases.details(id).case.playbook
        let ticked = Evidence(fields: ["notified": .text("control_room,supervisor")])
        try await butler.drafts.save(
            Draft(submission: try await butler.submission(), form: workflow?.value ?? "", step: "notify", about: [id], answers: ticked))
    }

    /// What one seldom asks for at a door.
    public func parked(_ room: String) async throws {
        try await world.butler.homes.edit(try await home(room)) { home in
            home.parking { space in
                space.space = "B1-080"
                space.tenure = Tenure.leased
                space.until = Day(year: 2027, month: 6, day: 30)
            }
            home.meter { meter in
                meter.kind = MeterKind.water
                meter.number = "S-0381"
                meter.reading = 247.3
                meter.readOn = Day(year: 2026, month: 11, day: 1)
            }
            home.meter { meter in
                meter.kind = MeterKind.electricity
                meter.number = "D-0381"
            }
        }
    }

    /// A key lent to a colleague today.
    public func lent(_ title: String, number: String) async throws {
        let butler = world.butler
        let me = try await butler.me()
        let photo = [try await butler.photos.add(Data(repeating: 7, count: 64))]
        let said: [QuestionId: Value] = [
            "key_kind": .text("public"), "key_number": .text(number), "copies": .int(1), "taker": .text("staff"),
            "taken_by": .text(me.staff.value), "purpose": .text("抄表"), "back_by": .text(try await butler.date().description),
        ]
        _ = try await butler.cases.open(
            NewCase(
                workflow: "keys.loan", step: "lend", title: title, place: PlaceId(value: me.grids[0].id.value),
                evidence: Evidence(fields: said, photos: ["sign_out": photo, "consent": photo])))
    }

    /// The evening of a day on which a key was lent and nobody was home at one door: it is gone to again in the morning.
    func dayDone() async throws {
        try await lent("K-17（2栋1单元702）", number: "K-17")
        let tomorrow = app.formats.day(try await world.butler.date(), plus: 1)
        try await world.butler.contacts.record(
            NewContact(
                about: [try await home("3-2-1501")], channel: Channel.visit, purpose: "planned_visit", outcome: .notReached,
                nextContact: app.formats.at(tomorrow, minute: 9 * 60), at: world.office.clock.time))
        try await evening()
    }

    /// Whatever is to be done today is put off until tomorrow, and what takes its place, too.
    public func evening() async throws {
        let butler = world.butler
        let tomorrow = app.formats.day(try await butler.date(), plus: 1)
        let answers: [QuestionId: Value] = ["until": .text(tomorrow.description), "reason": .text("workload")]
        // Something takes the place of what was put off, but not for ever.
        for _ in 0..<8 {
            var open: [DueId] = []
            var after: DueId?
            repeat {
                let page = try await butler.today.list(after: after)
                open += page.items.filter { $0.status == .open }.map(\.id)
                after = page.next
            } while after != nil
            try await butler.today.snoozeMany(open, Evidence(fields: answers))
        }
    }

    /// That owner asked for confidentiality.
    public func keepName() async throws {
        try await world.butler.residents.edit(try await owner()) { $0.confidential = true }
    }

    /// What is due of a checklist.
    public func due(_ checklist: ChecklistId) async throws -> DueId {
        let items = try await world.butler.today.list().items
        guard let item = items.first(where: { $0.begin == .checklist(checklist: checklist) }) else {
            throw Wrong(description: "nothing is due of \(checklist.value)")
        }
        return item.id
    }

    /// A home, or a case, by what it is called.
    public func record(_ title: String) async throws -> RecordId {
        if let home = try await world.butler.homes.find(title).first { return home.record }
        return try await self.case(title)
    }

    /// The edit the office sent back.
    public func rejected() async throws -> ChangeHash {
        guard let row = try await world.butler.rejected.list().first else {
            throw Wrong(description: "nothing was sent back")
        }
        return row.change
    }
}
