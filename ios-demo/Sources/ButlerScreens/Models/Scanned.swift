import ButlerKit

/// What was read is handed to the screen it leads to.
enum Handed: Sendable {
    /// A stop of today's walk.
    case stop(PlaceId)
    /// The homes of a place.
    case homes(PlaceRow)
    /// A point of the round under way.
    case code(String)
}

/// Opens what a code names: what a slip is of, the point of a round under way, a place, a row of a register; else it is said that
/// it is none.
@MainActor func openScanned(_ app: App, _ code: String) async throws {
    if code.trimmed.hasPrefix(slip) { return try await openSlip(app, RecordId(value: String(code.trimmed.dropFirst(slip.count)))) }
    guard let place = try await app.butler.office.placeScanned(code) else {
        let number = code.trimmed
        guard let entry = try await entryCalled(app, number) else { return app.say(app.words(.codeOfNothing)) }
        let open = try await caseOf(app, entry, number)
        return app.platform.go(open.map(Place.case) ?? .entry(entry.id))
    }
    if let round = try await roundAt(app, place.id) { return app.hand(.code(code), to: .round(round)) }
    if try await isStop(app, place.id) { return app.hand(.stop(place.id), to: .today) }
    if try await app.butler.homes.list(where: HomeFilter(place: place.id), limit: 1).isEmpty {
        return app.say(app.words(.nothingThere, ["place": place.name]))
    }
    app.hand(.homes(place), to: .homes)
}

@MainActor private func openSlip(_ app: App, _ record: RecordId) async throws {
    let kind = try await found { try await app.butler.records.get(record).kind }
    guard let kind else { return app.say(app.words(.errorNotFound)) }
    app.platform.go(kind == .entry ? .entry(record) : placeOf(kind, record))
}

/// One's own round of today that goes by there: one with a point of that place, open if there is one, else the only one about
/// something in it.
@MainActor private func roundAt(_ app: App, _ place: PlaceId) async throws -> RoundOf? {
    let (me, today) = (try await app.butler.me().staff, try await app.butler.date())
    let mine = try await app.butler.rounds.underWay().filter { $0.plannedFor == me && $0.plannedOn == today }
    var (passing, open): (RoundRow?, Int) = (nil, -1)
    for each in mine {
        let there = try await app.butler.rounds.details(each.id).points.filter { $0.place == place }
        let left = there.filter { $0.visited == nil }.count
        if !there.isEmpty && left > open { (passing, open) = (each, left) }
    }
    let about = mine.filter { $0.place == place }
    guard let round = passing ?? (about.count == 1 ? about.first : nil) else { return nil }
    let due = try await app.butler.today.all().first { item in
        if case .checklist = item.begin { item.answers.contains(round.id) } else { false }
    }
    return due.map { .due($0.id) } ?? .begun(round.id)
}

@MainActor private func isStop(_ app: App, _ place: PlaceId) async throws -> Bool {
    try await app.butler.today.walk(app.settings.now.hours).stops.contains { $0.place == place && $0.isLeft }
}

/// The one row of a register that has exactly this among its answers: the number of a key, of a machine.
@MainActor private func entryCalled(_ app: App, _ code: String) async throws -> EntryDetails? {
    var called: [EntryDetails] = []
    for row in try await app.butler.search(code, limit: likely) where row.kind == .entry {
        let entry = try await found { try await app.butler.registers.details(row.record) }
        if let entry, says(entry.answers, code) { called.append(entry) }
    }
    return called.count == 1 ? called.first : nil
}

/// What is not over about it: of a key, that it is lent. One about the same home is, where the code was told in it.
@MainActor private func caseOf(_ app: App, _ entry: EntryDetails, _ code: String) async throws -> RecordId? {
    func about(_ record: RecordId) async throws -> [RecordId] {
        try await app.butler.cases.list(CaseFilter(about: record, closed: false)).map(\.id)
    }
    if let first = try await about(entry.id).first { return first }
    for record in entry.about {
        for id in try await about(record) where try await app.butler.cases.details(id).steps.contains(where: { says($0.evidence, code) }) {
            return id
        }
    }
    return nil
}

private func says(_ answers: Evidence, _ code: String) -> Bool { answers.fields.values.contains(.text(code)) }

/// What the code of a slip begins with, before its record.
private let slip = "butler://record/"

/// So many of what a code finds may be what it names.
private let likely = 20
