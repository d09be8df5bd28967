package butler

/** What to tell the user, in both languages: what happened, what is safe, what to do. Never a name or a number of anybody. */
val ButlerException.words: Label get() = errorWords(this)
