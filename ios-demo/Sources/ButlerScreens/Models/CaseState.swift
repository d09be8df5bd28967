/// What a case shows: where it stands, by when, what it is, and what happened.
public struct CaseState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<CaseIntent>?
    public var history: Press<CaseIntent>?
    public var problem: String?
    /// In no list any more: nothing but that is offered.
    public var archived: ArchivedLine<CaseIntent>?
    public var phase: CasePhase?
    public var situation: Situation?
    public var courseTitle = ""
    public var allSteps: Press<CaseIntent>?
    public var course: [CourseStep] = []
    public var linksTitle: String?
    public var links: [LinkLine] = []
    public var note: NoteLine?
    public var empty: Empty<CaseIntent>?
    public var others: Press<CaseIntent>?
    public var next: Press<CaseIntent>?
    /// It asks for a signature.
    public var signs = false
    public var waits: String?
    public var sheet: StepsSheet?
    public var receipt: ReceiptSheet?
    public var papers: PapersSheet<CaseIntent>?
    public var linking: LinkSheet?
}

/// Its state in large, whose turn it is, what is worked out, and its deadlines, the running ones first.
public struct CasePhase: Sendable {
    public let state: String
    public let turn: String
    public let badges: [Badge]
    public let sums: [String]
    public let deadlines: [DeadlineLine]
}

public struct DeadlineLine: Sendable {
    public let title: String
    public let about: String
    public let badge: Badge?
}

/// What is the matter, and where.
public struct Situation: Sendable {
    public let kind: CaseKind
    public let title: String
    public let text: String
    public let about: String
    public let open: Press<CaseIntent>?
}

public enum CourseMark: Sendable {
    case latest, step, conflict, overruled
}

/// One thing that happened: who, when, what they said.
public struct CourseStep: Sendable {
    public let mark: CourseMark
    public let title: String
    public let about: String
    public let said: [String]
    public let photos: [Photo<CaseIntent>]
    public let badge: Badge?
    public let conflict: Press<CaseIntent>?
}

/// Which other case it belongs to, and how.
public struct LinkSheet: Sendable {
    public let title: String
    public let how: [Chip<CaseIntent>]
    public let cases: [LinkLine]
    public let none: String?
    public let close: Press<CaseIntent>
}

/// What kind of case it is, as a picture.
public enum CaseKind: Sendable {
    case repair, complaint, emergency, renovation, order, other
}

public struct LinkLine: Sendable {
    public let how: String
    public let open: Press<CaseIntent>
}

public struct NoteLine: Sendable {
    public let title: String
    public let text: String
}

/// What else may be done, and what not yet and why.
public struct StepsSheet: Sendable {
    public let title: String
    public let possible: [StepLine]
    public let lockedTitle: String?
    public let locked: [LockedStep]
    public let link: Press<CaseIntent>
    public let receipt: Press<CaseIntent>
    public let papers: Press<CaseIntent>?
    public let close: Press<CaseIntent>
}

/// What the customer takes away: a picture to be scanned, and what it says.
public struct ReceiptSheet: Sendable {
    public let title: String
    public let company: String
    public let code: QrCode?
    public let lines: [ReceiptLine]
    public let about: String
    public let send: Press<CaseIntent>?
    public let close: Press<CaseIntent>
}

public struct ReceiptLine: Sendable {
    public let what: String
    public let words: String
}

public struct StepLine: Sendable {
    public let about: String
    public let take: Press<CaseIntent>
}

public struct LockedStep: Sendable {
    public let title: String
    public let why: String
}
