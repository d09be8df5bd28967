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

/**
 * A text no line of which can begin with the last Chinese character alone: it stays with what is before it, by a word joiner,
 * which nobody sees or hears, or by a space that does not break.
 */
fun paired(text: String): String {
    val last = text.indexOfLast { it.isLetterOrDigit() }
    if (last < 1 || !Character.isIdeographic(text[last].code) || text[last - 1] == '\n') return text
    if (text[last - 1] == ' ') return text.substring(0, last - 1) + "\u00a0" + text.substring(last)
    return text.substring(0, last) + JOINER + text.substring(last)
}

/** A line may end with a hyphen between two letters: Android itself keeps such a word whole, and breaks it anywhere where it has no room. */
fun hyphened(text: String): String = if ('-' in text) HYPHEN.replace(text, "-$BREAK") else text

private val HYPHEN = Regex("""(?<=\p{L})-(?=\p{L})""")

/** Where a line may end; nobody sees or hears it. */
const val BREAK = '\u200b'

const val JOINER = '\u2060'

/** Between two things of one line. */
const val DOT = " · "
