#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 事项: by whose turn it is, what runs out first stands first.
struct CasesScreen: View {
    let state: CasesState
    let on: (CasesIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, badge: state.syncBadge, on: on)
            ScrollView {
                VStack(alignment: .leading, spacing: 10) {
                    Flow {
                        ForEach(Array(state.filters.enumerated()), id: \.offset) { _, chip in
                            ChipButton(chip: chip, on: on, wide: false)
                        }
                    }
                    if let problem = state.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
                    if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
                    if !state.rows.isEmpty {
                        Card { Ruled(state.rows) { row in CaseRowView(row: row, on: on) } }
                    }
                }
                .padding(.horizontal, Measure.margin)
                .padding(.top, 4)
                .padding(.bottom, 24)
            }
        }
    }
}

private struct CaseRowView: View {
    let row: CaseLine
    let on: (CasesIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SwiftUI.Button {
            on(row.open.intent)
        } label: {
            HStack(spacing: 12) {
                VStack(alignment: .leading, spacing: 2) {
                    Words(row.title, .bold, lines: 2)
                    Words(row.state, .meta, lines: 2)
                    Words(row.place, .meta, \.ink2, lines: 2)
                    if let badge = row.badge, design.large { BadgeView(badge: badge) }
                    if let sent = row.sent, design.large { BadgeView(badge: sent) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                if !design.large {
                    VStack(alignment: .trailing, spacing: 4) {
                        if let badge = row.badge { BadgeView(badge: badge) }
                        if let sent = row.sent { BadgeView(badge: sent) }
                    }
                }
                Picture(.chevronRight, size: Measure.iconSmall, \.ink3)
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.row)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
    }
}
#endif
