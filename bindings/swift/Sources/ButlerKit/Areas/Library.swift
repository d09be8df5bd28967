import ButlerFFI

/// Case libraries 案例库.
public struct Library: Sendable {
    let core: ButlerCore

    /// Every article, library by library.
    public func list() async throws -> [ArticleRow] { try await core.off { try $0.libraryList() } }

    /// Best first; titles and tags also by pinyin and its initials (`gkpw` for 高空抛物).
    public func search(_ typed: String) async throws -> [ArticleRow] {
        try await core.off { try $0.librarySearch(typed: typed) }
    }

    /// An article, whole.
    public func article(_ row: ArticleRow) async throws -> ArticleDetails {
        try await core.off { try $0.libraryArticle(library: row.library, article: row.article) }
    }
}
