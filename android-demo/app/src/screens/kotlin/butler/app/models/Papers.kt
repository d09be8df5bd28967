package butler.app.models

import butler.ButlerException
import butler.PaperRow
import butler.RecordId
import butler.app.words.Word

/** A slip to be handed over: what it is called, and a page of HTML that fetches nothing. */
data class SlipPage(val name: String, val html: String)

/** The slips of a record: each is printed, or sent to somebody. */
data class PapersSheet<out I : Any>(val title: String, val papers: List<PaperLine<I>>, val about: String, val close: Press<I>)

data class PaperLine<out I : Any>(val title: String, val print: Press<I>, val share: Press<I>)

/** What a record can be handed out as. */
class Papers(private val app: App, private val record: RecordId) {
    /** The slips it can be printed as now; of a record whose procedure is not known here there are none. */
    suspend fun rows(): List<PaperRow> = try {
        app.butler.papers.of(record)
    } catch (_: ButlerException.NeedsNewerApp) {
        emptyList()
    }

    suspend fun print(paper: PaperRow) = app.platform.print(page(paper))

    suspend fun share(paper: PaperRow) = app.platform.share(page(paper))

    private suspend fun page(paper: PaperRow) = SlipPage(app.words(paper.title), app.words(app.butler.papers.html(record, paper.id)))

    suspend fun <I : Any> sheet(print: (PaperRow) -> I, share: (PaperRow) -> I, close: I): PapersSheet<I> {
        val words = app.words
        val papers = rows().map { PaperLine(words(it.title), Press(words(Word.PrintIt), print(it)), Press(words(Word.ShareIt), share(it))) }
        return PapersSheet(words(Word.SlipsTitle), papers, words(Word.SlipsAbout), Press(words(Word.CloseIt), close))
    }
}
