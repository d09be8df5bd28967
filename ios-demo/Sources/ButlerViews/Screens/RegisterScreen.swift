#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A register: rows by day, or cases by their state, each with the one thing one does to it.
struct RegisterScreen: View {
    let state: RegisterState
    let on: (RegisterIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if let search = state.search { Field(typing: search, on: on, labelled: false) }
                if !state.views.isEmpty {
                    Flow {
                        ForEach(Array(state.views.enumerated()), id: \.offset) { _, chip in
                            ChipButton(chip: chip, on: on, wide: false, strong: false)
                        }
                    }
                }
                ForEach(Array(state.groups.enumerated()), id: \.offset) { _, group in
                    if let title = group.title { Heading(title: title) }
                    Card { Ruled(group.rows) { row in line(row) } }
                }
                if let none = state.none { Words(none, .body, \.ink2).padding(16) }
                if let more = state.more { PressButton(more, on, .outline) }
                if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
            }
            if let add = state.add { FootBar { PressButton(add, on, least: Measure.buttonLarge, icon: .plus) } }
        }
    }

    private func icon(_ look: RowLook) -> Icon {
        switch look {
        case .entry: .scrollText
        case .case: .clipboardList
        case .key: .keyRound
        case .done: .check
        }
    }

    private func line(_ row: RegisterLine) -> some View {
        VStack(spacing: 0) {
            ListRow(
                title: row.open.label, about: row.about, icon: icon(row.look), iconColour: row.look == .done ? \.ink3 : \.ink2,
                badge: row.badge, press: { on(row.open.intent) })
            if let next = row.next { PressButton(next, on, .tonal).padding(.horizontal, 16).padding(.bottom, 12) }
        }
    }
}
#endif
