package butler.app.models

import butler.ButlerIdentity
import butler.DueStatus
import butler.TodayItem
import butler.app.words.Word

/** The day by what a butler is to customers 身份: under each duty its identities, with what is left and what is done. */
data class DutiesState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<DutiesIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val identities: List<IdentityGroup> = emptyList(),
    val empty: Empty<DutiesIntent>? = null,
)

/** One identity; its duty stands above the first of each. */
data class IdentityGroup(val duty: String?, val title: String, val about: String, val kinds: List<WaitingGroup>)

sealed interface DutiesIntent {
    data object Back : DutiesIntent
}

/** 按身份看今天: of `today.list()`, whose items say which identity they serve. */
class DutiesModel(app: App) : Model<DutiesState, DutiesIntent>(app, DutiesState()) {
    private var problem: String? = null

    override suspend fun read(): DutiesState {
        val words = app.words
        val items = app.butler.today.all()
        // In the order of the month's report; what the manual counts under none comes last.
        val order = app.butler.metrics.list().mapNotNull { it.serves }.distinct()
        val groups = items.groupBy { it.serves }.toList()
            .sortedBy { (who, _) -> order.indexOf(who).let { if (it < 0) order.size + (if (who == null) 1 else 0) else it } }
        return DutiesState(
            title = words(Word.DutiesTitle),
            subtitle = left(items),
            back = Press(words(Word.Back), DutiesIntent.Back),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            identities = groups.mapIndexed { index, (who, of) ->
                identity(who, of, isFirst = index == 0 || groups[index - 1].first?.duty != who?.duty)
            },
            empty = if (items.isEmpty()) Empty(words(Word.NothingDue), words(Word.NothingDueAbout)) else null,
        )
    }

    private fun identity(who: ButlerIdentity?, items: List<TodayItem>, isFirst: Boolean) = IdentityGroup(
        duty = who?.takeIf { isFirst }?.let { app.words(it.duty) },
        title = who?.let { app.words(it.label) } ?: app.words(Word.NoIdentity),
        about = left(items),
        kinds = items.filter { it.isToDo }.groupBy { it.rule }.values.sortedByDescending { it.size }.map(::kind),
    )

    private fun kind(items: List<TodayItem>): WaitingGroup {
        val late = items.count { it.overdue }
        return WaitingGroup(
            title = app.words(Word.GroupCount, "what" to app.words(items.first().title), "count" to items.size),
            reason = "",
            badge = if (late == 0) null else Badge(BadgeKind.Overdue, app.words(Word.LateItems, "count" to late)),
        )
    }

    private fun left(items: List<TodayItem>): String =
        app.words(Word.DutiesLeft, "open" to items.count { it.isToDo }, "done" to items.count { it.status == DueStatus.DONE })

    override suspend fun act(intent: DutiesIntent) {
        when (intent) {
            DutiesIntent.Back -> app.platform.back()
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}
