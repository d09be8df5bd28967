#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The case library.
struct LibraryScreen: View {
    let state: LibraryState
    let on: (LibraryIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if let search = state.search { Field(typing: search, on: on, labelled: false) }
                ForEach(Array(state.collections.enumerated()), id: \.offset) { _, group in
                    Heading(title: group.title)
                    Card { Ruled(group.rows) { row in Strip(press: row, on: on, icon: .bookOpen) } }
                }
                if let none = state.none { Words(none, .body, \.ink2).padding(16) }
            }
        }
    }
}
#endif
