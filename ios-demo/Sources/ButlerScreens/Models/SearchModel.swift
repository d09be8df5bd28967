import ButlerKit
import Foundation

/// A keypad for rooms, and what was found.
public struct SearchState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<SearchIntent>?
    public var sync: Press<SearchIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    public var typed: Typing<SearchIntent>?
    public var clear: Press<SearchIntent>?
    public var heading: String?
    public var hits: [SearchHit] = []
    public var none: String?
    /// The keys, row by row; none while letters are typed.
    public var keys: [KeyRow] = []
    public var rooms: Press<SearchIntent>?
}

public enum HitKind: Sendable {
    case home, person, `case`, other
}

/// Something found; what was typed stands between two parts of its title.
public struct SearchHit: Sendable {
    public let kind: HitKind
    public let before: String
    public let match: String
    public let after: String
    public let about: String
    public let badge: Badge?
    public let open: Press<SearchIntent>
}

public enum KeyLook: Sendable {
    case digit, delete, dash, letters, clear, scan, go
}

public struct KeyRow: Sendable {
    public let keys: [SearchKey]
}

public struct SearchKey: Sendable {
    public let look: KeyLook
    public let press: Press<SearchIntent>
}

public enum SearchIntent: Equatable, Sendable {
    case back
    case outbox
    case type(String)
    case key(Character)
    case delete
    case clear
    case letters(Bool)
    case go
    case scan
    /// Of somebody: at their home.
    case open(Kind, RecordId, home: RecordId?)
}

/// 房屋: of `search(typed)`; with nothing typed, the doors of today and what was opened last. Looked up for an errand, a home
/// leads to that, and nothing else is found.
@MainActor public final class SearchModel: Model {
    public let app: App
    public let life = Life(SearchState())
    private var typed = ""
    private var letters = false
    /// The place whose code was scanned: its homes stand here until something else is looked for.
    private var within: PlaceRow?
    private var opened: [RecordId] = []
    private var best: SearchIntent?
    private var problem: String?

    private let errand: Errand?

    public init(_ app: App, _ errand: Errand? = nil) {
        self.app = app
        self.errand = errand
    }

    public func act(_ intent: SearchIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .outbox: app.platform.go(.outbox)
        case .type(let text): (typed, within) = (text, nil)
        case .key(let key):
            typed.append(key)
            within = nil
        case .delete: typed = String(typed.dropLast())
        case .clear: (typed, within) = ("", nil)
        case .letters(let wanted): letters = wanted
        case .go: if let best { try await act(best) }
        case .scan: if let code = await app.platform.scan() { try await openScanned(app, code) }
        case .open(let kind, let record, let home): open(kind, record, kind == .home ? record : home)
        }
    }

    public func failed(_ words: String) { problem = words }

    private func open(_ kind: Kind, _ record: RecordId, _ home: RecordId?) {
        if let home { opened = Array(([home] + opened).unique().prefix(remembered)) }
        guard let errand else { return app.platform.go(home.map(Place.home) ?? placeOf(kind, record)) }
        guard let home else { return }
        // From there one does not come back to looking for a home.
        app.platform.back()
        switch errand {
        case .visit: app.platform.go(.visit(home))
        case .call: app.platform.go(.visit(home, byPhone: true))
        case .open(let workflow): app.platform.go(.form(.opening(workflow, home)))
        }
    }

    private func name(_ errand: Errand) async throws -> String {
        switch errand {
        case .visit: return app.words(.recordAVisit)
        case .call: return app.words(.recordACall)
        case .open(let workflow):
            let row = try await app.butler.office.procedures().first { $0.workflow == workflow }
            return row.map { app.words($0.title) } ?? ""
        }
    }

    private func isHome(_ hit: SearchHit) -> Bool {
        if case .open(let kind, _, let home) = hit.open.intent { kind == .home || home != nil } else { false }
    }

    public func read() async throws -> SearchState {
        let words = app.words
        if errand == nil, let place = app.taken({ if case .homes(let place) = $0 { place } else { nil } }) { (typed, within) = ("", place) }
        let today = try await app.butler.date()
        let walk = try await app.butler.today.walk(app.settings.now.hours)
        let query = typed.trimmed
        let homes = try await app.butler.homes.count()
        let all = query.isEmpty ? try await near(walk, today) : try await hits(query, walk, today)
        let hits = errand == nil ? all : all.filter { isHome($0) }
        best = hits.first?.open.intent
        let grids = try await app.butler.me().grids.map(\.name)
        let here = (grids + [words(.homes, ["count": homes])]).joined(separator: dot)
        let status = try await app.butler.status()
        let subtitle = if let errand { try await name(errand) } else { here }
        return SearchState(
            title: words(errand == nil ? .tabHomes : .whichHome),
            subtitle: subtitle,
            back: errand == nil ? nil : Press(words(.back), .back),
            sync: errand == nil ? Press(words(.syncNow), .outbox) : nil,
            syncBadge: errand == nil ? syncBadge(app, status) : nil,
            problem: problem,
            typed: Typing(words(.search), typed, hint: words(.searchHint)) { .type($0) },
            clear: typed.isEmpty && within == nil ? nil : Press(words(.clearIt), .clear),
            heading: !query.isEmpty || hits.isEmpty ? nil : within?.name ?? words(opened.isEmpty ? .doorsToday : .openedLast),
            hits: hits,
            none: !query.isEmpty && hits.isEmpty ? words(.noSuchHome) : nil,
            keys: letters ? [] : keys,
            rooms: letters ? Press(words(.roomKeys), .letters(false)) : nil)
    }

    private func hits(_ query: String, _ walk: DayWalk, _ today: Day) async throws -> [SearchHit] {
        var hits: [SearchHit] = []
        for row in try await app.butler.search(query, limit: mostHits) {
            hits.append(try await hit(row, query, walk, today))
        }
        return hits
    }

    /// The homes of the place that was scanned, else what was opened last, else the next doors of today.
    private func near(_ walk: DayWalk, _ today: Day) async throws -> [SearchHit] {
        let doors = walk.stops.flatMap(\.doors).filter(\.open).prefix(few).map(\.home)
        var there = opened.isEmpty ? doors : opened
        if let within { there = try await app.butler.homes.list(where: HomeFilter(place: within.id)).map(\.record.id) }
        var hits: [SearchHit] = []
        for door in there {
            if let hit = try await home(door, "", walk, today) { hits.append(hit) }
        }
        return hits
    }

    private func hit(_ row: SearchRow, _ query: String, _ walk: DayWalk, _ today: Day) async throws -> SearchHit {
        if row.kind == .home, let home = try await home(row.record, query, walk, today) { return home }
        let excerpt = row.found.first { !$0.excerpt.isEmpty }.map {
            $0.by == .phone ? app.words(.phoneTail, ["digits": $0.excerpt]) : $0.excerpt
        }
        let isPerson = row.kind == .resident
        let livesIn =
            isPerson ? try await found { try await app.butler.residents.details(row.record).resident }?.home : nil
        let kind: HitKind = isPerson ? .person : row.kind == .case ? .case : .other
        let title = marked(row.title, query)
        let about = [
            kind == .other ? app.words(kindWord(row.kind)) : nil,
            row.kind == .contact || row.kind == .round ? try await aboutHome(app, row.record) : nil,
            row.detail.isEmpty ? nil : row.detail, excerpt, row.state.map { app.words($0) },
        ]
        return SearchHit(
            kind: kind, before: title.before, match: title.match, after: title.after,
            about: about.compactMap { $0 }.joined(separator: dot), badge: nil,
            open: Press(row.title, .open(row.kind, row.record, home: livesIn)))
    }

    private func home(_ home: RecordId, _ query: String, _ walk: DayWalk, _ today: Day) async throws -> SearchHit? {
        let details = try await found { try await app.butler.homes.details(home) }
        guard let details else { return nil }
        let people = details.residents.map { app.called($0) }.filter { !$0.isEmpty }.prefix(mostPeople)
        let fields = try await app.butler.records.get(home).fields
        let state = fields.first { $0.path == statePath }.map { app.words($0.words) }
        let door = walk.stops.lazy.flatMap(\.doors).first { $0.home == home }
        let key = details.home.keyHeld == true ? Badge(.key, app.words(.keyHeld)) : nil
        let title = marked(details.title, query)
        return SearchHit(
            kind: .home, before: title.before, match: title.match, after: title.after,
            about: [people.isEmpty ? nil : app.words.list(Array(people)), state].compactMap { $0 }.joined(separator: dot),
            badge: door.flatMap { late($0, today) } ?? key,
            open: Press(details.title, .open(.home, home, home: nil)))
    }

    private func late(_ door: WalkDoor, _ today: Day) -> Badge? {
        let open = door.items.filter(\.isToDo)
        guard let days = open.map({ app.formats.days(from: $0.due, to: today) }).max(), days > 0 else { return nil }
        return Badge(.overdue, app.words(.late, ["days": days]))
    }

    /// Where what was typed stands in a title: as it is, or, of a room, as the beginning of its number.
    private func marked(_ title: String, _ query: String) -> (before: String, match: String, after: String) {
        if !query.allSatisfy(\.isDigit), let place = title.range(of: query) {
            return (String(title[..<place.lowerBound]), query, String(title[place.upperBound...]))
        }
        let (room, digits) = (title.digitsAtEnd, query.digitsAtEnd)
        let match = digits.indices.lazy.map { digits[$0...] }.first { room.hasPrefix($0) }
        guard let match else { return (title, "", "") }
        return (String(title.dropLast(room.count)), String(match), String(room.dropFirst(match.count)))
    }

    private var keys: [KeyRow] {
        let words = app.words
        func digit(_ key: Character) -> SearchKey { SearchKey(look: .digit, press: Press("\(key)", .key(key))) }
        return [
            KeyRow(keys: [
                digit("1"), digit("2"), digit("3"), SearchKey(look: .delete, press: Press(words(.deleteOne), .delete)),
            ]),
            KeyRow(keys: [digit("4"), digit("5"), digit("6"), SearchKey(look: .dash, press: Press("-", .key("-")))]),
            KeyRow(keys: [
                digit("7"), digit("8"), digit("9"),
                SearchKey(look: .letters, press: Press(words(.letterKeys), .letters(true))),
            ]),
            KeyRow(keys: [
                SearchKey(look: .clear, press: Press(words(.clearIt), .clear)), digit("0"),
                errand == nil ? SearchKey(look: .scan, press: Press(words(.scan), .scan)) : nil,
                SearchKey(
                    look: .go, press: Press(words(.searchGo), .go, locked: best == nil ? words(.foundNothing) : nil)),
            ].compactMap { $0 }),
        ]
    }
}

private let statePath = "state"
private let mostHits = 20
private let remembered = 10
private let few = 5
private let mostPeople = 2

extension Character {
    /// A digit as one types it; `五` is a number, but none of these.
    fileprivate var isDigit: Bool { unicodeScalars.allSatisfy { $0.properties.numericType == .decimal } }
}

extension String {
    fileprivate var digitsAtEnd: Substring { suffix(reversed().prefix(while: \.isDigit).count) }
}
