package butler.app.models

/** What a case shows: where it stands, by when, what it is, and what happened. */
data class CaseState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<CaseIntent>? = null,
    val history: Press<CaseIntent>? = null,
    val problem: String? = null,
    /** In no list any more: nothing but that is offered. */
    val archived: ArchivedLine<CaseIntent>? = null,
    val phase: CasePhase? = null,
    val situation: Situation? = null,
    val courseTitle: String = "",
    val allSteps: Press<CaseIntent>? = null,
    val course: List<CourseStep> = emptyList(),
    val linksTitle: String? = null,
    val links: List<LinkLine> = emptyList(),
    val note: NoteLine? = null,
    val empty: Empty<CaseIntent>? = null,
    val others: Press<CaseIntent>? = null,
    val next: Press<CaseIntent>? = null,
    /** It asks for a signature. */
    val signs: Boolean = false,
    val waits: String? = null,
    val sheet: StepsSheet? = null,
    val receipt: ReceiptSheet? = null,
    val papers: PapersSheet<CaseIntent>? = null,
    val linking: LinkSheet? = null,
)

/** Its state in large, whose turn it is, what is worked out, and its deadlines, the running ones first. */
data class CasePhase(val state: String, val turn: String, val badges: List<Badge>, val sums: List<String>, val deadlines: List<DeadlineLine>)

data class DeadlineLine(val title: String, val about: String, val badge: Badge?)

/** What is the matter, and where. */
data class Situation(val kind: CaseKind, val title: String, val text: String, val about: String, val open: Press<CaseIntent>?)

enum class CourseMark { Latest, Step, Conflict, Overruled }

/** One thing that happened: who, when, what they said. */
data class CourseStep(
    val mark: CourseMark,
    val title: String,
    val about: String,
    val said: List<String>,
    val photos: List<Photo<CaseIntent>>,
    val badge: Badge?,
    val conflict: Press<CaseIntent>?,
)

/** Which other case it belongs to, and how. */
data class LinkSheet(val title: String, val how: List<Chip<CaseIntent>>, val cases: List<LinkLine>, val none: String?, val close: Press<CaseIntent>)

/** What kind of case it is, as a picture. */
enum class CaseKind { Repair, Complaint, Emergency, Renovation, Order, Other }

data class LinkLine(val how: String, val open: Press<CaseIntent>)

data class NoteLine(val title: String, val text: String)

/** What else may be done, and what not yet and why. */
data class StepsSheet(
    val title: String,
    val possible: List<StepLine>,
    val lockedTitle: String?,
    val locked: List<LockedStep>,
    val link: Press<CaseIntent>,
    val receipt: Press<CaseIntent>,
    val papers: Press<CaseIntent>?,
    val close: Press<CaseIntent>,
)

/** What the customer takes away: a picture to be scanned, and what it says. */
data class ReceiptSheet(
    val title: String,
    val company: String,
    val code: QrCode?,
    val lines: List<ReceiptLine>,
    val about: String,
    val send: Press<CaseIntent>?,
    val close: Press<CaseIntent>,
)

data class ReceiptLine(val what: String, val words: String)

data class StepLine(val about: String, val take: Press<CaseIntent>)

data class LockedStep(val title: String, val why: String)
