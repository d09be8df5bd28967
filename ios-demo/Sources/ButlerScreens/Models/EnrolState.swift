/// Giving the phone to a person, and what it fetches then.
public struct EnrolState: Sendable {
    public var title = ""
    public var about = ""
    public var problem: String?
    /// The code as it is typed, and the boxes it stands in.
    public var code: Typing<EnrolIntent>?
    public var boxes: [String] = []
    public var codeProblem: String?
    public var scan: Press<EnrolIntent>?
    public var address: Typing<EnrolIntent>?
    public var office: OfficeLine?
    public var phone: Typing<EnrolIntent>?
    public var safe = ""
    /// Finds the office, then enrols.
    public var next: Press<EnrolIntent>?
    public var load: FirstLoad?
}

/// The office that answered.
public struct OfficeLine: Sendable {
    public let name: String
    public let about: String
    public let change: Press<EnrolIntent>
}

/// What an enrolled phone fetches before it can be worked with.
public struct FirstLoad: Sendable {
    public let phase: LoadPhase
    public let counted: String
    public let about: String
    /// How much of the bar is full, of a hundred.
    public let part: Int
    public let stages: [LoadStage]
    public let meanwhileTitle: String?
    public let hours: LoadHours?
    public let ringing: LoadRinging?
    public let begin: Press<EnrolIntent>?
    /// While nothing can be begun yet.
    public let library: Press<EnrolIntent>?
    public let again: Press<EnrolIntent>?
}

public enum LoadPhase: Sendable {
    case loading, cut, done
}

public struct LoadStage: Sendable {
    public let phase: StagePhase
    public let title: String
    public let about: String
}

public enum StagePhase: Sendable {
    case done, now, waits
}

/// The hours of a day, to be settled while one waits.
public struct LoadHours: Sendable {
    public let about: String
    public let open: Press<EnrolIntent>
}

/// Whether the phone rings for what is urgent: settled at once.
public struct LoadRinging: Sendable {
    public let about: String
    public let `switch`: Chip<EnrolIntent>
}
