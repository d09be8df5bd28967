package butler

/** Case libraries 案例库. */
class Library internal constructor(private val core: ButlerCore) {
    /** Every article, library by library. */
    suspend fun list(): List<ArticleRow> = core.off { it.libraryList() }

    /** Best first; titles and tags also by pinyin and its initials (`gkpw` for 高空抛物). */
    suspend fun search(typed: String): List<ArticleRow> = core.off { it.librarySearch(typed) }

    /** An article, whole. */
    suspend fun article(row: ArticleRow): ArticleDetails = core.off { it.libraryArticle(row.library, row.article) }
}
