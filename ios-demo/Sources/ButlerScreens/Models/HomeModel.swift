import ButlerKit
import Foundation

/// All about one door, in the order one needs it while waiting for it to open.
public struct HomeScreenState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<HomeIntent>?
    public var badge: Badge?
    /// Who changed what of it when.
    public var history: Press<HomeIntent>?
    public var problem: String?
    /// In no list any more: nothing but that is offered.
    public var archived: ArchivedLine<HomeIntent>?
    /// What the procedures say of it: no valid permit for its works.
    public var marks: [String] = []
    public var today: HomeToday?
    public var peopleTitle = ""
    public var addPerson: Press<HomeIntent>?
    public var people: [Person] = []
    public var nobody: String?
    public var hintTitle = ""
    public var hints: [String] = []
    public var noHints: String?
    public var fieldsTitle = ""
    public var allData: Press<HomeIntent>?
    public var fields: [FieldLine] = []
    /// Parking spaces and meters: one seldom asks for them at a door.
    public var folded: FoldedFields?
    public var dealingsTitle = ""
    /// All of them, or the latest again, where there are more than those.
    public var allDealings: Press<HomeIntent>?
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
    case dues(Dues)
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

    /// What is to be done here, each with what may be done instead.
    public struct Dues: Sendable {
        public let title: String
        public let about: String
        public let rows: [DueChoice<HomeIntent>]
        public let allLater: Press<HomeIntent>?
        public let allSkipped: Press<HomeIntent>?
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
    public let open: Press<HomeIntent>
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
    public var call: Press<HomeIntent>?
    /// All about them; of whoever keeps their name it is asked for first.
    public let open: Press<HomeIntent>
}

/// A field with what stands in it; two answers stand beside each other until somebody decides. What one may not change does
/// not open. Where nothing stands in it and something is to, the press says so.
public struct FieldLine: Sendable {
    public let label: String
    public let value: String
    public let badge: Badge?
    public var open: Press<HomeIntent>?
}

public enum DealingKind: Sendable {
    case visit, call, message, `case`, round
}

/// Something that was talked about or done.
public struct Dealing: Sendable {
    public let kind: DealingKind
    public let title: String
    public let about: String
    public let open: Press<HomeIntent>?
}

/// Fields in a line that says how many; opened, one by one.
public struct FoldedFields: Sendable {
    public let open: Press<HomeIntent>
    public let lines: [FieldLine]
}

public enum HomeIntent: Equatable, Sendable {
    case back
    case call(RecordId, PartId, String)
    case showName(RecordId)
    case openPerson(RecordId)
    case addPerson
    case history
    case restore
    case allDealings
    case unfold
    case openContact(RecordId)
    case openRound(RecordId)
    case openConflict
    case openField(QuestionId)
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
    case dues
    case begin(DueId)
    case read(ArticleRow)
    /// Instead of one item, or of all there are.
    case instead(DueAnswer, DueId?)
}

/// A home with its household 房屋.
@MainActor public final class HomeModel: Model {
    public let app: App
    public let life = Life(HomeScreenState())
    private let home: RecordId
    private var problem: String?
    private var choosing: Choosing?
    private var duesOpen = false
    private var allDealings = false
    private var unfolded = false
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

    public var follows: AsyncStream<Void> { app.names.hiding }

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
        let dealings = try await dealings(details, date)
        let hints = hints(household, details.home)
        let reach = Reach(app, household)
        let state = HomeScreenState(
            title: details.title,
            subtitle: subtitle(details.home),
            back: Press(words(.back), .back),
            badge: recordBadge(app, details.state),
            history: Press(words(.history), .history),
            problem: problem,
            archived: try await archivedLine(app, record, restore: .restore),
            marks: details.marks.map { words($0) },
            today: try await today(date),
            peopleTitle: words(.peopleHere, ["count": residents.count]),
            addPerson: Press(words(.addPerson), .addPerson),
            people: household.map { person($0.id, $0.resident, date) },
            nobody: residents.isEmpty ? words(.nobodyRegistered) : nil,
            hintTitle: words(.visitHint),
            hints: hints,
            noHints: hints.isEmpty ? words(.noVisitHint) : nil,
            fieldsTitle: words(.theHome),
            allData: Press(words(.allData), .allData),
            fields: try await fields(record, date),
            folded: folded(details.home, date),
            dealingsTitle: words(.dealings),
            allDealings: dealings.count <= recentDealings
                ? nil : Press(allDealings ? words(.onlyRecent) : words(.allDealings, ["count": dealings.count]), .allDealings),
            dealings: allDealings ? dealings : Array(dealings.prefix(recentDealings)),
            noDealings: dealings.isEmpty ? words(.noDealings) : nil,
            call: reach.call.map { Press(words(.call), .call($0.person, $0.phone, $0.number)) },
            order: Press(words(.openOne), .order),
            visit: Press(words(.recordVisit), .visit, locked: reach.noVisits ? words(.noVisits) : nil),
            sheet: try await sheet(details.title, date, reach))
        return record.lifecycle == .archived ? closed(state) : state
    }

    /// Of what is in no list any more, all that can still be read.
    private func closed(_ state: HomeScreenState) -> HomeScreenState {
        var state = state
        (state.today, state.addPerson, state.allData) = (nil, nil, nil)
        (state.call, state.order, state.visit, state.sheet) = (nil, nil, nil, nil)
        for person in state.people.indices { state.people[person].call = nil }
        state.fields.removeAll(where: \.value.isEmpty)
        for field in state.fields.indices { state.fields[field].open = nil }
        return state
    }

    private func sheet(_ home: String, _ date: Day, _ reach: Reach) async throws -> HomeSheet? {
        if let choosing { return try await slips(choosing, home) }
        if let called = try await called(date, reach) { return called }
        return duesOpen ? try await dues(home, date) : nil
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
                    none: rows.isEmpty ? words(.foundNothingTry) : nil))
        }
    }

    private func slip(_ row: ProcedureRow, _ about: Label?) -> SlipLine<HomeIntent>? {
        SlipLine(app, row, about) { .openOrder($0) }
    }

    /// The call that was made and not told of yet: as long as it is a draft, it is asked for.
    private func called(_ date: Day, _ reach: Reach) async throws -> HomeSheet? {
        let words = app.words
        guard let draft = try await contactDraft(app, home, .called), case .int(let millis) = draft.answers.fields[.at]
        else { return nil }
        let at = Date(millis: millis)
        let to = try await dialled(app, draft)
        let number = to?.phone.number.map { app.formats.phone($0) } ?? ""
        let title = words(.callName, ["name": to.map { app.called($0.person, $0.resident) } ?? ""])
        let about = words(.calledWhom, ["number": number, "time": app.formats.timeNear(at, today: date)])
        guard let again else {
            return .called(
                .init(
                    title: title, about: about, got: Press(words(.gotThrough), .gotThrough),
                    missed: Press(words(.notThrough), .notThrough), notDialled: Press(words(.notDialled), .notDialled)))
        }
        let times = againChips(app, timesAgain(app, at, reach), today: date, chosen: again) { HomeIntent.again($0) }
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
        let items = try await toDo(app, home)
        guard let late = items.map({ app.formats.days(from: $0.due, to: date) }).max() else { return nil }
        return HomeToday(
            title: app.words(.homeToday, ["count": items.count]),
            things: app.words.list(items.map { app.words($0.title) }.unique()),
            badge: late > 0 ? Badge(.overdue, app.words(.late, ["days": late])) : nil,
            open: Press(app.words(.doOrNot), .dues))
    }

    private func dues(_ title: String, _ date: Day) async throws -> HomeSheet? {
        let items = try await toDo(app, home)
        if items.isEmpty { return nil }
        let words = app.words
        let several = items.count > 1
        return .dues(
            .init(
                title: words(.homeToday, ["count": items.count]), about: title,
                rows: items.map { item in
                    DueChoice(app, item, today: date, begin: HomeIntent.begin(item.id), read: { .read($0) }, instead: { .instead($0, item.id) })
                },
                allLater: several ? Press(words(.allAnotherDay), .instead(.snooze, nil)) : nil,
                allSkipped: several ? Press(words(.allNotAtAll), .instead(.skip, nil)) : nil))
    }

    private func person(_ id: RecordId, _ resident: Resident, _ date: Day) -> Person {
        let words = app.words
        let phone = resident.phones.first { $0.number != nil }
        let name = app.called(id, resident)
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
            call: phone.flatMap { phone in
                phone.number.map {
                    Press(words(.callName, ["name": name]), .call(id, phone.id, $0), locked: noCalls ? words(.noCalls) : nil)
                }
            },
            open: app.names.isHidden(id, resident.confidential)
                ? Press(words(.showName), .showName(id)) : Press(name, .openPerson(id)))
    }

    private func phone(_ phone: Phone?, _ date: Day) -> String {
        guard let phone, let digits = phone.number else { return app.words(.noPhone) }
        let number = app.formats.phone(digits)
        guard let verified = phone.verified else { return app.words(.neverVerified, ["number": number]) }
        if verified == date { return app.words(.verifiedToday, ["number": number]) }
        return app.words(.verifiedAgo, ["number": number, "days": app.formats.days(from: verified, to: date)])
    }

    private func hints(_ household: [(id: RecordId, resident: Resident)], _ home: Home) -> [String] {
        let noVisits = household.filter { $0.resident.noVisits == true }
            .map { app.called($0.id, $0.resident) + dot + app.words(.noVisits) }
        // How somebody likes to be spoken to, before one knocks.
        let known = household.filter { !app.names.isHidden($0.id, $0.resident.confidential) }
        var hints = noVisits + household.compactMap(\.resident.visitHint) + known.compactMap(\.resident.personality)
        if home.keyHeld == true {
            hints.append(home.keySpot.map { app.words(.keyHeldAt, ["spot": $0]) } ?? app.words(.keyHeld))
        }
        return hints
    }

    /// What one asks about at a door, and what the form over a home misses. What it asks of this person opens there.
    private func fields(_ record: RecordDetails, _ date: Day) async throws -> [FieldLine] {
        let known = Evidence(fields: record.fields.reduce(into: [:]) { $0[QuestionId(value: $1.path)] = $1.shown.value })
        let asked = try await app.butler.registers.ask(homeForm, known).filter(\.writable)
        let missing = asked.filter { $0.required && known.fields[$0.field] == nil }
        let others = missing.map(\.field.value).filter { !shownFields.contains($0) }
        return (shownFields + others).compactMap { path in
            guard let row = record.fields.first(where: { $0.path == path }) else {
                return missing.first { $0.field.value == path }.map {
                    FieldLine(label: app.words($0.label).capitalisedFirst, value: "", badge: nil, open: Press(app.words(.fillIn), .openField($0.field)))
                }
            }
            let label = app.words(row.label).capitalisedFirst
            guard let other = row.others.first else {
                let value = app.formats.say(row.words, today: date)
                // A sum is one of a day.
                let asOf = path == arrears ? record.fields.first { $0.path == arrearsOn }.map { app.formats.say($0.words, today: date) } : nil
                return FieldLine(
                    label: label, value: asOf.map { app.words(.asOf, ["value": value, "day": $0]) } ?? value, badge: nil,
                    open: asked.first { $0.field.value == path }.map { Press(label, .openField($0.field)) })
            }
            let (one, two) = (app.formats.say(row.shown.words, today: date), app.formats.say(other.words, today: date))
            return FieldLine(
                label: label, value: app.words(.thisOrThat, ["one": one, "other": two]),
                badge: Badge(.conflict, app.words(.twoAnswers)), open: Press(label, .openConflict))
        }
    }

    private func folded(_ home: Home, _ date: Day) -> FoldedFields? {
        let words = app.words
        let some = [(what: Word.parkingSpaces, count: home.parking.count), (what: .meters, count: home.meters.count)].filter { $0.count > 0 }
        if some.isEmpty { return nil }
        let text = words.list(some.map { words(.groupCount, ["what": words($0.what), "count": $0.count]) })
        let spaces = home.parking.map { space in
            let until = space.until.map { words(.leasedUntil, ["day": app.formats.date($0, today: date)]) }
            let about = [space.tenure.map { words($0.label) }, until].compactMap { $0 }
            let label = [words(.parkingSpaces), space.space].compactMap { $0 }.joined(separator: " ")
            return FieldLine(label: label, value: about.joined(separator: dot), badge: nil, open: nil)
        }
        let meters = home.meters.map { meter in
            var said = meter.reading.map { app.formats.number($0) }
            if let reading = said, let read = meter.readOn {
                said = words(.readOn, ["reading": reading, "day": app.formats.date(read, today: date)])
            }
            let label = [meter.kind.map { words($0.label) } ?? words(.meters), meter.number].compactMap { $0 }.joined(separator: " ")
            return FieldLine(label: label, value: said ?? "", badge: nil, open: nil)
        }
        return FoldedFields(open: Press(text, .unfold), lines: unfolded ? spaces + meters : [])
    }

    /// Visits, calls, cases and rounds, the newest first; a contact is read back where its history is.
    private func dealings(_ details: HomeDetails, _ date: Day) async throws -> [Dealing] {
        let contacts = details.contacts.map { (at: $0.at, dealing: contact($0, date)) }
        let cases = details.cases.map { (at: $0.movedAt, dealing: self.case($0, date)) }
        let staff = details.rounds.isEmpty ? [] : try await app.butler.office.staff()
        // Of a round the day is known: it stands behind what was done on that day.
        let rounds = details.rounds.map { row in
            let name = row.plannedFor.flatMap { by in staff.first { $0.id == by }?.name }
            return (at: row.plannedOn.map { app.formats.at($0, minute: 0) }, dealing: round(row, name, date))
        }
        let newest = (contacts + cases + rounds).sorted { ($0.at ?? .distantPast) > ($1.at ?? .distantPast) }
        return newest.map(\.dealing)
    }

    private func round(_ row: RoundRow, _ by: String?, _ date: Day) -> Dealing {
        let title = row.title.map { app.words($0) } ?? app.words(kindWord(.round))
        let about = [row.plannedOn.map { app.formats.near($0, today: date).capitalisedFirst }, by]
        return Dealing(
            kind: .round, title: title, about: about.compactMap { $0 }.joined(separator: dot), open: Press(title, .openRound(row.id)))
    }

    private func contact(_ row: ContactRow, _ date: Day) -> Dealing {
        let kind: DealingKind =
            switch row.channel?.code {
            case Channel.visit, Channel.meeting, nil: .visit
            case Channel.phone: .call
            default: .message
            }
        let title = [row.channel.map { app.words($0.label) }, row.outcome.map { app.words($0.label) }].compactMap { $0 }
            .joined(separator: app.words(.between))
        let next = row.nextContact.flatMap { $0 > app.now() ? app.formats.nearTime($0, today: date) : nil }
        let about = [row.at.map { app.formats.nearTime($0, today: date) }, next.map { app.words(.again, ["time": $0]) }]
        return Dealing(
            kind: kind,
            title: title,
            about: about.compactMap { $0 }.joined(separator: dot),
            open: Press(title, .openContact(row.record.id)))
    }

    private func `case`(_ row: CaseRow, _ date: Day) -> Dealing {
        let title = [row.title.map { severely(app, row.severe, $0) }, row.stateLabel.map { app.words($0) }]
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
        case .call(let person, let phone, let number):
            again = nil
            try await beginCall(app, home, person, phone, number)
        case .showName(let person): app.names.show(person)
        case .openPerson(let person): app.platform.go(.resident(person))
        case .addPerson: app.platform.go(.form(.row(personForm, home)))
        case .history: app.platform.go(.history(home))
        case .restore: try await ButlerScreens.restore(app, home)
        case .allDealings: allDealings.toggle()
        case .unfold: unfolded.toggle()
        case .openRound(let id): app.platform.go(.round(.begun(id)))
        case .openContact(let id): app.platform.go(.history(id))
        case .openConflict: app.platform.go(.conflicts(home))
        case .openField(let field): app.platform.go(.form(.row(homeForm, home, at: field)))
        case .dues: duesOpen = true
        case .read(let article): app.platform.go(.article(article))
        case .begin(let item):
            duesOpen = false
            try await ButlerScreens.begin(app, item)
        case .instead(let answer, let item):
            duesOpen = false
            app.platform.go(.form(.instead(answer, item, home)))
        case .gotThrough: app.platform.go(.visit(home, byPhone: true))
        case .notThrough: try await notThrough()
        case .notDialled: try await notDialled()
        case .again(let time): again = time
        case .recordMissed: try await recordMissed()
        case .allData: app.platform.go(.form(.row(homeForm, home)))
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
            case nil where again != nil: again = nil
            case nil where duesOpen: duesOpen = false
            case nil: try await notDialled()
            }
        case .visit: app.platform.go(.visit(home))
        case .openCase(let id): app.platform.go(.case(id))
        }
    }

    // What is written.

    private func notThrough() async throws {
        let reach = try await ButlerScreens.reach(app, try await app.butler.homes.details(home).residents)
        let times = timesAgain(app, app.now(), reach)
        again = times.first.map { timeAgain(times, usual: $0, reach) }
    }

    private func notDialled() async throws {
        try await forgetCall(app, home)
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
        if let to = try await dialled(app, draft) {
            made.append(try await app.butler.residents.edit(to.person) { $0.phone(to.phone.id) { $0.failed = day } })
        }
        // Whoever was not met at the door before was tried once more.
        if let nobody = try await contactDraft(app, home, .nobody) {
            try await app.butler.drafts.discard(nobody.submission.id)
        }
        again = nil
        let room = try await app.butler.homes.details(home).title
        app.recorded(
            app.words(.callNoted, ["room": room, "again": app.formats.nearTime(next, today: day)]), made)
    }

    public func failed(_ words: String) { problem = words }
}

/// The fields one asks about at a door; all of them stand on a screen of their own.
private let shownFields = ["owner_state", "people", "vacant_since", "paid_until", arrears, "handed_over"]
private let arrears = "arrears"
private let arrearsOn = "arrears_on"
private let recentDealings = 5
/// The form over a home.
let homeForm: FormId = "home.basic"
