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

/// A text no line of which can begin with the last Chinese character alone: it stays with the one before it, by a word joiner,
/// which nobody sees or hears.
public func paired(_ text: String) -> String {
    guard let last = text.lastIndex(where: { $0.isLetter || $0.isNumber }), last > text.startIndex,
        text[last].unicodeScalars.allSatisfy(\.properties.isIdeographic), !text[text.index(before: last)].isNewline
    else { return text }
    let before = text.index(before: last)
    if text[before] == " " { return text[..<before] + "\u{a0}" + text[last...] }
    return text[..<last] + "\u{2060}" + text[last...]
}

/// Between two things of one line.
public let dot = " · "
