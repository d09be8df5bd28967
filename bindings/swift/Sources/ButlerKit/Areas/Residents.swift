import ButlerFFI

/// Residents 住户.
public struct Residents: Sendable {
    let core: ButlerCore

    /// A person, whole.
    public func details(_ resident: RecordId) async throws -> ResidentDetails {
        try await core.off { try $0.residentsDetails(resident: resident) }
    }

    /// Enters a person of a household; a name is needed.
    @discardableResult
    public func add(
        to home: RecordId, isolation: isolated (any Actor)? = #isolation, _ fields: (inout ResidentEdit) -> Void
    ) async throws -> Recorded {
        var edit = ResidentEdit()
        fields(&edit)
        let edited = edit.edit
        return try await core.off { try $0.residentsAdd(home: home, edit: edited) }
    }

    /// Writes the fields set in `change` and no other.
    @discardableResult
    public func edit(
        _ resident: RecordId, isolation: isolated (any Actor)? = #isolation, _ change: (inout ResidentEdit) -> Void
    ) async throws -> Recorded {
        var edit = ResidentEdit()
        change(&edit)
        let edited = edit.edit
        return try await core.off { try $0.residentsEdit(resident: resident, edit: edited) }
    }

    /// Adds a telephone as people write it.
    @discardableResult
    public func addPhone(_ resident: RecordId, number: String, label: String? = nil) async throws -> Recorded {
        try await core.off { try $0.residentsAddPhone(resident: resident, number: number, label: label) }
    }

    /// Notes that a telephone was right today.
    @discardableResult
    public func verifyPhone(_ resident: RecordId, _ phone: PartId) async throws -> Recorded {
        try await core.off { try $0.residentsVerifyPhone(resident: resident, phone: phone) }
    }
}
