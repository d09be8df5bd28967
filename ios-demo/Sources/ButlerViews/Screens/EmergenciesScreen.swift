#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 突发事件: which kind it is. A press starts its clock.
struct EmergenciesScreen: View {
    let state: EmergenciesState
    let on: (EmergenciesIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.about, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 8) {
                if let empty = state.empty { EmptyState(icon: .siren, empty: empty, on: on).padding(.top, 56) }
                ForEach(Array(state.kinds.enumerated()), id: \.offset) { _, kind in
                    PressButton(kind, on, .outline, least: Measure.buttonLarge)
                }
            }
        }
    }
}
#endif
