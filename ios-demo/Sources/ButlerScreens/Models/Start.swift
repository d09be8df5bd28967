import ButlerKit

/// Why the app does not open: what happened, what is safe, and the ways on.
public struct StartState: Sendable {
    public let title: String
    public let about: String
    public let first: Press<StartIntent>
    public let second: Press<StartIntent>?

    init(_ title: String, _ about: String, _ first: Press<StartIntent>, _ second: Press<StartIntent>? = nil) {
        (self.title, self.about, self.first, self.second) = (title, about, first, second)
    }
}

public enum StartIntent: Equatable, Sendable {
    case again
    /// The settings of the phone where one makes room.
    case storage
    /// What no key opens is to be moved aside: it is asked once.
    case askAnew
    case anew
}

/// What is said of a butler that does not open; `asked` is whether it is to be opened anew.
public func startState(_ words: Words, _ why: any Error, asked: Bool = false) -> StartState {
    let again = Press(words(.tryAgain), StartIntent.again)
    switch why as? ButlerError {
    case .StorageFull:
        return StartState(problem(why, words), words(.storageAbout), Press(words(.openStorage), .storage), again)
    case .KeyMissing, .WrongKey:
        if asked {
            return StartState(
                words(.anewTitle), words(.anewAbout), Press(words(.anewDo), .anew), Press(words(.thinkAgain), .again))
        }
        return StartState(problem(why, words), words(.keyAbout), again, Press(words(.registerAnew), .askAnew))
    default: return StartState(problem(why, words), "", again)
    }
}

/// What opening found that its holder should know; nil where all is as it was left.
public func openedWords(_ words: Words, _ opening: Opening) -> String? {
    if let damage = opening.damaged {
        return words(damage.complete ? .openedDamaged : .openedLossy, ["count": damage.salvaged])
    }
    return opening.setAside == nil ? nil : words(.openedAnew)
}
