package butler.app.models

/** What 事项 shows: the cases that wait for me, those whose time runs out, those that wait for others. */
data class CasesState(
    val title: String = "",
    val subtitle: String = "",
    val search: Press<CasesIntent>? = null,
    val sync: Press<CasesIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val views: List<Chip<CasesIntent>> = emptyList(),
    val groups: List<CaseGroup> = emptyList(),
    /** Those that are over, on demand. */
    val over: Press<CasesIntent>? = null,
    val empty: Empty<CasesIntent>? = null,
)

/** Cases under one heading; [none] says so where there are none. */
data class CaseGroup(val title: String?, val rows: List<CaseLine>, val none: String?)

/** A case in a list. */
data class CaseLine(
    val about: String,
    val badge: Badge?,
    /** It is my turn. */
    val mine: Boolean,
    val open: Press<CasesIntent>,
)
