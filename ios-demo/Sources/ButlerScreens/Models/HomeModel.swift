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
    public var fields: [FieldLine] = []
    public var dealingsTitle = ""
    public var dealings: [Dealing] = []
    public var noDealings: String?
    public var call: Press<HomeIntent>?
    public var visit: Press<HomeIntent>?
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
    case call(String)
    case visit
    case openCase(RecordId)
}

/// A home with its household 房屋.
@MainActor public final class HomeModel: Model {
    public let app: App
    public let life = Life(HomeScreenState())
    private let home: RecordId
    private var problem: String?

    public init(_ app: App, _ home: RecordId) {
        self.app = app
        self.home = home
    }

    public func read() async throws -> HomeScreenState {
        let words = app.words
        let details = try await app.butler.homes.details(home)
        let record = try await app.butler.records.get(home)
        let date = try await app.butler.date()
        var residents: [Resident] = []
        for row in details.residents { residents.append(try await app.butler.residents.details(row.record.id).resident) }
        let dealings = dealings(details, date)
        let callable = residents.filter { $0.noCalls != true }.lazy.compactMap(\.number).first
        let unwelcome = !residents.isEmpty && residents.allSatisfy { $0.noVisits == true }
        return HomeScreenState(
            title: details.title,
            subtitle: subtitle(details.home),
            back: Press(words(.back), .back),
            badge: recordBadge(app, details.state),
            problem: problem,
            today: try await today(date),
            peopleTitle: words(.peopleHere, ["count": residents.count]),
            people: residents.map { person($0, date) },
            nobody: residents.isEmpty ? words(.nobodyRegistered) : nil,
            hintTitle: words(.visitHint),
            hints: hints(residents, details.home),
            fieldsTitle: words(.theHome),
            fields: shownFields.compactMap { field(record, $0, date) },
            dealingsTitle: words(.dealings),
            dealings: dealings,
            noDealings: dealings.isEmpty ? words(.noDealings) : nil,
            call: callable.map { Press(words(.call), .call($0)) },
            visit: Press(words(.recordVisit), .visit, locked: unwelcome ? words(.noVisits) : nil))
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

    private func person(_ resident: Resident, _ date: Day) -> Person {
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
                Press(words(.callName, ["name": name]), .call($0), locked: noCalls ? words(.noCalls) : nil)
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
            switch row.channel {
            case .visit, .meeting, nil: .visit
            case .phone: .call
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
        case .call(let number): app.platform.dial(number)
        case .visit: app.platform.go(.visit(home))
        case .openCase(let id): app.platform.go(.case(id))
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// The fields one asks about at a door; all of them stand on a screen of their own.
private let shownFields = ["owner_state", "people", "vacant_since", "paid_until", "handed_over"]
private let recentDealings = 5

extension Resident {
    fileprivate var number: String? { phones.lazy.compactMap(\.number).first }
}
