import ButlerKit
import Foundation

/// Every edit, and the record as it was after one of them.
public struct HistoryState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<HistoryIntent>?
    public var problem: String?
    public var archived: ArchivedLine<HistoryIntent>?
    public var slider: TimeSlider?
    public var thenTitle = ""
    public var then = ""
    public var photosTitle: String?
    public var photos: [Photo<HistoryIntent>] = []
    public var edits: [EditLine] = []
    public var hidden: String?
    public var empty: Empty<HistoryIntent>?
    public var only: Press<HistoryIntent>?
    public var open: Press<HistoryIntent>?
    public var asWas: AsWas?
    /// Takes it out of all lists, for whoever oversees others.
    public var archive: Press<HistoryIntent>?
}

/// The edits as stops on a line, the chosen one and its day.
public struct TimeSlider: Sendable {
    public let title: String
    public let day: String
    public let first: String
    public let last: String
    public let stops: [Chip<HistoryIntent>]
}

/// One edit: who, when, and what changed.
public struct EditLine: Sendable {
    public let by: String
    public let at: String
    public let clock: String?
    public let chosen: Bool
    public let changes: [ChangeLine]
    public let more: String?
    public let go: Press<HistoryIntent>
}

public struct ChangeLine: Sendable {
    public let field: String
    public let from: String?
    public let to: String
}

/// The record as it read then; it cannot be changed.
public struct AsWas: Sendable {
    public let frame: String
    public let now: Press<HistoryIntent>
    public let fields: [ThenField]
    public let note: String?
}

public struct ThenField: Sendable {
    public let field: String
    public let value: String
}

public enum HistoryIntent: Equatable, Sendable {
    case back
    case go(Int)
    case only
    case open
    case now
    case archive
    case restore
    case look(PhotosAt)
}

/// 经过: of `records.history` and `records.at`.
@MainActor public final class HistoryModel: Model {
    public let app: App
    public let life = Life(HistoryState())
    private let record: RecordId
    private var at: Int?
    private var fieldsOnly = false
    private var opened = false
    private var problem: String?

    public init(_ app: App, _ record: RecordId) {
        self.app = app
        self.record = record
    }

    public func act(_ intent: HistoryIntent) async throws {
        problem = nil
        switch intent {
        case .back: if opened { opened = false } else { app.platform.back() }
        case .go(let edit): at = edit
        case .only: fieldsOnly.toggle()
        case .open: opened = true
        case .now: opened = false
        case .archive: app.recorded(app.words(.archivedNow), [try await app.butler.records.archive(record)])
        case .restore: try await ButlerScreens.restore(app, record)
        case .look(let at): app.platform.go(.photo(at))
        }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> HistoryState {
        let words = app.words
        let back = Press(words(.back), HistoryIntent.back)
        let rows = try await found { try await app.butler.records.history(record) } ?? []
        let history = rows.sorted { $0.at < $1.at }
        guard let newest = history.indices.last else {
            return HistoryState(title: words(.history), back: back, empty: Empty(words(.errorNotFound), ""))
        }
        let today = try await app.butler.date()
        let now = try await app.butler.records.get(record)
        let chosen = min(max(at ?? newest, 0), newest)
        let then = try await app.butler.records.at(record, history[chosen].change)
        let shown = history.indices.reversed().filter { edit in
            !fieldsOnly || history[edit].changes.contains { isField($0) }
        }
        let photos = try await app.butler.photos.of(record).map(\.photo)
        let unreadable = history.filter(\.changes.isEmpty).count
        var mayArchive = try await overlooks(app)
        if mayArchive { mayArchive = try await ButlerScreens.mayArchive(app, now.kind) }
        return HistoryState(
            title: words(.historyOf, ["subject": try await subject(now)]),
            subtitle: words(.historyAbout),
            back: back,
            problem: problem,
            archived: try await archivedLine(app, now, restore: .restore),
            slider: slider(history, chosen, today),
            thenTitle: words(.then),
            then: inOneLine(then, today),
            photosTitle: photos.isEmpty ? nil : words(.photosOf),
            photos: app.strip(photos) { .look($0) },
            edits: shown.map { edit(history[$0], $0, chosen: $0 == chosen, today) },
            hidden: unreadable == 0 ? nil : words(.notYoursToSee, ["count": unreadable]),
            only: Press(words(fieldsOnly ? .showAll : .onlyFields), .only),
            open: Press(words(.openThen), .open),
            asWas: opened ? asWas(then, history[chosen], today) : nil,
            archive: now.lifecycle == .live && mayArchive ? Press(words(.archive), .archive) : nil)
    }

    private func subject(_ now: RecordDetails) async throws -> String {
        let (butler, words, kind) = (app.butler, app.words, app.words(kindWord(now.kind)))
        let subject: String? =
            switch now.kind {
            case .home: try await homeTitle(app, record)
            case .resident: try await found { app.called(record, try await butler.residents.details(record).resident) }
            case .case: try await found { try await butler.cases.details(record).case.title ?? "" }
            case .entry:
                try await found {
                    words(try await butler.registers.form(try await butler.registers.details(record).form).title)
                }
            case .contact, .round: try await aboutHome(app, record).map { "\($0) \(kind)" }
            }
        return subject ?? kind
    }

    private func slider(_ history: [HistoryRow], _ chosen: Int, _ today: Day) -> TimeSlider {
        let step = history.count <= mostStops ? 1 : history.count / mostStops + 1
        let stops = history.indices.filter { $0 == chosen || $0 % step == 0 || $0 == history.count - 1 }
        return TimeSlider(
            title: app.words(.seeThen),
            day: app.formats.nearTime(history[chosen].at, today: today).capitalisedFirst,
            first: app.formats.near(app.formats.day(history[0].at), today: today).capitalisedFirst,
            last: app.words(.dayToday).capitalisedFirst,
            stops: stops.map {
                Chip(Press(app.formats.nearTime(history[$0].at, today: today), .go($0)), chosen: $0 == chosen)
            })
    }

    /// The record as it read then, as much as one line tells.
    private func inOneLine(_ then: RecordDetails, _ today: Day) -> String {
        let asked = toldFirst.compactMap { path in then.fields.first { $0.path == path } }
        let said = asked.isEmpty ? Array(then.fields.filter { isTold($0.path) }.prefix(few)) : asked
        let words = said.map { app.words(.fieldIs, ["field": app.words($0.label), "value": app.formats.say($0.words, today: today)]) }
        return words.isEmpty ? app.words(.nothingWritten) : words.joined(separator: app.words(.between))
    }

    private func edit(_ row: HistoryRow, _ index: Int, chosen: Bool, _ today: Day) -> EditLine {
        let words = app.words
        let changes = row.changes.filter { isTold($0.path) && (!fieldsOnly || isField($0)) }
        let short = !chosen && changes.count > few + 1
        return EditLine(
            // Who imported it is none of the staff.
            by: row.byName == row.by.value ? words(.theOffice) : row.byName,
            at: at(row, today),
            clock: clock(row),
            chosen: chosen,
            changes: changes.prefix(short ? few : changes.count).map { change($0, today) },
            more: short ? words(.moreChanges, ["count": changes.count - few]) : nil,
            go: Press(words(.seeThen), .go(index)))
    }

    /// When it was, and when the office got it, where that was later.
    private func at(_ row: HistoryRow, _ today: Day) -> String {
        let formats = app.formats
        let time = formats.nearTime(row.at, today: today).capitalisedFirst
        guard let received = row.received else { return app.words(.atUnsent, ["time": time]) }
        if received.timeIntervalSince(row.at) <= soon { return time }
        let sameDay = formats.day(received) == formats.day(row.at)
        let sent = sameDay ? formats.time(received) : formats.nearTime(received, today: today)
        return app.words(.atSent, ["time": time, "sent": sent])
    }

    /// How wrong the clock of the phone was; nil where it was right.
    private func clock(_ row: HistoryRow) -> String? {
        let off = abs(row.deviceTime.timeIntervalSince(row.at))
        if off < soon { return nil }
        if off < hours { return app.words(.clockOff, ["off": app.formats.minutes(Int(off / 60))]) }
        return app.words(.clockOffDays, ["days": Int(off / 86_400)])
    }

    /// Which procedure a record follows, in which version, is for machines.
    private func isTold(_ path: String) -> Bool { !forMachines.contains(path) && !path.hasPrefix(aboutPath) }

    /// Not the note, and nothing that only happened.
    private func isField(_ change: HistoryChange) -> Bool { change.path != notePath && !change.path.hasPrefix(eventPath) }

    private func change(_ change: HistoryChange, _ today: Day) -> ChangeLine {
        let from = change.fromWords.map { app.formats.say($0, today: today) }.filter { !$0.isEmpty }
        let to = change.toWords.map { app.formats.say($0, today: today) } ?? ""
        return ChangeLine(
            field: app.words(change.label),
            from: from.isEmpty ? nil : from.joined(separator: app.words(.orElse)),
            to: to.isEmpty ? app.words(.cleared) : to)
    }

    private func asWas(_ then: RecordDetails, _ row: HistoryRow, _ today: Day) -> AsWas {
        AsWas(
            frame: app.words(.asItWas, ["time": app.formats.nearTime(row.at, today: today)]),
            now: Press(app.words(.backToNow), .now),
            fields: then.fields.filter { isTold($0.path) }.map { field in
                let values = [field.words] + field.others.map(\.words)
                let said = values.map { app.formats.say($0, today: today) }
                return ThenField(field: app.words(field.label), value: said.joined(separator: app.words(.orElse)))
            },
            note: then.note.isBlank ? nil : then.note)
    }
}

private let notePath = "note"
private let eventPath = "event/"
private let forMachines: Set<String> = ["playbook", "version", "due"]
private let mostStops = 12
private let few = 4
/// Of a home and a person: what one asks first.
private let toldFirst = ["layout", "state", "owner_state", "people", "name", "role", "title", "outcome", "summary"]
/// Ten minutes: what comes within them is at once.
private let soon: TimeInterval = 600
/// So long a difference of clocks is told in hours.
private let hours: TimeInterval = 48 * 3_600
