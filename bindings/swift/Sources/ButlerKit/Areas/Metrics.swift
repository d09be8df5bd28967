import ButlerFFI

/// Metrics 指标.
public struct Metrics: Sendable {
    let core: ButlerCore

    /// Every metric there is, in the order of a report.
    public func list() async throws -> [MetricInfo] { try await core.off { try $0.metricsList() } }

    /// All metrics of a month, or one: each as a whole, then by group where it may be grouped so.
    public func month(_ month: Month, metric: MetricId? = nil, by: GroupBy? = nil) async throws -> [MetricRow] {
        try await core.off { try $0.metricsMonth(month: month, metric: metric, by: by) }
    }

    /// One metric as a whole over several months, a row a month in their order: what a chart draws.
    public func series(_ metric: MetricId, over months: [Month]) async throws -> [MetricRow] {
        try await core.off { try $0.metricsSeries(metric: metric, months: months) }
    }

    /// The records behind a number of that month, a page at a time: of a share its part, or the whole.
    public func records(
        of row: MetricRow, in month: Month, side: Side = .part, skip: Int = 0, take: Int = 100
    ) async throws -> MetricRecords {
        try await core.off {
            try $0.metricsRecords(
                metric: row.metric, month: month, group: row.group, side: side, skip: skip, take: take)
        }
    }
}
