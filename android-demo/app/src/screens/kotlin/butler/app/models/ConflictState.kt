package butler.app.models

/** What 两种说法 shows: one disagreement with both sides, and the next one. */
data class ConflictState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<ConflictIntent>? = null,
    val problem: String? = null,
    val subject: String = "",
    val field: String = "",
    val badge: Badge? = null,
    val sides: List<Side> = emptyList(),
    val before: Before? = null,
    val another: Press<ConflictIntent>? = null,
    val note: Typing<ConflictIntent>? = null,
    val nextTitle: String? = null,
    val next: NextConflict? = null,
    /** Why it is not mine to decide. */
    val whose: String? = null,
    val empty: Empty<ConflictIntent>? = null,
    val leave: Press<ConflictIntent>? = null,
    val decide: Press<ConflictIntent>? = null,
    val snack: Snack<ConflictIntent>? = null,
)

/** One answer: what, by whom, when, and what they wrote with it. */
data class Side(
    val standing: String,
    val value: String,
    val by: String,
    val at: String,
    val with: String?,
    val choose: Chip<ConflictIntent>,
)

/** What stood there before. */
data class Before(val text: String, val about: String, val open: Press<ConflictIntent>)

/** The disagreement after this one. */
data class NextConflict(val subject: String, val field: String, val sides: List<NextSide>, val open: Press<ConflictIntent>)

/** One answer of it in short. */
data class NextSide(val standing: String, val value: String, val by: String, val with: String?)
