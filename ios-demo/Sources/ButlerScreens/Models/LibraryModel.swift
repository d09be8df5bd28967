import ButlerKit

/// The case library, collection by collection, or what was found in it.
public struct LibraryState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<LibraryIntent>?
    public var problem: String?
    public var search: Typing<LibraryIntent>?
    public var collections: [LibraryGroup] = []
    public var none: String?
}

public struct LibraryGroup: Sendable {
    public let title: String
    public let rows: [Press<LibraryIntent>]
}

/// What is read before something is done: each article opens.
public struct Reading<Intent: Sendable>: Sendable {
    public let title: String
    public let articles: [Press<Intent>]

    @MainActor init?(_ app: App, _ articles: [ArticleRow], open: (ArticleRow) -> Intent) {
        if articles.isEmpty { return nil }
        title = app.words(.readFirst)
        self.articles = articles.map { Press(app.words($0.title), open($0)) }
    }
}

/// What can be pressed in the case library.
public enum LibraryIntent: Sendable {
    case back
    case type(String)
    case open(ArticleRow)
}

/// The case library: of `library.list`, or `library.search` of what is typed. It works without a network like all else.
@MainActor public final class LibraryModel: Model {
    public let app: App
    public let life = Life(LibraryState())
    private var typed = ""
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func read() async throws -> LibraryState {
        let words = app.words
        let sought = typed.trimmed
        let library = app.butler.library
        let rows = sought.isEmpty ? try await library.list() : try await library.search(sought)
        let groups = rows.grouped { sought.isEmpty ? words($0.collection) : words(.foundCount, ["count": rows.count]) }
        return LibraryState(
            title: words(.libraryTitle),
            subtitle: sought.isEmpty ? words(.libraryAbout, ["count": rows.count]) : "",
            back: Press(words(.back), .back),
            problem: problem,
            search: Typing(words(.search), typed, hint: words(.findArticle)) { .type($0) },
            collections: groups.map { title, some in
                LibraryGroup(title: title, rows: some.map { Press(words($0.title), .open($0)) })
            },
            none: rows.isEmpty ? words(.foundNothingTry) : nil)
    }

    public func act(_ intent: LibraryIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .type(let text): typed = text
        case .open(let article): app.platform.go(.article(article))
        }
    }

    public func failed(_ words: String) { problem = words }
}
