package butler.app.models

/** Numbers drawn as lengths, none where there is no data; [text] says them. */
data class Chart(val text: String, /** Thousandths of the largest there can be. */ val levels: List<Int?>)

/** What the metrics of a month show: the four one follows, one of them by its parts, and all of them on demand. */
data class MetricsState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<MetricsIntent>? = null,
    val problem: String? = null,
    val earlier: Press<MetricsIntent>? = null,
    val later: Press<MetricsIntent>? = null,
    val tiles: List<MetricTile> = emptyList(),
    val part: MetricParts? = null,
    val all: Press<MetricsIntent>? = null,
    val groups: List<MetricLines> = emptyList(),
)

enum class Trend { Better, Worse, Same }

/** One that is followed: its value, its half year, and how it moved. */
data class MetricTile(
    val value: String,
    val unit: String,
    val trend: Trend,
    val change: String,
    val chart: Chart,
    val chosen: Boolean,
    val open: Press<MetricsIntent>,
)

/** One metric taken apart: by whom or where, by month, what it means, and whether it is one of the four. */
data class MetricParts(
    val title: String,
    val target: String?,
    val by: List<Chip<MetricsIntent>>,
    val bars: List<PartBar>,
    val means: String,
    val monthsTitle: String,
    val months: List<MonthBar>,
    val pin: Press<MetricsIntent>,
)

/** A part: its name, its number, and the way to its records. */
data class PartBar(val chart: Chart, val open: Press<MetricsIntent>)

data class MonthBar(val month: String, val value: String, val chart: Chart)

/** The metrics that serve one identity, or last, without a heading, none. */
data class MetricLines(val heading: String?, val lines: List<MetricLine>)

data class MetricLine(val value: String, val open: Press<MetricsIntent>)

/** The records behind a number. */
data class MetricRecordsState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<MetricRecordsIntent>? = null,
    val problem: String? = null,
    val sides: List<Chip<MetricRecordsIntent>> = emptyList(),
    val means: String = "",
    val rows: List<MetricRecordLine> = emptyList(),
    val keptBack: String? = null,
    val empty: Empty<MetricRecordsIntent>? = null,
)

data class MetricRecordLine(val title: String, val about: String, val open: Press<MetricRecordsIntent>?)
