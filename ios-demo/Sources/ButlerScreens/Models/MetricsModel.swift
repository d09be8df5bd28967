import ButlerKit
import Foundation

public enum MetricsIntent: Equatable, Sendable {
    case back
    case month(Month)
    case choose(MetricId)
    case by(GroupBy)
    case pin(MetricId)
    case all
    case records(MetricId, MetricGroup?, Month)
}

/// The metrics of a month: of `metrics.list`, `series` of those one follows, and `month` of the one that is looked at.
@MainActor public final class MetricsModel: Model {
    public let app: App
    public let life = Life(MetricsState())
    private var month: Month?
    private var chosen: MetricId?
    private var by: GroupBy?
    private var all = false
    private var problem: String?

    public init(_ app: App) { self.app = app }

    public func act(_ intent: MetricsIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .month(let month): self.month = month
        case .choose(let metric): (chosen, by, all) = (metric, nil, false)
        case .by(let by): self.by = by
        case .pin(let metric): try app.pin(metric, among: followed(try await app.butler.metrics.list()))
        case .all: all.toggle()
        case .records(let metric, let group, let month): app.platform.go(.metricRecords(metric, group, month))
        }
    }

    public func failed(_ words: String) { problem = words }

    /// Half a year of one metric, month by month, with what is known of each: what describes records as they are is always
    /// as of today, and is not known of an earlier month.
    private struct HalfYear {
        let info: MetricInfo
        let rows: [MetricRow]
        let months: [Month]

        var known: [MetricRow?] { zip(rows, months).map { Month(of: $0.asOf) == $1 ? $0 : nil } }
    }

    private func halfYear(_ info: MetricInfo, _ months: [Month]) async throws -> HalfYear {
        HalfYear(info: info, rows: try await app.butler.metrics.series(info.metric, over: months), months: months)
    }

    public func read() async throws -> MetricsState {
        let (words, formats) = (app.words, app.formats)
        let today = try await app.butler.date()
        let now = Month(of: today)
        let shown = month ?? now
        let known = try await app.butler.metrics.list()
        let four = followed(known)
        let months = (0..<6).reversed().map { formats.month(shown, plus: -$0) }
        var followed: [HalfYear] = []
        for info in four { followed.append(try await halfYear(info, months)) }
        let looked = known.first { $0.metric == chosen } ?? four.first
        let grids = try await app.butler.me().grids.map(\.name)
        let counted = followed.first?.rows.last.map { words(.countedUpTo, ["day": formats.near($0.asOf, today: today)]) }
        var part: MetricParts?
        if let looked, !all {
            var half = followed.first { $0.info.metric == looked.metric }
            if half == nil { half = try await halfYear(looked, months) }
            if let half { part = try await parts(half, four, today) }
        }
        let lines = all ? try await app.butler.metrics.month(shown) : []
        return MetricsState(
            title: words(.metricsOf, ["month": formats.month(shown, today: today)]),
            subtitle: (grids + [counted].compactMap { $0 }).joined(separator: dot),
            back: Press(words(.back), .back),
            problem: problem,
            earlier: leaf(shown, -1, today),
            later: shown < now ? leaf(shown, 1, today) : nil,
            tiles: followed.map { tile($0, today, chosen: $0.info.metric == looked?.metric) },
            part: part,
            all: Press(all ? words(.fewerMetrics) : words(.allMetrics, ["count": known.count]), .all),
            groups: groups(lines, known))
    }

    /// By the identity each serves, in the order the report first names them; those of none stand last.
    private func groups(_ rows: [MetricRow], _ known: [MetricInfo]) -> [MetricLines] {
        func info(_ row: MetricRow) -> MetricInfo? { known.first { $0.metric == row.metric } }
        let served = rows.grouped { info($0)?.serves }
        let inOrder = served.filter { $0.key != nil } + served.filter { $0.key == nil }
        return inOrder.map { identity, rows in
            MetricLines(
                heading: identity.map { app.words($0.label) },
                lines: rows.map { row in
                    MetricLine(value: value(row, info(row)), open: Press(app.words(row.label), .choose(row.metric)))
                })
        }
    }

    private func leaf(_ month: Month, _ months: Int, _ today: Day) -> Press<MetricsIntent> {
        let other = app.formats.month(month, plus: months)
        return Press(app.formats.month(other, today: today), .month(other))
    }

    /// Those one follows; until somebody chose, a share of each quarter of the report.
    private func followed(_ known: [MetricInfo]) -> [MetricInfo] {
        if let pinned = app.settings.now.pinned { return pinned.compactMap { id in known.first { $0.metric == id } } }
        let shares = known.filter { $0.measure == .share }
        let places = (0..<App.pins).map { $0 * shares.count / App.pins }.unique()
        return places.filter(shares.indices.contains).map { shares[$0] }
    }

    private func tile(_ half: HalfYear, _ today: Day, chosen: Bool) -> MetricTile {
        let words = app.words
        let last = half.rows.last
        let (now, before) = (half.known.last ?? nil, half.known.dropLast().last ?? nil)
        let moved = number(now).flatMap { now in number(before).map { now - $0 } }
        let isPercent = last?.shown?.hasSuffix("%") == true
        let value = last?.shown.map { isPercent ? String($0.dropLast()) : $0 }
        let change =
            if let moved {
                rounded(moved) == "0"
                    ? words(.asLastMonth) : words(.sinceLastMonth, ["change": (moved > 0 ? "+" : "−") + rounded(abs(moved))])
            } else {
                last?.value != nil && (now == nil || before == nil) ? words(.asOfNow) : ""
            }
        return MetricTile(
            value: value ?? words(.noData),
            unit: last?.shown == nil ? "" : isPercent ? "%" : unit(half.info),
            trend: trend(moved, half.info),
            change: change,
            chart: chart(half, today),
            chosen: chosen,
            open: Press(words(half.info.label), .choose(half.info.metric)))
    }

    private func unit(_ info: MetricInfo) -> String { info.unit.map { app.words($0) } ?? "" }

    /// To one digit.
    private func rounded(_ number: Double) -> String { app.formats.number((number * 10 + 0.5).rounded(.down) / 10) }

    /// Which way is better only a target says.
    private func trend(_ moved: Double?, _ info: MetricInfo) -> Trend {
        guard let moved, let up = info.target?.atLeast, rounded(moved) != "0" else { return .same }
        return (moved > 0) == up ? .better : .worse
    }

    private func number(_ row: MetricRow?) -> Double? {
        guard let row, let value = row.value else { return nil }
        return Double(value.part) / Double(value.whole) * (row.measure == .share ? 100 : 1)
    }

    private func chart(_ half: HalfYear, _ today: Day) -> Chart {
        let known = half.known
        let most = known.compactMap { number($0) }.max() ?? 0
        let said = zip(known, half.months).map { row, month in
            "\(app.formats.month(month, today: today)) \(value(row, half.info))"
        }
        return Chart(text: app.words.list(said), levels: known.map { level($0, most) })
    }

    /// Thousandths: of a hundred percent, or of the most there is.
    private func level(_ row: MetricRow?, _ most: Double) -> Int? {
        guard let row, let number = number(row) else { return nil }
        let whole = row.measure == .share ? 100 : most
        return whole <= 0 ? 0 : min(max(Int(number / whole * 1_000), 0), 1_000)
    }

    /// A number with its unit; a share brings its own.
    private func value(_ row: MetricRow?, _ info: MetricInfo?) -> String {
        guard let shown = row?.shown else { return app.words(.noData) }
        return shown.hasSuffix("%") ? shown : [shown, info?.unit.map { app.words($0) }].compactMap { $0 }.joined(separator: " ")
    }

    private func parts(_ half: HalfYear, _ four: [MetricInfo], _ today: Day) async throws -> MetricParts {
        let (words, info, month) = (app.words, half.info, half.months[half.months.count - 1])
        let grouped = (by ?? info.by.last).flatMap { info.by.contains($0) ? $0 : nil }
        let counted = try await app.butler.metrics.month(month, metric: info.metric, by: grouped)
        let grouping = counted.filter { $0.group != nil }
        let groups = grouping.isEmpty ? counted : grouping
        let most = groups.compactMap { number($0) }.max() ?? 0
        let levels = chart(half, today).levels
        return MetricParts(
            title: grouped.map { words(.metricBy, ["metric": words(info.label), "by": words(name($0))]) } ?? words(info.label),
            target: info.target.map { words(.metricTarget, ["target": words($0.words)]) },
            by: info.by.count < 2 ? [] : info.by.map { Chip(Press(words(name($0)), .by($0)), chosen: $0 == grouped) },
            bars: groups.map { row in
                PartBar(
                    chart: Chart(text: of(row, info), levels: [level(row, most)]),
                    open: Press(
                        row.groupLabel.map { words($0) } ?? words(.altogether), .records(info.metric, row.group, month)))
            },
            means: words(info.means),
            monthsTitle: words(.halfYear),
            months: half.months.enumerated().map { index, month in
                MonthBar(
                    month: app.formats.month(month, today: today),
                    value: half.known[index]?.shown ?? words(.noneShort),
                    chart: Chart(text: half.known[index]?.shown ?? words(.noData), levels: [levels[index]]))
            },
            pin: Press(words(four.contains { $0.metric == info.metric } ? .unpin : .pin), .pin(info.metric)))
    }

    /// Of a share its part and its whole, else the number with its unit.
    private func of(_ row: MetricRow, _ info: MetricInfo) -> String {
        row.shown != nil && row.measure == .share ? ratio(row.value) : value(row, info)
    }

    private func name(_ by: GroupBy) -> Word {
        switch by {
        case .grid: .byGrid
        case .butler: .byButler
        case .port: .byPort
        }
    }
}

private func ratio(_ value: Fraction?) -> String { value.map { "\($0.part) / \($0.whole)" } ?? "" }

public enum MetricRecordsIntent: Equatable, Sendable {
    case back
    case inPart(Bool)
    case open(Kind, RecordId)
}

/// The records behind a number: of `metrics.records`. Those kept back are counted, not shown.
@MainActor public final class MetricRecordsModel: Model {
    public let app: App
    public let life = Life(MetricRecordsState())
    private let metric: MetricId
    private let group: MetricGroup?
    private let month: Month
    private var inPart: Bool?
    private var problem: String?

    public init(_ app: App, _ metric: MetricId, _ group: MetricGroup?, _ month: Month) {
        self.app = app
        self.metric = metric
        self.group = group
        self.month = month
    }

    public func act(_ intent: MetricRecordsIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .inPart(let inPart): self.inPart = inPart
        case .open(let kind, let record): app.platform.go(placeOf(kind, record))
        }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> MetricRecordsState {
        let words = app.words
        let today = try await app.butler.date()
        let counted = try await app.butler.metrics.month(month, metric: metric, by: by)
        guard let row = counted.first(where: { $0.group == group }) ?? counted.first else { throw ButlerError.NotFound }
        let (rows, keptBack) = try await records(row)
        let share = row.measure == .share
        // What is missing is what one comes to see.
        let side = inPart ?? rows.allSatisfy(\.member.inPart)
        let shown = share ? rows.filter { $0.member.inPart == side } : rows
        let subtitle = [
            app.formats.month(month, today: today), row.groupLabel.map { words($0) }, share ? ratio(row.value) : row.shown,
        ]
        var lines: [MetricRecordLine] = []
        for record in shown { lines.append(try await line(record, today)) }
        return MetricRecordsState(
            title: words(row.label),
            subtitle: subtitle.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: dot),
            back: Press(words(.back), .back),
            problem: problem,
            sides: !share || rows.isEmpty
                ? []
                : [false, true].map { part in
                    let count = rows.filter { $0.member.inPart == part }.count
                    let name = row.sides.map { words(part ? $0.part : $0.rest).capitalisedFirst } ?? ""
                    return Chip(Press(words(.metricSide, ["side": name, "count": count]), .inPart(part)), chosen: part == side)
                },
            means: words(row.means),
            rows: lines,
            keptBack: keptBack == 0 ? nil : words(.keptBack, ["count": keptBack]),
            empty: shown.isEmpty && keptBack == 0 ? Empty(words(rows.isEmpty ? .noData : .noneOfThese), "") : nil)
    }

    private var by: GroupBy? {
        switch group {
        case .grid: .grid
        case .butler: .butler
        case .port: .port
        case nil: nil
        }
    }

    /// All of them, page by page, and how many may not be seen.
    private func records(_ row: MetricRow) async throws -> (rows: [MetricRecord], keptBack: Int) {
        var rows: [MetricRecord] = []
        var (skip, total) = (0, 0)
        repeat {
            let page = try await app.butler.metrics.records(of: row, in: month, side: .whole, skip: skip, take: pageSize)
            rows += page.rows
            total = page.total
            skip += pageSize
        } while skip < total
        return (rows, total - rows.count)
    }

    private func line(_ record: MetricRecord, _ today: Day) async throws -> MetricRecordLine {
        let (words, id) = (app.words, record.member.record)
        var kind: Kind?
        if let id { kind = try await found { try await app.butler.records.get(id).kind } }
        var title: String?
        if let id, kind == .case { title = try await app.butler.cases.details(id).case.title }
        let beside = title != nil && title != record.subject && !record.subject.isEmpty ? record.subject : nil
        let about = [beside, app.formats.near(record.member.day, today: today), record.byName]
        let subject = record.subject.isEmpty ? words(kind.map(kindWord) ?? .notDone) : record.subject
        return MetricRecordLine(
            title: title ?? subject,
            about: about.compactMap { $0 }.joined(separator: dot),
            open: id.flatMap { id in kind.map { Press(words(.openIt), .open($0, id)) } })
    }
}

private let pageSize = 100
