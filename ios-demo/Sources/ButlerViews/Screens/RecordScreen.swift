#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 记一笔.
struct RecordScreen: View {
    let state: RecordScreenState
    let on: (RecordIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, badge: state.syncBadge, on: on)
            ScrollView {
                VStack(alignment: .leading, spacing: 10) {
                    if let problem = state.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
                    if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
                    if let emergency = state.emergency {
                        Card {
                            ListRow(
                                title: emergency.open.label, about: emergency.about, icon: .siren, iconColour: \.urgentInk,
                                press: { on(emergency.open.intent) })
                        }
                    }
                    if !state.rows.isEmpty {
                        Heading(title: state.heading)
                        Card { Ruled(state.rows) { row in Strip(press: row, on: on, icon: .penLine) } }
                    }
                }
                .padding(.horizontal, Measure.margin)
                .padding(.top, 4)
                .padding(.bottom, 24)
            }
        }
    }
}
#endif
