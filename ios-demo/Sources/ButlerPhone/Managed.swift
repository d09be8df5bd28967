import Foundation

/// What the company says that manages the phone.
public enum Managed {
    private static let key = "com.apple.configuration.managed"

    /// Where the office is; nil when the company does not say, or not in a way that is an address.
    public static func office(_ told: UserDefaults = .standard) -> String? {
        (told.dictionary(forKey: key)?["office"] as? String).flatMap { URL(string: $0)?.scheme == "https" ? $0 : nil }
    }
}
