package butler.app.models

import butler.Fraction
import butler.GroupBy
import butler.Kind
import butler.Measure
import butler.MetricGroup
import butler.MetricId
import butler.MetricInfo
import butler.MetricRecord
import butler.MetricRow
import butler.RecordId
import butler.Side
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate
import java.time.YearMonth

/** What can be pressed on the metrics of a month. */
sealed interface MetricsIntent {
    data object Back : MetricsIntent
    data class Month(val month: YearMonth) : MetricsIntent
    data class Choose(val metric: MetricId) : MetricsIntent
    data class By(val by: GroupBy) : MetricsIntent
    data class Pin(val metric: MetricId) : MetricsIntent
    data object All : MetricsIntent
    data class Records(val metric: MetricId, val group: MetricGroup?, val month: YearMonth) : MetricsIntent
}

/** The metrics of a month: of `metrics.list`, `series` of those one follows, and `month` of the one that is looked at. */
class MetricsModel(app: App) : Model<MetricsState, MetricsIntent>(app, MetricsState()) {
    private var month: YearMonth? = null
    private var chosen: MetricId? = null
    private var by: GroupBy? = null
    private var all = false
    private var problem: String? = null

    override suspend fun act(intent: MetricsIntent) {
        problem = null
        when (intent) {
            MetricsIntent.Back -> app.platform.back()
            is MetricsIntent.Month -> month = intent.month
            is MetricsIntent.Choose -> choose(intent.metric)
            is MetricsIntent.By -> by = intent.by
            is MetricsIntent.Pin -> app.pin(intent.metric, pinned(app.butler.metrics.list()))
            MetricsIntent.All -> all = !all
            is MetricsIntent.Records -> app.platform.go(Place.MetricRecords(intent.metric, intent.group, intent.month))
        }
    }

    private fun choose(metric: MetricId) {
        chosen = metric
        by = null
        all = false
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): MetricsState {
        val words = app.words
        val today = app.butler.date()
        val now = YearMonth.from(today)
        val shown = month ?: now
        val known = app.butler.metrics.list()
        val four = pinned(known)
        val half = (5L downTo 0L).map { shown.minusMonths(it) }
        val series = four.associate { it.metric to app.butler.metrics.series(it.metric, half) }
        val looked = known.firstOrNull { it.metric == chosen } ?: four.firstOrNull()
        val asOf = series.values.firstOrNull()?.lastOrNull()?.asOf
        return MetricsState(
            title = words(Word.MetricsOf, "month" to app.formats.month(shown, today)),
            subtitle = (app.butler.me().grids.map { it.name } + listOfNotNull(asOf?.let { words(Word.CountedUpTo, "day" to app.formats.near(it, today)) })).joinToString(DOT),
            back = Press(words(Word.Back), MetricsIntent.Back),
            problem = problem,
            earlier = Press(app.formats.month(shown.minusMonths(1), today), MetricsIntent.Month(shown.minusMonths(1))),
            later = if (shown < now) Press(app.formats.month(shown.plusMonths(1), today), MetricsIntent.Month(shown.plusMonths(1))) else null,
            tiles = four.map { tile(it, series.getValue(it.metric), half, today, it.metric == looked?.metric) },
            part = if (all || looked == null) null else {
                parts(looked, series[looked.metric] ?: app.butler.metrics.series(looked.metric, half), half, today, four)
            },
            all = Press(if (all) words(Word.FewerMetrics) else words(Word.AllMetrics, "count" to known.size), MetricsIntent.All),
            groups = if (!all) emptyList() else groups(app.butler.metrics.month(shown), known),
        )
    }

    /** By the identity each serves, in the order the report first names them; those of none stand last. */
    private fun groups(rows: List<MetricRow>, known: List<MetricInfo>): List<MetricLines> {
        val served = known.associate { it.metric to it.serves }
        val of = rows.groupBy { served[it.metric] }.toList()
        return of.sortedBy { (identity, _) -> identity == null }.map { (identity, rows) ->
            MetricLines(
                identity?.let { app.words(it.label) },
                rows.map { MetricLine(value(it, known), Press(app.words(it.label), MetricsIntent.Choose(it.metric))) },
            )
        }
    }

    /** Those one follows; until somebody chose, a share of each quarter of the report. */
    private fun pinned(known: List<MetricInfo>): List<MetricInfo> {
        val shares = known.filter { it.measure == Measure.SHARE }
        val chosen = app.settings.now.pinned ?: return (0 until App.PINS).mapNotNull { shares.getOrNull(it * shares.size / App.PINS) }.distinct()
        return chosen.mapNotNull { id -> known.firstOrNull { it.metric == id } }
    }

    private fun tile(info: MetricInfo, rows: List<MetricRow>, half: List<YearMonth>, today: LocalDate, chosen: Boolean): MetricTile {
        val last = rows.last()
        val (now, before) = rows.zip(half).takeLast(2).reversed().map { (row, month) -> row.takeIf { isOf(it, month) } }
        val moved = number(now)?.let { value -> number(before)?.let { value - it } }
        val unit = last.shown?.let { if (it.endsWith("%")) "%" else unit(info) }.orEmpty()
        return MetricTile(
            value = last.shown?.removeSuffix("%") ?: app.words(Word.NoData),
            unit = unit,
            trend = trend(moved, info),
            change = when {
                moved == null -> if (last.value != null && (now == null || before == null)) app.words(Word.AsOfNow) else ""
                rounded(moved) == "0" -> app.words(Word.AsLastMonth)
                else -> app.words(Word.SinceLastMonth, "change" to (if (moved > 0) "+" else "−") + rounded(Math.abs(moved)))
            },
            chart = chart(rows, half, today, info),
            chosen = chosen,
            open = Press(app.words(info.label), MetricsIntent.Choose(info.metric)),
        )
    }

    /** Whether it was counted for that month: what describes records as they are is always as of today. */
    private fun isOf(row: MetricRow, month: YearMonth): Boolean = YearMonth.from(row.asOf) == month

    private fun unit(info: MetricInfo): String = info.unit?.let { app.words(it) }.orEmpty()

    private fun rounded(number: Double): String = app.formats.number(Math.round(number * 10) / 10.0)

    /** Which way is better only a target says. */
    private fun trend(moved: Double?, info: MetricInfo): Trend {
        val up = info.target?.atLeast
        return when {
            moved == null || up == null || rounded(moved) == "0" -> Trend.Same
            (moved > 0) == up -> Trend.Better
            else -> Trend.Worse
        }
    }

    private fun number(row: MetricRow?): Double? = row?.value?.let { it.part.toDouble() / it.whole * if (row.measure == Measure.SHARE) 100 else 1 }

    private fun chart(rows: List<MetricRow>, half: List<YearMonth>, today: LocalDate, info: MetricInfo): Chart {
        val known = rows.zip(half) { row, month -> row.takeIf { isOf(it, month) } }
        val most = known.mapNotNull(::number).maxOrNull() ?: 0.0
        return Chart(
            app.words.list(known.zip(half) { row, month -> app.formats.month(month, today) + " " + (row?.shown?.let { it + unitBeside(it, info) } ?: app.words(Word.NoData)) }),
            known.map { row -> number(row)?.let { level(it, if (row?.measure == Measure.SHARE) 100.0 else most) } },
        )
    }

    private fun unitBeside(shown: String, info: MetricInfo): String = if (shown.endsWith("%") || info.unit == null) "" else " " + unit(info)

    private fun level(number: Double, most: Double): Int = if (most <= 0) 0 else (number / most * 1000).toInt().coerceIn(0, 1000)

    private fun value(row: MetricRow, known: List<MetricInfo>): String =
        row.shown?.let { it + unitBeside(it, known.first { info -> info.metric == row.metric }) } ?: app.words(Word.NoData)

    private suspend fun parts(info: MetricInfo, rows: List<MetricRow>, half: List<YearMonth>, today: LocalDate, four: List<MetricInfo>): MetricParts {
        val words = app.words
        val month = half.last()
        val grouped = (by ?: info.by.lastOrNull())?.takeIf { it in info.by }
        val counted = app.butler.metrics.month(month, info.metric, grouped)
        val groups = counted.filter { it.group != null }.ifEmpty { counted }
        val most = groups.mapNotNull(::number).maxOrNull() ?: 0.0
        return MetricParts(
            title = if (grouped == null) words(info.label) else words(Word.MetricBy, "metric" to words(info.label), "by" to words(name(grouped))),
            target = info.target?.let { words(Word.MetricTarget, "target" to words(it.words)) },
            by = if (info.by.size < 2) emptyList() else info.by.map { Chip(Press(words(name(it)), MetricsIntent.By(it)), it == grouped) },
            bars = groups.map { row ->
                val level = number(row)?.let { level(it, if (row.measure == Measure.SHARE) 100.0 else most) }
                PartBar(
                    Chart(of(row, info), listOf(level)),
                    Press(row.groupLabel?.let { words(it) } ?: words(Word.Altogether), MetricsIntent.Records(info.metric, row.group, month)),
                )
            },
            means = words(info.means),
            monthsTitle = words(Word.HalfYear),
            months = half.zip(chart(rows, half, today, info).levels) { at, level ->
                val row = rows[half.indexOf(at)].takeIf { isOf(it, at) }
                MonthBar(app.formats.month(at, today), row?.shown ?: words(Word.NoneShort), Chart(row?.shown ?: words(Word.NoData), listOf(level)))
            },
            pin = Press(words(if (four.any { it.metric == info.metric }) Word.Unpin else Word.Pin), MetricsIntent.Pin(info.metric)),
        )
    }

    /** Of a share its part and its whole, else the number with its unit. */
    private fun of(row: MetricRow, info: MetricInfo): String {
        val shown = row.shown ?: return app.words(Word.NoData)
        return if (row.measure == Measure.SHARE) ratio(row.value) else shown + unitBeside(shown, info)
    }

    private fun name(by: GroupBy): Word = when (by) {
        GroupBy.GRID -> Word.ByGrid
        GroupBy.BUTLER -> Word.ByButler
        GroupBy.PORT -> Word.ByPort
    }
}

private fun ratio(value: Fraction?): String = value?.let { "${it.part} / ${it.whole}" }.orEmpty()

/** What can be pressed where the records behind a number stand. */
sealed interface MetricRecordsIntent {
    data object Back : MetricRecordsIntent
    data class InPart(val inPart: Boolean) : MetricRecordsIntent
    data class Open(val kind: Kind, val record: RecordId) : MetricRecordsIntent
}

/** The records behind a number: of `metrics.records`. Those kept back are counted, not shown. */
class MetricRecordsModel(app: App, private val of: Place.MetricRecords) : Model<MetricRecordsState, MetricRecordsIntent>(app, MetricRecordsState()) {
    private var inPart: Boolean? = null
    private var problem: String? = null

    override suspend fun act(intent: MetricRecordsIntent) {
        problem = null
        when (intent) {
            MetricRecordsIntent.Back -> app.platform.back()
            is MetricRecordsIntent.InPart -> inPart = intent.inPart
            is MetricRecordsIntent.Open -> app.platform.go(placeOf(intent.kind, intent.record))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): MetricRecordsState {
        val words = app.words
        val today = app.butler.date()
        val counted = app.butler.metrics.month(of.month, of.metric, by())
        val row = counted.firstOrNull { it.group == of.group } ?: counted.first()
        val (rows, keptBack) = records(row)
        val share = row.measure == Measure.SHARE
        // What is missing is what one comes to see.
        val side = inPart ?: rows.all { it.member.inPart }
        val shown = if (share) rows.filter { it.member.inPart == side } else rows
        return MetricRecordsState(
            title = words(row.label),
            subtitle = listOfNotNull(app.formats.month(of.month, today), row.groupLabel?.let { words(it) }, if (share) ratio(row.value) else row.shown)
                .filter { it.isNotEmpty() }.joinToString(DOT),
            back = Press(words(Word.Back), MetricRecordsIntent.Back),
            problem = problem,
            sides = if (!share || rows.isEmpty()) emptyList() else listOf(false, true).map { part ->
                val count = rows.count { it.member.inPart == part }
                Chip(Press(words(Word.MetricSide, "side" to sideOf(row, part), "count" to count), MetricRecordsIntent.InPart(part)), part == side)
            },
            means = words(row.means),
            rows = shown.map { line(it, today) },
            keptBack = if (keptBack == 0) null else words(Word.KeptBack, "count" to keptBack),
            empty = if (shown.isEmpty() && keptBack == 0) Empty(words(if (rows.isEmpty()) Word.NoData else Word.NoneOfThese), "") else null,
        )
    }

    private fun sideOf(row: MetricRow, part: Boolean): String =
        row.sides?.let { app.words(if (part) it.part else it.rest) }.orEmpty().replaceFirstChar(Char::uppercase)

    private fun by() = when (of.group) {
        is MetricGroup.Grid -> butler.GroupBy.GRID
        is MetricGroup.Butler -> butler.GroupBy.BUTLER
        is MetricGroup.Port -> butler.GroupBy.PORT
        null -> null
    }

    /** All of them, page by page, and how many may not be seen. */
    private suspend fun records(row: MetricRow): Pair<List<MetricRecord>, Int> {
        val rows = mutableListOf<MetricRecord>()
        var skip = 0
        var total: Int
        do {
            val page = app.butler.metrics.records(row, of.month, Side.WHOLE, skip, PAGE)
            rows += page.rows
            total = page.total.toInt()
            skip += PAGE
        } while (skip < total)
        return rows to total - rows.size
    }

    private suspend fun line(record: MetricRecord, today: LocalDate): MetricRecordLine {
        val member = record.member
        val kind = member.record?.let { found { app.butler.records.get(it) } }?.kind
        val title = member.record?.takeIf { kind == Kind.CASE }?.let { app.butler.cases.details(it).case.title }
        val day = app.formats.near(member.day, today)
        val about = listOfNotNull(record.subject.takeIf { title != null && it != title && it.isNotEmpty() }, day, record.byName)
        return MetricRecordLine(
            title = title ?: record.subject.ifEmpty { app.words(kind?.let(::kindWord) ?: Word.NotDone) },
            about = about.joinToString(DOT),
            open = member.record?.let { id -> kind?.let { Press(app.words(Word.OpenIt), MetricRecordsIntent.Open(it, id)) } },
        )
    }

    private companion object {
        const val PAGE = 100
    }
}
