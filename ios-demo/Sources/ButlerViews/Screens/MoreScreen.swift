#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 更多.
struct MoreScreen<Above: View>: View {
    let state: MoreState
    let on: (MoreIntent) -> Void
    /// What is not needed every day.
    @ViewBuilder let above: Above

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                above
                Card { Ruled(state.rows) { row in Strip(press: row.press, on: on, icon: icon(row.kind)) } }
                if let title = state.draftsTitle {
                    Heading(title: title)
                    Card { Ruled(state.drafts) { draft in Unfinished(draft: draft, on: on) } }
                }
                Card { ListRow(title: state.who, about: state.about) }
            }
        }
    }

    private func icon(_ kind: MoreKind) -> Icon {
        switch kind {
        case .outbox: .circleArrowUp
        case .conflicts: .squareSplitHorizontal
        case .settings: .settings
        case .help: .lifeBuoy
        }
    }
}

/// What is not needed every day, above what waits for a look.
struct IndexCard: View {
    let state: IndexState
    let on: (IndexIntent) -> Void

    var body: some View {
        VStack(spacing: 10) {
            if let find = state.find { Card { Strip(press: find, on: on, icon: .search) } }
            Card {
                Ruled(state.rows) { row in
                    ListRow(title: row.open.label, about: row.about, icon: icon(row.kind), press: { on(row.open.intent) })
                }
            }
            if let title = state.registersTitle { HeadingWith(title: title, press: state.all, on: on) }
            if !state.registers.isEmpty {
                Card {
                    Ruled(state.registers) { register in
                        ListRow(
                            title: register.open.label, about: register.about, icon: .scrollText,
                            press: { on(register.open.intent) })
                    }
                }
            }
        }
    }

    private func icon(_ kind: IndexKind) -> Icon {
        switch kind {
        case .duties: .users
        case .dayRounds: .footprints
        case .metrics: .chartColumn
        case .library: .bookOpen
        case .handover: .arrowLeftRight
        }
    }
}

private struct Unfinished: View {
    let draft: UnfinishedLine
    let on: (MoreIntent) -> Void

    var body: some View {
        HStack(spacing: 8) {
            VStack(alignment: .leading, spacing: 0) {
                Words(draft.title, .bold, lines: 2)
                Words(draft.about, .meta, \.ink2, lines: 2)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityElement(children: .combine)
            PressButton(draft.discard, on, .plain, least: Measure.touch).fixedSize(horizontal: true, vertical: false)
        }
        .padding(.leading, 16)
        .padding(.trailing, 8)
        .padding(.vertical, 8)
    }
}
#endif
