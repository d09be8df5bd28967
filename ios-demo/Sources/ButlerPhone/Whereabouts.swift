#if canImport(CoreLocation) && os(iOS)
    import ButlerKit
    import CoreLocation

    /// Where the phone is. It is asked when a point is recorded whose place is known, and followed nowhere.
    @MainActor public final class Whereabouts: NSObject, Finder, CLLocationManagerDelegate {
        private static let metres: CLLocationAccuracy = 50
        private static let fresh: TimeInterval = 20
        private static let patience = Duration.seconds(4)
        private let manager = CLLocationManager()
        private var allowed: CheckedContinuation<Void, Never>?
        private var found: CheckedContinuation<CLLocation?, Never>?

        public override init() {
            super.init()
            manager.delegate = self
            manager.desiredAccuracy = kCLLocationAccuracyBest
        }

        public func position() async -> GeoPoint? {
            guard found == nil, allowed == nil else { return nil }
            if manager.authorizationStatus == .notDetermined {
                await withCheckedContinuation { continuation in
                    allowed = continuation
                    manager.requestWhenInUseAuthorization()
                }
            }
            guard [.authorizedWhenInUse, .authorizedAlways].contains(manager.authorizationStatus) else { return nil }
            var fix = manager.location.flatMap { Self.serves($0) ? $0 : nil }
            if fix == nil { fix = await soon() }
            return fix.map { GeoPoint(lat: $0.coordinate.latitude, lon: $0.coordinate.longitude) }
        }

        /// The first one that serves, or none after a while.
        private func soon() async -> CLLocation? {
            let late = Task { [weak self] in
                try? await Task.sleep(for: Self.patience)
                self?.end(nil)
            }
            defer { late.cancel() }
            return await withCheckedContinuation { continuation in
                found = continuation
                manager.startUpdatingLocation()
            }
        }

        private func end(_ fix: CLLocation?) {
            manager.stopUpdatingLocation()
            found?.resume(returning: fix)
            found = nil
        }

        /// Nearer than a point mostly lies to the next one, and of just now.
        private static func serves(_ fix: CLLocation) -> Bool {
            fix.horizontalAccuracy >= 0 && fix.horizontalAccuracy <= metres && -fix.timestamp.timeIntervalSinceNow <= fresh
        }

        nonisolated public func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
            MainActor.assumeIsolated {
                guard self.manager.authorizationStatus != .notDetermined else { return }
                allowed?.resume()
                allowed = nil
            }
        }

        nonisolated public func locationManager(_ manager: CLLocationManager, didUpdateLocations fixes: [CLLocation]) {
            MainActor.assumeIsolated { if let fix = fixes.last(where: Self.serves) { end(fix) } }
        }

        /// It may find itself yet: after a while nothing is waited for.
        nonisolated public func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {}
    }
#endif
