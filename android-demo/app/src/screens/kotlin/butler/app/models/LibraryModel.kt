package butler.app.models

import butler.ArticleRow
import butler.ProcedureRow
import butler.app.words.Language
import butler.app.words.Word

/** What can be pressed in the case library. */
sealed interface LibraryIntent {
    data object Back : LibraryIntent
    data class Type(val text: String) : LibraryIntent
    data class Open(val article: ArticleRow) : LibraryIntent
}

/** The case library: of `library.list`, or `library.search` of what is typed. It works without a network like all else. */
class LibraryModel(app: App) : Model<LibraryState, LibraryIntent>(app, LibraryState()) {
    private var typed = ""
    private var problem: String? = null

    override suspend fun read(): LibraryState {
        val words = app.words
        val sought = typed.trim()
        val rows = if (sought.isEmpty()) app.butler.library.list() else app.butler.library.search(sought)
        val groups = if (sought.isEmpty()) rows.groupBy { words(it.collection) } else mapOf(words(Word.FoundCount, "count" to rows.size) to rows)
        return LibraryState(
            title = words(Word.LibraryTitle),
            subtitle = if (sought.isEmpty()) words(Word.LibraryAbout, "count" to rows.size) else "",
            back = Press(words(Word.Back), LibraryIntent.Back),
            problem = problem,
            search = Typing(words(Word.Search), typed, words(Word.FindArticle)) { LibraryIntent.Type(it) },
            collections = groups.filterValues { it.isNotEmpty() }.map { (title, some) -> LibraryGroup(title, some.map { Press(words(it.title), LibraryIntent.Open(it)) }) },
            none = if (rows.isEmpty()) words(Word.FoundNothingTry) else null,
        )
    }

    override suspend fun act(intent: LibraryIntent) {
        problem = null
        when (intent) {
            LibraryIntent.Back -> app.platform.back()
            is LibraryIntent.Type -> typed = intent.text
            is LibraryIntent.Open -> app.platform.go(Place.Article(intent.article))
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}

/** What is read before something is done: each article opens. */
data class Reading<out I : Any>(val title: String, val articles: List<Press<I>>)

internal fun <I : Any> reading(app: App, articles: List<ArticleRow>, open: (ArticleRow) -> I): Reading<I>? =
    if (articles.isEmpty()) null else Reading(app.words(Word.ReadFirst), articles.map { Press(app.words(it.title), open(it)) })

/** What can be pressed on a case of the library. */
sealed interface ArticleIntent {
    data object Back : ArticleIntent
    data class Begin(val procedure: ProcedureRow) : ArticleIntent
}

/** A case of the library: of `library.article`. */
class ArticleModel(app: App, private val of: ArticleRow) : Model<ArticleState, ArticleIntent>(app, ArticleState()) {
    private var problem: String? = null

    override suspend fun read(): ArticleState {
        val words = app.words
        val article = app.butler.library.article(of)
        return ArticleState(
            title = words(article.title),
            subtitle = words(of.collection),
            back = Press(words(Word.Back), ArticleIntent.Back),
            problem = problem,
            tags = article.tags.filter { isChinese(it) == (words.language == Language.ZH) },
            situationTitle = words(Word.Happened),
            situation = words(article.situation),
            handlingTitle = words(Word.Handling),
            handling = steps(words(article.handling)),
            basis = article.basis?.let { words(Word.Basis, "basis" to words(it)) },
            offersTitle = if (article.offers.isEmpty()) null else words(Word.WhatToOpen),
            offers = article.offers.map { Press(words(it.title), ArticleIntent.Begin(it)) },
        )
    }

    private fun isChinese(tag: String) = tag.any { Character.isIdeographic(it.code) }

    /** Numbered as it is written: `一、…二、…`, `1. … 2. …`. */
    private fun steps(text: String): List<HandlingStep> {
        val starts = NUMBER.findAll(text).toList()
        if (starts.size < 2 || starts.first().range.first != 0) return listOf(HandlingStep("", text))
        return starts.mapIndexed { index, start ->
            val end = starts.getOrNull(index + 1)?.range?.first ?: text.length
            HandlingStep("${index + 1}", text.substring(start.range.last + 1, end).trim())
        }
    }

    override suspend fun act(intent: ArticleIntent) {
        problem = null
        when (intent) {
            ArticleIntent.Back -> app.platform.back()
            is ArticleIntent.Begin -> opening(intent.procedure)?.let(app.platform::go)
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** At the beginning, or after the end of a sentence. */
        val NUMBER = Regex("""(?:^|(?<=[。；.;]\s?))\s*(?:[一二三四五六七八九十]+、|\d+[.)]\s)""")
    }
}
