import ButlerKit

/// Nobody is at home where an inspection is due: its checklist has an answer for that, and asks what was done about it. The
/// round says that nobody was there as soon as it is pressed; who presses it by mistake takes it back with the sheet.
struct Absence {
    let door: WalkDoor
    let round: RecordId
    let point: PointRow
    let asked: Question
    let made: [Recorded]
    var chosen: String

    var answer: PointAnswer { PointAnswer(item: asked.field, evidence: Evidence(fields: [asked.field: .text(chosen)])) }
}

/// An answer of a checklist: nobody opened.
let nobodyThere = "nobody"

/// The inspection of a door that nobody opened; nil where none is due there, or its checklist does not ask.
@MainActor func absence(_ app: App, _ door: WalkDoor) async throws -> Absence? {
    guard let item = door.jobs.first, item.isToDo, item.begin.isChecklist else { return nil }
    let (round, begun) = try await openRound(app, item)
    let met = met(try await app.butler.rounds.details(round))
    let former = met?.item.results.last?.answer
    guard let met, former == nil || former == .text(nobodyThere) else {
        try await app.butler.records.undo([begun].compactMap { $0 })
        return nil
    }
    let field = met.item.question.field
    var told: Recorded?
    if former == nil {
        told = try await app.butler.rounds.record(round, item: field, Evidence(fields: [field: .text(nobodyThere)]))
    }
    let made = [told, begun].compactMap { $0 }
    let point = try await app.butler.rounds.details(round).points.first { $0.id == met.point.id }
    // What is simply in order or not is looked at all the same. What one did who did nothing else yet stands last.
    let asked = point?.items.lazy.map(\.question).first {
        $0.field != field && $0.required && $0.answer == .choice && !$0.options.contains(where: \.normal)
    }
    guard let point, let asked, let last = asked.options.last else {
        try await app.butler.records.undo(made)
        return nil
    }
    return Absence(door: door, round: round, point: point, asked: asked, made: made, chosen: last.id)
}

/// Where a checklist asks whether anybody was there.
func met(_ details: RoundDetails) -> (point: PointRow, item: ItemRow)? {
    for point in details.points {
        if let item = point.items.first(where: { $0.question.options.contains { $0.id == nobodyThere } }) { return (point, item) }
    }
    return nil
}

/// The round of an item that is under way, or a new one with what began it.
@MainActor func openRound(_ app: App, _ item: TodayItem) async throws -> (round: RecordId, begun: Recorded?) {
    guard case .checklist(let checklist) = item.begin, let place = item.place else { throw ButlerError.NotFound }
    // Two homes of a unit have rounds of their own at one place.
    let going = try await app.butler.rounds.underWay().first {
        $0.checklist == checklist && $0.place == place && (item.about == nil || item.answers.contains($0.id))
    }
    if let going { return (going.id, nil) }
    let begun = try await app.butler.rounds.start(checklist, at: place, about: item.about, due: item.id)
    return (begun.record, begun)
}

/// Where the phone is, where it is known where the place of a point lies: it shows that one was there.
@MainActor func proof(_ app: App, at point: PointRow) async throws -> Proof {
    guard point.proof == nil, let id = point.place,
        try await app.butler.office.places().first(where: { $0.id == id })?.position != nil,
        let at = await app.platform.position()
    else { return .nothing }
    return .position(at: at)
}
