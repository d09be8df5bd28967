package butler.app.models

import butler.ChecklistId
import butler.Procedure
import butler.WalkGroup
import butler.app.words.Word
import java.time.LocalDate

/** What is not on today's walk: what can wait, and what should have been on it and does not fit. */
data class CanWaitState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<CanWaitIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val doesNotFit: List<WaitingGroup> = emptyList(),
    val doesNotFitTitle: String? = null,
    val groups: List<WaitingGroup> = emptyList(),
    val empty: Empty<CanWaitIntent>? = null,
)

/** Things of one kind that wait for one reason. */
data class WaitingGroup(val title: String, val reason: String, val badge: Badge?, /** Where inspections of homes have a list of their own. */ val open: Press<CanWaitIntent>? = null)

sealed interface CanWaitIntent {
    data object Back : CanWaitIntent
    data class Open(val checklist: ChecklistId) : CanWaitIntent
}

/** 可以等, 排不下: of `today.walk()`. */
class CanWaitModel(app: App) : Model<CanWaitState, CanWaitIntent>(app, CanWaitState()) {
    private var problem: String? = null

    override suspend fun read(): CanWaitState {
        val words = app.words
        val walk = app.butler.today.walk(app.settings.now.hours)
        val today = app.butler.date()
        val waiting = walk.canWait.sumOf { it.count.toInt() }
        val misfit = walk.doesNotFit.sumOf { it.count.toInt() }
        return CanWaitState(
            title = words(Word.CanWaitTitle),
            subtitle = words(Word.CanWaitAbout, "count" to waiting),
            back = Press(words(Word.Back), CanWaitIntent.Back),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            doesNotFit = walk.doesNotFit.map { group(it, today) },
            doesNotFitTitle = if (misfit == 0) null else words(Word.DoesNotFit, "count" to misfit),
            groups = walk.canWait.map { group(it, today) },
            empty = if (waiting + misfit > 0) null else Empty(words(Word.NothingWaits), ""),
        )
    }

    private suspend fun group(group: WalkGroup, today: LocalDate): WaitingGroup {
        val left = group.until?.let { it.toEpochDay() - today.toEpochDay() }
        val late = group.overdue.toInt()
        val item = group.items.firstOrNull()?.let { app.butler.today.item(it) }
        val checklist = (item?.begin as? Procedure.Checklist)?.checklist?.takeIf { item.about != null }
        return WaitingGroup(
            title = app.words(Word.GroupCount, "what" to app.words(group.title), "count" to group.count),
            reason = app.formats.say(group.reason, today),
            badge = when {
                late > 0 -> Badge(BadgeKind.Overdue, app.words(Word.LateItems, "count" to late))
                left != null && left in 0..SOON -> Badge(BadgeKind.Due, app.words(Word.DaysLeft, "days" to left))
                else -> null
            },
            open = checklist?.let { Press(app.words(Word.EachHome), CanWaitIntent.Open(it)) },
        )
    }

    override suspend fun act(intent: CanWaitIntent) {
        when (intent) {
            CanWaitIntent.Back -> app.platform.back()
            is CanWaitIntent.Open -> app.platform.go(Place.DayRounds(intent.checklist))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** From so many days on, what is left is worth a badge. */
        const val SOON = 3L
    }
}
