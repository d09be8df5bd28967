import ButlerKit

/// The phone is full: whichever screen one is on, it is said, with the way to make room and to do again what was not kept.
public struct StorageState: Sendable {
    public var full: FullPhone?
}

public struct FullPhone: Sendable {
    public let title: String
    public let about: String
    public let open: Press<StorageIntent>
    public let again: Press<StorageIntent>
}

public enum StorageIntent: Equatable, Sendable {
    case open, again
}

/// What was not kept because the phone is full: `again` does it once more.
struct Unkept: Sendable {
    let by: ObjectIdentifier
    let again: @MainActor @Sendable () async -> Void
}

@MainActor public final class StorageModel: Model {
    public let app: App
    public let life = Life(StorageState())

    public init(_ app: App) { self.app = app }

    public var follows: AsyncStream<Void> { app.unkept.changes() }

    public func read() async throws -> StorageState {
        if app.unkept.now == nil { return StorageState() }
        let words = app.words
        return StorageState(
            full: FullPhone(
                title: words(ButlerError.StorageFull.words), about: words(.storageTyped), open: Press(words(.openStorage), .open),
                again: Press(words(.recordAgain), .again)))
    }

    public func act(_ intent: StorageIntent) async throws {
        switch intent {
        case .open: app.platform.openStorage()
        case .again: await app.unkept.now?.again()
        }
    }

    public func failed(_ words: String) {}
}
