import ButlerKit
import Foundation

/// A number one may call, and whose it is.
struct Callable {
    let person: RecordId
    let phone: PartId
    let number: String
}

/// What the people of a home asked for: whether they may be called and called on, and when they like it.
@MainActor struct Reach {
    private let app: App
    private let people: [(id: RecordId, resident: Resident)]

    init(_ app: App, _ people: [(id: RecordId, resident: Resident)]) {
        self.app = app
        self.people = people
    }

    /// The first number of somebody who did not ask not to be called.
    var call: Callable? {
        people.filter { $0.resident.noCalls != true }.lazy.compactMap { person in
            person.resident.phones.lazy.compactMap { phone in
                phone.number.map { Callable(person: person.id, phone: phone.id, number: $0) }
            }.first
        }.first
    }

    /// Everybody here asked not to be visited.
    var noVisits: Bool { !people.isEmpty && people.allSatisfy { $0.resident.noVisits == true } }

    /// The times of day somebody here likes.
    var preferred: [String] { people.compactMap { $0.resident.preferredTime?.code } }

    /// Nobody is left alone all day long.
    private var avoided: [String] { people.compactMap { $0.resident.avoidTime?.code }.filter { $0 != TimeOfDay.any } }

    /// Nobody asked to be left alone then.
    func allows(_ at: Date) -> Bool { !avoided.contains { isAt(at, $0) } }

    /// It is when somebody likes it, where anybody said that.
    func suits(_ at: Date) -> Bool { allows(at) && (preferred.isEmpty || preferred.contains { isAt(at, $0) }) }

    /// Who asked not to be visited, in words; nil where nobody did.
    var unwelcome: String? {
        let asked = people.filter { $0.resident.noVisits == true }
        if asked.isEmpty { return nil }
        if noVisits { return app.words(.noVisits) }
        return app.words.list(asked.map { app.called($0.id, $0.resident) }) + dot + app.words(.noVisits)
    }

    /// What is known of how and when each of them may be reached.
    var known: [String] {
        people.compactMap { id, resident in
            let known = [
                resident.preferredTime.map { app.words($0.label) },
                resident.avoidTime.map { app.words(.notAt, ["time": app.words($0.label)]) },
                resident.visitHint,
                resident.noCalls == true ? app.words(.noCalls) : nil,
                resident.noVisits == true ? app.words(.noVisits) : nil,
            ].compactMap { $0 }
            if known.isEmpty { return nil }
            return app.words(
                .noted, ["name": app.called(id, resident), "what": known.joined(separator: app.words(.between))])
        }
    }

    /// What stands in the way of a call, where nobody may be called.
    var noCalls: String? { call == nil && people.contains { $0.resident.noCalls == true } ? app.words(.noCalls) : nil }

    private func isAt(_ at: Date, _ time: String) -> Bool {
        let hour = app.formats.minuteOfDay(at) / 60
        return switch time {
        case TimeOfDay.morning: hour < 11
        case TimeOfDay.noon: (11...13).contains(hour)
        case TimeOfDay.afternoon: (14...17).contains(hour)
        case TimeOfDay.evening: hour >= 18
        case TimeOfDay.weekend: app.formats.weekdayNumber(app.formats.day(at)) > friday
        default: time == TimeOfDay.any
        }
    }
}

@MainActor func reach(_ app: App, _ people: [ResidentRow]) async throws -> Reach {
    var known: [(id: RecordId, resident: Resident)] = []
    for row in people { known.append((row.record.id, try await app.butler.residents.details(row.record.id).resident)) }
    return Reach(app, known)
}

/// When to try again: evenings, when people are at home, a morning, and when somebody here likes it; never in the night nor when
/// somebody asked to be left alone, and only what is still to come.
@MainActor func timesAgain(_ app: App, _ at: Date, _ reach: Reach) -> [Date] {
    let formats = app.formats
    let today = formats.day(at)
    let days = (1...7).map { formats.day(today, plus: $0) }
    let tomorrow = days[0]
    let working = days.dropFirst().first { formats.weekdayNumber($0) <= friday } ?? tomorrow
    let weekend = days.first { formats.weekdayNumber($0) > friday } ?? tomorrow
    let usual = [today, tomorrow, working].map { formats.at($0, minute: usualEvening) } + [formats.at(tomorrow, minute: usualMorning)]
    let liked = reach.preferred.compactMap { time -> Date? in
        switch time {
        case TimeOfDay.noon: formats.at(tomorrow, minute: usualNoon)
        case TimeOfDay.afternoon: formats.at(tomorrow, minute: usualAfternoon)
        case TimeOfDay.weekend: formats.at(weekend, minute: usualMorning)
        default: nil
        }
    }
    let times = (usual + liked).unique().filter { $0 > at }
    let allowed = times.filter { reach.allows($0) }
    return allowed.isEmpty ? times : allowed
}

/// Times to try again, to choose one of.
@MainActor func againChips<Intent: Sendable>(
    _ app: App, _ times: [Date], today: Day, chosen: Date?, _ intent: (Date) -> Intent
) -> [Chip<Intent>] {
    times.map { Chip(Press(app.formats.nearTime($0, today: today).capitalisedFirst, intent($0)), chosen: $0 == chosen) }
}

/// The one to begin with: the usual one, unless another one suits better.
@MainActor func timeAgain(_ times: [Date], usual: Date, _ reach: Reach) -> Date {
    if times.contains(usual) && reach.suits(usual) { return usual }
    return times.first { reach.suits($0) } ?? (times.contains(usual) ? usual : times.first ?? usual)
}

/// Minutes since midnight: before and after it nobody is called on.
let daytime = (8 * 60)...(21 * 60)

/// When people are at home: minutes since midnight.
let usualEvening = 18 * 60 + 30

private let usualMorning = 9 * 60 + 30
private let usualNoon = 12 * 60 + 30
private let usualAfternoon = 15 * 60
private let friday = 5
