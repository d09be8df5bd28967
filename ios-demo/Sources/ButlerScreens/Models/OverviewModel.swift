import ButlerKit
import Foundation

/// What is urgent and nobody took, what waits for a decision, and how the day of each butler stands.
public struct OverviewState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var search: Press<OverviewIntent>?
    public var syncBadge: Badge?
    public var sync: Press<OverviewIntent>?
    public var problem: String?
    public var urgent: [UntakenCase] = []
    public var decideTitle = ""
    public var decide: [DecideTile] = []
    public var teamTitle: String?
    public var team: [TeamLine] = []
    public var together: [OneMatter] = []
    public var hastyTitle: String?
    public var hasty: [HastyRound] = []
    public var own: Press<OverviewIntent>?
}

/// An urgent case whose time is over and which nobody has taken; `call` is the one red button of the first.
public struct UntakenCase: Sendable {
    public let badge: Badge
    public let about: String
    public let open: Press<OverviewIntent>
    public let call: Press<OverviewIntent>?
}

public enum DecideKind: Sendable {
    case conflicts, leftOut, rejected
}

public struct DecideTile: Sendable {
    public let kind: DecideKind
    public let count: String
    public let open: Press<OverviewIntent>
}

/// A butler's day: where a round last saw them today, how much of the day is done, and when they were last heard.
public struct TeamLine: Sendable {
    public let name: String
    public let grids: String
    public let seen: String?
    public let heard: Badge
    public let done: Chart
    public let late: String?
    public let urgent: String?
}

/// Several cases that lie close together and may be one matter 同一事由.
public struct OneMatter: Sendable {
    public let about: String
    public let open: Press<OverviewIntent>
}

/// A round of today in which somebody got from one point to the next faster than anybody walks.
public struct HastyRound: Sendable {
    public let about: String
    public let open: Press<OverviewIntent>
}

public enum OverviewIntent: Equatable, Sendable {
    case search
    case outbox
    case conflicts
    case leftOut
    case rejected
    case own
    case open(RecordId)
    case begin(DueId)
    case walked(RecordId)
    case call(String)
}

/// Whether the first tab is 总览: of those who look after others' work.
@MainActor func overlooks(_ app: App) async throws -> Bool {
    try await app.butler.me().roles.contains { overseers.contains($0.id.value) }
}

private let overseers: Set<String> = ["supervisor", "quality"]

/// 总览: of `today.team`, `conflicts.list`, `cases.list` and the rounds of today.
@MainActor public final class OverviewModel: Model {
    public let app: App
    public let life = Life(OverviewState())
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func act(_ intent: OverviewIntent) async throws {
        problem = nil
        switch intent {
        case .search: app.platform.go(.homes)
        case .outbox, .rejected: app.platform.go(.outbox)
        case .conflicts: app.platform.go(.conflicts())
        case .leftOut: app.platform.go(.register(.form(form: leftOutForm)))
        case .own: app.platform.go(.today)
        case .open(let id): app.platform.go(.case(id))
        case .begin(let due): try await ButlerScreens.begin(app, due)
        case .walked(let round): app.platform.go(.round(.begun(round)))
        case .call(let number): app.platform.dial(number)
        }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> OverviewState {
        let words = app.words
        let today = try await app.butler.date()
        let conflicts = try await app.butler.conflicts.list().count
        let leftOut = try await app.butler.registers.list(leftOutForm).rows
            .filter { $0.entered.map(app.formats.day) == today }.count
        let rejected = try await app.butler.rejected.list().filter { $0.fate != .pending && $0.fate != .later }.count
        let team = try await app.butler.today.team()
        let grids = try await app.butler.office.grids()
        let dated = [app.formats.dayOfWeek(today)] + (try await app.butler.me().grids.map(\.name))
        let rounds = try await rounds(today)
        let hasty = try await hasty(rounds)
        let seen = seen(rounds)
        let decisions = conflicts + leftOut + rejected
        return OverviewState(
            title: words(.tabOverview),
            subtitle: dated.joined(separator: dot),
            search: Press(words(.search), .search),
            syncBadge: syncBadge(app, try await app.butler.status()),
            sync: Press(words(.syncNow), .outbox),
            problem: problem,
            urgent: try await untaken(),
            decideTitle: decisions == 0 ? words(.nothingToDecide) : words(.toDecide, ["count": decisions]),
            decide: [
                DecideTile(kind: .conflicts, count: "\(conflicts)", open: Press(words(.conflicts), .conflicts)),
                DecideTile(kind: .leftOut, count: "\(leftOut)", open: Press(words(.leftOut), .leftOut)),
                DecideTile(kind: .rejected, count: "\(rejected)", open: Press(words(.returned), .rejected)),
            ],
            teamTitle: team.isEmpty ? nil : words(.teamToday),
            team: team.map { row in
                line(row, words.list(grids.filter { row.grids.contains($0.id) }.map(\.name)), seen[row.staff], today)
            },
            together: try await together(today),
            hastyTitle: hasty.isEmpty ? nil : words(.hastyRounds),
            hasty: hasty,
            own: Press(words(.myToday), .own))
    }

    private func together(_ today: Day) async throws -> [OneMatter] {
        try await app.butler.today.all().filter { !$0.cases.isEmpty && $0.isToDo }.map { item in
            let about = [item.subject, app.formats.say(item.why, today: today)].filter { !$0.isEmpty }.joined(separator: dot)
            return OneMatter(about: about, open: Press(app.words(item.title), .begin(item.id)))
        }
    }

    /// A round; nil where this app does not know what it was walked by.
    private func walked(_ round: RecordId) async throws -> RoundDetails? {
        do {
            return try await found { try await app.butler.rounds.details(round) }
        } catch ButlerError.NeedsNewerApp {
            return nil
        }
    }

    /// The rounds something was done at today, as many as a page holds, each with its place.
    private func rounds(_ today: Day) async throws -> [(round: RoundDetails, place: PlaceId?)] {
        var rounds: [(round: RoundDetails, place: PlaceId?)] = []
        for row in try await app.butler.records.page(.round).prefix(while: { app.formats.day($0.changedAt) == today }) {
            if let round = try await walked(row.id) { rounds.append((round, row.place)) }
        }
        return rounds
    }

    private func hasty(_ rounds: [(round: RoundDetails, place: PlaceId?)]) async throws -> [HastyRound] {
        let fast = rounds.filter { !$0.round.tooFast.isEmpty }
        if fast.isEmpty { return [] }
        let staff = try await app.butler.office.staff()
        var hasty: [HastyRound] = []
        for (round, place) in fast {
            var who = staff.first { $0.id == round.plannedFor }?.name
            if who == nil, let place { who = try await app.place(place) }
            hasty.append(
                HastyRound(
                    about: app.words(.hastyRoundAbout, ["name": who ?? "", "count": round.tooFast.count]),
                    open: Press(app.words(round.title), .walked(round.id))))
        }
        return hasty
    }

    /// At which point each last said how something is, of all that was said there today.
    private func seen(_ rounds: [(round: RoundDetails, place: PlaceId?)]) -> [StaffId: String] {
        let said = rounds.flatMap { entry in
            entry.round.points.flatMap { point in
                point.items.flatMap { item in item.results.map { (by: $0.by, at: $0.at, point: point.label) } }
            }
        }
        var seen: [StaffId: String] = [:]
        for one in said.sorted(by: { $0.at < $1.at }) {
            seen[one.by] = app.words(.seenAt, ["time": app.formats.time(one.at), "point": app.words(one.point)])
        }
        return seen
    }

    /// Urgent, and its time is over: what is longest over stands first.
    private func untaken() async throws -> [UntakenCase] {
        let now = app.now()
        let emergencies = try await emergencies(app).map(\.begin)
        let late = try await app.butler.cases.list(CaseFilter(closed: false)).compactMap { row -> (due: Date, row: CaseRow)? in
            let isEmergency = row.workflow.map { emergencies.contains(.workflow(workflow: $0)) } ?? false
            guard row.urgency == .urgent || isEmergency, let due = row.nextDeadline?.due, due < now else { return nil }
            return (due, row)
        }
        var shown: [UntakenCase] = []
        for (due, row) in late.sorted(by: { $0.due < $1.due }) { shown.append(try await untaken(row, due, now)) }
        return shown
    }

    private func untaken(_ row: CaseRow, _ due: Date, _ now: Date) async throws -> UntakenCase {
        let words = app.words
        let waits = row.waitsFor.map { words($0.label) }
        let about = [
            try await site(row), row.nextDeadline.map { words($0.label) },
            (1...mostNamed).contains(waits.count) ? words(.waitsFor, ["who": either(app, waits)]) : nil,
        ]
        return UntakenCase(
            badge: Badge(.urgent, app.formats.clock(due, now: now)),
            about: about.compactMap { $0 }.joined(separator: dot),
            open: Press(row.title ?? "", .open(row.id)),
            call: try await whom(row).map { Press(words(.callAbout, ["who": $0.name]), .call($0.number)) })
    }

    /// The home a case is about, else its place.
    private func site(_ row: CaseRow) async throws -> String? {
        if let home = try await home(app, of: try await app.butler.cases.details(row.id).about) { return home }
        guard let place = row.place else { return nil }
        return try await app.place(place)
    }

    /// Whoever has it, else somebody of the roles it waits for, else a duty desk; only who has a number.
    private func whom(_ row: CaseRow) async throws -> (name: String, number: String)? {
        let me = try await app.butler.me().staff
        let staff = try await app.butler.office.staff().filter { !$0.left && $0.phone != nil && $0.id != me }
        let roles = Set(row.waitsFor.map(\.id))
        let one = staff.first { $0.id == row.assignee } ?? staff.first { !roles.isDisjoint(with: $0.roles) }
        if let one { return one.phone.map { (one.name, $0) } }
        let places = try await app.butler.office.places()
        return places.first { $0.kind == desk && $0.phone != nil }.flatMap { desk in desk.phone.map { (desk.name, $0) } }
    }

    private func line(_ row: TeamRow, _ grids: String, _ seen: String?, _ today: Day) -> TeamLine {
        let words = app.words
        let all = row.done + row.open
        return TeamLine(
            name: row.name,
            grids: grids,
            seen: seen,
            heard: heard(row.lastHeard, today),
            done: Chart(
                text: words(.teamDone, ["done": row.done, "all": all]), levels: [all == 0 ? 1_000 : Int(row.done * 1_000 / all)]),
            late: row.overdue > 0 ? words(.teamLate, ["count": row.overdue]) : nil,
            urgent: row.urgent > 0 ? words(.teamUrgent, ["count": row.urgent]) : nil)
    }

    private func heard(_ at: Date?, _ today: Day) -> Badge {
        guard let at else { return Badge(.pending, app.words(.neverHeard)) }
        let kind: BadgeKind = app.formats.day(at) == today ? .ok : .due
        return Badge(kind, app.words(.heardAt, ["time": app.formats.timeNear(at, today: today)]))
    }
}

/// What waits for nearly everybody waits for nobody in particular.
private let mostNamed = 2
/// Where the reasons stand of those who left something due out.
private let leftOutForm: FormId = "due.skip"
