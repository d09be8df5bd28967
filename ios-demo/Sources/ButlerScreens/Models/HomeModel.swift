import ButlerKit
import Foundation

/// All about one door, in the order one needs it while waiting for it to open.
public struct HomeScreenState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<HomeIntent>?
    public var badge: Badge?
    public var problem: String?
    public var today: HomeToday?
    public var peopleTitle = ""
    public var people: [Person] = []
    public var nobody: String?
    public var hintTitle = ""
    public var hints: [String] = []
    public var fieldsTitle = ""
    public var allData: Press<HomeIntent>?
    public var fields: [FieldLine] = []
    public var dealingsTitle = ""
    public var dealings: [Dealing] = []
    public var noDealings: String?
    public var call: Press<HomeIntent>?
    public var order: Press<HomeIntent>?
    public var visit: Press<HomeIntent>?
    public var sheet: HomeSheet?
}

/// What lies over a home.
public enum HomeSheet: Sendable {
    case called(Called)
    case missed(Missed)
    case slips(Slips)
    case others(Others)

    /// A number was dialled: how it went.
    public struct Called: Sendable {
        public let title: String
        public let about: String
        public let got: Press<HomeIntent>
        public let missed: Press<HomeIntent>
        public let notDialled: Press<HomeIntent>
    }

    /// Nobody answered: when to call again.
    public struct Missed: Sendable {
        public let title: String
        public let about: String
        public let question: String
        public let times: [Chip<HomeIntent>]
        public let record: Press<HomeIntent>
    }

    /// Which slip: under each answer to the first question those it leads to; `others` stand behind them.
    public struct Slips: Sendable {
        public let title: String
        public let about: String
        public let answers: [SlipGroup]
        public let others: Press<HomeIntent>?
    }

    /// What stands under no answer, or whatever is called as typed.
    public struct Others: Sendable {
        public let title: String
        public let about: String
        public let search: Typing<HomeIntent>
        public let rows: [SlipLine<HomeIntent>]
        public let none: String?
    }
}

/// What one hears at a door, and what is opened for it.
public struct SlipGroup: Sendable {
    public let title: String
    public let slips: [SlipLine<HomeIntent>]
}

/// Something that may be opened; `about` tells it from its neighbours.
public struct SlipLine<Intent: Sendable>: Sendable {
    public let about: String
    public let open: Press<Intent>

    /// What opens a case, with what tells it from its neighbours; nil for what opens none.
    @MainActor init?(_ app: App, _ row: ProcedureRow, _ about: Label?, _ open: (WorkflowId) -> Intent) {
        guard let workflow = row.workflow else { return nil }
        self.about = about.map { app.words($0).capitalisedFirst } ?? ""
        self.open = Press(app.words(row.title), open(workflow))
    }
}

/// What is to be done at this door today.
public struct HomeToday: Sendable {
    public let title: String
    public let things: String
    public let badge: Badge?
}

/// Somebody who lives here; `phone` is `138****5021，62 天前核实`.
public struct Person: Sendable {
    public let initial: String
    public let name: String
    public let about: String
    public let phone: String
    /// The number was never tried: it is to be.
    public let unverified: Bool
    public let keyPerson: Bool
    public let call: Press<HomeIntent>?
}

/// A field with what stands in it; two answers stand beside each other until somebody decides.
public struct FieldLine: Sendable {
    public let label: String
    public let value: String
    public let badge: Badge?
}

public enum DealingKind: Sendable {
    case visit, call, message, `case`
}

/// Something that was talked about or done.
public struct Dealing: Sendable {
    public let kind: DealingKind
    public let title: String
    public let about: String
    public let open: Press<HomeIntent>?
}

public enum HomeIntent: Equatable, Sendable {
    case back
    case call(RecordId, String)
    case gotThrough
    case notThrough
    case notDialled
    case again(Date)
    case recordMissed
    case allData
    case order
    case otherSlips
    case findSlip(String)
    case openOrder(WorkflowId)
    case closeSheet
    case visit
    case openCase(RecordId)
}

/// A home with its household 房屋.
@MainActor public final class HomeModel: Model {
    public let app: App
    public let life = Life(HomeScreenState())
    private let home: RecordId
    private var problem: String?
    private var choosing: Choosing?
    /// Nobody answered, and when it is to be tried again.
    private var again: Date?

    /// How far one is with what to open: nothing is typed before the answers were left.
    private enum Choosing {
        case byAnswer
        case amongOthers(typed: String)
    }

    public init(_ app: App, _ home: RecordId) {
        self.app = app
        self.home = home
    }

    public func read() async throws -> HomeScreenState {
        let words = app.words
        let details = try await app.butler.homes.details(home)
        let record = try await app.butler.records.get(home)
        let date = try await app.butler.date()
        var household: [(id: RecordId, resident: Resident)] = []
        for row in details.residents {
            household.append((row.record.id, try await app.butler.residents.details(row.record.id).resident))
        }
        let residents = household.map(\.resident)
        let dealings = dealings(details, date)
        let callable = household.filter { $0.resident.noCalls != true }.lazy
            .compactMap { person in person.resident.number.map { HomeIntent.call(person.id, $0) } }.first
        let unwelcome = !residents.isEmpty && residents.allSatisfy { $0.noVisits == true }
        return HomeScreenState(
            title: details.title,
            subtitle: subtitle(details.home),
            back: Press(words(.back), .back),
            badge: recordBadge(app, details.state),
            problem: problem,
            today: try await today(date),
            peopleTitle: words(.peopleHere, ["count": residents.count]),
            people: household.map { person($0.id, $0.resident, date) },
            nobody: residents.isEmpty ? words(.nobodyRegistered) : nil,
            hintTitle: words(.visitHint),
            hints: hints(residents, details.home),
            fieldsTitle: words(.theHome),
            allData: Press(words(.allData), .allData),
            fields: shownFields.compactMap { field(record, $0, date) },
            dealingsTitle: words(.dealings),
            dealings: dealings,
            noDealings: dealings.isEmpty ? words(.noDealings) : nil,
            call: callable.map { Press(words(.call), $0) },
            order: Press(words(.openOne), .order),
            visit: Press(words(.recordVisit), .visit, locked: unwelcome ? words(.noVisits) : nil),
            sheet: try await sheet(details.title, household, date))
    }

    private func sheet(_ home: String, _ household: [(id: RecordId, resident: Resident)], _ date: Day) async throws -> HomeSheet? {
        if let choosing { return try await slips(choosing, home) }
        return try await called(household, date)
    }

    private func slips(_ choosing: Choosing, _ home: String) async throws -> HomeSheet {
        let words = app.words
        let slips = try await app.butler.office.slips(.home)
        // An emergency begins with ＋: its card opens before anything is asked.
        let others = slips.others.filter { $0.section != emergencySection }
        switch choosing {
        case .byAnswer:
            return .slips(
                .init(
                    title: words(slips.question), about: home,
                    answers: slips.answers.map { answer in
                        SlipGroup(title: words(answer.label).capitalisedFirst, slips: answer.slips.compactMap { slip($0.procedure, $0.hint) })
                    },
                    others: others.isEmpty ? nil : Press(words(.otherSlips, ["count": others.count]), .otherSlips)))
        case .amongOthers(let typed):
            let sought = typed.trimmingCharacters(in: .whitespacesAndNewlines)
            let behind = others.map { (row: $0, hint: Label?.none) }
            let all = slips.answers.flatMap(\.slips).map { (row: $0.procedure, hint: $0.hint) } + behind
            let found = sought.isEmpty ? behind : all.filter { one in
                [one.row.title, one.row.sectionLabel, one.hint].compactMap { $0 }
                    .contains { words($0).range(of: sought, options: .caseInsensitive) != nil }
            }
            let rows = found.compactMap { slip($0.row, $0.hint ?? $0.row.sectionLabel) }
            return .others(
                .init(
                    title: words(.openWhich), about: home,
                    search: Typing(words(.search), typed, hint: words(.findHint)) { .findSlip($0) }, rows: rows,
                    none: rows.isEmpty ? words(.foundNothing) : nil))
        }
    }

    private func slip(_ row: ProcedureRow, _ about: Label?) -> SlipLine<HomeIntent>? {
        SlipLine(app, row, about) { .openOrder($0) }
    }

    /// The call that was made and not told of yet: as long as it is a draft, it is asked for.
    private func called(_ household: [(id: RecordId, resident: Resident)], _ date: Day) async throws -> HomeSheet? {
        let words = app.words
        guard let draft = try await contactDraft(app, home, .called), case .int(let millis) = draft.answers.fields[.at]
        else { return nil }
        let at = Date(millis: millis)
        let person = household.first { draft.about.contains($0.id) }?.resident
        let number = person?.number.map { app.formats.phone($0) } ?? ""
        let title = words(.callName, ["name": person?.name ?? ""])
        let about = words(.calledWhom, ["number": number, "time": app.formats.timeNear(at, today: date)])
        guard let again else {
            return .called(
                .init(
                    title: title, about: about, got: Press(words(.gotThrough), .gotThrough),
                    missed: Press(words(.notThrough), .notThrough), notDialled: Press(words(.notDialled), .notDialled)))
        }
        let times = timesAgain(app, at).map { time in
            Chip(Press(app.formats.nearTime(time, today: date).capitalisedFirst, HomeIntent.again(time)), chosen: time == again)
        }
        return .missed(
            .init(
                title: title, about: about, question: words(.callAgain), times: times,
                record: Press(words(.recordIt), .recordMissed)))
    }

    private func subtitle(_ home: Home) -> String {
        let parts = [
            home.state.map { app.words($0.label) }, home.layout,
            home.area.map { app.words(.area, ["area": app.formats.number($0)]) },
        ]
        return parts.compactMap { $0 }.joined(separator: dot)
    }

    private func today(_ date: Day) async throws -> HomeToday? {
        let items = try await app.butler.today.about(home).filter { $0.status == .open || $0.status == .begun }
        guard let late = items.map({ app.formats.days(from: $0.due, to: date) }).max() else { return nil }
        return HomeToday(
            title: app.words(.homeToday, ["count": items.count]),
            things: app.words.list(items.map { app.words($0.title) }.unique()),
            badge: late > 0 ? Badge(.overdue, app.words(.late, ["days": late])) : nil)
    }

    private func person(_ id: RecordId, _ resident: Resident, _ date: Day) -> Person {
        let words = app.words
        let phone = resident.phones.first { $0.number != nil }
        let name = resident.name ?? ""
        let noCalls = resident.noCalls == true
        let about = [
            resident.relation ?? resident.role.map { words($0.label) }, resident.keyPerson == true ? words(.keyPerson) : nil,
        ]
        return Person(
            initial: String(name.prefix(1)), name: name,
            about: about.compactMap { $0 }.joined(separator: dot),
            phone: noCalls ? words(.noCalls) : self.phone(phone, date),
            unverified: phone != nil && phone?.verified == nil && !noCalls,
            keyPerson: resident.keyPerson == true,
            call: phone?.number.map {
                Press(words(.callName, ["name": name]), .call(id, $0), locked: noCalls ? words(.noCalls) : nil)
            })
    }

    private func phone(_ phone: Phone?, _ date: Day) -> String {
        guard let phone, let digits = phone.number else { return app.words(.noPhone) }
        let number = app.formats.phone(digits)
        guard let verified = phone.verified else { return app.words(.neverVerified, ["number": number]) }
        if verified == date { return app.words(.verifiedToday, ["number": number]) }
        return app.words(.verifiedAgo, ["number": number, "days": app.formats.days(from: verified, to: date)])
    }

    private func hints(_ residents: [Resident], _ home: Home) -> [String] {
        let noVisits = residents.filter { $0.noVisits == true }.map { ($0.name ?? "") + dot + app.words(.noVisits) }
        var hints = noVisits + residents.compactMap(\.visitHint)
        if home.keyHeld == true {
            hints.append(home.keySpot.map { app.words(.keyHeldAt, ["spot": $0]) } ?? app.words(.keyHeld))
        }
        return hints
    }

    private func field(_ record: RecordDetails, _ path: String, _ date: Day) -> FieldLine? {
        guard let row = record.fields.first(where: { $0.path == path }) else { return nil }
        guard let other = row.others.first else {
            return FieldLine(label: app.words(row.label), value: app.formats.say(row.words, today: date), badge: nil)
        }
        return FieldLine(
            label: app.words(row.label),
            value: app.words(
                .thisOrThat,
                [
                    "one": app.formats.say(row.shown.words, today: date),
                    "other": app.formats.say(other.words, today: date),
                ]),
            badge: Badge(.conflict, app.words(.twoAnswers)))
    }

    /// Visits, calls and cases, the newest first.
    private func dealings(_ details: HomeDetails, _ date: Day) -> [Dealing] {
        let contacts = details.contacts.map { (at: $0.at, dealing: contact($0, date)) }
        let cases = details.cases.map { (at: $0.movedAt, dealing: self.case($0, date)) }
        let newest = (contacts + cases).sorted { ($0.at ?? .distantPast) > ($1.at ?? .distantPast) }
        return newest.prefix(recentDealings).map(\.dealing)
    }

    private func contact(_ row: ContactRow, _ date: Day) -> Dealing {
        let kind: DealingKind =
            switch row.channel?.code {
            case Channel.visit, Channel.meeting, nil: .visit
            case Channel.phone: .call
            default: .message
            }
        let title = [row.channel.map { app.words($0.label) }, row.outcome.map { app.words($0.label) }]
        let next = row.nextContact.flatMap { $0 > app.now() ? app.formats.nearTime($0, today: date) : nil }
        let about = [row.at.map { app.formats.nearTime($0, today: date) }, next.map { app.words(.again, ["time": $0]) }]
        return Dealing(
            kind: kind,
            title: title.compactMap { $0 }.joined(separator: app.words(.between)),
            about: about.compactMap { $0 }.joined(separator: dot),
            open: nil)
    }

    private func `case`(_ row: CaseRow, _ date: Day) -> Dealing {
        let title = [row.title, row.stateLabel.map { app.words($0) }]
        let about = [row.movedAt.map { app.formats.nearTime($0, today: date) }, row.workflowLabel.map { app.words($0) }]
        return Dealing(
            kind: .case,
            title: title.compactMap { $0 }.joined(separator: app.words(.between)),
            about: about.compactMap { $0 }.joined(separator: dot),
            open: Press(row.title ?? "", .openCase(row.id)))
    }

    public func act(_ intent: HomeIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .call(let person, let number): try await call(person, number)
        case .gotThrough: app.platform.go(.visit(home, byPhone: true))
        case .notThrough: again = timesAgain(app, app.now()).first
        case .notDialled: try await notDialled()
        case .again(let time): again = time
        case .recordMissed: try await recordMissed()
        case .allData: app.platform.go(.form(.row("home.basic", home)))
        case .order: choosing = .byAnswer
        case .otherSlips: choosing = .amongOthers(typed: "")
        case .findSlip(let text): choosing = .amongOthers(typed: text)
        case .openOrder(let workflow):
            choosing = nil
            app.platform.go(.form(.opening(workflow, home)))
        case .closeSheet:
            // One level back, as Back goes.
            switch choosing {
            case .byAnswer: choosing = nil
            case .amongOthers: choosing = .byAnswer
            case nil: if again != nil { again = nil } else { try await notDialled() }
            }
        case .visit: app.platform.go(.visit(home))
        case .openCase(let id): app.platform.go(.case(id))
        }
    }

    // What is written.

    /// The dialler comes to the front, and the app may die behind it: that a call was made is a draft.
    private func call(_ person: RecordId, _ number: String) async throws {
        try await notDialled()
        let answers = Evidence(fields: [.channel: .text(telephone), .at: .int(app.now().millis)])
        try await app.butler.drafts.save(
            Draft(
                submission: try await app.butler.submission(), form: contactForm.value, about: [home, person],
                answers: answers))
        app.platform.dial(number)
    }

    private func notDialled() async throws {
        if let draft = try await contactDraft(app, home, .called) {
            try await app.butler.drafts.discard(draft.submission.id)
        }
        again = nil
    }

    /// Nobody answered: that answers nothing, but an agreed contact or a promise carries its time on. The number is to be
    /// checked.
    private func recordMissed() async throws {
        guard let draft = try await contactDraft(app, home, .called), let next = again,
            case .int(let millis) = draft.answers.fields[.at]
        else { return }
        let day = app.formats.day(Date(millis: millis))
        let items = try await app.butler.today.about(home).filter { $0.promised && $0.status == .open }
        let contact = NewContact(
            about: [home], channel: Channel.phone, purpose: try await contactPurpose(app, items), outcome: .notReached,
            nextContact: next, at: Date(millis: millis), dues: items.map(\.id))
        var made = [try await app.butler.submitting(draft.submission).contacts.record(contact)]
        if let person = draft.about.first(where: { $0 != home }),
            let phone = try await app.butler.residents.details(person).resident.phones.first(where: { $0.number != nil })
        {
            made.append(try await app.butler.residents.edit(person) { $0.phone(phone.id) { $0.failed = day } })
        }
        again = nil
        let room = try await app.butler.homes.details(home).title
        app.recorded(
            app.words(.callNoted, ["room": room, "again": app.formats.nearTime(next, today: day)]), made)
    }

    public func failed(_ words: String) { problem = words }
}

/// The fields one asks about at a door; all of them stand on a screen of their own.
private let shownFields = ["owner_state", "people", "vacant_since", "paid_until", "handed_over"]
private let recentDealings = 5

extension Resident {
    fileprivate var number: String? { phones.lazy.compactMap(\.number).first }
}
