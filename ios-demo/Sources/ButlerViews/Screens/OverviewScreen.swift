#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 总览: what is urgent and nobody took, what waits for a decision, and how each butler's day stands.
struct OverviewScreen: View {
    let state: OverviewState
    let on: (OverviewIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, search: state.search, sync: state.sync, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                ForEach(Array(state.urgent.enumerated()), id: \.offset) { index, row in
                    Untaken(row: row, first: index == 0, on: on)
                }
                Heading(title: state.decideTitle)
                decide
                if let title = state.teamTitle {
                    Heading(title: title)
                    Card { Ruled(state.team) { line in Member(line: line) } }
                }
                if !state.together.isEmpty {
                    Card {
                        Ruled(state.together) { matter in
                            ListRow(
                                title: matter.open.label, about: matter.about, icon: .megaphone,
                                press: { on(matter.open.intent) })
                        }
                    }
                }
                if let title = state.hastyTitle {
                    Heading(title: title)
                    Card {
                        Ruled(state.hasty) { row in
                            ListRow(title: row.open.label, about: row.about, icon: .clockAlert, press: { on(row.open.intent) })
                        }
                    }
                }
                if let own = state.own { Card { Strip(press: own, on: on, icon: .footprints) } }
            }
        }
    }

    private var decide: some View {
        let layout =
            design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(HStackLayout(alignment: .top, spacing: design.gap))
        return layout {
            ForEach(Array(state.decide.enumerated()), id: \.offset) { _, tile in Decide(tile: tile, on: on) }
        }
        .fixedSize(horizontal: false, vertical: true)
    }
}

private struct Untaken: View {
    let row: UntakenCase
    let first: Bool
    let on: (OverviewIntent) -> Void

    var body: some View {
        Card {
            VStack(alignment: .leading, spacing: 6) {
                SwiftUI.Button {
                    on(row.open.intent)
                } label: {
                    VStack(alignment: .leading, spacing: 6) {
                        BadgeView(badge: row.badge)
                        Words(row.open.label, .bold, lines: 2)
                        Words(row.about, .meta, \.ink2, lines: 3)
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                    .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
                if let call = row.call { PressButton(call, on, first ? .urgent : .outline, icon: .phone) }
            }
            .padding(16)
        }
    }
}

private struct Decide: View {
    let tile: DecideTile
    let on: (OverviewIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        SwiftUI.Button {
            on(tile.open.intent)
        } label: {
            VStack(alignment: .leading, spacing: 8) {
                HStack(spacing: 8) {
                    Picture(look.icon, look.ink).frame(maxWidth: .infinity, alignment: .leading)
                    Words(tile.count, .title)
                }
                Words(tile.open.label, lines: 2)
            }
            .padding(14)
            .frame(maxWidth: .infinity, maxHeight: .infinity, alignment: .topLeading)
            .background(design[\.surface], in: shape)
            .overlay(shape.strokeBorder(design[\.line], lineWidth: design.hair))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
    }

    private var look: (icon: Icon, ink: KeyPath<Palette, UInt32>) {
        switch tile.kind {
        case .conflicts: (.squareSplitHorizontal, \.conflictInk)
        case .leftOut: (.skipForward, \.ink)
        case .rejected: (.octagonX, \.rejectedInk)
        }
    }
}

private struct Member: View {
    let line: TeamLine
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: 10) {
            HStack(spacing: 12) {
                Words(String(line.name.prefix(1)), .bold, \.accentInk)
                    .frame(width: design.large ? 56 : 40, height: design.large ? 56 : 40)
                    .background(design[\.accentSoft], in: Circle())
                    .overlay(Circle().strokeBorder(design[\.accentInk], lineWidth: design.softEdge))
                    .accessibilityHidden(true)
                VStack(alignment: .leading, spacing: 0) {
                    Flow {
                        Words(line.name, .bold, lines: 1)
                        if !line.grids.isEmpty { Words(line.grids, .meta, \.ink2, lines: 1) }
                    }
                    if let seen = line.seen { Words(seen, .meta, \.ink2, lines: 2) }
                    if design.large { BadgeView(badge: line.heard) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                if !design.large { BadgeView(badge: line.heard) }
            }
            HStack(spacing: 10) {
                LevelBar(chart: line.done)
                Words(line.done.text, .meta, \.ink2, lines: 1).accessibilityHidden(true)
                if !design.large { late }
            }
            if design.large { late }
        }
        .padding(16)
        .accessibilityElement(children: .combine)
    }

    @ViewBuilder private var late: some View {
        if let late = line.late { Words(late, .metaBold, \.overdueInk, lines: 1) }
        if let urgent = line.urgent { Words(urgent, .metaBold, \.urgentInk, lines: 1) }
    }
}
#endif
