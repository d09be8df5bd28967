import ButlerKit
import Foundation

/// One disagreement with both sides, and the next one.
public struct ConflictState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<ConflictIntent>?
    public var problem: String?
    public var subject = ""
    public var field = ""
    public var badge: Badge?
    public var sides: [Side] = []
    public var before: Before?
    public var another: Press<ConflictIntent>?
    public var note: Typing<ConflictIntent>?
    public var nextTitle: String?
    public var next: NextConflict?
    /// Why it is not mine to decide.
    public var whose: String?
    public var empty: Empty<ConflictIntent>?
    public var leave: Press<ConflictIntent>?
    public var decide: Press<ConflictIntent>?
    public var snack: Snack<ConflictIntent>?
}

/// One answer: what, by whom, when, and what they wrote with it.
public struct Side: Sendable {
    public let standing: String
    public let value: String
    public let by: String
    public let at: String
    public let with: String?
    public let choose: Chip<ConflictIntent>
}

/// What stood there before.
public struct Before: Sendable {
    public let text: String
    public let about: String
    public let open: Press<ConflictIntent>
}

/// The disagreement after this one.
public struct NextConflict: Sendable {
    public let subject: String
    public let field: String
    public let sides: [NextSide]
    public let open: Press<ConflictIntent>
}

/// One answer of it in short.
public struct NextSide: Sendable {
    public let standing: String
    public let value: String
    public let by: String
    public let with: String?
}

public enum ConflictIntent: Equatable, Sendable {
    case back
    case choose(Int)
    case history
    case another
    case note(String)
    case leave
    case decide
    case undo
}

/// 两种说法: of `conflicts`, one after the other. Both answers stay in the history whatever is decided.
@MainActor public final class ConflictModel: Model {
    public let app: App
    public let life = Life(ConflictState())
    private let about: RecordId?
    /// Which one is shown; the one that was asked for is looked up at first.
    private var at: Int?
    private var chosen = 0
    private var note = ""
    /// Which disagreement the note is about, and the form it is handed in with.
    private var noted: RecordId?
    private var form: Submission?
    private var shown: Conflict?
    /// What was decided, and of which record: its history gives the other answer back.
    private var decided: (record: RecordId, words: String)?
    /// What each colleague is here.
    private var roles: [StaffId: String] = [:]
    private var me: Me?
    private var problem: String?

    public init(_ app: App, _ about: RecordId? = nil) {
        self.app = app
        self.about = about
    }

    public func act(_ intent: ConflictIntent) async throws {
        problem = nil
        if intent != .undo { decided = nil }
        switch intent {
        case .back: app.platform.back()
        case .choose(let side): chosen = side
        case .history: if let shown { app.platform.go(.history(shown.record)) }
        case .another: if let shown { app.platform.go(placeOf(shown.kind, shown.record)) }
        case .note(let text): try await note(text)
        case .leave:
            at = (at ?? 0) + 1
            begin()
        case .decide: try await decide()
        case .undo: if let decided { app.platform.go(.history(decided.record)) }
        }
    }

    public func failed(_ words: String) { problem = words }

    /// Nothing is chosen or written about a disagreement one comes to.
    private func begin() { (chosen, note, noted, form) = (0, "", nil, nil) }

    private func note(_ text: String) async throws {
        guard let conflict = shown else { return }
        note = text
        let form: Submission
        if let begun = self.form { form = begun } else { form = try await app.butler.submission(over: conflict.shown) }
        self.form = form
        try await jot(app, form, noteDraft, about: conflict.record, text)
    }

    /// What was typed about this one before.
    private func take(_ conflict: Conflict) async throws {
        if noted == conflict.record { return }
        let kept = try await jotted(app, noteDraft, about: conflict.record)
        (noted, note, form) = (conflict.record, kept?.note ?? "", kept?.submission)
    }

    private func decide() async throws {
        guard let conflict = shown else { return }
        let form: Submission
        if let begun = self.form { form = begun } else { form = try await app.butler.submission(over: conflict.shown) }
        let butler = try app.butler.submitting(form)
        let today = try await app.butler.date()
        let value: Label
        switch conflict.about {
        case .field(let path, _, let claims):
            guard claims.indices.contains(chosen) else { return }
            try await butler.conflicts.resolve(conflict.record, path: path, value: claims[chosen].value)
            value = claims[chosen].words
        case .steps(let counts, let lost):
            let (keep, over) = chosen == 0 ? (counts, lost) : (lost, counts)
            try await butler.cases.resolve(conflict.record, keep: keep.event, over: [over.event], note: note.trimmed)
            value = keep.step
        }
        let words = app.words(.decided, ["subject": conflict.subject, "value": app.formats.say(value, today: today)])
        decided = (conflict.record, words)
        try await app.butler.drafts.discard(form.id)
        app.platform.recorded()
        begin()
    }

    public func read() async throws -> ConflictState {
        let words = app.words
        let all = try await app.butler.conflicts.list()
        let today = try await app.butler.date()
        let back = Press(words(.back), ConflictIntent.back)
        let snack = decided.map { Snack($0.words, undo: Press(words(.history), ConflictIntent.undo)) }
        guard !all.isEmpty else {
            shown = nil
            return ConflictState(
                title: words(.conflicts), back: back, problem: problem,
                empty: Empty(words(.noConflicts), words(.noConflictsAbout)), snack: snack)
        }
        let first = at ?? all.firstIndex { $0.record == self.about } ?? 0
        at = first
        let place = first % all.count
        let conflict = all[place]
        shown = conflict
        try await take(conflict)
        // Who decides instead; nil for whoever may.
        let whose = conflict.decidedBy.map { words(.decidedBy, ["whose": words($0)]) }
        let record = conflict.record
        let history = try await found { try await app.butler.records.history(record) } ?? []
        roles = try await ButlerScreens.roles(app)
        me = try await app.butler.me()
        let sides = try await sides(conflict, history, today, whose)
        let more = all.count > 1
        return ConflictState(
            title: words(.conflicts),
            subtitle: words(.conflictOf, ["number": place + 1, "count": all.count]),
            back: back,
            problem: problem,
            subject: try await head(conflict),
            field: field(conflict),
            badge: Badge(.conflict, words(.toBeDecided)),
            sides: sides,
            before: before(conflict, history, today),
            another: whose == nil && conflict.about.isField ? Press(words(.neitherIsRight), .another) : nil,
            note: whose != nil || conflict.about.isField
                ? nil : Typing(words(.whyDecided), note, hint: words(.mayBeEmpty)) { .note($0) },
            nextTitle: more ? words(.nextOne) : nil,
            next: more ? try await next(all[(place + 1) % all.count], today) : nil,
            whose: whose,
            leave: Press(words(.leaveIt), more ? .leave : .back),
            decide: whose == nil && sides.indices.contains(chosen)
                ? Press(words(.useThis, ["value": sides[chosen].value]), .decide) : nil,
            snack: snack)
    }

    /// Where it is, and what it is.
    private func head(_ conflict: Conflict) async throws -> String {
        var (at, kind) = (conflict.subject, app.words(kindWord(conflict.kind)))
        if conflict.kind == .case {
            at = ""
            if let details = try await found({ try await app.butler.cases.details(conflict.record) }) {
                kind = app.words(details.workflow)
                if let about = details.about.first { at = try await homeTitle(app, about) ?? "" }
            }
        }
        return [at, kind].filter { !$0.isEmpty }.joined(separator: dot)
    }

    private func field(_ conflict: Conflict) -> String {
        switch conflict.about {
        case .field(_, let label, _): app.words(label)
        case .steps: conflict.subject
        }
    }

    private func sides(
        _ conflict: Conflict, _ history: [HistoryRow], _ today: Day, _ whose: String?
    ) async throws -> [Side] {
        switch conflict.about {
        case .field(let path, _, let claims):
            return claims.enumerated().map { index, claim in
                side(
                    index, index == 0 ? .shownMeanwhile : .anotherOne, app.formats.say(claim.words, today: today), who(claim.by, claim.byName),
                    phone(claim.by, claim.device), claim.at, with(claim, path, history, today), today, whose)
            }
        case .steps(let counts, let lost):
            let made = try await found { try await app.butler.cases.details(conflict.record).steps } ?? []
            return [counts, lost].enumerated().map { index, claim in
                let told = made.first { $0.event == claim.event }?.said.prefix(mostWith) ?? []
                let said = told.map { app.formats.say($0.words, today: today) }
                let with = app.words.list((claim.note.isBlank ? [] : [claim.note]) + said)
                return side(
                    index, index == 0 ? .countsMeanwhile : .doesNotCount, app.words(claim.step), who(claim.by, claim.byName),
                    phone(claim.by, claim.device), claim.at, with.isEmpty ? nil : with, today, whose)
            }
        }
    }

    private func who(_ staff: StaffId, _ name: String) -> String { [name, roles[staff]].compactMap { $0 }.joined(separator: " ") }

    /// Which phone it was written on, as far as this one can tell: what phones are called only the office knows.
    private func phone(_ by: StaffId, _ device: DeviceId) -> String? {
        if device == me?.device { return app.words(.thisPhone) }
        return by == me?.staff ? app.words(.otherPhone) : nil
    }

    private func side(
        _ index: Int, _ standing: Word, _ value: String, _ by: String, _ phone: String?, _ at: Date, _ with: String?,
        _ today: Day, _ whose: String?
    ) -> Side {
        let choose = Press(app.words(.chooseSide, ["value": value]), ConflictIntent.choose(index), locked: whose)
        let when = [app.formats.nearTime(at, today: today).capitalisedFirst, phone].compactMap { $0 }
        return Side(
            standing: app.words(standing), value: value, by: by, at: when.joined(separator: app.words(.between)), with: with,
            choose: Chip(choose, chosen: index == chosen))
    }

    /// What was written in the same edit, which often says why.
    private func with(_ claim: Claim, _ path: String, _ history: [HistoryRow], _ today: Day) -> String? {
        let edit = history.last { row in
            row.by == claim.by && row.at == claim.at && row.changes.contains { $0.path == path }
        }
        let others = (edit?.changes ?? []).filter { $0.path != path }.compactMap { change in
            change.toWords.map {
                app.words(.said, ["what": app.words(change.label), "words": app.formats.say($0, today: today)])
            }
        }
        return others.isEmpty ? nil : app.words.list(Array(others.prefix(mostWith)))
    }

    private func before(_ conflict: Conflict, _ history: [HistoryRow], _ today: Day) -> Before? {
        guard case .field(let path, _, let claims) = conflict.about else { return nil }
        let change = history.flatMap(\.changes).last { change in
            change.path == path && claims.contains { $0.value == change.to }
        }
        guard let change else { return nil }
        let former = change.fromWords.map { app.formats.say($0, today: today) }.joined(separator: app.words(.or))
        return Before(
            text: change.fromWords.isEmpty ? app.words(.nothingBefore) : app.words(.beforeWas, ["value": former]),
            about: app.words(.neitherSaw),
            open: Press(app.words(.history), .history))
    }

    private func next(_ conflict: Conflict, _ today: Day) async throws -> NextConflict {
        let record = conflict.record
        let history = try await found { try await app.butler.records.history(record) } ?? []
        let sides = try await sides(conflict, history, today, nil).map { side in
            NextSide(standing: side.standing, value: side.value, by: [side.by, side.at].joined(separator: "\n"), with: side.with)
        }
        return NextConflict(
            subject: try await head(conflict), field: field(conflict), sides: sides,
            open: Press(app.words(.lookAtIt), .leave))
    }
}

/// What a draft of a reason is called.
let noteDraft = "conflict.note"

/// So much of what was written with an answer is shown.
private let mostWith = 2

extension ConflictKind {
    /// Two answers to one question; else two steps of a case.
    fileprivate var isField: Bool {
        if case .field = self { true } else { false }
    }
}
