import ButlerFFI

/// What every record has.
public struct Records: Sendable {
    let core: ButlerCore

    /// Whether the office has all of it.
    public func state(_ record: RecordId) async throws -> RecordState {
        try await core.off { try $0.recordsState(record: record) }
    }

    /// A record of any kind as it reads now, conflicting values included.
    public func get(_ record: RecordId) async throws -> RecordDetails {
        try await core.off { try $0.recordsGet(record: record) }
    }

    /// A record as the author of a change saw it just after making it.
    public func at(_ record: RecordId, _ change: ChangeHash) async throws -> RecordDetails {
        try await core.off { try $0.recordsAt(record: record, change: change) }
    }

    /// The records of a kind, archived ones too, last changed first.
    public func page(_ kind: Kind, after: RecordId? = nil, limit: Int = 100) async throws -> [RecordRow] {
        try await core.off { try $0.recordsPage(kind: kind, after: after, limit: limit) }
    }

    /// What two phones compare to know that they hold the same; it tells nothing of what the record says.
    public func fingerprint(_ record: RecordId) async throws -> String {
        try await core.off { try $0.recordsFingerprint(record: record) }
    }

    /// From what the screen showed to what was typed; two people's words merge.
    @discardableResult
    public func editNote(_ record: RecordId, _ text: String) async throws -> Recorded {
        try await core.off { try $0.recordsEditNote(record: record, text: text) }
    }

    /// Who changed what, when; oldest first.
    public func history(_ record: RecordId) async throws -> [HistoryRow] {
        try await core.off { try $0.recordsHistory(record: record) }
    }

    /// Takes edits of one's own back, all or none, each by another edit that says the opposite: a record they began is
    /// archived and what it answered is open again, fields and notes get back what stood there, results of a round are
    /// withdrawn. ``ButlerError/CannotUndo(why:)`` says why not.
    @discardableResult
    public func undo(_ recorded: [Recorded]) async throws -> [Recorded] {
        try await core.off { try $0.recordsUndo(edits: recorded) }
    }

    /// The same of one edit.
    @discardableResult
    public func undo(_ recorded: Recorded) async throws -> [Recorded] { try await undo([recorded]) }

    /// Hides it from lists; nothing is deleted.
    @discardableResult
    public func archive(_ record: RecordId) async throws -> Recorded {
        try await core.off { try $0.recordsArchive(record: record) }
    }

    @discardableResult
    public func restore(_ record: RecordId) async throws -> Recorded {
        try await core.off { try $0.recordsRestore(record: record) }
    }
}
