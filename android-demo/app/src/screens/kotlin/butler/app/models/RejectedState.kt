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
    val correct: CorrectSheet? = null,
    val sheet: DismissSheet? = null,
)

/** One thing that was meant, with a tick; [bad] is what the reason is about. What the form over the record asks of this person can be put right. */
data class TouchLine(val about: String, val bad: Boolean, val tick: Chip<RejectedIntent>, val correct: Press<RejectedIntent>?)

/** One of those is answered anew. */
data class CorrectSheet(
    val title: String,
    val about: String,
    val help: String?,
    val chips: List<Chip<RejectedIntent>>,
    val typed: Typing<RejectedIntent>?,
    val unit: String?,
    /** It is typed in digits. */
    val digits: Boolean,
    val problem: String?,
    val leave: Press<RejectedIntent>,
    val use: Press<RejectedIntent>,
)

/** Asked once before it is put away. */
data class DismissSheet(val title: String, val about: String, val keep: Press<RejectedIntent>, val dismiss: Press<RejectedIntent>)
