package butler.app.words

import butler.Label

/** In which language the app speaks. */
enum class Language { ZH, EN }

/** Puts the app's and the core's words into one language. */
class Words(val language: Language) {
    /** The app's own. */
    operator fun invoke(word: Word, vararg with: Pair<String, Any>): String {
        val values = with.toMap()
        return GAP.replace(if (language == Language.ZH) word.zh else word.en) { gap ->
            val (name, one, more) = gap.destructured
            val value = values.getValue(name).toString()
            if (one.isEmpty()) value else "$value ${if (value == "1") one else more}"
        }
    }

    /** The core's. */
    operator fun invoke(label: Label): String = if (language == Language.ZH) label.zh else label.en

    /** Several things in one line. */
    fun list(things: List<String>): String = things.joinToString(this(Word.List))

    private companion object {
        val GAP = Regex("""\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}""")
    }
}

/** Between two things of one line. */
const val DOT = " · "
