#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 可以等: what is not on today's walk, by what it is and why.
struct CanWaitScreen: View {
    let state: CanWaitState
    let on: (CanWaitIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let title = state.doesNotFitTitle {
                    Heading(title: title)
                    WaitingGroups(groups: state.doesNotFit, on: on)
                }
                if !state.groups.isEmpty { WaitingGroups(groups: state.groups, on: on) }
                if let empty = state.empty { EmptyState(icon: .inbox, empty: empty, on: on).padding(.top, 56) }
            }
        }
    }
}

/// Kinds of things, each with why it stands here.
struct WaitingGroups: View {
    let groups: [WaitingGroup]
    var on: (CanWaitIntent) -> Void = { _ in }

    var body: some View {
        Card {
            Ruled(groups) { group in
                ListRow(
                    title: group.title, about: group.reason, badge: group.badge,
                    press: group.open.map { open in { on(open.intent) } })
            }
        }
    }
}
#endif
