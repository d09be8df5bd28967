import ButlerKit

/// Why, everything that was meant, and what to do with it.
public struct RejectedState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<RejectedIntent>?
    public var problem: String?
    public var subject = ""
    public var field = ""
    public var badge: Badge?
    public var reason = ""
    public var reasonAbout = ""
    public var meantTitle: String?
    public var meant: [TouchLine] = []
    public var adviceTitle: String?
    public var advice: String?
    public var empty: Empty<RejectedIntent>?
    public var dismiss: Press<RejectedIntent>?
    public var resend: Press<RejectedIntent>?
    public var sheet: DismissSheet?
}

/// One thing that was meant, with a tick; `bad` is what the reason is about.
public struct TouchLine: Sendable {
    public let about: String
    public let bad: Bool
    public let tick: Chip<RejectedIntent>
}

/// Asked once before it is put away.
public struct DismissSheet: Sendable {
    public let title: String
    public let about: String
    public let keep: Press<RejectedIntent>
    public let dismiss: Press<RejectedIntent>
}

public enum RejectedIntent: Equatable, Sendable {
    case back
    case tick(Int)
    case askDismiss
    case keep
    case dismiss
    case resend
}

/// 被退回: of `rejected.list`, one edit. What the reason is about is not sent again unless it is ticked.
@MainActor public final class RejectedModel: Model {
    public let app: App
    public let life = Life(RejectedState())
    private let change: ChangeHash
    private var ticked: Set<Int>?
    private var asking = false
    private var problem: String?

    public init(_ app: App, _ change: ChangeHash) {
        self.app = app
        self.change = change
    }

    public func act(_ intent: RejectedIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .tick(let touch): ticked = (ticked ?? []).symmetricDifference([touch])
        case .askDismiss: asking = true
        case .keep: asking = false
        case .dismiss:
            try await app.butler.rejected.dismiss(change)
            asking = false
            app.platform.back()
        case .resend: try await resend()
        }
    }

    public func failed(_ words: String) { problem = words }

    private func resend() async throws {
        guard let row = try await app.butler.rejected.list().first(where: { $0.change == change }) else { return }
        let chosen = row.meant.enumerated().filter { ticked?.contains($0.offset) == true }.map(\.element)
        let butler = try app.butler.submitting(try await app.butler.submission(over: row.shown))
        try await butler.rejected.resend(change, corrected: chosen.count == row.meant.count ? nil : chosen)
        app.platform.recorded()
        app.platform.back()
    }

    public func read() async throws -> RejectedState {
        let words = app.words
        let back = Press(words(.back), RejectedIntent.back)
        let all = try await app.butler.rejected.list()
        guard let row = all.first(where: { $0.change == change }) else {
            return RejectedState(
                title: words(.stateRejected), back: back, problem: problem,
                empty: Empty(words(.nothingRejected), words(.nothingRejectedAbout)))
        }
        let today = try await app.butler.date()
        let mayAct = row.fate == .rejected || row.fate == .quarantined
        let bad = Set(row.meant.indices.filter { row.meant[$0].path == row.path })
        let chosen = ticked ?? Set(row.meant.indices).subtracting(bad)
        ticked = chosen
        let field = row.disputed.map { words($0.label) }
        let subject = [row.subject, words(kindWord(row.kind))].filter { !$0.isEmpty }
        let advises = mayAct && !bad.isEmpty
        return RejectedState(
            title: words(.stateRejected),
            subtitle: words(.rejectedAbout, ["count": all.count]),
            back: back,
            problem: problem,
            subject: subject.joined(separator: dot),
            field: field ?? words(kindWord(row.kind)),
            badge: fateBadge(app, row.fate),
            reason: words(row.reason),
            reasonAbout: words(.rejectedAt, ["time": app.formats.nearTime(row.at, today: today)]),
            meantTitle: row.meant.isEmpty ? nil : words(.meant, ["count": row.meant.count]),
            meant: row.meant.enumerated().map { index, touch in
                self.touch(index, touch, bad: bad.contains(index), ticked: chosen.contains(index), mayAct: mayAct)
            },
            adviceTitle: advises ? words(.adviceTitle, ["field": field ?? ""]) : nil,
            advice: advises ? words(.advice) : mayAct ? nil : words(.goesByItself),
            dismiss: mayAct ? Press(words(.doNotSend), .askDismiss) : nil,
            resend: mayAct ? resend(row, chosen, bad) : nil,
            sheet: asking ? sheet : nil)
    }

    private func touch(_ index: Int, _ touch: TouchRow, bad: Bool, ticked: Bool, mayAct: Bool) -> TouchLine {
        let words = app.words
        let said =
            switch touch.change {
            case .write: touch.words.map { words($0) } ?? ""
            case .clear: words(.cleared)
            case .splice(_, _, let insert): insert.isEmpty ? words(.cleared) : insert
            }
        return TouchLine(
            about: [said, bad ? words(.cannotPass) : ""].filter { !$0.isEmpty }.joined(separator: dot),
            bad: bad,
            tick: Chip(
                Press(words(touch.label), .tick(index), locked: mayAct ? nil : words(.goesByItself)), chosen: ticked))
    }

    private func resend(_ row: RejectedRow, _ chosen: Set<Int>, _ bad: Set<Int>) -> Press<RejectedIntent> {
        let words = app.words
        let label =
            if chosen.count == row.meant.count {
                words(.sendAsMeant)
            } else if !bad.isEmpty && chosen == Set(row.meant.indices).subtracting(bad) {
                words(.sendWithout, ["count": chosen.count])
            } else {
                words(.sendThese, ["count": chosen.count])
            }
        return Press(label, .resend, locked: chosen.isEmpty ? words(.nothingTicked) : nil)
    }

    private var sheet: DismissSheet {
        DismissSheet(
            title: app.words(.dismissTitle), about: app.words(.dismissAbout),
            keep: Press(app.words(.thinkAgain), .keep), dismiss: Press(app.words(.doNotSend), .dismiss))
    }
}
