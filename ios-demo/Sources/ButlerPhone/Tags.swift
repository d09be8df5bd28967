import Foundation

/// What a tag at a spot or on a key says: its text, and the number it was made with, by which copies are told from it.
public struct Tag: Equatable, Sendable {
    public let text: String
    /// Hexadecimal; empty when the reader does not tell it.
    public let number: String

    public init(text: String, number: String) {
        self.text = text
        self.number = number
    }

    /// Of the bytes of a record on the tag: an address (`U`) without its short form of the beginning, or a text (`T`)
    /// without its language. Nil for anything else.
    public init?(type: Data, payload: Data, number: Data) {
        switch String(data: type, encoding: .utf8) {
        case "U":
            guard let first = payload.first, let rest = String(data: payload.dropFirst(), encoding: .utf8) else { return nil }
            text = (first < Self.beginnings.count ? Self.beginnings[Int(first)] : "") + rest
        case "T":
            guard let first = payload.first else { return nil }
            // The highest bit says UTF-16, the lowest six how long the language is.
            let words = payload.dropFirst(1 + Int(first & 0x3f))
            guard let said = String(data: words, encoding: first & 0x80 == 0 ? .utf8 : .utf16) else { return nil }
            text = said
        default: return nil
        }
        self.number = number.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// NFC Forum, URI Record Type Definition 1.0, table 3, as far as tags of offices go.
    private static let beginnings = ["", "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:"]
}

/// Reads one tag.
@MainActor public protocol TagReader: AnyObject {
    /// Whether this phone has one.
    var isThere: Bool { get }

    /// Waits until a tag is held to the phone; nil when the person gave up or what was held has nothing to say.
    func tag(saying: String) async -> Tag?
}

#if canImport(CoreNFC) && os(iOS)
    @preconcurrency import CoreNFC

    @MainActor public final class NFCTagReader: NSObject, TagReader, NFCTagReaderSessionDelegate {
        private var session: NFCTagReaderSession?
        private var waiting: CheckedContinuation<Tag?, Never>?

        public var isThere: Bool { NFCTagReaderSession.readingAvailable }

        public func tag(saying words: String) async -> Tag? {
            guard isThere, waiting == nil else { return nil }
            return await withCheckedContinuation { continuation in
                waiting = continuation
                session = NFCTagReaderSession(pollingOption: [.iso14443, .iso15693], delegate: self, queue: .main)
                session?.alertMessage = words
                session?.begin()
            }
        }

        nonisolated public func tagReaderSessionDidBecomeActive(_ session: NFCTagReaderSession) {}

        nonisolated public func tagReaderSession(_ session: NFCTagReaderSession, didInvalidateWithError error: any Error) {
            MainActor.assumeIsolated { self.end(nil) }
        }

        nonisolated public func tagReaderSession(_ session: NFCTagReaderSession, didDetect tags: [NFCTag]) {
            MainActor.assumeIsolated {
                guard let tag = tags.first else { return }
                Task {
                    let read = try? await self.read(tag, session)
                    self.end(read ?? nil)
                    session.invalidate()
                }
            }
        }

        private func read(_ tag: NFCTag, _ session: NFCTagReaderSession) async throws -> Tag? {
            try await session.connect(to: tag)
            let found: (any NFCNDEFTag, Data)? =
                switch tag {
                case .miFare(let tag): (tag, tag.identifier)
                case .iso15693(let tag): (tag, tag.identifier)
                case .iso7816(let tag): (tag, tag.identifier)
                default: nil
                }
            guard let (tag, number) = found else { return nil }
            let message = try await tag.readNDEF()
            return message.records.lazy.compactMap { Tag(type: $0.type, payload: $0.payload, number: number) }.first
        }

        private func end(_ tag: Tag?) {
            waiting?.resume(returning: tag)
            waiting = nil
            session = nil
        }
    }
#endif
