package butler.app.models

import butler.Brought
import butler.ChecklistId
import butler.DayWalk
import butler.DueId
import butler.Mode
import butler.WaitKind
import butler.WalkGroup
import butler.app.words.DOT
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
    val doesNotFitAbout: String? = null,
    /** Whoever may send somebody. */
    val askForHands: Press<CanWaitIntent>? = null,
    /** Why things can wait, to see those alone. */
    val kinds: List<Chip<CanWaitIntent>> = emptyList(),
    val groups: List<WaitingGroup> = emptyList(),
    val empty: Empty<CanWaitIntent>? = null,
    /** What was just brought into today. */
    val brought: String? = null,
    val sheet: CanWaitSheet? = null,
)

/** Things of one kind that wait for one reason. */
data class WaitingGroup(val title: String, val reason: String, val badge: Badge?, val open: Press<CanWaitIntent>? = null, val look: WaitingLook? = null)

/** What things of a kind are, by why they wait or where they are done; how it looks is the design's. */
enum class WaitingLook { Ask, Later, Spot, Inside, Door, Call, Desk }

sealed interface CanWaitSheet {
    val title: String
    val about: String
    val close: Press<CanWaitIntent>

    /** What a group is made of: each may be brought into today by itself. */
    data class Things(
        override val title: String,
        override val about: String,
        val things: List<Press<CanWaitIntent>>,
        val more: String?,
        /** Where inspections of homes have a list of their own. */
        val each: Press<CanWaitIntent>?,
        override val close: Press<CanWaitIntent>,
        val bring: Press<CanWaitIntent>,
    ) : CanWaitSheet

    /** There is no room, unless these wait instead. */
    data class NoRoom(
        override val title: String,
        override val about: String,
        val instead: List<String>,
        override val close: Press<CanWaitIntent>,
        val swap: Press<CanWaitIntent>?,
    ) : CanWaitSheet
}

sealed interface CanWaitIntent {
    data object Back : CanWaitIntent
    data class Show(/** All without one. */ val kind: WaitKind?) : CanWaitIntent
    data class Look(/** The first of a group. */ val item: DueId) : CanWaitIntent
    data class Bring(val items: List<DueId>) : CanWaitIntent
    data object Swap : CanWaitIntent
    data class Open(val checklist: ChecklistId) : CanWaitIntent
    data class CallNumber(val number: String) : CanWaitIntent
    data object CloseSheet : CanWaitIntent
}

/** How much does not fit into today; of homes, where it is one thing to be done in homes. */
internal suspend fun doesNotFit(app: App, walk: DayWalk): String? {
    val count = walk.doesNotFit.sumOf { it.count.toInt() }
    val one = walk.doesNotFit.singleOrNull() ?: return if (count == 0) null else app.words(Word.DoesNotFit, "count" to count)
    val first = app.butler.today.item(one.items.first())
    val ofHomes = first?.about?.let { homeTitle(app, it) } != null
    return app.words(if (ofHomes) Word.DoesNotFitHomes else Word.DoesNotFitOf, "count" to count, "what" to app.words(one.title))
}

/** 可以等, 排不下: of `today.walk()`; what is wanted all the same is brought into today. */
class CanWaitModel(app: App) : Model<CanWaitState, CanWaitIntent>(app, CanWaitState()) {
    private var problem: String? = null
    private var looking: DueId? = null
    private var noRoom: Brought? = null
    private var brought = 0
    private var kind: WaitKind? = null

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
            doesNotFitTitle = doesNotFit(app, walk),
            doesNotFitAbout = if (misfit == 0) null else words(Word.DoesNotFitAbout),
            askForHands = if (misfit == 0) null else supervisor(app)?.phone?.let { Press(words(Word.AskForHands), CanWaitIntent.CallNumber(it)) },
            kinds = kinds(walk.canWait),
            groups = walk.canWait.filter { kind == null || it.wait == kind }.map { group(it, today) },
            empty = if (waiting + misfit > 0) null else Empty(words(Word.NothingWaits), words(Word.NothingWaitsAbout)),
            brought = if (brought == 0) null else words(Word.Brought, "count" to brought),
            sheet = noRoom?.let { sheet(it) } ?: looking?.let { sheet(it, walk, today) },
        )
    }

    private suspend fun sheet(of: DueId, walk: DayWalk, today: LocalDate): CanWaitSheet? {
        val group = (walk.doesNotFit + walk.canWait).find { of in it.items } ?: return null
        val shown = group.items.take(SHOWN).mapNotNull { app.butler.today.item(it) }
        val checklist = inspections(shown.take(1)).keys.firstOrNull()
        val more = group.items.size - shown.size
        return CanWaitSheet.Things(
            title = title(group),
            about = listOf(app.formats.say(group.reason, today), app.words(Word.BringOne)).joinToString(DOT),
            things = shown.map { Press(it.subject, CanWaitIntent.Bring(listOf(it.id))) },
            more = if (more > 0) app.words(Word.MoreThings, "count" to more) else null,
            each = checklist?.let { Press(app.words(Word.EachHome), CanWaitIntent.Open(it)) },
            close = Press(app.words(Word.CloseIt), CanWaitIntent.CloseSheet),
            bring = Press(app.words(Word.BringToday, "count" to group.count), CanWaitIntent.Bring(group.items)),
        )
    }

    private suspend fun sheet(brought: Brought): CanWaitSheet {
        val instead = brought.displaces.mapNotNull { app.butler.today.item(it) }
        return CanWaitSheet.NoRoom(
            title = app.words(Word.NoRoom, "count" to brought.left.size),
            about = app.words(if (instead.isEmpty()) Word.NoRoomAtAll else Word.NoRoomInstead),
            instead = instead.map { listOf(it.subject, app.words(it.title)).joinToString(DOT) },
            close = Press(app.words(Word.ThinkAgain), CanWaitIntent.CloseSheet),
            swap = if (instead.isEmpty()) null else Press(app.words(Word.SwapThese), CanWaitIntent.Swap),
        )
    }

    /** Where all of it waits for one reason there is nothing to choose; what is shown stays to be chosen when nothing of it is left. */
    private fun kinds(groups: List<WalkGroup>): List<Chip<CanWaitIntent>> {
        val kinds = WaitKind.entries.filter { each -> each == kind || groups.any { it.wait == each } }
        if (kinds.size < 2) return emptyList()
        return (listOf(null) + kinds).map { Chip(Press(app.words(word(it)), CanWaitIntent.Show(it)), it == kind) }
    }

    private fun word(kind: WaitKind?) = when (kind) {
        null -> Word.WaitAll
        WaitKind.OPPORTUNITY -> Word.WaitOpportunity
        WaitKind.DATED -> Word.WaitDated
        WaitKind.NOT_YET -> Word.WaitNotYet
        WaitKind.NO_HURRY -> Word.WaitNoHurry
    }

    private fun title(group: WalkGroup) = app.words(Word.GroupCount, "what" to app.words(group.title), "count" to group.count)

    private suspend fun look(group: WalkGroup): WaitingLook? = when (group.wait) {
        WaitKind.OPPORTUNITY -> WaitingLook.Ask
        WaitKind.NOT_YET -> WaitingLook.Later
        WaitKind.DATED, WaitKind.NO_HURRY, null -> when (app.butler.today.item(group.items.first())?.mode) {
            Mode.SPOT -> WaitingLook.Spot
            Mode.INSIDE -> WaitingLook.Inside
            Mode.DOOR -> WaitingLook.Door
            Mode.CALL -> WaitingLook.Call
            Mode.DESK -> WaitingLook.Desk
            null -> null
        }
    }

    private suspend fun group(group: WalkGroup, today: LocalDate): WaitingGroup {
        val left = group.until?.let { it.toEpochDay() - today.toEpochDay() }
        val late = group.overdue.toInt()
        return WaitingGroup(
            title = title(group),
            reason = app.formats.say(group.reason, today),
            look = look(group),
            badge = when {
                late > 0 -> Badge(BadgeKind.Overdue, app.words(Word.LateItems, "count" to late))
                left != null && left in 0..SOON -> Badge(BadgeKind.Due, app.words(Word.DaysLeft, "days" to left))
                else -> null
            },
            open = Press(title(group), CanWaitIntent.Look(group.items.first())),
        )
    }

    override suspend fun act(intent: CanWaitIntent) {
        problem = null
        brought = 0
        when (intent) {
            CanWaitIntent.Back -> app.platform.back()
            is CanWaitIntent.Show -> kind = intent.kind
            is CanWaitIntent.Look -> looking = intent.item
            is CanWaitIntent.Bring -> bring(intent.items, emptyList())
            CanWaitIntent.Swap -> noRoom?.let { bring(it.left, it.displaces) }
            is CanWaitIntent.Open -> app.platform.go(Place.DayRounds(intent.checklist))
            is CanWaitIntent.CallNumber -> app.platform.dial(intent.number)
            CanWaitIntent.CloseSheet -> {
                looking = null
                noRoom = null
            }
        }
    }

    private suspend fun bring(items: List<DueId>, insteadOf: List<DueId>) {
        val result = app.butler.today.bring(items, insteadOf, app.settings.now.hours)
        brought = result.added.size
        noRoom = result.takeIf { it.left.isNotEmpty() }
        looking = null
        if (brought > 0) app.platform.recorded()
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** From so many days on, what is left is worth a badge. */
        const val SOON = 3L
        /** So many of a group are named one by one. */
        const val SHOWN = 20
    }
}
