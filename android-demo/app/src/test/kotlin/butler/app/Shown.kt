package butler.app

import butler.app.models.Clock
import butler.app.models.Drawing
import butler.app.models.Photo
import butler.app.models.PhotoPicture
import butler.app.models.Press
import butler.app.models.QrCode
import butler.app.models.Typing
import java.lang.reflect.Modifier

/**
 * A state as JSON, in the order its classes name their parts: what a contract file holds and what another platform's twin
 * has to show too. A press is its words, `*` before them when it cannot be pressed; an intent is not shown.
 */
object Shown {
    fun json(state: Any?): String = buildString { write(state, 0) } + "\n"

    /** Everything one can press, type into or sign, in the order it stands, with the words that stand in the same part of the screen. */
    fun presses(state: Any?, around: List<String> = emptyList()): List<Found> = when (state) {
        null, is String, is Number, is Boolean, is Enum<*>, is Clock, is QrCode -> emptyList()
        is List<*> -> state.flatMap { presses(it, around) }
        is Press<*> -> listOf(Found(around, press = state))
        is Photo<*> -> listOf(Found(around, press = state.open))
        is PhotoPicture -> emptyList()
        is Typing<*> -> listOf(Found(around, typing = state))
        is Drawing<*> -> listOf(Found(around, drawing = state))
        else -> {
            val parts = parts(state)
            val words = around + parts.mapNotNull { (_, value) -> value as? String }
            parts.flatMap { (_, value) -> presses(value, words) }
        }
    }

    class Found(val around: List<String>, val press: Press<*>? = null, val typing: Typing<*>? = null, val drawing: Drawing<*>? = null)

    private fun StringBuilder.write(value: Any?, depth: Int) {
        when (value) {
            null -> append("null")
            is String -> quote(value)
            is Number, is Boolean -> append(value)
            is Enum<*> -> quote(value.name)
            is Press<*> -> quote(if (value.locked == null) "[${value.label}]" else "[*${value.label}] ${value.locked}")
            is Photo<*> -> write(value.open, depth)
            is PhotoPicture -> quote("▣")
            is Typing<*> -> quote("<${value.label}> ${value.text.ifEmpty { value.hint }}".trim())
            is Clock -> quote(value.text)
            is QrCode -> quote("# ${value.label}")
            is Drawing<*> -> quote("~${value.label}~ ${value.text}")
            is List<*> -> block('[', ']', value, depth) { write(it, depth + 1) }
            else -> if (isName(value)) write(parts(value).single().second, depth) else fields(value, depth)
        }
    }

    private fun StringBuilder.fields(state: Any, depth: Int) =
        block('{', '}', parts(state).filter { it.second != null && it.second != "" && it.second != emptyList<Any>() }, depth) { (name, part) ->
            quote(name)
            append(": ")
            write(part, depth + 1)
        }

    private fun <T> StringBuilder.block(open: Char, close: Char, parts: List<T>, depth: Int, each: (T) -> Unit) {
        append(open)
        parts.forEachIndexed { index, part ->
            append(if (index == 0) "\n" else ",\n").append(" ".repeat(depth + 1))
            each(part)
        }
        if (parts.isNotEmpty()) append("\n").append(" ".repeat(depth))
        append(close)
    }

    private fun StringBuilder.quote(text: String) {
        append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"')
    }

    /** It only says which of several something is: shown is that alone. */
    private fun isName(state: Any) = state.javaClass.isAnnotationPresent(JvmInline::class.java)

    /** The parts of a state in the order they are declared in. */
    private fun parts(state: Any): List<Pair<String, Any?>> =
        state.javaClass.declaredFields.filter { !Modifier.isStatic(it.modifiers) && !it.isSynthetic }.map {
            it.isAccessible = true
            it.name to it.get(state)
        }
}
