#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A line through the numbers, with a dot at the last; a month without data is a gap.
struct Spark: View {
    let chart: Chart
    @Environment(\.design) private var design

    var body: some View {
        let (levels, colour) = (chart.levels, design[\.accent])
        let known = levels.compactMap { $0 }
        let low = known.min() ?? 0
        let span = Double(max((known.max() ?? 0) - low, 1))
        Canvas { context, size in
            let inset = 5.0
            let step = (size.width - 2 * inset) / Double(max(levels.count - 1, 1))
            func at(_ index: Int, _ level: Int) -> CGPoint {
                CGPoint(
                    x: inset + Double(index) * step,
                    y: size.height - inset - Double(level - low) / span * (size.height - 2 * inset))
            }
            var line = Path()
            var before: Int?
            for (index, level) in levels.enumerated() {
                if let level {
                    if before == nil { line.move(to: at(index, level)) } else { line.addLine(to: at(index, level)) }
                }
                before = level
            }
            context.stroke(line, with: .color(colour), style: StrokeStyle(lineWidth: 2.5, lineCap: .round, lineJoin: .round))
            if let last = levels.lastIndex(where: { $0 != nil }), let level = levels[last] {
                let dot = at(last, level)
                let square = CGRect(x: dot.x - 4, y: dot.y - 4, width: 8, height: 8)
                context.fill(RoundedRectangle(cornerRadius: 4).path(in: square), with: .color(colour))
            }
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(chart.text)
    }
}

/// One number, standing; its words stand above it.
struct Standing: View {
    /// Thousandths of the whole; nil where it is not known.
    let level: Int?
    @Environment(\.design) private var design

    var body: some View {
        GeometryReader { column in
            UnevenRoundedRectangle(topLeadingRadius: 4, topTrailingRadius: 4)
                .fill(design[\.accent])
                .frame(height: column.size.height * Double(level ?? 0) / 1_000)
                .frame(maxHeight: .infinity, alignment: .bottom)
        }
        .overlay(alignment: .bottom) { design[\.control].frame(height: 1) }
        .accessibilityHidden(true)
    }
}
#endif
