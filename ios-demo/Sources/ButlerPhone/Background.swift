import Foundation

/// Asks the platform for time while the app is out of sight.
@MainActor public protocol BackgroundTime: AnyObject {
    /// What is done with the time; it ends early when its task is cancelled. To be said before the app has started.
    func use(_ work: @escaping @Sendable () async -> Void)

    /// Asks for time, not before then. Asking again replaces what was asked.
    func ask(notBefore: Date)
}

#if canImport(BackgroundTasks) && os(iOS)
    import BackgroundTasks

    /// `project.yml` names the task in BGTaskSchedulerPermittedIdentifiers.
    @MainActor public final class AppRefresh: BackgroundTime {
        public static let identifier = "butler.sync"
        /// Seconds; the platform takes its time all the same.
        public static let pause: TimeInterval = 15 * 60

        public init() {}

        public func use(_ work: @escaping @Sendable () async -> Void) {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.identifier, using: .main) { given in
                MainActor.assumeIsolated {
                    self.ask(notBefore: Date(timeIntervalSinceNow: Self.pause))
                    self.run(given, work)
                }
            }
        }

        public func ask(notBefore: Date) {
            let request = BGAppRefreshTaskRequest(identifier: Self.identifier)
            request.earliestBeginDate = notBefore
            // What is refused now is asked for again when the app is left the next time.
            try? BGTaskScheduler.shared.submit(request)
        }

        private func run(_ given: BGTask, _ work: @escaping @Sendable () async -> Void) {
            let task = Task {
                await work()
                given.setTaskCompleted(success: !Task.isCancelled)
            }
            given.expirationHandler = { task.cancel() }
        }
    }
#endif
