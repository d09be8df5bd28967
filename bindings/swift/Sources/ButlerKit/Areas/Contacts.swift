import ButlerFFI

/// Contacts, calls, messages 沟通记录.
public struct Contacts: Sendable {
    let core: ButlerCore

    @discardableResult
    public func record(_ visit: NewContact) async throws -> Recorded {
        try await core.off { try $0.contactsRecord(visit: visit) }
    }

    /// What the phone's owner wrote of their newest contacts in a few words, newest first, the same words once.
    public func phrases() async throws -> [String] {
        try await core.off { try $0.contactsPhrases() }
    }

    /// A contact, whole: its fields typed and in words, whom it was about, its photos.
    public func details(_ contact: RecordId) async throws -> ContactDetails {
        try await core.off { try $0.contactsDetails(contact: contact) }
    }

    /// Corrects what was written: the fields set in `change` and no other, asked as when it was recorded.
    @discardableResult
    public func edit(
        _ contact: RecordId, isolation: isolated (any Actor)? = #isolation, _ change: (inout ContactEdit) -> Void
    ) async throws -> Recorded {
        var edit = ContactEdit()
        change(&edit)
        let edited = edit.edit
        return try await core.off { try $0.contactsEdit(contact: contact, edit: edited) }
    }
}
