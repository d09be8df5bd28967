import ButlerFFI

/// Homes 房屋.
public struct Homes: Sendable {
    let core: ButlerCore

    /// In walking order; the next page comes after the last home of this one.
    public func list(after: RecordId? = nil, limit: Int = 100) async throws -> [HomeRow] {
        try await core.off { try $0.homesList(after: after, limit: limit) }
    }

    /// Homes in a state, at a place or below it, or both.
    public func list(where filter: HomeFilter, after: RecordId? = nil, limit: Int = 100) async throws -> [HomeRow] {
        try await core.off { try $0.homesListWhere(filter: filter, after: after, limit: limit) }
    }

    /// How many homes the list shows.
    public func count() async throws -> Int {
        try await core.off { Int(try $0.homesCount()) }
    }

    /// Homes by room as people type it, its beginning is enough; best first.
    public func find(_ typed: String, limit: Int = 20) async throws -> [SearchRow] {
        try await core.off { try $0.homesFind(typed: typed, limit: limit) }
    }

    /// A home, whole.
    public func details(_ home: RecordId) async throws -> HomeDetails {
        try await core.off { try $0.homesDetails(home: home) }
    }

    /// Writes the fields set in `change` and no other. `change` runs where the caller does, also on the main actor.
    @discardableResult
    public func edit(
        _ home: RecordId, isolation: isolated (any Actor)? = #isolation, _ change: (inout HomeEdit) -> Void
    ) async throws -> Recorded {
        var edit = HomeEdit()
        change(&edit)
        let edited = edit.edit
        return try await core.off { try $0.homesEdit(home: home, edit: edited) }
    }
}
