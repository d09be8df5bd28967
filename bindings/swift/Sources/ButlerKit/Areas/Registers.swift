import ButlerFFI

/// Registers 登记.
public struct Registers: Sendable {
    let core: ButlerCore

    /// A form with its questions as they stand before any answer.
    public func form(_ id: FormId) async throws -> FormRow { try await core.off { try $0.registersForm(form: id) } }

    /// The questions as they stand with these answers of a row about these records: what is asked now, what is missing,
    /// what will not do, what is worked out. What a row to be entered at this place tells of a day is of whoever enters it.
    public func ask(
        _ form: FormId, _ answers: Evidence, about: [RecordId] = [], place: PlaceId? = nil
    ) async throws -> [Question] {
        try await core.off { try $0.registersAsk(form: form, answers: answers, about: about, place: place) }
    }

    /// What these answers suggest about the record the row is about; taken by editing that record.
    public func propose(_ form: FormId, _ answers: Evidence) async throws -> [Proposal] {
        try await core.off { try $0.registersPropose(form: form, answers: answers) }
    }

    /// Enters a row.
    @discardableResult
    public func add(_ entry: NewEntry) async throws -> Recorded {
        try await core.off { try $0.registersAdd(entry: entry) }
    }

    /// The rows of one form, newest first, with the count of them all.
    public func list(
        _ form: FormId, _ filter: RegisterFilter = RegisterFilter(), after: RecordId? = nil, limit: Int = 100
    ) async throws -> RegisterPage {
        try await core.off { try $0.registersList(form: form, filter: filter, after: after, limit: limit) }
    }

    /// A row, whole.
    public func details(_ entry: RecordId) async throws -> EntryDetails {
        try await core.off { try $0.registersDetails(entry: entry) }
    }

    /// Writes these answers of a row and no other, nil clears one; photos are added to those there are.
    @discardableResult
    public func edit(
        _ entry: RecordId, answers: [QuestionId: Value?], photos: [QuestionId: [PhotoId]] = [:]
    ) async throws -> Recorded {
        try await core.off { try $0.registersEdit(entry: entry, answers: answers, photos: photos) }
    }
}
