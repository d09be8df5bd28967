import ButlerKit
import Foundation

/// The homes that are inspected by one checklist today 装修巡查: what is open there, how far it is, when it was seen.
public struct DayRoundsState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<DayRoundsIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    public var parts: [Chip<DayRoundsIntent>] = []
    public var homes: [DayRoundsHome] = []
    public var empty: Empty<DayRoundsIntent>?
    public var sheet: DayRoundsSheet?
}

/// A home; `matter` is what has to be put right there, `recheck` leads to it.
public struct DayRoundsHome: Sendable {
    public let about: String
    public let matter: String?
    /// What the procedures say of it: no valid permit for its works.
    public let marks: [String]
    public let badge: Badge?
    public let open: Press<DayRoundsIntent>
    public let nobody: Press<DayRoundsIntent>?
    public let recheck: Press<DayRoundsIntent>?
    /// It is to be put right by today: the one red button of the screen.
    public let pressing: Bool
    public let inspect: Press<DayRoundsIntent>?
}

/// Nobody opened: what was done about it.
public struct DayRoundsSheet: Sendable {
    public let title: String
    public let about: String
    public let question: String
    public let handled: [Chip<DayRoundsIntent>]
    public let help: String?
    public let record: Press<DayRoundsIntent>
}

/// The parts of a day's inspections.
public enum DayPart: CaseIterable, Sendable {
    case unseen, seen, puttingRight, doesNotFit
}

public enum DayRoundsIntent: Equatable, Sendable {
    case back
    case show(DayPart)
    case openHome(RecordId)
    case inspect(DueId)
    case recheck(RecordId)
    case nobody(DueId)
    case handled(String)
    case recordNobody
    case closeSheet
}

/// From so many homes on, those that are inspected by one checklist have a list of their own.
let severalHomes = 2

/// What of today is a round through a checklist about a home, checklist by checklist.
@MainActor func dayRounds(_ app: App) async throws -> [(checklist: ChecklistId, items: [TodayItem])] {
    ButlerScreens.inspections(try await app.butler.today.all())
}

/// What of some items is a round through a checklist about a home, checklist by checklist.
func inspections(_ items: [TodayItem]) -> [(checklist: ChecklistId, items: [TodayItem])] {
    let rounds = items.compactMap { item -> (of: ChecklistId, item: TodayItem)? in
        guard item.about != nil, case .checklist(let checklist) = item.begin else { return nil }
        return (checklist, item)
    }
    return rounds.grouped { $0.of }.map { (checklist: $0.key, items: $0.rows.map { $0.item }) }
}

/// How far the works of a home are, and where among the stages that is.
struct Stage {
    let words: String
    let place: Int
}

/// The last rounds of a home through a checklist, the newest first.
@MainActor func lastRounds(_ app: App, _ home: HomeDetails, _ checklist: ChecklistId) async throws -> [RoundDetails] {
    var rounds: [RoundDetails] = []
    for round in home.rounds.filter({ $0.checklist == checklist }).prefix(lookedBack) {
        rounds.append(try await app.butler.rounds.details(round.id))
    }
    return rounds
}

/// How far the works were at a round; nil where nobody said so.
@MainActor func stage(_ app: App, _ round: RoundDetails) -> Stage? {
    guard let item = round.points.flatMap(\.items).first(where: { $0.question.field == stageField }),
        let words = label(app, item),
        let place = item.question.options.firstIndex(where: { app.words($0.label) == words })
    else { return nil }
    return Stage(words: words, place: place)
}

@MainActor private func label(_ app: App, _ item: ItemRow) -> String? {
    item.question.options.first { item.results.last?.answer == .text($0.id) }.map { app.words($0.label) }
}

/// The inspections of a day: of `today.list`, `today.walk` and what is known of each home.
@MainActor public final class DayRoundsModel: Model {
    public let app: App
    public let life = Life(DayRoundsState())
    private let checklist: ChecklistId
    private var part = DayPart.unseen
    private var absence: Absence?
    private var problem: String?

    public init(_ app: App, _ checklist: ChecklistId) {
        self.app = app
        self.checklist = checklist
    }

    /// A home of the list.
    private struct Home {
        let record: RecordId
        let item: TodayItem
        let seen: Bool
        let fits: Bool
        let matter: CaseRow?
        let matterDue: Day?
        let marks: [String]
        let last: Last?
        let stage: Stage?
    }

    /// What the last round of a home found, and whether nobody was there.
    private struct Last {
        let words: String
        let at: Date
        let nobody: Bool
        let asksForNobody: Bool
    }

    public func read() async throws -> DayRoundsState {
        let words = app.words
        let today = try await app.butler.date()
        let procedure = try await app.butler.office.procedures().first { $0.begin == .checklist(checklist: checklist) }
        let homes = try await homes(procedure, today)
        let shown = homes.filter { isIn($0, part) }
        let pressing = shown.first { home in home.matterDue.map { $0 <= today } ?? false }?.record
        var parts: [Chip<DayRoundsIntent>] = []
        for each in DayPart.allCases {
            let count = homes.filter { isIn($0, each) }.count
            if count == 0 && each != part { continue }
            parts.append(Chip(Press(words(word(each), ["count": count]), .show(each)), chosen: each == part))
        }
        return DayRoundsState(
            title: procedure.map { words($0.title) } ?? "",
            subtitle: words(.dayRoundsAbout, ["count": homes.filter { $0.seen || $0.fits }.count, "seen": homes.filter(\.seen).count]),
            back: Press(words(.back), .back),
            syncBadge: syncBadge(app, try await app.butler.status()),
            problem: problem,
            parts: parts,
            homes: shown.map { row($0, today, pressing: $0.record == pressing) },
            empty: shown.isEmpty ? Empty(words(.noDayRounds), "") : nil,
            sheet: absence.map { sheet($0) })
    }

    private func word(_ part: DayPart) -> Word {
        switch part {
        case .unseen: .partUnseen
        case .seen: .partSeen
        case .puttingRight: .partPuttingRight
        case .doesNotFit: .partDoesNotFit
        }
    }

    private func isIn(_ home: Home, _ part: DayPart) -> Bool {
        switch part {
        case .unseen: !home.seen && home.fits
        case .seen: home.seen
        case .puttingRight: home.matter != nil
        case .doesNotFit: !home.seen && !home.fits
        }
    }

    /// First where something is to be put right, then by how far they are, then those nobody saw for the longest time.
    private func homes(_ procedure: ProcedureRow?, _ today: Day) async throws -> [Home] {
        let items = try await dayRounds(app).first { $0.checklist == checklist }?.items ?? []
        let misfit = Set(try await app.butler.today.walk(app.settings.now.hours).doesNotFit.flatMap(\.items))
        var homes: [Home] = []
        for item in items {
            guard let about = item.about, !homes.contains(where: { $0.record == about }) else { continue }
            let here = items.filter { $0.about == about }
            if let home = try await home(about, here, procedure, misfit, today) { homes.append(home) }
        }
        func rank(_ home: Home) -> (Int, Day, Int, Date) {
            let never = Day(year: 9999, month: 12, day: 31)
            let seen = home.last.flatMap { $0.nobody ? nil : $0.at }
            return (home.matter == nil ? 1 : 0, home.matterDue ?? never, home.stage?.place ?? -1, seen ?? .distantPast)
        }
        return homes.enumerated().sorted { one, other in
            let (first, second) = (rank(one.element), rank(other.element))
            return first == second ? one.offset < other.offset : first < second
        }.map(\.element)
    }

    private func home(
        _ record: RecordId, _ items: [TodayItem], _ procedure: ProcedureRow?, _ misfit: Set<DueId>, _ today: Day
    ) async throws -> Home? {
        guard let details = try await found({ try await app.butler.homes.details(record) }) else { return nil }
        let offers = procedure?.offers ?? []
        let matter = details.cases.first { row in row.closed == false && row.workflow.map { offers.contains($0) } ?? false }
        // What was left out on an earlier day is not today's.
        let current = items.filter { $0.due >= today }
        let open = (current.isEmpty ? items : current).filter(\.isToDo)
        let rounds = try await lastRounds(app, details, checklist)
        var matterDue: Day?
        if let matter { matterDue = try await app.butler.today.about(matter.id).map(\.due).min() }
        return Home(
            record: record,
            item: open.first ?? items[0],
            seen: open.isEmpty,
            fits: !open.contains { misfit.contains($0.id) },
            matter: matter,
            matterDue: matterDue,
            marks: details.marks.map { app.words($0) },
            last: rounds.lazy.compactMap { self.last($0, today) }.first,
            stage: rounds.lazy.compactMap { ButlerScreens.stage(self.app, $0) }.first)
    }

    private func last(_ round: RoundDetails, _ today: Day) -> Last? {
        let items = round.points.flatMap(\.items)
        guard let at = items.compactMap({ $0.results.last?.at }).max() else { return nil }
        let met = met(round)?.item
        let found = met.flatMap { label(app, $0) } ?? app.words(items.contains { $0.finding == .failed } ? .hasProblem : .inOrder)
        let day = app.formats.near(app.formats.day(at), today: today)
        return Last(
            words: app.words(.seenLast, ["day": day, "found": found]), at: at,
            nobody: met?.results.last?.answer == .text(nobodyThere), asksForNobody: met != nil)
    }

    private func row(_ home: Home, _ today: Day, pressing: Bool) -> DayRoundsHome {
        let words = app.words
        let about = [home.stage?.words, home.last?.words ?? words(.neverSeen)].compactMap { $0 }.joined(separator: dot)
        let matter = home.matter.map { row in
            let title = (row.title ?? row.workflowLabel.map { words($0) }).map { severely(app, row.severe, $0) }
            let due = home.matterDue.map { words(.putRightBy, ["day": app.formats.near($0, today: today)]) }
            return [title, due].compactMap { $0 }.joined(separator: dot)
        }
        return DayRoundsHome(
            about: about,
            matter: matter,
            marks: home.marks,
            badge: home.seen ? Badge(.ok, words(.seenToday)) : nil,
            open: Press(home.item.subject, .openHome(home.record)),
            nobody: !home.seen && home.last?.asksForNobody == true ? Press(words(.nobodyHome), .nobody(home.item.id)) : nil,
            recheck: home.matter.map { Press(words(.recheck), .recheck($0.id)) },
            pressing: pressing,
            inspect: home.seen ? nil : Press(beginWords(app, home.item), .inspect(home.item.id)))
    }

    private func sheet(_ sheet: Absence) -> DayRoundsSheet {
        let words = app.words
        return DayRoundsSheet(
            title: words(.nobodyTitle, ["room": sheet.door.title]),
            about: sheet.door.jobs.first.map { words($0.title) } ?? "",
            question: words(sheet.asked.label),
            handled: sheet.asked.options.map { Chip(Press(words($0.label), .handled($0.id)), chosen: $0.id == sheet.chosen) },
            help: sheet.asked.help.map { words($0) },
            record: Press(words(.noteNext), .recordNobody))
    }

    public func act(_ intent: DayRoundsIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .show(let part): self.part = part
        case .openHome(let home): app.platform.go(.home(home))
        case .inspect(let due): try await begin(app, due)
        case .recheck(let matter): app.platform.go(.case(matter))
        case .nobody(let due):
            if let item = try await app.butler.today.item(due), let about = item.about {
                absence = try await ButlerScreens.absence(app, door(item, about))
            }
        case .handled(let option): absence?.chosen = option
        case .recordNobody: if let absence { try await record(absence) }
        case .closeSheet:
            if let absence { try await app.butler.records.undo(absence.made) }
            absence = nil
        }
    }

    public func failed(_ words: String) { problem = words }

    /// A home one stands before for this alone.
    private func door(_ item: TodayItem, _ home: RecordId) -> WalkDoor {
        WalkDoor(
            home: home, title: item.subject, people: [], jobs: [item], along: [], minutes: 0, isNew: false, open: true, begunBy: nil)
    }

    private func record(_ sheet: Absence) async throws {
        let proof = try await proof(app, at: sheet.point)
        let recorded = try await app.butler.rounds.recordPoint(sheet.round, at: sheet.point.id, proof: proof, [sheet.answer])
        absence = nil
        let handled = sheet.asked.options.first { $0.id == sheet.chosen }.map { app.words($0.label) } ?? ""
        app.recorded(app.words(.absenceNoted, ["room": sheet.door.title, "what": handled]), [recorded] + sheet.made)
    }
}

/// So many rounds of a home are asked what they found.
private let lookedBack = 3
/// What a checklist calls the question how far the works are; its options stand in the order of the works.
private let stageField: QuestionId = "stage"
