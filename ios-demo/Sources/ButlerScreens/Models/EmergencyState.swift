/// The way to an emergency card, over what else one may enter: with some of what it is for.
public struct EmergencyEntryState: Sendable {
    public var about = ""
    public var open: Press<EmergencyEntryIntent>?
}

/// What kinds of emergency there are: pressing one starts its clock.
public struct EmergenciesState: Sendable {
    public var title = ""
    public var about = ""
    public var back: Press<EmergenciesIntent>?
    public var problem: String?
    public var kinds: [Press<EmergenciesIntent>] = []
    public var empty: Empty<EmergenciesIntent>?
}

/// What an emergency card shows: how long it runs, what not to do, whom to call, and the steps in their order.
public struct EmergencyState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<EmergencyIntent>?
    /// How long it runs; none once it is under control.
    public var clock: RunningClock?
    /// Where it stands, once it is under control.
    public var badge: Badge?
    public var problem: String?
    public var guidance: String?
    public var calls: [CallTile] = []
    public var numbers: [Press<EmergencyIntent>] = []
    public var steps: [EmergencyStep] = []
    public var later: String?
    public var note: NoteLine?
    public var empty: Empty<EmergencyIntent>?
    public var say: Press<EmergencyIntent>?
    public var evidence: Press<EmergencyIntent>?
    public var sheet: SaySheet?
}

/// Somebody to call: who, and what they are.
public struct CallTile: Sendable {
    public let about: String
    public let call: Press<EmergencyIntent>
}

/// `next` is the one of one's own whose time runs out first.
public enum EmergencyMark: Sendable {
    case made, next, mine, others, locked
}

/// One step: by when, whose, or what comes first.
public struct EmergencyStep: Sendable {
    public let mark: EmergencyMark
    public let number: String
    public let title: String
    public let left: RunningClock?
    public let about: String
    public let waits: String?
    public let take: Press<EmergencyIntent>?
}

/// Words that go into the note of the case.
public struct SaySheet: Sendable {
    public let title: String
    public let text: Typing<EmergencyIntent>
    public let record: Press<EmergencyIntent>
    public let close: Press<EmergencyIntent>
}

/// The emergency that runs, over the bar with the five places.
public struct RunningState: Sendable {
    public var clock: RunningClock?
    public var open: Press<EmergencyOf>?
}
