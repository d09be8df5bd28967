package butler.app.models

/** Every procedure one may begin, by subject; what is typed finds procedures and cases of the library. */
data class ProceduresState(
    val title: String = "",
    val back: Press<ProceduresIntent>? = null,
    val problem: String? = null,
    val search: Typing<ProceduresIntent>? = null,
    val sections: List<ProcedureSection> = emptyList(),
    val none: String? = null,
)

data class ProcedureSection(val title: String, val rows: List<Press<ProceduresIntent>>)

/** One register: rows of a form by day, or cases of a workflow by their state. */
data class RegisterState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<RegisterIntent>? = null,
    val problem: String? = null,
    val search: Typing<RegisterIntent>? = null,
    val views: List<Chip<RegisterIntent>> = emptyList(),
    val groups: List<RegisterGroup> = emptyList(),
    val more: Press<RegisterIntent>? = null,
    val empty: Empty<RegisterIntent>? = null,
    val none: String? = null,
    val add: Press<RegisterIntent>? = null,
)

data class RegisterGroup(val title: String?, val rows: List<RegisterLine>)

/** A row, with the one thing one does to it. */
data class RegisterLine(val look: RowLook, val about: String, val badge: Badge?, val open: Press<RegisterIntent>, val next: Press<RegisterIntent>?)

/** What a row is: a row of a form, a case, a key that is lent, or what is over. */
enum class RowLook { Entry, Case, Key, Done }

/** A row of a form, read back. */
data class EntryState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<EntryIntent>? = null,
    val history: Press<EntryIntent>? = null,
    val problem: String? = null,
    val badge: Badge? = null,
    val said: List<SaidLine> = emptyList(),
    val photos: List<Photo<EntryIntent>> = emptyList(),
    val empty: Empty<EntryIntent>? = null,
    val papers: Press<EntryIntent>? = null,
    val sheet: PapersSheet<EntryIntent>? = null,
)

data class SaidLine(val label: String, val words: String)

/** The case library, collection by collection, or what was found in it. */
data class LibraryState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<LibraryIntent>? = null,
    val problem: String? = null,
    val search: Typing<LibraryIntent>? = null,
    val collections: List<LibraryGroup> = emptyList(),
    val none: String? = null,
)

data class LibraryGroup(val title: String, val rows: List<Press<LibraryIntent>>)

/** One case of the library: what happened, what one does, and what it rests on. */
data class ArticleState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<ArticleIntent>? = null,
    val problem: String? = null,
    val tags: List<String> = emptyList(),
    val situationTitle: String = "",
    val situation: String = "",
    val handlingTitle: String = "",
    val handling: List<HandlingStep> = emptyList(),
    val basis: String? = null,
    val offersTitle: String? = null,
    val offers: List<Press<ArticleIntent>> = emptyList(),
)

/** [number] is empty where the handling is one paragraph. */
data class HandlingStep(val number: String, val text: String)
