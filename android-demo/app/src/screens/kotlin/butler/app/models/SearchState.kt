package butler.app.models

/** What 房屋 shows: a keypad for rooms, and what was found. */
data class SearchState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<SearchIntent>? = null,
    val sync: Press<SearchIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val typed: Typing<SearchIntent>? = null,
    val clear: Press<SearchIntent>? = null,
    val heading: String? = null,
    val hits: List<SearchHit> = emptyList(),
    val none: String? = null,
    /** The keys, row by row; none while letters are typed. */
    val keys: List<KeyRow> = emptyList(),
    val rooms: Press<SearchIntent>? = null,
)

enum class HitKind { Home, Person, Case, Other }

/** Something found; what was typed stands between two parts of its title. */
data class SearchHit(
    val kind: HitKind,
    val before: String,
    val match: String,
    val after: String,
    val about: String,
    val badge: Badge?,
    val open: Press<SearchIntent>,
)

enum class KeyLook { Digit, Delete, Dash, Letters, Clear, Scan, Go }

data class KeyRow(val keys: List<SearchKey>)

data class SearchKey(val look: KeyLook, val press: Press<SearchIntent>)
