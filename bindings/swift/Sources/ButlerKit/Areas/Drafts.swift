import ButlerFFI
import Foundation

/// Forms half filled in 草稿. They lie encrypted on this phone and never travel.
public struct Drafts: Sendable {
    let core: ButlerCore

    /// Every draft, the last touched first.
    public func list() async throws -> [DraftDetails] { try await core.off { try $0.draftsList() } }

    /// One draft; nil when it was handed in or discarded.
    public func get(_ draft: SubmissionId) async throws -> DraftDetails? {
        try await core.off { try $0.draftsGet(draft: draft) }
    }

    /// Keeps what is filled in so far, as often as the app likes; handing the form in ends the draft.
    public func save(_ draft: Draft) async throws { try await core.off { try $0.draftsSave(draft: draft) } }

    /// Keeps a photo as the answer to a question of a draft: safe on disk, and part of the draft, when this returns.
    @discardableResult
    public func addPhoto(to draft: SubmissionId, question: QuestionId, _ bytes: Data) async throws -> PhotoId {
        try await core.off { try $0.draftsAddPhoto(draft: draft, question: question, bytes: bytes) }
    }

    /// Throws a draft away, with the photos nothing else has.
    public func discard(_ draft: SubmissionId) async throws {
        try await core.off { try $0.draftsDiscard(draft: draft) }
    }
}
