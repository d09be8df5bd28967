package butler

import java.time.YearMonth

/** Metrics 指标. */
class Metrics internal constructor(private val core: ButlerCore) {
    /** Every metric there is, in the order of a report. */
    suspend fun list(): List<MetricInfo> = core.off { it.metricsList() }

    /** All metrics of a month, or one: each as a whole, then by group where it may be grouped so. */
    suspend fun month(month: YearMonth, metric: MetricId? = null, by: GroupBy? = null): List<MetricRow> =
        core.off { it.metricsMonth(month, metric, by) }

    /** One metric as a whole over several months, a row a month in their order: what a chart draws. */
    suspend fun series(metric: MetricId, months: List<YearMonth>): List<MetricRow> =
        core.off { it.metricsSeries(metric, months) }

    /** The records behind a number of that month, a page at a time: of a share its part, or the whole. */
    suspend fun records(
        of: MetricRow,
        month: YearMonth,
        side: Side = Side.PART,
        skip: Int = 0,
        take: Int = 100,
    ): MetricRecords =
        core.off { it.metricsRecords(of.metric, month, of.group, side, skip, take) }
}
