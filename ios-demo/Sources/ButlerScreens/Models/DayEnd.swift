import ButlerKit
import Foundation

/// What a butler without a grid does: asks the office again, asks the supervisor, reads.
@MainActor func withoutGrid(_ app: App, _ status: Summary, _ today: Day) async throws -> [TodayLink] {
    let words = app.words
    let asked = status.syncedAt.map { words(.askedOffice, ["time": app.formats.timeNear($0, today: today)]) } ?? ""
    var links = [TodayLink(.sync, asked, Press(words(.askForGrid), .sync))]
    if let supervisor = try await supervisor(app), let number = supervisor.phone {
        links.append(
            TodayLink(.call, words(.askSupervisor), Press(words(.callSupervisor, ["name": supervisor.name]), .callNumber(number))))
    }
    let articles = try await app.butler.library.list().count
    links.append(TodayLink(.library, words(.articles, ["count": articles]), Press(words(.libraryFirst), .library)))
    return links
}

/// Whom to call who may give a grid or send somebody.
@MainActor func supervisor(_ app: App) async throws -> Staff? {
    try await app.butler.office.staff().first { !$0.left && $0.phone != nil && $0.roles.contains(supervisorRole) }
}

/// What was done of a walk: what was put off, left out or tried in vain is none of it.
struct Walked {
    let items: Int
    /// Where something was done and nothing is left.
    let places: Int
    let doors: Int

    init(_ walk: DayWalk) {
        let doors = walk.stops.flatMap(\.doors).map(\.items)
        let stops = walk.stops.map(\.items)
        func isDone(_ item: TodayItem) -> Bool { item.status == .done }
        items = (stops.flatMap { $0 } + walk.calls + walk.desk).filter(isDone).count
        places = stops.filter { at in at.contains(where: isDone) && !at.contains(where: \.isToDo) }.count
        self.doors = doors.filter { $0.contains(where: isDone) }.count
    }
}

extension TodayItem {
    /// When it is tried again; until that day it is put off.
    fileprivate var again: Date? { isToDo || status == .snoozed ? tried?.again : nil }
}

/// What was done, what was put off, and whether it all reached the office.
@MainActor func dayDone(_ app: App, _ walked: Walked, _ items: [TodayItem], _ status: Summary, _ today: Day) -> DayDone {
    let words = app.words
    let putOff = items.filter { $0.status == .snoozed && $0.again == nil }.count
    var again: [String: Date] = [:]
    for item in items { if let at = item.again { again[item.about?.value ?? item.id.value] = at } }
    let tried = again.values.min().map {
        words(.againAt, ["doors": again.count, "time": app.formats.nearTime($0, today: today)])
    }
    let later = [putOff == 0 ? nil : words(.putOffToday, ["count": putOff]), tried].compactMap { $0 }
    let unsent = status.unsentRecords + status.unsentPhotos
    let since = unsent > 0 ? nil : status.syncedAt.map { app.formats.nearTime($0, today: today) }
    return DayDone(
        title: words(.dayDone),
        about: walked.doors == 0
            ? words(.dayDoneAbout, ["items": walked.items])
            : words(.dayDoneWalked, ["items": walked.items, "stops": walked.places, "doors": walked.doors]),
        later: later.isEmpty ? nil : later.joined(separator: words(.between)),
        office: unsent == 0 ? words(.atTheOffice) : words(.notAtTheOffice, ["what": unsentWords(app, status)]),
        officeAbout: since.map { words(.atTheOfficeSince, ["time": $0]) } ?? words(.safeHere),
        safe: unsent == 0)
}

/// What is known of tomorrow, and the keys that are not back.
@MainActor func afterToday(_ app: App, _ items: [TodayItem], _ today: Day) async throws -> [TodayLink] {
    let words = app.words
    let tomorrow = app.formats.day(today, plus: 1)
    let known = items.filter {
        $0.isToDo && $0.due <= tomorrow || $0.again.map { app.formats.day($0) } == tomorrow
    }
    var links: [TodayLink] = []
    if !known.isEmpty {
        let minutes = app.formats.minutes(known.reduce(0) { $0 + Int($1.minutes) })
        links.append(
            TodayLink(
                .tomorrow, words(.tomorrowKnown, ["items": known.count, "minutes": minutes]),
                Press(words(.tomorrowIs, ["day": app.formats.dayOfWeek(tomorrow)]), .canWait)))
    }
    let waited = known.compactMap { item in
        [item.again, item.dueAt].compactMap { $0 }.filter { app.formats.day($0) == tomorrow }.min().map { (at: $0, item: item) }
    }
    if let first = waited.min(by: { $0.at < $1.at }) {
        let what = [first.item.subject, words(first.item.title)].filter { !$0.isEmpty }.joined(separator: dot)
        links.append(
            TodayLink(
                .first, words(.firstIs, ["time": app.formats.time(first.at), "what": what]),
                Press(words(.firstTomorrow), .openItem(first.item.id))))
    }
    let lent = try await app.butler.cases.list(CaseFilter(workflow: keyLoan, closed: false))
    if !lent.isEmpty {
        let about = lent.map { row in
            let what = row.title ?? ""
            return row.openedAt.map { words(.lentAt, ["what": what, "time": app.formats.timeNear($0, today: today)]) } ?? what
        }
        links.append(TodayLink(.keys, words.list(about), Press(words(.keysOut), .register(.workflow(workflow: keyLoan)))))
    }
    return links
}

private let supervisorRole = RoleId(value: "supervisor")
/// What lends a key.
let keyLoan: WorkflowId = "keys.loan"
