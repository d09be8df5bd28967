import ButlerFFI

/// What the office rejected 被拒绝.
public struct Rejected: Sendable {
    let core: ButlerCore

    public func list() async throws -> [RejectedRow] { try await core.off { try $0.rejectedList() } }

    /// Sends it again as it was meant, or `corrected`: the touches to be made, of those that were meant. Not for what only
    /// waits (pending or not judged): that is handed in with every sync.
    @discardableResult
    public func resend(_ change: ChangeHash, corrected: [TouchRow]? = nil) async throws -> Recorded {
        try await core.off { try $0.rejectedResend(change: change, corrected: corrected) }
    }

    /// Puts it away.
    public func dismiss(_ change: ChangeHash) async throws { try await core.off { try $0.rejectedDismiss(change: change) } }

    /// Photos the office does not take: their record is none of this phone's any more.
    public func photos() async throws -> [RejectedPhoto] { try await core.off { try $0.rejectedPhotos() } }

    /// Puts a photo away; its bytes go with it.
    public func dismissPhoto(_ photo: PhotoId, of record: RecordId) async throws {
        try await core.off { try $0.rejectedDismissPhoto(photo: photo, record: record) }
    }
}

extension TouchRow {
    /// The same place, written with another value.
    public func writing(_ value: Value) -> TouchRow {
        TouchRow(path: path, label: label, change: .write(value: value))
    }
}
