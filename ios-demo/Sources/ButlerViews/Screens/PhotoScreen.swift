#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// One photo as large as the phone, and the way to those beside it.
struct PhotoScreen: View {
    let state: PhotoState
    let on: (PhotoIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, back: state.back, on: on)
            if let picture = state.picture { WholePhoto(picture: picture, label: state.title) }
            if state.earlier != nil || state.later != nil {
                FootBar {
                    if let earlier = state.earlier { PressButton(earlier, on, .outline, least: Measure.buttonLarge) }
                    if let later = state.later { PressButton(later, on, .outline, least: Measure.buttonLarge) }
                }
            }
        }
    }
}
#endif
