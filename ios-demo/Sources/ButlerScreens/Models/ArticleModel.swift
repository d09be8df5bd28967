import ButlerKit

/// One case of the library: what happened, what one does, and what it rests on.
public struct ArticleState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<ArticleIntent>?
    public var problem: String?
    public var tags: [String] = []
    public var situationTitle = ""
    public var situation = ""
    public var handlingTitle = ""
    public var handling: [HandlingStep] = []
    public var basis: String?
    public var offersTitle: String?
    public var offers: [Press<ArticleIntent>] = []
}

/// `number` is empty where the handling is one paragraph.
public struct HandlingStep: Sendable {
    public let number: String
    public let text: String
}

/// What can be pressed on a case of the library.
public enum ArticleIntent: Sendable {
    case back
    case begin(ProcedureRow)
}

/// A case of the library: of `library.article`.
@MainActor public final class ArticleModel: Model {
    public let app: App
    public let life = Life(ArticleState())
    private let of: ArticleRow
    private var problem: String?

    public init(_ app: App, _ of: ArticleRow) {
        self.app = app
        self.of = of
    }

    public func read() async throws -> ArticleState {
        let words = app.words
        let article = try await app.butler.library.article(of)
        return ArticleState(
            title: words(article.title),
            subtitle: words(of.collection),
            back: Press(words(.back), .back),
            problem: problem,
            tags: article.tags.filter { isChinese($0) == (words.language == .zh) },
            situationTitle: words(.happened),
            situation: words(article.situation),
            handlingTitle: words(.handling),
            handling: steps(words(article.handling)),
            basis: article.basis.map { words(.basis, ["basis": words($0)]) },
            offersTitle: article.offers.isEmpty ? nil : words(.whatToOpen),
            offers: article.offers.map { Press(words($0.title), .begin($0)) })
    }

    private func isChinese(_ tag: String) -> Bool { tag.unicodeScalars.contains(where: \.properties.isIdeographic) }

    /// Numbered as it is written: `一、…二、…`, `1. … 2. …`.
    private func steps(_ text: String) -> [HandlingStep] {
        // At the beginning, or after the end of a sentence.
        let number = /(^|[。；.;])\s*(?:[一二三四五六七八九十]+、|\d+[.)]\s)/
        let starts = text.matches(of: number)
        guard starts.count > 1, starts[0].range.lowerBound == text.startIndex, starts[0].output.1.isEmpty else {
            return [HandlingStep(number: "", text: text)]
        }
        let ends = starts.dropFirst().map(\.output.1.endIndex) + [text.endIndex]
        return zip(starts, ends).enumerated().map { index, part in
            HandlingStep(number: "\(index + 1)", text: String(text[part.0.range.upperBound..<part.1]).trimmed)
        }
    }

    public func act(_ intent: ArticleIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .begin(let procedure): if let place = opening(procedure) { app.platform.go(place) }
        }
    }

    public func failed(_ words: String) { problem = words }
}
