#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// Registers and procedures by subject.
struct ProceduresScreen: View {
    let state: ProceduresState
    let on: (ProceduresIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if let search = state.search { Field(typing: search, on: on, labelled: false) }
                ForEach(Array(state.sections.enumerated()), id: \.offset) { _, section in
                    Heading(title: section.title)
                    Card { Ruled(section.rows) { row in Strip(press: row, on: on) } }
                }
                if let none = state.none { Words(none, .body, \.ink2).padding(16) }
            }
        }
    }
}
#endif
