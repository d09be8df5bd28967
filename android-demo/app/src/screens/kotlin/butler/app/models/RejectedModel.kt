package butler.app.models

import butler.Change
import butler.ChangeHash
import butler.Fate
import butler.RejectedRow
import butler.TouchRow
import butler.app.words.DOT
import butler.app.words.Word

/** What can be pressed on 被退回. */
sealed interface RejectedIntent {
    data object Back : RejectedIntent
    data class Tick(val touch: Int) : RejectedIntent
    data object AskDismiss : RejectedIntent
    data object Keep : RejectedIntent
    data object Dismiss : RejectedIntent
    data object Resend : RejectedIntent
}

/** 被退回: of `rejected.list`, one edit. What the reason is about is not sent again unless it is ticked. */
class RejectedModel(app: App, private val change: ChangeHash) : Model<RejectedState, RejectedIntent>(app, RejectedState()) {
    private var ticked: Set<Int>? = null
    private var asking = false
    private var problem: String? = null

    override suspend fun act(intent: RejectedIntent) {
        problem = null
        when (intent) {
            RejectedIntent.Back -> app.platform.back()
            is RejectedIntent.Tick -> ticked = ticked.orEmpty().let { if (intent.touch in it) it - intent.touch else it + intent.touch }
            RejectedIntent.AskDismiss -> asking = true
            RejectedIntent.Keep -> asking = false
            RejectedIntent.Dismiss -> {
                app.butler.rejected.dismiss(change)
                asking = false
                app.platform.back()
            }
            RejectedIntent.Resend -> resend()
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private suspend fun row(): RejectedRow? = app.butler.rejected.list().find { it.change == change }

    private suspend fun resend() {
        val row = row() ?: return
        val chosen = row.meant.filterIndexed { index, _ -> index in ticked.orEmpty() }
        val butler = app.butler.submitting(app.butler.submission(row.shown))
        butler.rejected.resend(change, if (chosen.size == row.meant.size) null else chosen)
        app.platform.recorded()
        app.platform.back()
    }

    override suspend fun read(): RejectedState {
        val words = app.words
        val back = Press(words(Word.Back), RejectedIntent.Back)
        val all = app.butler.rejected.list()
        val row = all.find { it.change == change }
            ?: return RejectedState(words(Word.StateRejected), back = back, problem = problem, empty = Empty(words(Word.NothingRejected), words(Word.NothingRejectedAbout)))
        val today = app.butler.date()
        val mayAct = row.fate == Fate.REJECTED || row.fate == Fate.QUARANTINED
        val bad = row.meant.indices.filter { row.meant[it].path == row.path }.toSet()
        val chosen = ticked ?: (row.meant.indices.toSet() - bad).also { ticked = it }
        val field = row.meant.find { it.path == row.path } ?: row.meant.singleOrNull()
        return RejectedState(
            title = words(Word.StateRejected),
            subtitle = words(Word.RejectedAbout, "count" to all.size),
            back = back,
            problem = problem,
            subject = listOf(row.subject, words(kindWord(row.kind))).filter { it.isNotEmpty() }.joinToString(DOT),
            field = field?.let { words(it.label) } ?: words(kindWord(row.kind)),
            badge = fateBadge(app, row.fate),
            reason = words(row.reason),
            reasonAbout = words(Word.RejectedAt, "time" to app.formats.nearTime(row.at, today)),
            meantTitle = if (row.meant.isEmpty()) null else words(Word.Meant, "count" to row.meant.size),
            meant = row.meant.mapIndexed { index, touch -> touch(index, touch, index in bad, index in chosen, mayAct) },
            adviceTitle = if (mayAct && bad.isNotEmpty()) words(Word.AdviceTitle, "field" to field?.let { words(it.label) }.orEmpty()) else null,
            advice = if (mayAct && bad.isNotEmpty()) words(Word.Advice) else if (mayAct) null else words(Word.GoesByItself),
            dismiss = if (mayAct) Press(words(Word.DoNotSend), RejectedIntent.AskDismiss) else null,
            resend = if (mayAct) resend(row, chosen, bad) else null,
            sheet = if (asking) sheet() else null,
        )
    }

    private fun touch(index: Int, touch: TouchRow, bad: Boolean, ticked: Boolean, mayAct: Boolean): TouchLine {
        val words = app.words
        val said = when (val change = touch.change) {
            is Change.Write -> touch.words?.let { words(it) }.orEmpty()
            Change.Clear -> words(Word.Cleared)
            is Change.Splice -> change.insert.ifEmpty { words(Word.Cleared) }
        }
        return TouchLine(
            about = listOf(said, if (bad) words(Word.CannotPass) else "").filter { it.isNotEmpty() }.joinToString(DOT),
            bad = bad,
            tick = Chip(Press(words(touch.label), RejectedIntent.Tick(index), if (mayAct) null else words(Word.GoesByItself)), ticked),
        )
    }

    private fun resend(row: RejectedRow, chosen: Set<Int>, bad: Set<Int>): Press<RejectedIntent> {
        val words = app.words
        val label = when {
            chosen.size == row.meant.size -> words(Word.SendAsMeant)
            bad.isNotEmpty() && chosen == row.meant.indices.toSet() - bad -> words(Word.SendWithout, "count" to chosen.size)
            else -> words(Word.SendThese, "count" to chosen.size)
        }
        return Press(label, RejectedIntent.Resend, if (chosen.isEmpty()) words(Word.NothingTicked) else null)
    }

    private fun sheet() = DismissSheet(
        app.words(Word.DismissTitle), app.words(Word.DismissAbout),
        Press(app.words(Word.ThinkAgain), RejectedIntent.Keep), Press(app.words(Word.DoNotSend), RejectedIntent.Dismiss),
    )
}
