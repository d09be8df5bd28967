import ButlerFFI

/// What waits for a decision 待裁定.
public struct Conflicts: Sendable {
    let core: ButlerCore

    public func list() async throws -> [Conflict] { try await core.off { try $0.conflictsList() } }

    /// Chooses one of the candidates or another value; all stay in the history.
    @discardableResult
    public func resolve(_ record: RecordId, path: String, value: Value) async throws -> Recorded {
        try await core.off { try $0.conflictsResolve(record: record, path: path, value: value) }
    }
}
