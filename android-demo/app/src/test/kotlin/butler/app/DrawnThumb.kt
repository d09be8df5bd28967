package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeTimeoutException
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.junit4.AndroidComposeTestRule
import androidx.compose.ui.text.AnnotatedString
import androidx.test.ext.junit.rules.ActivityScenarioRule
import butler.app.words.JOINER
import kotlin.test.assertNotNull

/**
 * Presses what is drawn and types into it, by the actions a screen reader uses, and waits until it is there: what a press does is done on
 * other threads. Nothing is scrolled: the window of such a test is as high as the longest screen.
 */
class DrawnThumb(private val rule: AndroidComposeTestRule<ActivityScenarioRule<ComponentActivity>, ComponentActivity>) {
    /** Something on the screen: what stands in it with its parts, or what it is called. */
    private class Seen(val node: SemanticsNode) {
        private val config = node.config
        val words: List<String> = config.getOrNull(SemanticsProperties.Text).orEmpty().map { plain(it.text) } +
            config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() + listOfNotNull(config.getOrNull(SemanticsProperties.EditableText)?.text)
        val top = node.positionInRoot.y
        val bottom = top + node.size.height
        val isOn = SemanticsProperties.Disabled !in config
        val isPress = SemanticsActions.OnClick in config && isOn && SemanticsActions.SetText !in config
        val isField = SemanticsActions.SetText in config
        val isEmpty = config.getOrNull(SemanticsProperties.EditableText)?.text.isNullOrEmpty()
    }

    /** Presses what says so; the first one [under] a text where that is named. */
    fun press(label: String, under: String? = null) = press("“$label”") { all -> all.below(under)?.firstOrNull { it.isPress && label in it.words } }

    /** Presses what stands over the last of those that say so, as the head of a card over its buttons. */
    fun pressOver(label: String) = press("what stands over “$label”") { all ->
        all.below(null)?.lastOrNull { it.isPress && label in it.words }?.let { last -> all.filter { it.isPress && it.bottom <= last.top }.maxByOrNull { it.bottom } }
    }

    /** Presses the first thing in which these letters stand. */
    fun pressWith(letters: String) = press("“…$letters…”") { all -> all.firstOrNull { it.isPress && it.words.any { words -> letters in words } } }

    private fun press(what: String, find: (List<Seen>) -> Seen?) {
        press(awaited(what, find))
    }

    private fun press(seen: Seen) {
        val click = assertNotNull(seen.node.config[SemanticsActions.OnClick].action)
        rule.runOnUiThread { click() }
    }

    /** Puts a text in the place of what stands in a field. */
    fun type(field: String, text: String) = type(text, awaited("the field “$field”") { all -> all.firstOrNull { it.isField && field in it.words } })

    private fun type(text: String, field: Seen) {
        val set = assertNotNull(field.node.config[SemanticsActions.SetText].action)
        rule.runOnUiThread { set(AnnotatedString(text)) }
    }

    /** Waits for a text; [part] of one is enough where that is said. */
    fun await(words: String, part: Boolean = false) {
        awaited("“$words”") { all -> all.firstOrNull { seen -> seen.words.any { if (part) words in it else it == words } } }
    }

    /** Waits until a text is gone. */
    fun awaitNo(words: String) {
        awaited("a screen without “$words”") { all -> if (all.none { words in it.words }) Unit else null }
    }

    /** Waits until something is so that is not drawn. */
    fun awaitThat(what: String, isSo: () -> Boolean) {
        awaited(what) { if (isSo()) Unit else null }
    }

    /**
     * Answers a form as one in a hurry does: whatever its button says is missing gets the first answer there is, until the button records.
     */
    fun fill(words: String, record: String = "记下") {
        var before: String? = null
        repeat(ANSWERS) {
            val (label, field) = awaited(if (before == null) "the button of a form" else "“$before” answered") { all ->
                val said = all.filter { it.isPress }.flatMap { it.words }
                val missing = said.firstNotNullOfOrNull { MISSING.matchEntire(it) }?.let { first(it.groupValues[1]) }
                val open = missing ?: record.takeIf { it in said }
                val field = if (missing == null) all.firstOrNull { it.isPress && record in it.words } else all.below(missing)?.firstOrNull { it.isPress || it.isField }
                // What was typed last may not have come to the button yet.
                if (open == null || open == before || field == null || field.isField && !field.isEmpty) null else open to field
            }
            if (field.isField) type(words, field) else press(field)
            if (label == record) return
            before = label
        }
        throw AssertionError("the form asks on; there is ${shown()}")
    }

    /** What stands beside a text or below it, from above; all there is where none is named, null where it is not there. */
    private fun List<Seen>.below(label: String?): List<Seen>? {
        val sorted = sortedWith(compareBy({ it.top }, { it.node.positionInRoot.x }))
        if (label == null) return sorted
        val named = sorted.firstOrNull { label in it.words && !it.isField } ?: return null
        return sorted.filter { it !== named && it.bottom > (named.top + named.bottom) / 2 }
    }

    private fun <T : Any> awaited(what: String, look: (List<Seen>) -> T?): T {
        var found: T? = null
        try {
            rule.waitUntil(PATIENCE) { look(seen()).also { found = it } != null }
        } catch (late: ComposeTimeoutException) {
            throw AssertionError("$what is not there; there is ${shown()}", late)
        }
        return assertNotNull(found)
    }

    /** Where a sheet is open, what lies below it is out of reach. */
    private fun seen(): List<Seen> {
        val all = rule.onAllNodes(EVERYTHING).fetchSemanticsNodes(atLeastOneRootRequired = false).filter { it.layoutInfo.isPlaced }
        val sheet = all.lastOrNull { SemanticsProperties.PaneTitle in it.config }
        return all.filter { node -> sheet == null || generateSequence(node) { it.parent }.any { it.id == sheet.id } }.map(::Seen)
    }

    /** All that can be read now. */
    fun shown(): String = seen().filter { it.words.isNotEmpty() }.joinToString("\n") { seen -> (if (seen.isPress) "[" else if (seen.isField) "<" else "") + seen.words.joinToString(" | ") }

    private companion object {
        const val PATIENCE = 30_000L
        const val ANSWERS = 20
        val MISSING = Regex("还差 \\d+ 项：(.*)")
        val EVERYTHING = SemanticsMatcher("anything") { true }

        /** The first of what is missing. */
        fun first(missing: String) = missing.removeSuffix("…").split("、").first()

        /** As it was written: signs that keep letters together are not read. */
        fun plain(text: String) = text.replace(JOINER.toString(), "").replace('\u00a0', ' ')
    }
}
