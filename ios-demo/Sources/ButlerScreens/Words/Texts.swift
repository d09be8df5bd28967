import ButlerKit
import Foundation

extension String {
    /// What stands behind the last such words; all of it when there are none.
    func after(_ words: String) -> String {
        guard let place = range(of: words, options: .backwards) else { return self }
        return String(self[place.upperBound...])
    }

    /// `Tomorrow` of `tomorrow`.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }

    var isBlank: Bool { allSatisfy(\.isWhitespace) }

    /// Without blanks before and behind.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

extension Array where Element: Hashable {
    /// Each once, where it stands first.
    func unique() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Array {
    /// In groups, in the order in which their keys first appear.
    func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(key: Key, rows: [Element])] {
        let groups = Dictionary(grouping: self, by: key)
        return map(key).unique().map { ($0, groups[$0] ?? []) }
    }
}

extension Date {
    /// Milliseconds since 1970, as moments stand in answers.
    var millis: Int64 { Int64((timeIntervalSince1970 * 1_000).rounded()) }

    init(millis: Int64) { self.init(timeIntervalSince1970: Double(millis) / 1_000) }
}

extension Procedure {
    /// It is a round.
    var isChecklist: Bool {
        if case .checklist = self { true } else { false }
    }
}
