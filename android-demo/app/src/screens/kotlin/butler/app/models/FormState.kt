package butler.app.models

/** What a form shows: questions drawn from what the procedure asks, and what is still missing. */
data class FormState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<FormIntent>? = null,
    val problem: String? = null,
    val guidance: String? = null,
    val reading: Reading<FormIntent>? = null,
    val draft: DraftLine? = null,
    val questions: List<QuestionState> = emptyList(),
    val remark: Typing<FormIntent>? = null,
    val empty: Empty<FormIntent>? = null,
    /** The question one should look at, by its label. */
    val lookAt: String? = null,
    val record: Press<FormIntent>? = null,
    /** Nothing is missing. */
    val ready: Boolean = false,
    val sheet: FormSheet? = null,
)

/** Answers of an earlier time were taken up again. */
data class DraftLine(val text: String, val restart: Press<FormIntent>)

/** One question as it stands. */
data class QuestionState(val label: String, val hint: String, val help: String?, val answer: AnswerState, val problem: String?)

/** What a picked thing is. */
enum class PickKind { Day, Person, Home, Case, Place }

/** What the keys of a field are. */
enum class Keys { Words, Number, Phone }

/** How a question is answered. */
sealed interface AnswerState {
    data class Words(val typing: Typing<FormIntent>, val keys: Keys, val long: Boolean, val unit: String?) : AnswerState

    data class Count(val number: String, val unit: String?, val less: Press<FormIntent>, val more: Press<FormIntent>) : AnswerState

    data class Options(val chips: List<Chip<FormIntent>>) : AnswerState

    /** Chosen from a list of its own; the chips are what is chosen most. */
    data class Pick(val kind: PickKind, val text: String, val open: Press<FormIntent>, val chips: List<Chip<FormIntent>>) : AnswerState

    data class Moment(val day: Press<FormIntent>, val time: Typing<FormIntent>, val now: Press<FormIntent>) : AnswerState

    data class Photos(val taken: String, val photos: List<Photo<FormIntent>>, val take: Press<FormIntent>, val remove: Press<FormIntent>?) : AnswerState

    data class Signature(val drawing: Drawing<FormIntent>, val again: Press<FormIntent>?) : AnswerState

    /** Worked out and typed by nobody. */
    data class Sum(val comesTo: String) : AnswerState

    /** Shown, for somebody else to fill in. */
    data class Locked(val whose: String) : AnswerState
}

/** What lies over a form. */
sealed interface FormSheet {
    @JvmInline value class Days(val days: MonthDays<FormIntent>) : FormSheet

    data class Picks(
        val title: String,
        val search: Typing<FormIntent>,
        val rows: List<PickRow>,
        val none: String?,
        val close: Press<FormIntent>,
    ) : FormSheet

    /** What the answers suggest about the record they are about. */
    data class Proposals(val title: String, val about: String, val proposals: List<String>, val leave: Press<FormIntent>, val take: Press<FormIntent>) : FormSheet
}

data class PickRow(val about: String, val pick: Press<FormIntent>)
