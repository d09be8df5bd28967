import ButlerKit

/// What a form shows: questions drawn from what the procedure asks, and what is still missing.
public struct FormState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<FormIntent>?
    public var problem: String?
    public var guidance: String?
    public var reading: Reading<FormIntent>?
    public var draft: DraftLine?
    public var questions: [QuestionState] = []
    public var remark: Typing<FormIntent>?
    public var empty: Empty<FormIntent>?
    /// The question one should look at, by its label.
    public var lookAt: String?
    public var record: Press<FormIntent>?
    /// Nothing is missing.
    public var ready = false
    public var sheet: FormSheet?
}

/// Answers of an earlier time were taken up again.
public struct DraftLine: Sendable {
    public let text: String
    public let restart: Press<FormIntent>
}

/// One question as it stands.
public struct QuestionState: Sendable {
    public let label: String
    public let hint: String
    public let help: String?
    public let answer: AnswerState
    public let problem: String?
}

/// What a picked thing is.
public enum PickKind: Sendable {
    case day, person, home, `case`, place
}

/// What the keys of a field are; `latin` are those of an address or a code: nothing is corrected.
public enum Keys: Sendable {
    case words, number, phone, latin
}

/// How a question is answered.
public enum AnswerState: Sendable {
    case words(Words)
    case count(Count)
    case options(Options)
    case pick(Pick)
    case moment(Moment)
    case photos(Photos)
    case signature(Signature)
    case sum(Sum)
    case locked(Locked)

    public struct Words: Sendable {
        public let typing: Typing<FormIntent>
        public let keys: Keys
        public let long: Bool
        public let unit: String?
    }

    public struct Count: Sendable {
        public let number: String
        public let unit: String?
        public let less: Press<FormIntent>
        public let more: Press<FormIntent>
    }

    public struct Options: Sendable {
        public let chips: [Chip<FormIntent>]
    }

    /// Chosen from a list of its own; the chips are what is chosen most.
    public struct Pick: Sendable {
        public let kind: PickKind
        public let text: String
        public let open: Press<FormIntent>
        public let chips: [Chip<FormIntent>]
    }

    public struct Moment: Sendable {
        public let day: Press<FormIntent>
        public let time: Typing<FormIntent>
        public let now: Press<FormIntent>
    }

    public struct Photos: Sendable {
        public let taken: String
        public let photos: [Photo<FormIntent>]
        public let take: Press<FormIntent>
        public let remove: Press<FormIntent>?
    }

    public struct Signature: Sendable {
        public let drawing: Drawing<FormIntent>
        public let again: Press<FormIntent>?
    }

    /// Worked out and typed by nobody.
    public struct Sum: Sendable {
        public let comesTo: String
    }

    /// Shown, for somebody else to fill in.
    public struct Locked: Sendable {
        public let whose: String
    }
}

/// What lies over a form.
public enum FormSheet: Sendable {
    case days(MonthDays<FormIntent>)
    case picks(Picks)
    case proposals(Proposals)

    public struct Picks: Sendable {
        public let title: String
        public let search: Typing<FormIntent>
        public let rows: [PickRow]
        public let none: String?
        public let close: Press<FormIntent>
    }

    /// What the answers suggest about the record they are about.
    public struct Proposals: Sendable {
        public let title: String
        public let about: String
        public let proposals: [String]
        public let leave: Press<FormIntent>
        public let take: Press<FormIntent>
    }
}

public struct PickRow: Sendable {
    public let about: String
    public let pick: Press<FormIntent>
}

/// What can be pressed on a form.
public enum FormIntent: Equatable, Sendable {
    case back
    case restart
    case read(ArticleRow)
    case answer(QuestionId, Value?)
    case type(QuestionId, String)
    case tick(QuestionId, String)
    case clock(QuestionId, String)
    case now(QuestionId)
    case photo(QuestionId)
    case removePhoto(QuestionId)
    case look(PhotosAt)
    case sign(QuestionId, [Stroke])
    case open(QuestionId)
    case day(QuestionId, Day)
    case month(Month)
    case find(String)
    case closeSheet
    case remark(String)
    case record
    case proposals(take: Bool)
}
