#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A row of a register, read back.
struct EntryScreen: View {
    let state: EntryState
    let on: (EntryIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(
                title: state.title, subtitle: state.subtitle, back: state.back, badge: state.badge, tool: state.history,
                on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
                if !state.said.isEmpty { Card { Ruled(state.said) { line in Said(label: line.label, words: line.words) } } }
                PhotoStrip(photos: state.photos, on: on)
            }
            if let papers = state.papers {
                FootBar { PressButton(papers, on, .outline, least: Measure.buttonLarge) }
            }
        }
        .overlay { if let sheet = state.sheet { PapersFrame(sheet: sheet, on: on) } }
    }
}
#endif
