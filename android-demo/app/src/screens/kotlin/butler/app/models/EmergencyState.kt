package butler.app.models

/** The way to an emergency card, over what else one may enter: with some of what it is for. */
data class EmergencyEntryState(val about: String = "", val open: Press<EmergencyEntryIntent>? = null)

/** What kinds of emergency there are: pressing one starts its clock. */
data class EmergenciesState(
    val title: String = "",
    val about: String = "",
    val back: Press<EmergenciesIntent>? = null,
    val problem: String? = null,
    val kinds: List<Press<EmergenciesIntent>> = emptyList(),
    val empty: Empty<EmergenciesIntent>? = null,
)

/** What an emergency card shows: how long it runs, what not to do, whom to call, and the steps in their order. */
data class EmergencyState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<EmergencyIntent>? = null,
    /** How long it runs; none once it is under control. */
    val clock: Clock? = null,
    /** Where it stands, once it is under control. */
    val badge: Badge? = null,
    val problem: String? = null,
    val guidance: String? = null,
    val calls: List<CallTile> = emptyList(),
    val numbers: List<Press<EmergencyIntent>> = emptyList(),
    val steps: List<EmergencyStep> = emptyList(),
    val later: String? = null,
    val note: NoteLine? = null,
    val empty: Empty<EmergencyIntent>? = null,
    val say: Press<EmergencyIntent>? = null,
    val evidence: Press<EmergencyIntent>? = null,
    val sheet: SaySheet? = null,
)

/** Somebody to call: who, and what they are. */
data class CallTile(val about: String, val call: Press<EmergencyIntent>)

/** [Next] is the one of one's own whose time runs out first. */
enum class EmergencyMark { Made, Next, Mine, Others, Locked }

/** One step: by when, whose, or what comes first. */
data class EmergencyStep(
    val mark: EmergencyMark,
    val number: String,
    val title: String,
    val left: Clock?,
    val about: String,
    val waits: String?,
    val take: Press<EmergencyIntent>?,
)

/** Words that go into the note of the case. */
data class SaySheet(val title: String, val text: Typing<EmergencyIntent>, val record: Press<EmergencyIntent>, val close: Press<EmergencyIntent>)

/** The emergency that runs, over the bar with the five places. */
data class RunningState(val clock: Clock? = null, val open: Press<EmergencyOf>? = null)
