import ButlerKit
import Foundation

/// Whose name is shown: who asked for confidentiality has none on a screen until it is asked for, and loses it again soon.
@MainActor final class Names {
    /// So many seconds a name that was asked for is shown.
    static let shownFor: TimeInterval = 30
    private let now: () -> Date
    private var shownUntil: [RecordId: Date] = [:]
    private let last = Watched<Date?>(nil)

    init(_ now: @escaping () -> Date) { self.now = now }

    /// Their name was asked for: it is shown for a while.
    func show(_ person: RecordId) {
        let until = now() + Self.shownFor
        shownUntil[person] = until
        last.now = until
    }

    func isHidden(_ person: RecordId, _ confidential: Bool?) -> Bool {
        guard confidential == true else { return false }
        return shownUntil[person].map { now() >= $0 } ?? true
    }

    /// Tells when a name that was asked for is hidden again.
    var hiding: AsyncStream<Void> {
        let (shown, clock) = (last.changes(), now)
        return AsyncStream { follower in
            let following = Task {
                for await _ in shown {
                    guard let until = last.now else { continue }
                    try? await Task.sleep(for: .seconds(max(0, until.timeIntervalSince(clock()))))
                    follower.yield()
                }
            }
            follower.onTermination = { _ in following.cancel() }
        }
    }
}

/// What each colleague is here, by their first role.
@MainActor func roles(_ app: App) async throws -> [StaffId: String] {
    let labels = Dictionary(uniqueKeysWithValues: try await app.butler.office.roles().map { ($0.id, app.words($0.label)) })
    var roles: [StaffId: String] = [:]
    for staff in try await app.butler.office.staff() { roles[staff.id] = staff.roles.lazy.compactMap { labels[$0] }.first }
    return roles
}
