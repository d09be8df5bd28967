import ButlerFFI
import Foundation

/// Photos 照片.
public struct Photos: Sendable {
    let core: ButlerCore

    /// Keeps a photo, sealed and safe on disk when this returns, until its form is submitted or `discard` lets it go.
    public func add(_ bytes: Data) async throws -> PhotoId { try await core.off { try $0.photosAdd(bytes: bytes) } }

    /// Lets a photo go whose form is not filled in any further; one that is in use stays.
    public func discard(_ photo: PhotoId) async throws { try await core.off { try $0.photosDiscard(photo: photo) } }

    /// The photos taken for forms that were neither submitted, nor kept as drafts, nor discarded.
    public func unused() async throws -> [PhotoId] { try await core.off { try $0.photosUnused() } }

    /// The photos of a record that are here or on their way, each with how much of it has travelled.
    public func of(_ record: RecordId) async throws -> [PhotoRow] {
        try await core.off { try $0.photosOfRecord(record: record) }
    }

    public func bytes(_ photo: PhotoId) async throws -> Data {
        try await core.off { try $0.photosBytes(photo: photo) }
    }

    /// A photo for a list: a JPEG whose longer edge has at most `px` pixels (16 to 1,024), upright. One is decoded at a time, in
    /// bounded memory; what cannot be decoded is ``ButlerError/InvalidInput(field:reason:words:)``.
    public func thumbnail(_ photo: PhotoId, px: Int) async throws -> Data {
        try await core.off { try $0.photosThumbnail(photo: photo, px: UInt32(clamping: px)) }
    }
}
