#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 按身份看今天: the day by the butler's identities, under the duty of each.
struct DutiesScreen: View {
    let state: DutiesState
    let on: (DutiesIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                ForEach(Array(state.identities.enumerated()), id: \.offset) { _, group in
                    if let duty = group.duty { Heading(title: duty) }
                    VStack(alignment: .leading, spacing: 0) {
                        Words(group.title, .bold)
                        Words(group.about, .meta, \.ink2).padding(.bottom, 6)
                        if !group.kinds.isEmpty { WaitingGroups(groups: group.kinds) }
                    }
                }
                if let empty = state.empty { EmptyState(icon: .inbox, empty: empty, on: on).padding(.top, 56) }
            }
        }
    }
}
#endif
