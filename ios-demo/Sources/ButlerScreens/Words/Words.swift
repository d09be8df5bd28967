import ButlerKit

/// In which language the app speaks.
public enum Language: String, Sendable {
    case zh, en
}

/// Puts the app's and the core's words into one language.
public struct Words: Sendable {
    public let language: Language

    public init(_ language: Language) { self.language = language }

    /// The app's own.
    public func callAsFunction(_ word: Word, _ with: KeyValuePairs<String, any CustomStringConvertible> = [:]) -> String {
        var pieces = (language == .zh ? word.zh : word.en).split(separator: "{", omittingEmptySubsequences: false)
        var text = String(pieces.removeFirst())
        for piece in pieces {
            let (gap, rest) = piece.cut(at: "}")
            let parts = gap.split(separator: "|", omittingEmptySubsequences: false)
            let value = with.first { $0.key == parts[0] }.map { $0.value.description } ?? "{\(gap)}"
            text += parts.count == 3 ? "\(value) \(parts[value == "1" ? 1 : 2])" : value
            text += rest
        }
        return text
    }

    /// The core's.
    public func callAsFunction(_ label: Label) -> String { language == .zh ? label.zh : label.en }

    /// Several things in one line.
    public func list(_ things: [String]) -> String { things.joined(separator: self(.list)) }
}

extension Substring {
    /// What stands before and behind the first such sign.
    fileprivate func cut(at sign: Character) -> (Substring, Substring) {
        guard let place = firstIndex(of: sign) else { return (self, "") }
        return (self[..<place], self[index(after: place)...])
    }
}

/// Between two things of one line.
let dot = " · "
