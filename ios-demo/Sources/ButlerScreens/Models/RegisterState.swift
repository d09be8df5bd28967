/// Every procedure one may begin, by subject; what is typed finds procedures and cases of the library.
public struct ProceduresState: Sendable {
    public var title = ""
    public var back: Press<ProceduresIntent>?
    public var problem: String?
    public var search: Typing<ProceduresIntent>?
    public var sections: [ProcedureSection] = []
    public var none: String?
}

public struct ProcedureSection: Sendable {
    public let title: String
    public let rows: [Press<ProceduresIntent>]
}

/// One register: rows of a form by day, or cases of a workflow by their state.
public struct RegisterState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<RegisterIntent>?
    public var problem: String?
    public var search: Typing<RegisterIntent>?
    public var views: [Chip<RegisterIntent>] = []
    public var groups: [RegisterGroup] = []
    public var more: Press<RegisterIntent>?
    public var empty: Empty<RegisterIntent>?
    public var none: String?
    public var add: Press<RegisterIntent>?
}

public struct RegisterGroup: Sendable {
    public let title: String?
    public let rows: [RegisterLine]
}

/// A row, with the one thing one does to it.
public struct RegisterLine: Sendable {
    public let look: RowLook
    public let about: String
    public let badge: Badge?
    public let open: Press<RegisterIntent>
    public let next: Press<RegisterIntent>?
}

/// What a row is: a row of a form, a case, a key that is lent, or what is over.
public enum RowLook: Sendable { case entry, `case`, key, done }

/// A row of a form, read back.
public struct EntryState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<EntryIntent>?
    public var history: Press<EntryIntent>?
    public var problem: String?
    public var badge: Badge?
    public var said: [SaidLine] = []
    public var photos: [Photo<EntryIntent>] = []
    public var empty: Empty<EntryIntent>?
    public var papers: Press<EntryIntent>?
    public var sheet: PapersSheet<EntryIntent>?
}

public struct SaidLine: Sendable {
    public let label: String
    public let words: String
}
