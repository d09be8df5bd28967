package butler.app.models

/** Giving the phone to a person, and what it fetches then. */
data class EnrolState(
    val title: String = "",
    val about: String = "",
    val problem: String? = null,
    /** The code as it is typed, and the boxes it stands in. */
    val code: Typing<EnrolIntent>? = null,
    val boxes: List<String> = emptyList(),
    val codeProblem: String? = null,
    val scan: Press<EnrolIntent>? = null,
    val address: Typing<EnrolIntent>? = null,
    val office: OfficeLine? = null,
    val phone: Typing<EnrolIntent>? = null,
    val safe: String = "",
    /** Finds the office, then enrols. */
    val next: Press<EnrolIntent>? = null,
    val load: FirstLoad? = null,
)

/** The office that answered. */
data class OfficeLine(val name: String, val about: String, val change: Press<EnrolIntent>)

/** What an enrolled phone fetches before it can be worked with. */
data class FirstLoad(
    val phase: LoadPhase,
    val counted: String,
    val about: String,
    /** How much of the bar is full, of a hundred. */
    val part: Int,
    val stages: List<LoadStage>,
    val meanwhileTitle: String?,
    val hours: LoadHours?,
    val ringing: LoadRinging?,
    val begin: Press<EnrolIntent>?,
    /** While nothing can be begun yet. */
    val library: Press<EnrolIntent>?,
    val again: Press<EnrolIntent>?,
)

enum class LoadPhase { Loading, Cut, Done }

data class LoadStage(val phase: StagePhase, val title: String, val about: String)

enum class StagePhase { Done, Now, Waits }

/** The hours of a day, to be settled while one waits. */
data class LoadHours(val about: String, val open: Press<EnrolIntent>)

/** Whether the phone rings for what is urgent: settled at once. */
data class LoadRinging(val about: String, val switch: Chip<EnrolIntent>)
