#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 事项: what waits for me, what runs out of time, what waits for others.
struct CasesScreen: View {
    let state: CasesState
    let on: (CasesIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(
                title: state.title, subtitle: state.subtitle, search: state.search, sync: state.sync,
                badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if !state.views.isEmpty {
                    Flow {
                        ForEach(Array(state.views.enumerated()), id: \.offset) { _, chip in
                            ChipButton(chip: chip, on: on, wide: false, strong: false)
                        }
                    }
                }
                ForEach(Array(state.groups.enumerated()), id: \.offset) { _, group in
                    if let title = group.title { Heading(title: title) }
                    Card {
                        if let none = group.none { Words(none, .meta, \.ink2).padding(16) }
                        Ruled(group.rows) { row in Line(row: row, on: on) }
                    }
                }
                if let over = state.over { Card { Strip(press: over, on: on, icon: .clipboardList) } }
                if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
            }
        }
    }
}

/// A dot stands before what is mine; the heading above says it in words.
private struct Line: View {
    let row: CaseLine
    let on: (CasesIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        ListRow(title: row.open.label, about: row.about, badge: row.badge, press: { on(row.open.intent) })
            .padding(.leading, 16)
            .overlay(alignment: .leading) {
                Circle().fill(row.mine ? design[\.accent] : .clear).frame(width: 10, height: 10).padding(.leading, 16)
                    .accessibilityHidden(true)
            }
    }
}
#endif
