import ButlerKit
import Foundation

/// What a key store says when it is asked.
public enum Secret: Equatable, Sendable {
    case kept(Data)
    /// The key store can be read, and there is certainly nothing.
    case nothing
    /// Nobody knows: the phone was not unlocked since it was started, or the key store fails.
    case unreadable
}

/// Keeps one secret of this app on this phone.
public protocol KeyStore: Sendable {
    func read() -> Secret

    /// Whether it is kept.
    func write(_ secret: Data) -> Bool
}

/// The key of the butler's files, out of the platform's key store. Not knowing is an error: taken for “no key”, it would
/// end with an empty butler over everything that is recorded.
public final class StoredKeys: KeyProvider {
    private let store: any KeyStore

    public init(_ store: any KeyStore) { self.store = store }

    public func key() throws -> Data? {
        switch store.read() {
        case .kept(let key): key
        case .nothing: nil
        case .unreadable: throw AppError.Failed
        }
    }

    public func keep(key: Data) throws {
        if !store.write(key) { throw AppError.Failed }
    }
}

#if canImport(Security)
    import Security

    /// The Keychain. What lies there is read from the first unlocking after a start on, so that a sync in the background
    /// may open the butler, and neither a backup nor another phone gets it.
    public struct Keychain: KeyStore {
        private let item: [String: String]

        public init(service: String = "butler", account: String = "files") {
            item = [
                kSecClass as String: kSecClassGenericPassword as String,
                kSecAttrService as String: service, kSecAttrAccount as String: account,
            ]
        }

        public func read() -> Secret {
            var found: CFTypeRef?
            let query = (item as [String: Any]).merging([kSecReturnData as String: kCFBooleanTrue as Any]) { $1 }
            switch SecItemCopyMatching(query as CFDictionary, &found) {
            case errSecSuccess: return (found as? Data).map(Secret.kept) ?? .unreadable
            case errSecItemNotFound: return .nothing
            default: return .unreadable
            }
        }

        public func write(_ secret: Data) -> Bool {
            let kept: [String: Any] = [
                kSecValueData as String: secret,
                kSecAttrAccessible as String: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            ]
            let query = (item as [String: Any]).merging(kept) { $1 }
            return SecItemAdd(query as CFDictionary, nil) == errSecSuccess
        }
    }
#endif
