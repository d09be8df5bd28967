import ButlerKit
import Foundation

/// What 事项 shows: the cases it is my turn in, those whose time runs out, those that wait for others.
public struct CasesState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var search: Press<CasesIntent>?
    public var sync: Press<CasesIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    public var views: [Chip<CasesIntent>] = []
    public var groups: [CaseGroup] = []
    /// Those that are over, on demand.
    public var over: Press<CasesIntent>?
    public var empty: Empty<CasesIntent>?
}

/// Cases under one heading; `none` says so where there are none.
public struct CaseGroup: Sendable {
    public let title: String?
    public let rows: [CaseLine]
    public let none: String?
}

/// A case in a list.
public struct CaseLine: Sendable {
    public let about: String
    public let badge: Badge?
    /// It is my turn.
    public let mine: Bool
    public let open: Press<CasesIntent>
}

/// What can be pressed on 事项.
public enum CasesIntent: Sendable {
    case search
    case outbox
    case view(CasesView)
    case open(RecordId)
}

/// Which cases are looked at.
public enum CasesView: Sendable {
    case mine, soon, others, done
}

/// 事项: of `cases.list()`.
@MainActor public final class CasesModel: Model {
    public let app: App
    public let life = Life(CasesState())
    private var view = CasesView.mine
    private var problem: String?
    private var subjects: [RecordId: String] = [:]
    /// By when the first of what is due of each case is to be done.
    private var dues: [RecordId: Date] = [:]

    public init(_ app: App) { self.app = app }

    public func read() async throws -> CasesState {
        let words = app.words
        dues = try await firstDues()
        let rows = try await all()
        let now = app.now()
        let today = try await app.butler.date()
        let mine = rows.filter { $0.turn == .mine }
        let late = rows.filter { soon($0, now) }
        let others = rows.filter { $0.turn != .mine }
        let shown: [CaseRow] =
            switch view {
            case .mine: mine
            case .soon: late
            case .others: others
            case .done: try await app.butler.cases.list(CaseFilter(closed: true), limit: page)
            }
        let none = rows.isEmpty && view != .done
        var groups: [CaseGroup] = []
        if !none {
            groups.append(
                CaseGroup(
                    title: view == .done ? words(.casesDone) : nil, rows: try await lines(shown, now, today),
                    none: shown.isEmpty ? words(noneOf(view)) : nil))
        }
        if view == .mine && !others.isEmpty {
            groups.append(CaseGroup(title: words(.casesWaiting), rows: try await lines(others, now, today), none: nil))
        }
        let grids = try await app.butler.me().grids.map(\.name)
        let views: [(CasesView, Word, Int)] = [
            (.mine, .casesMine, mine.count), (.soon, .casesSoon, late.count), (.others, .casesOthers, others.count),
        ]
        return CasesState(
            title: words(.tabCases),
            subtitle: ([words(.casesOpen, ["count": rows.count])] + grids).joined(separator: dot),
            search: Press(words(.search), .search),
            sync: Press(words(.syncNow), .outbox),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            views: rows.isEmpty
                ? [] : views.map { Chip(Press(words($1, ["count": $2]), .view($0)), chosen: $0 == view) },
            groups: groups,
            over: view == .done ? nil : Press(words(.casesDone), .view(.done)),
            empty: none ? Empty(words(.noCases), words(.noCasesAbout)) : nil)
    }

    /// Every case that is not over: there are some dozens. What presses stands first, then what is due first; what has no
    /// time is ordered as the core does, newest first.
    private func all() async throws -> [CaseRow] {
        var rows: [CaseRow] = []
        var more: [CaseRow]
        repeat {
            more = try await app.butler.cases.list(CaseFilter(closed: false), after: rows.last?.id, limit: page)
            rows += more
        } while more.count == page
        let now = app.now()
        func rank(_ row: CaseRow) -> (Int, Date) { (presses(row, now) ? 0 : 1, due(row) ?? .distantFuture) }
        return rows.enumerated().sorted { one, other in
            let (first, second) = (rank(one.element), rank(other.element))
            return first == second ? one.offset < other.offset : first < second
        }.map(\.element)
    }

    private func firstDues() async throws -> [RecordId: Date] {
        var dues: [RecordId: Date] = [:]
        for item in try await app.butler.today.all() where item.isToDo {
            guard let of = item.case ?? item.about else { continue }
            let due = item.dueAt ?? app.formats.at(item.due, minute: lastMinute)
            dues[of] = min(due, dues[of] ?? due)
        }
        return dues
    }

    /// By when somebody is to do something: of the case, and where it is my turn, of what 今天 shows of it.
    private func due(_ row: CaseRow) -> Date? {
        [row.nextDeadline?.due, row.turn == .mine ? dues[row.id] : nil].compactMap { $0 }.min()
    }

    private func lines(_ rows: [CaseRow], _ now: Date, _ today: Day) async throws -> [CaseLine] {
        var lines: [CaseLine] = []
        for row in rows { lines.append(try await line(row, now, today)) }
        return lines
    }

    private func line(_ row: CaseRow, _ now: Date, _ today: Day) async throws -> CaseLine {
        let mine = row.turn == .mine
        let waits = row.waitsFor.map { app.words($0.label) }
        let state =
            mine || waits.isEmpty
            ? row.stateLabel.map { app.words($0) } : app.words(.waitsFor, ["who": either(app, waits)])
        let about = [try await subject(row), row.workflowLabel.map { app.words($0) }, state]
        return CaseLine(
            about: about.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: dot),
            badge: badge(row, now, today), mine: mine, open: Press(row.title ?? "", .open(row.id)))
    }

    /// The home it is about, else the place it is at. A row says neither in words; what a case is about never changes.
    private func subject(_ row: CaseRow) async throws -> String {
        if let known = subjects[row.id] { return known }
        var subject: String?
        if let about = try await app.butler.cases.details(row.id).about.first { subject = try await homeTitle(app, about) }
        if subject == nil, let place = row.place { subject = try await app.place(place) }
        subjects[row.id] = subject ?? ""
        return subject ?? ""
    }

    private func badge(_ row: CaseRow, _ now: Date, _ today: Day) -> Badge? {
        let state = recordBadge(app, row.recordState)
        if state?.kind == .rejected { return state }
        guard let due = due(row), soon(row, now) else { return state }
        if presses(row, now) {
            return Badge(.urgent, app.formats.clock(due, now: now))
        }
        let day = app.formats.day(due)
        if due >= now { return Badge(.due, app.formats.near(day, today: today).capitalisedFirst) }
        let late = app.formats.days(from: day, to: today)
        return Badge(.overdue, late > 0 ? app.words(.late, ["days": late]) : app.formats.clock(due, now: now))
    }

    /// An urgent case whose time runs out, or one that has minutes left.
    private func presses(_ row: CaseRow, _ now: Date) -> Bool {
        guard let due = due(row), soon(row, now) else { return false }
        return row.urgency == .urgent || abs(due.timeIntervalSince(now)) < hour
    }

    private func soon(_ row: CaseRow, _ now: Date) -> Bool { due(row).map { $0 < now + twoDays } ?? false }

    private func noneOf(_ view: CasesView) -> Word {
        switch view {
        case .mine: .noCasesMine
        case .soon: .noCasesSoon
        case .others: .noCasesOthers
        case .done: .noCasesDone
        }
    }

    public func act(_ intent: CasesIntent) async throws {
        problem = nil
        switch intent {
        case .search: app.platform.go(.homes)
        case .outbox: app.platform.go(.outbox)
        case .view(let view): self.view = view
        case .open(let id): app.platform.go(.case(id))
        }
    }

    public func failed(_ words: String) { problem = words }
}

private let page = 100
private let hour: TimeInterval = 3_600
/// What is due on a day may be done until its end.
private let lastMinute = 24 * 60 - 1
private let twoDays: TimeInterval = 2 * 24 * 3_600
