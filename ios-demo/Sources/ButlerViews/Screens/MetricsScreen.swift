#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The metrics of a month.
struct MetricsScreen: View {
    let state: MetricsState
    let on: (MetricsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                tiles
                if let part = state.part { Parts(part: part, on: on) }
                ForEach(Array(state.groups.enumerated()), id: \.offset) { _, group in
                    if let heading = group.heading { Heading(title: heading) }
                    Card {
                        Ruled(group.lines) { line in
                            ListRow(title: line.open.label, about: line.value, press: { on(line.open.intent) })
                        }
                    }
                }
            }
            FootBar {
                if let earlier = state.earlier { PressButton(earlier, on, .outline, icon: .chevronLeft) }
                if let all = state.all { PressButton(all, on, .tonal).layoutPriority(1) }
                if let later = state.later { PressButton(later, on, .outline, trailing: .chevronRight) }
            }
        }
    }

    private var tiles: some View {
        let columns = Array(repeating: GridItem(.flexible(), spacing: 10), count: design.large ? 1 : 2)
        return LazyVGrid(columns: columns, spacing: 10) {
            ForEach(Array(state.tiles.enumerated()), id: \.offset) { _, tile in Tile(tile: tile, on: on) }
        }
    }
}

private struct Tile: View {
    let tile: MetricTile
    let on: (MetricsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        let some = (tile.chart.levels.last ?? nil) != nil
        SwiftUI.Button {
            on(tile.open.intent)
        } label: {
            VStack(alignment: .leading, spacing: 2) {
                Words(tile.open.label, .meta, \.ink2, lines: 2)
                HStack(spacing: 6) {
                    Words(tile.value, some ? .title : .bold, some ? \.ink : \.ink3, lines: 1)
                    if !tile.unit.isEmpty { Words(tile.unit, .meta, \.ink2, lines: 1) }
                    if tile.chart.levels.compactMap({ $0 }).count > 1 {
                        Spark(chart: tile.chart).frame(maxWidth: .infinity).frame(height: 40)
                    }
                }
                if !tile.change.isEmpty { Words(tile.change, .metaBold, ink) }
            }
            .padding(14)
            .frame(maxWidth: .infinity, maxHeight: .infinity, alignment: .topLeading)
            .background(design[\.surface], in: shape)
            .overlay(shape.strokeBorder(design[tile.chosen ? \.accent : \.line], lineWidth: tile.chosen ? 2 : design.hair))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
        .accessibilityAddTraits(tile.chosen ? .isSelected : [])
    }

    private var ink: KeyPath<Palette, UInt32> {
        switch tile.trend {
        case .better: \.okInk
        case .worse: \.overdueInk
        case .same: \.ink2
        }
    }
}

private struct Parts: View {
    let part: MetricParts
    let on: (MetricsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: 10) {
            HeadingWith(title: part.title, press: part.pin, on: on)
            if !part.by.isEmpty {
                Flow(spacing: design.gap) {
                    ForEach(Array(part.by.enumerated()), id: \.offset) { _, chip in
                        ChipButton(chip: chip, on: on, wide: false, strong: false)
                    }
                }
            }
            Card {
                VStack(alignment: .leading, spacing: design.rowGap) {
                    ForEach(Array(part.bars.enumerated()), id: \.offset) { _, bar in PartRow(bar: bar, on: on) }
                    if let target = part.target { Words(target, .metaBold).padding(.horizontal, 16) }
                    Words(part.means, .meta, \.ink2).padding(.horizontal, 16).padding(.vertical, 8)
                }
                .padding(.vertical, 8)
            }
            Heading(title: part.monthsTitle)
            Card { months }
        }
    }

    /// Beside each other; large text has no room for six, and they lie.
    @ViewBuilder private var months: some View {
        if design.large {
            VStack(alignment: .leading, spacing: 12) {
                ForEach(Array(part.months.enumerated()), id: \.offset) { _, month in
                    Lying(label: month.month, value: month.value, chart: month.chart)
                }
            }
            .padding(16)
        } else {
            HStack(alignment: .bottom, spacing: 8) {
                ForEach(Array(part.months.enumerated()), id: \.offset) { _, month in column(month) }
            }
            .padding(14)
        }
    }

    private func column(_ month: MonthBar) -> some View {
        let level = month.chart.levels.first ?? nil
        return VStack(spacing: 0) {
            Words(month.value, .meta, level == nil ? \.ink3 : \.ink, lines: 1, align: .center)
            Standing(level: level).frame(height: 72)
            Words(month.month, .meta, \.ink2, lines: 2, align: .center)
        }
        .frame(maxWidth: .infinity)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel("\(month.month) \(month.chart.text)")
    }
}

/// A number below what it is of.
private struct Lying: View {
    let label: String
    let value: String
    let chart: Chart

    var body: some View {
        let some = (chart.levels.first ?? nil) != nil
        VStack(alignment: .leading, spacing: 4) {
            Words(label)
            if some { LevelBar(chart: chart) }
            Words(value, .bold, some ? \.ink : \.ink3)
        }
        .frame(maxWidth: .infinity, alignment: .leading)
    }
}

private struct PartRow: View {
    let bar: PartBar
    let on: (MetricsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let some = (bar.chart.levels.first ?? nil) != nil
        SwiftUI.Button {
            on(bar.open.intent)
        } label: {
            row(some).padding(.horizontal, 16).padding(.vertical, 6).frame(minHeight: Measure.touch).contentShape(Rectangle())
        }
        .buttonStyle(.plain)
    }

    @ViewBuilder private func row(_ some: Bool) -> some View {
        if design.large {
            Lying(label: bar.open.label, value: bar.chart.text, chart: bar.chart)
        } else {
            HStack(spacing: 12) {
                Words(bar.open.label, lines: 2).frame(width: 96, alignment: .leading)
                if some { LevelBar(chart: bar.chart) } else { Spacer() }
                Words(bar.chart.text, .bold, some ? \.ink : \.ink3, lines: 1, align: .trailing).frame(width: 84, alignment: .trailing)
            }
        }
    }
}
#endif
