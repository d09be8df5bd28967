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
                    WaitingGroups(groups: state.doesNotFit)
                }
                if !state.groups.isEmpty { WaitingGroups(groups: state.groups) }
                if let empty = state.empty { EmptyState(icon: .inbox, empty: empty, on: on).padding(.top, 56) }
            }
        }
    }
}

/// Kinds of things, each with why it stands here.
struct WaitingGroups: View {
    let groups: [WaitingGroup]
    @Environment(\.design) private var design

    var body: some View {
        Card {
            Ruled(groups) { group in
                HStack(spacing: 12) {
                    VStack(alignment: .leading, spacing: 0) {
                        Words(group.title, .bold, lines: 2)
                        if !group.reason.isEmpty { Words(group.reason, .meta, \.ink2, lines: 3) }
                        if let badge = group.badge, design.large { BadgeView(badge: badge).padding(.top, 4) }
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                    if let badge = group.badge, !design.large { BadgeView(badge: badge) }
                }
                .padding(.horizontal, 16)
                .padding(.vertical, 10)
                .frame(minHeight: Measure.row)
                .accessibilityElement(children: .combine)
            }
        }
    }
}
#endif
