#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The records behind a number.
struct MetricRecordsScreen: View {
    let state: MetricRecordsState
    let on: (MetricRecordsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if !state.sides.isEmpty {
                    Flow(spacing: design.gap) {
                        ForEach(Array(state.sides.enumerated()), id: \.offset) { _, chip in
                            ChipButton(chip: chip, on: on, wide: false)
                        }
                    }
                }
                if !state.means.isEmpty { Banner(kind: .info, title: "", text: state.means, icon: .info) }
                if let empty = state.empty { EmptyState(icon: .chartColumn, empty: empty, on: on).padding(.top, 32) }
                if !state.rows.isEmpty {
                    Card {
                        Ruled(state.rows) { row in
                            ListRow(title: row.title, about: row.about, press: row.open.map { open in { on(open.intent) } })
                        }
                    }
                }
                if let keptBack = state.keptBack {
                    Words(keptBack, .meta, \.ink2, align: .center).frame(maxWidth: .infinity).padding(8)
                }
            }
        }
    }
}
#endif
