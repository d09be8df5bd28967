import ButlerKit
import Observation

/// What one can press: the words on it, and what it asks of the model. `locked` says why it cannot be pressed now.
///
/// A state holds words and presses, nothing else: no identifier, no number that is not shown. That is what both platforms'
/// models are compared by.
public struct Press<Intent: Sendable>: Sendable {
    public let label: String
    public let intent: Intent
    public let locked: String?

    public init(_ label: String, _ intent: Intent, locked: String? = nil) {
        self.label = label
        self.intent = intent
        self.locked = locked
    }
}

/// What one can type: the words so far, and what a change asks of the model.
public struct Typing<Intent: Sendable>: Sendable {
    public let label: String
    public let text: String
    public let hint: String
    public let intent: @Sendable (String) -> Intent

    public init(_ label: String, _ text: String, hint: String = "", intent: @escaping @Sendable (String) -> Intent) {
        self.label = label
        self.text = text
        self.hint = hint
        self.intent = intent
    }
}

/// A line one draws with a finger.
public struct Stroke: Hashable, Sendable {
    /// Thousandths of the pad's width and height.
    public struct Point: Hashable, Sendable {
        public let x: Int
        public let y: Int

        public init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }

    public let points: [Point]

    public init(_ points: [Point]) { self.points = points }
}

/// Where one signs: the lines so far; a change tells the model all of them. `text` says whether it is signed.
public struct Drawing<Intent: Sendable>: Sendable {
    public let label: String
    public let text: String
    public let strokes: [Stroke]
    public let intent: @Sendable ([Stroke]) -> Intent

    public init(_ label: String, _ text: String, _ strokes: [Stroke], intent: @escaping @Sendable ([Stroke]) -> Intent) {
        self.label = label
        self.text = text
        self.strokes = strokes
        self.intent = intent
    }
}

/// A QR code to be scanned off the screen: dark and light squares, row by row; `label` is what a screen reader says.
public struct QrCode: Sendable {
    public let label: String
    public let width: Int
    public let dark: [Bool]
}

/// A running clock: `text` is how it stood when the screen was read, `now` how it stands.
public struct RunningClock: Sendable {
    public let text: String
    public let now: @MainActor @Sendable () -> String
}

/// What a badge means; how it looks is the design's.
public enum BadgeKind: Sendable {
    case urgent, overdue, due, unsent, sending, pending, conflict, rejected, sent, ok, problem, key, plain
}

/// A state as a small mark; `spoken` is what a screen reader says when that differs.
public struct Badge: Sendable {
    public let kind: BadgeKind
    public let text: String
    public let spoken: String

    public init(_ kind: BadgeKind, _ text: String, spoken: String = "") {
        self.kind = kind
        self.text = text
        self.spoken = spoken
    }
}

/// One of several, of which one is chosen.
public struct Chip<Intent: Sendable>: Sendable {
    public let press: Press<Intent>
    public let chosen: Bool

    public init(_ press: Press<Intent>, chosen: Bool) {
        self.press = press
        self.chosen = chosen
    }
}

/// Nothing to show: what will be here, and what to do.
public struct Empty<Intent: Sendable>: Sendable {
    public let title: String
    public let about: String
    public let action: Press<Intent>?

    public init(_ title: String, _ about: String, action: Press<Intent>? = nil) {
        self.title = title
        self.about = about
        self.action = action
    }
}

/// What was just done and may be undone, or what did not go.
public struct Snack<Intent: Sendable>: Sendable {
    public let text: String
    public let undo: Press<Intent>?
    public let done: Bool

    public init(_ text: String, undo: Press<Intent>?, done: Bool = true) {
        self.text = text
        self.undo = undo
        self.done = done
    }
}

/// One screen: the only place that calls the butler, works out every word and holds what is typed. It is told what is
/// pressed (`on`); Compose and SwiftUI draw its `state` and nothing else.
@MainActor public protocol Model<State, Intent>: AnyObject {
    associatedtype State: Sendable
    associatedtype Intent: Sendable

    var app: App { get }
    var life: Life<State> { get }

    /// What else this screen reads, besides the butler: it is read again whenever this tells something.
    var follows: AsyncStream<Void> { get }

    /// The state as the butler's records and what is typed make it.
    func read() async throws -> State

    /// Does what an intent says; the state is read afterwards.
    func act(_ intent: Intent) async throws

    /// Something did not work; the words say what is safe and what to do.
    func failed(_ words: String)
}

extension Model {
    /// What is shown.
    public var state: State { life.state }

    public var follows: AsyncStream<Void> { AsyncStream { $0.finish() } }

    /// Something was pressed.
    public func on(_ intent: Intent) { life.turn { await self.take(intent) } }

    /// Lives as long as the screen: reads at once and after every change.
    public func run() async {
        let follows = follows
        await refresh()
        let following = Task { for await _ in follows { await refresh() } }
        defer { following.cancel() }
        do {
            for try await _ in app.butler.changes() { await refresh() }
        } catch {
            failed(app.problem(error))
        }
    }

    /// Reads again.
    public func refresh() async {
        await life.turn { await self.guarded { self.life.state = try await self.read() } }.value
    }

    /// Does what was pressed, to its end.
    public func handle(_ intent: Intent) async {
        await life.turn { await self.take(intent) }.value
    }

    /// Shows how it stands in the middle of something that takes its time.
    func showNow() async throws { life.state = try await read() }

    /// What a full phone does not keep is offered to be done again: nothing typed is lost by it.
    private func take(_ intent: Intent) async {
        await guarded(full: { self.app.unkept.now = Unkept(by: ObjectIdentifier(self)) { await self.handle(intent) } }) {
            try await self.act(intent)
            self.life.state = try await self.read()
            // Something was done here after all: what was not kept before is behind it.
            if self.app.unkept.now?.by == ObjectIdentifier(self) { self.app.unkept.now = nil }
        }
    }

    /// `full` is told instead of a problem where somebody pressed something and the phone is full.
    private func guarded(full: (() -> Void)? = nil, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            if full != nil { app.platform.notPossible() }
            if let full, case ButlerError.StorageFull = error { full() } else { failed(app.problem(error)) }
            // What cannot be read again stays as it was shown.
            if let state = try? await read() { life.state = state }
        }
    }
}

/// What a screen shows now, and whose turn it is: a press and a reading never run at once.
@MainActor @Observable public final class Life<State: Sendable> {
    public internal(set) var state: State
    @ObservationIgnored private var last: Task<Void, Never>?

    public init(_ first: State) { state = first }

    /// Begins when everything asked for before has ended.
    @discardableResult
    func turn(_ work: @escaping @MainActor @Sendable () async -> Void) -> Task<Void, Never> {
        let before = last
        let mine = Task {
            await before?.value
            await work()
        }
        last = mine
        return mine
    }
}
