#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// Why the app does not open, and the ways on.
public struct StartScreen: View {
    private let state: StartState
    private let on: (StartIntent) -> Void

    public init(_ state: StartState, _ on: @escaping (StartIntent) -> Void) {
        self.state = state
        self.on = on
    }

    public var body: some View {
        ScrollView {
            VStack(spacing: 8) {
                EmptyState(
                    icon: state.first.intent == .storage ? .hardDrive : .triangleAlert,
                    empty: Empty<StartIntent>(state.title, state.about), on: on
                )
                .padding(.top, 72)
                PressButton(state.first, on, least: Measure.buttonLarge)
                if let second = state.second { PressButton(second, on, .outline) }
            }
            .padding(Measure.margin)
        }
    }
}
#endif
