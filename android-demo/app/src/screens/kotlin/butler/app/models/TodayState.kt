package butler.app.models

/** What 今天 shows: what the day holds, what is urgent, and the walk. */
data class TodayState(
    val title: String = "",
    val subtitle: String = "",
    val search: Press<TodayIntent>? = null,
    val sync: Press<TodayIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val capacity: Capacity? = null,
    val urgent: List<UrgentCard> = emptyList(),
    val moreUrgent: Press<TodayIntent>? = null,
    val urgentInShort: UrgentInShort? = null,
    val walked: WalkedPart? = null,
    val stops: List<Stop> = emptyList(),
    /** The stop to bring into sight: its code was scanned, or the walk is to start there. */
    val lookAt: String? = null,
    val done: DayDone? = null,
    val empty: Empty<TodayIntent>? = null,
    /** What one goes on with where there is no walk, or no more of it. */
    val links: List<TodayLink> = emptyList(),
    val sheet: TodaySheet? = null,
)

/** The day in one card: work left, when it ends, what does not fit and what can wait. */
data class Capacity(
    val left: String,
    val ends: String,
    /** Of the day, in hundredths: done, planned, and what goes beyond it. */
    val donePart: Int,
    val plannedPart: Int,
    val overPart: Int,
    val done: String,
    val spare: String,
    val doesNotFit: Press<TodayIntent>?,
    /** What is inspected in several homes: the way to their list. */
    val inspections: List<Press<TodayIntent>>,
    val canWait: Press<TodayIntent>?,
    val cutShort: Press<TodayIntent>,
    val plan: Press<TodayIntent>,
)

/** What has a running clock, with its next step. */
data class UrgentCard(val clock: Badge, val title: String, val place: String, val open: Press<TodayIntent>)

/** The same in one line, where text is large. */
data class UrgentInShort(val badge: Badge, val open: Press<TodayIntent>)

enum class StopPhase { Next, Now, Done }

/** A unit or a spot where one stops. */
data class Stop(
    val number: Int,
    val phase: StopPhase,
    val name: String,
    val about: String,
    val fold: Press<TodayIntent>?,
    val spots: List<Spot>,
    val doors: List<Door>,
    val rest: Press<TodayIntent>?,
    /** The walk is not here yet, and may begin here. */
    val start: StartHere?,
)

/** What lies behind one, in a line; opened, where it was. */
data class WalkedPart(val open: Press<TodayIntent>, val at: List<WalkedAt>)

/** What was done at a stop, by telephone or at the desk. */
data class WalkedAt(val name: String, val things: List<WalkedThing>)

/** [place] is the room within its stop, or what it was about. */
data class WalkedThing(val place: String, val what: String, val open: Press<TodayIntent>)

/** Where the walk starts is said at a stop; [spoken] is what a screen reader says. */
data class StartHere(val press: Press<TodayIntent>, val spoken: String)

/** What is done at the spot itself, at the desk or by telephone. */
data class Spot(val title: String, val about: String, val badge: Badge?, val act: Press<TodayIntent>, /** What else may be done with it. */ val open: Press<TodayIntent>)

enum class DoorPhase { Open, Tried, Done }

/** A home one knocks at: one main job, and what is done by the way. */
data class Door(
    val room: String,
    val people: String,
    val badge: Badge?,
    val phase: DoorPhase,
    val title: String,
    val along: String?,
    /** Who asked not to be visited; where all did, nobody is called on here. */
    val asked: String?,
    val open: Press<TodayIntent>,
    val nobody: Press<TodayIntent>?,
    val main: Press<TodayIntent>?,
    /** The main button is the strong one: a visit; a round has a softer one. */
    val strong: Boolean,
)

enum class LinkKind { Sync, Call, Library, Tomorrow, First, Keys }

/** Something else to do than to walk. */
data class TodayLink(val kind: LinkKind, val about: String, val open: Press<TodayIntent>)

/** The end of the walk; [later] is what was put off, and what is tried again. */
data class DayDone(val title: String, val about: String, val later: String?, val office: String, val officeAbout: String, val safe: Boolean)

/** What lies over the screen. */
sealed interface TodaySheet {
    /** Nobody is at home: when to come again. */
    data class Nobody(
        val title: String,
        val about: String,
        val question: String,
        val times: List<Chip<TodayIntent>>,
        /** At what time of the day that was picked. */
        val time: Typing<TodayIntent>?,
        val help: String?,
        val photos: List<Photo<TodayIntent>>,
        val photo: Press<TodayIntent>?,
        val photoAbout: String,
        val call: Press<TodayIntent>?,
        val record: Press<TodayIntent>,
    ) : TodaySheet

    /** Another day to come again, of a month. */
    @JvmInline value class Days(val days: MonthDays<TodayIntent>) : TodaySheet

    /** Something at a spot or at the desk: it is done, put off, or left out. */
    data class Due(val title: String, val about: String, val due: DueChoice<TodayIntent>) : TodaySheet

    /** The day has to end earlier: what is walked all the same. */
    data class CutShort(
        val title: String,
        val left: List<Chip<TodayIntent>>,
        val lines: List<CutLine>,
        val reason: String,
        val reasonAbout: String,
        val reasons: List<Chip<TodayIntent>>,
        val remark: Typing<TodayIntent>?,
        val close: Press<TodayIntent>,
        val walk: Press<TodayIntent>,
    ) : TodaySheet
}

enum class CutKind { Keep, Tomorrow, Missed, AnotherDay }

/** How much of the day a part is; opened, [things] of which it is. */
data class CutLine(val kind: CutKind, val title: String, val about: String, val open: Press<TodayIntent>, val things: List<String>)
