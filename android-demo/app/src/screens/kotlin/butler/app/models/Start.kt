package butler.app.models

import butler.ButlerException
import butler.Opening
import butler.words
import butler.app.words.Word
import butler.app.words.Words

/** Why the app does not open: what happened, what is safe, and the ways on. */
data class StartState(val title: String, val about: String, val first: Press<StartIntent>, val second: Press<StartIntent>? = null)

enum class StartIntent {
    Again,

    /** The settings of the phone where one makes room. */
    Storage,

    /** What no key opens is to be moved aside: it is asked once. */
    AskAnew,
    Anew,
}

/** What is said of a butler that does not open; [asked] is whether it is to be opened anew. */
fun startState(words: Words, why: ButlerException, asked: Boolean = false): StartState {
    val again = Press(words(Word.TryAgain), StartIntent.Again)
    return when (why) {
        is ButlerException.StorageFull -> StartState(words(why.words), words(Word.StorageAbout), Press(words(Word.OpenStorage), StartIntent.Storage), again)
        is ButlerException.KeyMissing, is ButlerException.WrongKey ->
            if (asked) StartState(words(Word.AnewTitle), words(Word.AnewAbout), Press(words(Word.AnewDo), StartIntent.Anew), Press(words(Word.ThinkAgain), StartIntent.Again))
            else StartState(words(why.words), words(Word.KeyAbout), again, Press(words(Word.RegisterAnew), StartIntent.AskAnew))
        else -> StartState(words(why.words), "", again)
    }
}

/** What opening found that its holder should know; null where all is as it was left. */
fun openedWords(words: Words, opening: Opening): String? {
    val damage = opening.damaged
    return when {
        damage != null -> words(if (damage.complete) Word.OpenedDamaged else Word.OpenedLossy, "count" to damage.salvaged)
        opening.setAside != null -> words(Word.OpenedAnew)
        else -> null
    }
}
