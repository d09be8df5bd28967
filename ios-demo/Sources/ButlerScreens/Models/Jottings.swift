import ButlerKit

/// Words that are typed and not handed in yet, in a draft under a name of the app's own: what they are about, and at which
/// `step` of it.
@MainActor func jotted(_ app: App, _ form: String, about: RecordId?, step: String? = nil) async throws -> Draft? {
    try await app.butler.drafts.list().map(\.draft).first {
        $0.form == form && $0.about == [about].compactMap { $0 } && $0.step == step
    }
}

/// Keeps them as they are now; where nothing is left of them there is no draft.
@MainActor func jot(
    _ app: App, _ submission: Submission, _ form: String, about: RecordId?, step: String? = nil, _ words: String
) async throws {
    if words.isEmpty { return try await app.butler.drafts.discard(submission.id) }
    try await app.butler.drafts.save(
        Draft(submission: submission, form: form, step: step, about: [about].compactMap { $0 }, note: words))
}
