package butler.app.models

/** What 经过 shows: every edit, and the record as it was after one of them. */
data class HistoryState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<HistoryIntent>? = null,
    val problem: String? = null,
    val archived: ArchivedLine<HistoryIntent>? = null,
    val slider: TimeSlider? = null,
    val thenTitle: String = "",
    val then: String = "",
    val photosTitle: String? = null,
    val photos: List<Photo<HistoryIntent>> = emptyList(),
    val edits: List<EditLine> = emptyList(),
    val hidden: String? = null,
    val empty: Empty<HistoryIntent>? = null,
    val only: Press<HistoryIntent>? = null,
    val open: Press<HistoryIntent>? = null,
    val asWas: AsWas? = null,
    /** Takes it out of all lists, for whoever oversees others. */
    val archive: Press<HistoryIntent>? = null,
)

/** The edits as stops on a line, the chosen one and its day. */
data class TimeSlider(val title: String, val day: String, val first: String, val last: String, val stops: List<Chip<HistoryIntent>>)

/** One edit: who, when, and what changed. */
data class EditLine(val by: String, val at: String, val clock: String?, val chosen: Boolean, val changes: List<ChangeLine>, val more: String?, val go: Press<HistoryIntent>)

data class ChangeLine(val field: String, val from: String?, val to: String)

/** The record as it read then; it cannot be changed. */
data class AsWas(val frame: String, val now: Press<HistoryIntent>, val fields: List<ThenField>, val note: String?)

data class ThenField(val field: String, val value: String)
