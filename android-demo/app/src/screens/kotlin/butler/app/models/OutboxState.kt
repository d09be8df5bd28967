package butler.app.models

/** What 手机与办公室 shows: how much is here, that it is safe, what waits and what needs a look. */
data class OutboxState(
    val title: String = "",
    val back: Press<OutboxIntent>? = null,
    val problem: String? = null,
    /** The phone's clock is wrong. */
    val clock: String? = null,
    /** What the last sync has to tell, a sentence each. */
    val notices: List<String> = emptyList(),
    val head: OutboxHead? = null,
    val drafts: List<OutboxLine> = emptyList(),
    val draftsTitle: String? = null,
    val waitingTitle: String? = null,
    val waiting: List<OutboxLine> = emptyList(),
    val more: Press<OutboxIntent>? = null,
    val lookTitle: String? = null,
    val look: List<OutboxLine> = emptyList(),
    val conflicts: OutboxLine? = null,
    val trying: Press<OutboxIntent>? = null,
)

/** All of it in two sentences, and when the office last had everything. */
data class OutboxHead(val safe: Boolean, val title: String, val about: String, val sync: String, val last: String)

/** A record that waits, or that needs a look. */
data class OutboxLine(val about: String, val badge: Badge?, val open: Press<OutboxIntent>)
