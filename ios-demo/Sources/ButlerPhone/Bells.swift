import ButlerScreens
import Foundation

#if canImport(UserNotifications) && os(iOS)
    import UserNotifications

    /// Rings by notifications that are handed to the platform beforehand: they come also when the app is gone.
    @MainActor public final class NotificationBell: Bell {
        private static let prefix = "ring "
        /// One after the other: what is asked last is what rings.
        private var last: Task<Void, Never>?

        public init() {}

        public func set(_ rings: [Ring]) {
            last = Task { [last] in
                await last?.value
                await Self.hand(rings)
            }
        }

        private static func hand(_ rings: [Ring]) async {
            let center = UNUserNotificationCenter.current()
            let wanted = rings.map(request)
            let waiting = await center.pendingNotificationRequests().map(\.identifier)
            let gone = waiting.filter { id in id.hasPrefix(prefix) && !wanted.contains { $0.identifier == id } }
            center.removePendingNotificationRequests(withIdentifiers: gone)
            // Asked for once there is something to ring for.
            guard !wanted.isEmpty, (try? await center.requestAuthorization(options: [.alert, .sound])) == true else { return }
            // One that waits under the same identifier is replaced.
            for request in wanted { try? await center.add(request) }
        }

        private static func request(_ ring: Ring) -> UNNotificationRequest {
            let content = UNMutableNotificationContent()
            content.title = ring.title
            content.body = ring.text
            content.userInfo = ring.carried
            content.sound = ring.aloud ? .default : nil
            let parts = Calendar.current.dateComponents([.year, .month, .day, .hour, .minute, .second], from: ring.at)
            return UNNotificationRequest(
                identifier: "\(prefix)\(ring.item.value) \(Int(ring.at.timeIntervalSince1970))", content: content,
                trigger: UNCalendarNotificationTrigger(dateMatching: parts, repeats: false))
        }
    }
#endif
