package butler.app.models

/** What 被退回 shows: why, everything that was meant, and what to do with it. */
data class RejectedState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<RejectedIntent>? = null,
    val problem: String? = null,
    val subject: String = "",
    val field: String = "",
    val badge: Badge? = null,
    val reason: String = "",
    val reasonAbout: String = "",
    val meantTitle: String? = null,
    val meant: List<TouchLine> = emptyList(),
    val adviceTitle: String? = null,
    val advice: String? = null,
    val empty: Empty<RejectedIntent>? = null,
    val dismiss: Press<RejectedIntent>? = null,
    val resend: Press<RejectedIntent>? = null,
    val sheet: DismissSheet? = null,
)

/** One thing that was meant, with a tick; [bad] is what the reason is about. */
data class TouchLine(val about: String, val bad: Boolean, val tick: Chip<RejectedIntent>)

/** Asked once before it is put away. */
data class DismissSheet(val title: String, val about: String, val keep: Press<RejectedIntent>, val dismiss: Press<RejectedIntent>)
