import ButlerKit
import Foundation

/// Something urgent the phone is to ring for; unless `aloud` it says so in silence.
public struct Ring: Equatable, Sendable {
    public let item: DueId
    public let at: Date
    public let title: String
    public let text: String
    public var aloud = true
}

extension Ring {
    private static let key = "item"

    /// What a notice of it carries.
    public var carried: [String: String] { [Self.key: item.value] }

    /// What a notice is about, by what it carries; nil for one of something else.
    public static func item(carried: [AnyHashable: Any]) -> DueId? { (carried[key] as? String).map { DueId(value: $0) } }
}

/// Rings.
@MainActor public protocol Bell: AnyObject {
    /// Rings at these times and at no others.
    func set(_ rings: [Ring])
}

/// Has the phone ring for what is urgent: at half of its time, and when that is over. What was done meanwhile rings no more.
@MainActor public final class Ringing {
    private let butler: Butler
    private let words: Words
    private let settings: SettingsKeeper
    private let bell: any Bell
    private let now: @Sendable () -> Date
    /// How it was settled when it was last told.
    private var aloud = true

    public init(
        _ butler: Butler, _ words: Words, _ settings: SettingsKeeper, _ bell: any Bell, now: @escaping @Sendable () -> Date = { .now }
    ) {
        (self.butler, self.words, self.settings, self.bell, self.now) = (butler, words, settings, bell, now)
    }

    /// As long as the butler is open: at once, after every change, and when ringing is settled otherwise.
    public func run() async {
        let (changes, settled) = (butler.changes(), settings.changes())
        await tell()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await _ in changes { await self.tell() }
                } catch {
                    // A butler that is shut tells of nothing any more.
                }
            }
            group.addTask { for await _ in settled { await self.tellIfSettledOtherwise() } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Not every setting is about ringing.
    private func tellIfSettledOtherwise() async {
        if settings.now.ringing != aloud { await tell() }
    }

    private func tell() async {
        aloud = settings.now.ringing
        // Nobody's phone yet: nothing is due.
        bell.set((try? await rings()) ?? [])
    }

    /// What is still to ring for.
    public func rings() async throws -> [Ring] {
        var rings: [Ring] = []
        for item in try await butler.today.list().items
        where item.urgency == .urgent && item.isToDo {
            rings += try await self.rings(item)
        }
        return rings
    }

    private func rings(_ item: TodayItem) async throws -> [Ring] {
        guard let due = item.dueAt else { return [] }
        let formats = Formats(words)
        var times = [due]
        if let id = item.case, let since = try await butler.cases.details(id).steps.first?.at {
            times.insert(since.addingTimeInterval(due.timeIntervalSince(since) / 2), at: 0)
        }
        let now = now()
        return times.filter { $0 > now }.map { at in
            let said = at < due ? formats.clock(due, now: at) : words(.timeIsUp)
            return Ring(
                item: item.id, at: at, title: words(item.title),
                text: [item.subject, said].filter { !$0.isEmpty }.joined(separator: dot), aloud: settings.now.ringing)
        }
    }
}
