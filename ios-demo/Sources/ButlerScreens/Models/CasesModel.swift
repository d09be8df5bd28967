import ButlerKit
import Foundation

/// Everything that follows a workflow, by whose turn it is.
public struct CasesState: Sendable {
    public var title = ""
    public var syncBadge: Badge?
    public var problem: String?
    public var filters: [Chip<CasesIntent>] = []
    public var rows: [CaseLine] = []
    public var empty: Empty<CasesIntent>?
}

public struct CaseLine: Sendable {
    public let title: String
    public let place: String
    public let state: String
    public let badge: Badge?
    public let sent: Badge?
    public let open: Press<CasesIntent>
}

/// Whose cases.
public enum Whose: Sendable {
    case mine, others, closed
}

public enum CasesIntent: Equatable, Sendable {
    case show(Whose)
    case open(RecordId)
}

/// 事项.
@MainActor public final class CasesModel: Model {
    public let app: App
    public let life = Life(CasesState())
    private var whose = Whose.mine
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> CasesState {
        let words = app.words
        let filter =
            switch whose {
            case .mine: CaseFilter(turn: .mine, closed: false)
            case .others: CaseFilter(turn: .others, closed: false)
            case .closed: CaseFilter(closed: true)
            }
        let rows = try await app.butler.cases.list(filter)
        let today = try await app.butler.date()
        let filters: [(Whose, Word)] = [(.mine, .turnMine), (.others, .turnOthers), (.closed, .turnClosed)]
        // What runs out first stands first; what has no clock keeps its order.
        let ordered = rows.sorted { clock($0) < clock($1) }
        var lines: [CaseLine] = []
        for row in ordered { lines.append(try await line(row, today)) }
        return CasesState(
            title: words(.casesTitle),
            syncBadge: syncBadge(app, try await app.status()),
            problem: problem,
            filters: filters.map { one, word in Chip(Press(words(word), .show(one)), chosen: one == whose) },
            rows: lines,
            empty: lines.isEmpty ? Empty(words(whose == .mine ? .noneMine : .noneHere), "") : nil)
    }

    private func clock(_ row: CaseRow) -> Date { row.nextDeadline?.due ?? .distantFuture }

    private func line(_ row: CaseRow, _ today: Day) async throws -> CaseLine {
        var place: String?
        if let id = row.place { place = try await app.place(id) }
        let about = [place, row.workflowLabel.map { app.words($0) }]
        let state = [row.stateLabel.map { app.words($0) }, row.movedAt.map { app.formats.nearTime($0, today: today) }]
        let deadline = row.nextDeadline
        return CaseLine(
            title: row.title ?? "",
            place: about.compactMap { $0 }.joined(separator: dot),
            state: state.compactMap { $0 }.joined(separator: dot),
            badge: deadline?.due.map { clockBadge(app, $0, late: deadline?.late ?? false) },
            sent: recordBadge(app, row.recordState),
            open: Press(row.title ?? "", .open(row.id)))
    }

    public func act(_ intent: CasesIntent) async throws {
        problem = nil
        switch intent {
        case .show(let whose): self.whose = whose
        case .open(let id): app.platform.go(.case(id))
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// A running clock; what is over it is late, what runs out within the hour is urgent.
@MainActor func clockBadge(_ app: App, _ due: Date, late: Bool) -> Badge {
    let now = app.now()
    let left = due.timeIntervalSince(now)
    let kind: BadgeKind = left < 0 ? .overdue : late || app.formats.minutes(from: now, to: due) < 60 ? .urgent : .due
    let days = Int(left / 86_400)
    return Badge(kind, days >= 2 ? app.words(.daysLeft, ["days": days]) : app.formats.clock(due, now: now))
}
