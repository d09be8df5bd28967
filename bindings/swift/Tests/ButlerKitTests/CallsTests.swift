@testable import ButlerKit
@testable import ButlerTesting
import Foundation
import Testing

/// The contract of the calls, `tests/contract/calls/<area>.json`: what every call answers and how it fails, as the Rust library
/// says it (docs/testing.md), played through this package.
@Test(arguments: try Contract.files())
func callsAnswerAsTheContractSays(_ file: Contract) async throws {
    for story in file.stories {
        let stage = try await CallsStage(story["world"].string ?? "")
        for told in story["cases"].list {
            let now = try await stage.play(told)
            let difference = told.difference(to: now)
            #expect(difference == nil, "\(told["case"]) (\(told["call"]))")
        }
        try await stage.end()
    }
}

/// A file of the contract.
struct Contract: Sendable, CustomTestStringConvertible {
    let testDescription: String
    fileprivate let stories: [JSON]

    fileprivate static func files() throws -> [Contract] {
        let checkout = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../..").standardized
        let folder = checkout.appendingPathComponent("tests/contract/calls")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { file in
            let stories = try JSONDecoder().decode([JSON].self, from: Data(contentsOf: file))
            return Contract(testDescription: file.lastPathComponent, stories: stories)
        }
    }
}

/// What is wrong with a case, or not known how to be played.
private struct Wrong: Error, CustomStringConvertible {
    let description: String
}

/// The line to the office, whole or not.
private final class CallsLine: Transport, @unchecked Sendable {
    private let office: TestTransport
    private let lock = NSLock()
    private var now = "holds"

    init(_ office: TestTransport) { self.office = office }

    var how: String {
        get { lock.withLock { now } }
        set { lock.withLock { now = newValue } }
    }

    func exchange(frame: Data) throws -> Data {
        switch how {
        case "holds": return try office.exchange(frame: frame)
        case "cut": throw TransportError.Unreachable
        case "slow": throw TransportError.TimedOut
        case "proxy": throw TransportError.Status(status: 502)
        case "stranger": return Data("<html>".utf8)
        case let other: throw Wrong(description: "no line is \(other)")
        }
    }
}

private final class LockedKeys: KeyProvider {
    func key() throws -> Data? { throw AppError.Failed }
    func keep(key: Data) throws {}
}

/// One's own phone in a world, with what earlier cases kept.
private final class CallsStage {
    private let world: TestWorld
    private var butler: Butler
    private let line: CallsLine
    private var kept: [String: JSON] = [:]

    init(_ name: String) async throws {
        world = try await TestOffice.world(name)
        butler = world.butler
        line = CallsLine(world.office.transport)
    }

    func end() async throws { try await butler.shutdown() }

    /// The case as it goes now.
    func play(_ told: JSON) async throws -> JSON {
        let name = told["call"].string ?? ""
        let with = Arguments(filled(told["with"]))
        var now = told.parts
        for answered in ["error", "words", "answer"] { now[answered] = nil }
        if name.hasPrefix("test.") {
            try arrange(String(name.dropFirst(5)), with, told["keep"])
            return .parts(now)
        }
        do {
            let butler = told["form"] == .null ? self.butler : try self.butler.submitting(Arguments(filled(told["form"])).submission)
            let value = try await call(butler, name, with)
            let answer = value is Void ? JSON.null : JSON(value)
            for (name, path) in told["keep"].parts {
                kept[name] = part(answer, path)
                if kept[name] == .null { throw Wrong(description: "\(told["call"]) answers no \(path)") }
            }
            let part = part(answer, told["at"])
            now["answer"] = part == .null ? nil : canonical(part)
        } catch let error as ButlerError {
            now["error"] = canonical(JSON(error))
            now["words"] = .text(error.words.zh)
        }
        return .parts(now)
    }

    /// What stands at a path such as `items.0.id`.
    private func part(_ answer: JSON, _ path: JSON) -> JSON {
        (path.string ?? "").split(separator: ".").reduce(answer) { $0[String($1)] }
    }

    /// Arguments with what was kept in place of its name.
    private func filled(_ given: JSON) -> JSON {
        switch given {
        case .text(let text) where text.hasPrefix("$"): return kept[String(text.dropFirst())] ?? given
        case .list(let list): return .list(list.map(filled))
        case .parts(let parts):
            if let text = parts["repeat"]?.string { return .text(String(repeating: text, count: parts["times"]?.int ?? 0)) }
            return .parts(Dictionary(uniqueKeysWithValues: parts.map { (filled(.text($0)).string ?? $0, filled($1)) }))
        default: return given
        }
    }

    /// An answer with names in place of identifiers that are drawn: what was kept by its name, everything else as one.
    private func canonical(_ answer: JSON) -> JSON {
        switch answer {
        case .text(let text):
            guard Self.isDrawn(text) else { return answer }
            return .text(kept.filter { $0.value == answer }.keys.min().map { "$\($0)" } ?? "<id>")
        case .list(let list): return .list(list.map(canonical))
        case .parts(let parts): return .parts(parts.mapValues(canonical))
        default: return answer
        }
    }

    /// A long run of digits of a hash.
    private static func isDrawn(_ text: String) -> Bool {
        let digits = Set("0123456789abcdef")
        return text.split { !digits.contains($0) }.contains { $0.count >= 32 }
    }

    /// What no call of the butler does: time, the line, the office.
    private func arrange(_ work: String, _ with: Arguments, _ keep: JSON) throws {
        let office = world.office
        switch work {
        case "time": office.clock.time = try with.instant("at") ?? office.clock.time
        case "line": line.how = with.text("is")
        case "assign": try office.assign(with.text("staff"), role: with.text("role"), grid: with.some("grid"))
        case "unassign": try office.unassign(with.text("staff"))
        case "publish": try office.publish(with.text("file"))
        case "code": kept[keep.parts.keys.first ?? ""] = .text(try office.code(for: with.text("staff")))
        case "damage":
            let file = world.phone.appendingPathComponent(with.text("file"))
            try Data(repeating: 7, count: try Data(contentsOf: file).count).write(to: file)
        default: throw Wrong(description: "nobody knows how to arrange \(work)")
        }
    }

    private func keys(_ name: String?) -> any KeyProvider {
        switch name {
        case "none": MemoryKeys()
        case "wrong": MemoryKeys(Data(count: 32))
        case "locked": LockedKeys()
        default: MemoryKeys(world.key)
        }
    }

    /// Every call of the façade, by its name in the contract.
    private func call(_ butler: Butler, _ name: String, _ with: Arguments) async throws -> Any {
        switch name {
        case "open":
            return self.butler = try await Butler.open(at: world.phone, keys: keys(with.some("keys")), clock: world.office.clock)
        case "openAnew":
            return self.butler = try await Butler.openAnew(at: world.phone, keys: MemoryKeys(), clock: world.office.clock)
        case "errorWords": return try with.error("error").words
        case "enrolmentCode": return try Butler.enrolmentCode(with.text("scanned"))
        case "walkHours": return walkHours()
        case "submission": return try await butler.submission(over: with.some("shown").map(Shown.init(value:)))
        case "opening": return try await butler.opening()
        case "enrolled": return try await butler.enrolled() as Any
        case "officeAt": return try await butler.officeAt(line)
        case "enrol": return try await butler.enrol(code: with.text("code"), label: with.text("label"), with: line)
        case "handOver": return try await butler.handOver()
        case "me": return try await butler.me()
        case "outbox": return try await butler.outbox()
        case "status": return try await butler.status()
        case "playbookSet": return try await butler.playbookSet()
        case "diagnostics": return try await !butler.diagnostics().isEmpty
        case "date": return try await butler.date()
        case "tidy": return try await butler.tidy()
        case "shutdown": return try await butler.shutdown()
        case "search": return try await butler.search(with.text("typed"), limit: with.int("limit"))
        case "sync": return try await butler.sync(with: line)
        case "today.list": return try await butler.today.list(after: with.some("after").map(DueId.init(value:)), limit: with.int("limit"))
        case "today.walk": return try await butler.today.walk()
        case "today.bring": return try await butler.today.bring(with.dues("items"), insteadOf: with.dues("insteadOf"))
        case "today.cutShort": return try await butler.today.cutShort(minutes: with.int("minutes"))
        case "today.about": return try await butler.today.about(with.record("record"))
        case "today.team": return try await butler.today.team()
        case "today.item": return try await butler.today.item(with.due("due")) as Any
        case "today.asks": return try await butler.today.asks(with.text("instead") == "skip" ? .skip : .snooze)
        case "today.snooze": return try await butler.today.snooze(with.due("due"), with.evidence("answers"))
        case "today.skip": return try await butler.today.skip(with.due("due"), with.evidence("answers"))
        case "today.snoozeMany": return try await butler.today.snoozeMany(with.dues("due"), with.evidence("answers"))
        case "today.skipMany": return try await butler.today.skipMany(with.dues("due"), with.evidence("answers"))
        case "homes.list": return try await butler.homes.list(after: with.after, limit: with.int("limit"))
        case "homes.listWhere":
            return try await butler.homes.list(where: with.homeFilter("filter"), after: with.after, limit: with.int("limit"))
        case "homes.count": return try await butler.homes.count()
        case "homes.find": return try await butler.homes.find(with.text("typed"), limit: with.int("limit"))
        case "homes.details": return try await butler.homes.details(with.record("home"))
        case "homes.edit": return try await butler.homes.edit(with.record("home")) { with.touch("edit", &$0) }
        case "residents.details": return try await butler.residents.details(with.record("resident"))
        case "residents.add": return try await butler.residents.add(to: with.record("home")) { with.touch("edit", &$0) }
        case "residents.edit": return try await butler.residents.edit(with.record("resident")) { with.touch("edit", &$0) }
        case "residents.addPhone":
            return try await butler.residents.addPhone(with.record("resident"), number: with.text("number"), label: with.some("label"))
        case "residents.verifyPhone":
            return try await butler.residents.verifyPhone(with.record("resident"), PartId(value: with.text("phone")))
        case "contacts.record": return try await butler.contacts.record(with.visit("visit"))
        case "contacts.phrases": return try await butler.contacts.phrases()
        case "contacts.details": return try await butler.contacts.details(with.record("contact"))
        case "contacts.edit": return try await butler.contacts.edit(with.record("contact")) { with.touch("edit", &$0) }
        case "rounds.start":
            return try await butler.rounds.start(
                ChecklistId(value: with.text("checklist")), at: PlaceId(value: with.text("place")),
                about: with.some("about").map(RecordId.init(value:)), due: with.some("due").map(DueId.init(value:)))
        case "rounds.checkIn":
            return try await butler.rounds.checkIn(with.record("round"), at: with.text("point"), proof: with.proof("proof"))
        case "rounds.record":
            return try await butler.rounds.record(
                with.record("round"), item: QuestionId(value: with.text("item")), with.evidence("evidence"), note: with.text("note"))
        case "rounds.recordPoint":
            let answers = with.all("answers").map {
                PointAnswer(item: QuestionId(value: $0.text("item")), evidence: $0.evidence("evidence"), note: $0.text("note"))
            }
            return try await butler.rounds.recordPoint(
                with.record("round"), at: with.text("point"), proof: with.proof("proof"), answers)
        case "rounds.takeBack":
            return try await butler.rounds.takeBack(with.record("round"), result: EventId(value: with.text("result")))
        case "rounds.details": return try await butler.rounds.details(with.record("round"))
        case "rounds.underWay": return try await butler.rounds.underWay(after: with.after, limit: with.int("limit"))
        case "cases.opening":
            return try await butler.cases.opening(WorkflowId(value: with.text("workflow")), at: PlaceId(value: with.text("place")))
        case "cases.askOpening":
            return try await butler.cases.askOpening(
                WorkflowId(value: with.text("workflow")), step: StepId(value: with.text("step")),
                at: PlaceId(value: with.text("place")), with.evidence("answers"))
        case "cases.open": return try await butler.cases.open(with.newCase("new"))
        case "cases.nextSteps": return try await butler.cases.nextSteps(with.record("id"))
        case "cases.plan": return try await butler.cases.plan(with.record("id"))
        case "cases.planOpening":
            return try await butler.cases.planOpening(
                WorkflowId(value: with.text("workflow")), step: StepId(value: with.text("step")),
                at: PlaceId(value: with.text("place")))
        case "cases.ask":
            return try await butler.cases.ask(with.record("id"), step: StepId(value: with.text("step")), with.evidence("answers"))
        case "cases.take":
            return try await butler.cases.take(
                with.record("id"), step: StepId(value: with.text("step")), with.evidence("evidence"), note: with.text("note"))
        case "cases.details": return try await butler.cases.details(with.record("id"))
        case "cases.receipt": return try await butler.cases.receipt(with.record("id"))
        case "papers.of": return try await butler.papers.of(with.record("id"))
        case "papers.html": return try await butler.papers.html(with.record("id"), paper: with.text("paper"))
        case "cases.openList": return try await butler.cases.openList(after: with.after, limit: with.int("limit"))
        case "cases.list":
            return try await butler.cases.list(with.caseFilter("filter"), after: with.after, limit: with.int("limit"))
        case "cases.link":
            return try await butler.cases.link(with.record("id"), with: with.record("other"), how: with.text("how"))
        case "cases.migrate": return try await butler.cases.migrate(with.record("id"), note: with.text("note"))
        case "cases.resolve":
            return try await butler.cases.resolve(
                with.record("id"), keep: EventId(value: with.text("keep")), over: with.texts("over").map(EventId.init(value:)),
                note: with.text("note"))
        case "registers.form": return try await butler.registers.form(FormId(value: with.text("form")))
        case "registers.ask": return try await butler.registers.ask(
                FormId(value: with.text("form")), with.evidence("answers"), about: with.records("about"),
                place: with.place("place"))
        case "registers.propose":
            return try await butler.registers.propose(FormId(value: with.text("form")), with.evidence("answers"))
        case "registers.add": return try await butler.registers.add(with.entry("entry"))
        case "registers.list":
            return try await butler.registers.list(
                FormId(value: with.text("form")), with.registerFilter("filter"), after: with.after, limit: with.int("limit"))
        case "registers.details": return try await butler.registers.details(with.record("entry"))
        case "registers.edit":
            let answers = with.part("answers").given.parts.map { (QuestionId(value: $0), $1.value) }
            return try await butler.registers.edit(
                with.record("entry"), answers: Dictionary(uniqueKeysWithValues: answers), photos: with.photos("photos"))
        case "conflicts.list": return try await butler.conflicts.list()
        case "conflicts.resolve":
            guard let value = with.given["value"].value else { throw Wrong(description: "a value is missing") }
            return try await butler.conflicts.resolve(with.record("record"), path: with.text("path"), value: value)
        case "rejected.list": return try await butler.rejected.list()
        case "rejected.resend":
            let corrected = try with.all("corrected").map { try $0.touch() }
            return try await butler.rejected.resend(
                ChangeHash(value: with.text("change")), corrected: corrected.isEmpty ? nil : corrected)
        case "rejected.dismiss": return try await butler.rejected.dismiss(ChangeHash(value: with.text("change")))
        case "rejected.photos": return try await butler.rejected.photos()
        case "rejected.dismissPhoto":
            return try await butler.rejected.dismissPhoto(PhotoId(value: with.text("photo")), of: with.record("record"))
        case "library.list": return try await butler.library.list()
        case "library.search": return try await butler.library.search(with.text("typed"))
        case "library.article":
            let row = try await butler.library.list()[0]
            return try await butler.library.article(
                ArticleRow(
                    library: with.text("library"), article: with.text("article"), collection: row.collection, title: row.title))
        case "metrics.list": return try await butler.metrics.list()
        case "metrics.month":
            return try await butler.metrics.month(
                Month(with.text("month")), metric: with.some("metric").map(MetricId.init(value:)), by: with.some("by").map { _ in .grid })
        case "metrics.series":
            return try await butler.metrics.series(
                MetricId(value: with.text("metric")), over: with.texts("months").map { try Month($0) })
        case "metrics.records":
            let month = try Month(with.text("month"))
            let row = try await butler.metrics.series(MetricId(value: with.text("metric")), over: [month])[0]
            return try await butler.metrics.records(
                of: row, in: month, side: .part, skip: with.int("skip"), take: with.int("take"))
        case "office.procedures": return try await butler.office.procedures()
        case "office.slips": return try await butler.office.slips(.home)
        case "office.staff": return try await butler.office.staff()
        case "office.roles": return try await butler.office.roles()
        case "office.choices": return try await butler.office.choices(with.text("name"))
        case "office.unit": return try await butler.office.unit(with.text("unit")) as Any
        case "office.grids": return try await butler.office.grids()
        case "office.places": return try await butler.office.places()
        case "office.placeScanned": return try await butler.office.placeScanned(with.text("code")) as Any
        case "drafts.save": return try await butler.drafts.save(with.draft("draft"))
        case "drafts.addPhoto":
            return try await butler.drafts.addPhoto(
                to: SubmissionId(value: with.text("draft")), question: QuestionId(value: with.text("question")), with.bytes("bytes"))
        case "drafts.list": return try await butler.drafts.list()
        case "drafts.get": return try await butler.drafts.get(SubmissionId(value: with.text("draft"))) as Any
        case "drafts.discard": return try await butler.drafts.discard(SubmissionId(value: with.text("draft")))
        case "photos.add": return try await butler.photos.add(with.bytes("bytes"))
        case "photos.discard": return try await butler.photos.discard(with.photo)
        case "photos.unused": return try await butler.photos.unused()
        case "photos.ofRecord": return try await butler.photos.of(with.record("record"))
        case "photos.thumbnail": return try await butler.photos.thumbnail(with.photo, px: with.int("px"))
        case "photos.bytes": return try await butler.photos.bytes(with.photo)
        case "records.state": return try await butler.records.state(with.record("record"))
        case "records.get": return try await butler.records.get(with.record("record"))
        case "records.at": return try await butler.records.at(with.record("record"), ChangeHash(value: with.text("change")))
        case "records.page": return try await butler.records.page(.home, after: with.after, limit: with.int("limit"))
        case "records.fingerprint": return try await butler.records.fingerprint(with.record("record"))
        case "records.editNote": return try await butler.records.editNote(with.record("record"), with.text("text"))
        case "records.archive": return try await butler.records.archive(with.record("record"))
        case "records.restore": return try await butler.records.restore(with.record("record"))
        case "records.undo": return try await butler.records.undo(with.all("edits").map(\.recorded))
        case "records.history": return try await butler.records.history(with.record("record"))
        default: throw Wrong(description: "there is no call \(name)")
        }
    }
}

extension JSON {
    /// A scalar as the value of a field; nil for none.
    fileprivate var value: Value? {
        switch self {
        case .bool(let value): .bool(value)
        case .number(let value): value == value.rounded() ? .int(Int64(value)) : .real(value)
        case .text(let value): .text(value)
        default: nil
        }
    }
}

/// The arguments of a case, as the types of the library.
private struct Arguments: Sendable {
    let given: JSON

    init(_ given: JSON) { self.given = given }

    func some(_ name: String) -> String? { given[name].string }
    func text(_ name: String) -> String { some(name) ?? "" }
    func texts(_ name: String) -> [String] { given[name].list.compactMap(\.string) }
    func int(_ name: String) -> Int { given[name].int ?? 0 }
    func part(_ name: String) -> Arguments { Arguments(given[name]) }
    func all(_ name: String) -> [Arguments] { given[name].list.map(Arguments.init) }
    func record(_ name: String) -> RecordId { RecordId(value: text(name)) }
    func due(_ name: String) -> DueId { DueId(value: text(name)) }
    func dues(_ name: String) -> [DueId] { texts(name).map(DueId.init(value:)) }
    func records(_ name: String) -> [RecordId] { texts(name).map(RecordId.init(value:)) }
    func place(_ name: String) -> PlaceId? { some(name).map(PlaceId.init(value:)) }
    func instant(_ name: String) throws -> Date? { try some(name).map { try Date($0, strategy: .iso8601) } }
    var after: RecordId? { some("after").map(RecordId.init(value:)) }
    var photo: PhotoId { PhotoId(value: text("photo")) }

    func bytes(_ name: String) -> Data {
        var digits = text(name)[...]
        var bytes = Data()
        while let byte = UInt8(digits.prefix(2), radix: 16) {
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    func photos(_ name: String) -> [QuestionId: [PhotoId]] {
        Dictionary(uniqueKeysWithValues: given[name].parts.map { question, photos in
            (QuestionId(value: question), photos.list.compactMap(\.string).map(PhotoId.init(value:)))
        })
    }

    func evidence(_ name: String) -> Evidence {
        let fields = given[name]["fields"].parts.compactMap { question, answer in
            answer.value.map { (QuestionId(value: question), $0) }
        }
        return Evidence(fields: Dictionary(uniqueKeysWithValues: fields), photos: part(name).photos("photos"))
    }

    /// Touches the fields a case names.
    func touch(_ name: String, _ edit: inout some RecordEdit) {
        for (path, value) in given[name].parts { edit.touch(path, value.value) }
    }

    func proof(_ name: String) -> Proof {
        if let code = given[name]["scan"]["code"].string { return .scan(code: code) }
        if case .number(let metres) = given[name]["distance"]["metres"] { return .distance(metres: metres) }
        let at = given[name]["position"]["at"]
        if case (.number(let lat), .number(let lon)) = (at["lat"], at["lon"]) { return .position(at: GeoPoint(lat: lat, lon: lon)) }
        return .nothing
    }

    var submission: Submission {
        Submission(id: SubmissionId(value: text("id")), shown: some("shown").map(Shown.init(value:)))
    }

    var recorded: Recorded {
        Recorded(
            record: record("record"), edit: ChangeHash(value: text("edit")), event: some("event").map(EventId.init(value:)),
            shown: Shown(value: text("shown")))
    }

    func homeFilter(_ name: String) -> HomeFilter { HomeFilter(state: part(name).some("state")) }

    func caseFilter(_ name: String) -> CaseFilter {
        let filter = part(name)
        return CaseFilter(
            turn: filter.some("turn").map { $0 == "mine" ? .mine : .others }, workflow: filter.some("workflow").map(WorkflowId.init(value:)),
            place: filter.place("place"))
    }

    func registerFilter(_ name: String) -> RegisterFilter { RegisterFilter(place: part(name).place("place")) }

    func draft(_ name: String) -> Draft {
        let draft = part(name)
        return Draft(
            submission: draft.part("submission").submission, form: draft.text("form"), about: draft.records("about"),
            answers: draft.evidence("answers"))
    }

    func entry(_ name: String) -> NewEntry {
        let entry = part(name)
        return NewEntry(
            form: FormId(value: entry.text("form")), place: PlaceId(value: entry.text("place")), answers: entry.evidence("answers"),
            about: entry.records("about"))
    }

    func visit(_ name: String) throws -> NewContact {
        let visit = part(name)
        guard let outcome = [Outcome.agreed, .notAgreed, .notReached].first(where: { "\($0)" == visit.text("outcome") })
        else { throw Wrong(description: "no contact is \(given)") }
        return NewContact(
            about: visit.records("about"), channel: visit.text("channel"), purpose: visit.text("purpose"), outcome: outcome,
            summary: visit.some("summary"), nextContact: try visit.instant("nextContact"), minutes: visit.given["minutes"].int.map(Int64.init),
            promise: visit.some("promise"), promiseBy: try visit.some("promiseBy").map { try Day($0) },
            photos: visit.texts("photos").map(PhotoId.init(value:)))
    }

    func newCase(_ name: String) throws -> NewCase {
        let new = part(name)
        return NewCase(
            workflow: WorkflowId(value: new.text("workflow")), step: StepId(value: new.text("step")), title: new.text("title"),
            place: new.place("place"), about: new.records("about"), evidence: new.evidence("evidence"), spot: new.some("spot"),
            appointment: try new.instant("appointment"))
    }

    func touch() throws -> TouchRow {
        guard let value = given["change"]["write"]["value"].value else { throw Wrong(description: "no case sends \(given) again") }
        let label = Label(zh: given["label"]["zh"].string ?? "", en: given["label"]["en"].string ?? "")
        return TouchRow(path: text("path"), label: label, change: .write(value: value))
    }

    func error(_ name: String) throws -> ButlerError {
        switch given[name] {
        case .text("storageFull"): return .StorageFull
        case .text("damaged"): return .Damaged
        case .text("needsNewerApp"): return .NeedsNewerApp
        case let error:
            if let reason = error["badPlaybook"]["reason"].string { return .BadPlaybook(reason: reason) }
            if let code = error["internal"]["code"].string { return .Internal(code: code) }
            if error["office"]["problem"] == .text("revoked") { return .Office(problem: .revoked) }
            throw Wrong(description: "no case says \(error)")
        }
    }
}
