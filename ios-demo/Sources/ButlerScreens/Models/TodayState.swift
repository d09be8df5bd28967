/// What 今天 shows: what the day holds, what is urgent, and the walk.
public struct TodayState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var search: Press<TodayIntent>?
    public var sync: Press<TodayIntent>?
    public var syncBadge: Badge?
    public var problem: String?
    public var capacity: Capacity?
    public var urgent: [UrgentCard] = []
    public var moreUrgent: Press<TodayIntent>?
    public var urgentInShort: UrgentInShort?
    public var walked: WalkedPart?
    public var stops: [Stop] = []
    /// The stop to bring into sight: its code was scanned, or the walk is to start there.
    public var lookAt: String?
    public var done: DayDone?
    public var empty: Empty<TodayIntent>?
    /// What one goes on with where there is no walk, or no more of it.
    public var links: [TodayLink] = []
    public var sheet: TodaySheet?
}

/// The day in one card: work left, when it ends, what does not fit and what can wait.
public struct Capacity: Sendable {
    public let left: String
    public let ends: String
    /// Of the day, in hundredths: done, planned, and what goes beyond it.
    public let donePart: Int
    public let plannedPart: Int
    public let overPart: Int
    public let done: String
    public let spare: String
    public let doesNotFit: Press<TodayIntent>?
    /// What is inspected in several homes: the way to their list.
    public let inspections: [Press<TodayIntent>]
    public let canWait: Press<TodayIntent>?
    public let cutShort: Press<TodayIntent>
    public let plan: Press<TodayIntent>
}

/// What has a running clock, with its next step.
public struct UrgentCard: Sendable {
    public let clock: Badge
    public let title: String
    public let place: String
    public let open: Press<TodayIntent>
}

/// The same in one line, where text is large.
public struct UrgentInShort: Sendable {
    public let badge: Badge
    public let open: Press<TodayIntent>
}

public enum StopPhase: Sendable {
    case next, now, done
}

/// A unit or a spot where one stops.
public struct Stop: Sendable {
    public let number: Int
    public let phase: StopPhase
    public let name: String
    public let about: String
    public let fold: Press<TodayIntent>?
    public let spots: [Spot]
    public let doors: [Door]
    public let rest: Press<TodayIntent>?
    /// The walk is not here yet, and may begin here.
    public let start: StartHere?
}

/// What lies behind one, in a line; opened, where it was.
public struct WalkedPart: Sendable {
    public let open: Press<TodayIntent>
    public let at: [WalkedAt]
}

/// What was done at a stop, by telephone or at the desk.
public struct WalkedAt: Sendable {
    public let name: String
    public let things: [WalkedThing]
}

/// `place` is the room within its stop, or what it was about.
public struct WalkedThing: Sendable {
    public let place: String
    public let what: String
    public let open: Press<TodayIntent>
}

/// Where the walk starts is said at a stop; `spoken` is what a screen reader says.
public struct StartHere: Sendable {
    public let press: Press<TodayIntent>
    public let spoken: String
}

/// What is done at the spot itself, at the desk or by telephone.
public struct Spot: Sendable {
    public let title: String
    public let about: String
    public let badge: Badge?
    public let act: Press<TodayIntent>
    /// What else may be done with it.
    public let open: Press<TodayIntent>
}

public enum DoorPhase: Sendable {
    case open, tried, done
}

/// A home one knocks at: one main job, and what is done by the way.
public struct Door: Sendable {
    public let room: String
    public let people: String
    public let badge: Badge?
    public let phase: DoorPhase
    public let title: String
    public let along: String?
    /// Who asked not to be visited; where all did, nobody is called on here.
    public let asked: String?
    public let open: Press<TodayIntent>
    public let nobody: Press<TodayIntent>?
    public let main: Press<TodayIntent>?
    /// The main button is the strong one: a visit; a round has a softer one.
    public let strong: Bool
}

public enum LinkKind: Sendable {
    case sync, call, library, tomorrow, first, keys
}

/// Something else to do than to walk.
public struct TodayLink: Sendable {
    public let kind: LinkKind
    public let about: String
    public let open: Press<TodayIntent>

    init(_ kind: LinkKind, _ about: String, _ open: Press<TodayIntent>) { (self.kind, self.about, self.open) = (kind, about, open) }
}

/// The end of the walk; `later` is what was put off, and what is tried again.
public struct DayDone: Sendable {
    public let title: String
    public let about: String
    public let later: String?
    public let office: String
    public let officeAbout: String
    public let safe: Bool
}

/// What lies over the screen.
public enum TodaySheet: Sendable {
    case nobody(Nobody)
    /// Another day to come again, of a month.
    case days(MonthDays<TodayIntent>)
    case cutShort(CutShort)
    case due(Due)

    /// Nobody is at home: when to come again.
    public struct Nobody: Sendable {
        public let title: String
        public let about: String
        public let question: String
        public let times: [Chip<TodayIntent>]
        /// At what time of the day that was picked.
        public let time: Typing<TodayIntent>?
        public let help: String?
        public let photos: [Photo<TodayIntent>]
        public let photo: Press<TodayIntent>?
        public let photoAbout: String
        public let call: Press<TodayIntent>?
        public let record: Press<TodayIntent>
    }

    /// Something at a spot or at the desk: it is done, put off, or left out.
    public struct Due: Sendable {
        public let title: String
        public let about: String
        public let due: DueChoice<TodayIntent>
    }

    /// The day has to end earlier: what is walked all the same.
    public struct CutShort: Sendable {
        public let title: String
        public let left: [Chip<TodayIntent>]
        public let lines: [CutLine]
        public let reason: String
        public let reasonAbout: String
        public let reasons: [Chip<TodayIntent>]
        public let remark: Typing<TodayIntent>?
        public let close: Press<TodayIntent>
        public let walk: Press<TodayIntent>
    }
}

public enum CutKind: Sendable {
    case keep, tomorrow, missed, anotherDay
}

/// How much of the day a part is; opened, `things` of which it is.
public struct CutLine: Sendable {
    public let kind: CutKind
    public let title: String
    public let about: String
    public let open: Press<TodayIntent>
    public let things: [String]
}
