/// The metrics of a month: the four one follows, one of them by its parts, and all of them on demand.
public struct MetricsState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<MetricsIntent>?
    public var problem: String?
    public var earlier: Press<MetricsIntent>?
    public var later: Press<MetricsIntent>?
    public var tiles: [MetricTile] = []
    public var part: MetricParts?
    public var all: Press<MetricsIntent>?
    public var groups: [MetricLines] = []
}

public enum Trend: Sendable {
    case better, worse, same
}

/// One that is followed: its value, its half year, and how it moved.
public struct MetricTile: Sendable {
    public let value: String
    public let unit: String
    public let trend: Trend
    public let change: String
    public let chart: Chart
    public let chosen: Bool
    public let open: Press<MetricsIntent>
}

/// One metric taken apart: by whom or where, by month, what it means, and whether it is one of the four.
public struct MetricParts: Sendable {
    public let title: String
    public let target: String?
    public let by: [Chip<MetricsIntent>]
    public let bars: [PartBar]
    public let means: String
    public let monthsTitle: String
    public let months: [MonthBar]
    public let pin: Press<MetricsIntent>
}

/// A part: its name, its number, and the way to its records.
public struct PartBar: Sendable {
    public let chart: Chart
    public let open: Press<MetricsIntent>
}

public struct MonthBar: Sendable {
    public let month: String
    public let value: String
    public let chart: Chart
}

/// The metrics that serve one identity, or last, without a heading, none.
public struct MetricLines: Sendable {
    public let heading: String?
    public let lines: [MetricLine]
}

public struct MetricLine: Sendable {
    public let value: String
    public let open: Press<MetricsIntent>
}

/// The records behind a number.
public struct MetricRecordsState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<MetricRecordsIntent>?
    public var problem: String?
    public var sides: [Chip<MetricRecordsIntent>] = []
    public var means = ""
    public var rows: [MetricRecordLine] = []
    public var keptBack: String?
    public var empty: Empty<MetricRecordsIntent>?
}

public struct MetricRecordLine: Sendable {
    public let title: String
    public let about: String
    public let open: Press<MetricRecordsIntent>?
}
