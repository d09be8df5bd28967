#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 记一笔.
struct RecordScreen<Above: View>: View {
    let state: RecordScreenState
    let on: (RecordIntent) -> Void
    /// The way to an emergency card.
    @ViewBuilder let above: Above

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                above
                if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
                if !state.rows.isEmpty {
                    Heading(title: state.heading)
                    Card { Ruled(state.rows) { row in Strip(press: row, on: on, icon: .penLine) } }
                }
            }
        }
    }
}

/// The way to an emergency card from 记一笔: the one red thing there.
struct EmergencyButton: View {
    let state: EmergencyEntryState
    let on: (EmergencyEntryIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if let open = state.open {
            let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
            SwiftUI.Button {
                on(open.intent)
            } label: {
                HStack(spacing: 14) {
                    Picture(.siren, size: 30, \.onUrgent)
                    VStack(alignment: .leading, spacing: 0) {
                        Words(open.label, .bold, \.onUrgent)
                        Words(state.about, .meta, \.onUrgent, lines: 2)
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                }
                .padding(.horizontal, 18)
                .padding(.vertical, 12)
                .frame(minHeight: Measure.buttonLarge)
                .background(design[\.urgent], in: shape)
                .contentShape(shape)
            }
            .buttonStyle(.plain)
        }
    }
}
#endif
