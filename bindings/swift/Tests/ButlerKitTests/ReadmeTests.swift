import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// The example of the README, as it stands there.
@Test func theReadmesExampleRuns() async throws {
    let office = try Office.shared.get()
    let (folder, keys, transport) = (newFolder(), MemoryKeys(), office.transport)
    let code = try office.code(for: "zhang.li")
    let butler = try await Butler.open(at: folder, keys: keys)  // encrypted; no network
    if try await butler.enrolled() == nil {
        try await butler.enrol(code: code, label: "iPhone 15", with: transport)
    }
    try await butler.sync(with: transport) { print($0.stage, $0.done, $0.total) }

    let patrol: ChecklistId = "patrol.public-area"
    for try await today in butler.watch({ try await $0.today.list() }) {
        guard let due = today.items.first(where: { $0.begin == .checklist(checklist: patrol) }), let place = due.place else { break }
        let round = try await butler.rounds.start(patrol, at: place, due: due.id).record
        for point in try await butler.rounds.details(round).points {
            try await butler.rounds.checkIn(round, at: point.id, proof: .distance(metres: 6))
        }
        break
    }

    if let home = try await butler.homes.find("1-1-501").first?.record {
        let form = try await butler.submission(over: butler.homes.details(home).shown)  // a form opens over what is shown
        try await butler.submitting(form).homes.edit(home) { $0.ownerState = OwnerState.elsewhere }  // what is not set is not written
    }

    let day = try await butler.today.walk()  // stops and doors in walking order, within the hours
    if let door = day.stops.flatMap(\.doors).first(where: { $0.open }) {
        print("\(door.title) · \(door.minutes) 分 · 顺便 \(door.along.count) 件")
        do {
            let met = try await butler.contacts.record(
                NewContact(
                    about: [door.home], channel: Channel.visit, purpose: "planned_visit", outcome: .agreed, summary: "一切都好",
                    dues: (door.jobs + door.along).map(\.id)))  // one knock answers several
            try await butler.records.undo(met)  // a slip: all that it answered stands open again
        } catch let error as ButlerError {
            print(error.words.zh)  // to be shown as it is: 还差：… · 这一项由财务填
        }
    }
    let left = try await butler.today.cutShort(minutes: 60)  // an hour is left: what is still walked, and what is not
    print("照走 \(left.keep.count) · 改到明天 \(left.tomorrow.count) · 改天顺路 \(left.anotherDay.count)")
    try await butler.shutdown()
}
