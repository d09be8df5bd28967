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
    for try await today in butler.today() {
        guard let due = today.items.first(where: { $0.begin == .checklist(checklist: patrol) }), let place = due.place else { break }
        let round = try await butler.rounds.start(patrol, at: place, due: due.id).record
        for point in try await butler.rounds.details(round).points {
            try await butler.rounds.checkIn(round, at: point.id, proof: .distance(metres: 6))
        }
        break
    }

    if let home = try await butler.homes.find("1-1-501").first?.record {
        let form = try await butler.submission(over: butler.homes.details(home).shown)  // a form opens over what is shown
        try await butler.submitting(form).homes.edit(home) { $0.ownerState = .elsewhere }  // what is not set is not written
    }
    try await butler.shutdown()
}
