#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 可以等: what is not on today's walk, by what it is and why.
struct CanWaitScreen: View {
    let state: CanWaitState
    let on: (CanWaitIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let brought = state.brought { Banner(kind: .ok, title: brought, icon: .check) }
                if let title = state.doesNotFitTitle {
                    Banner(kind: .late, title: title, text: state.doesNotFitAbout ?? "", icon: .clockAlert)
                    if let ask = state.askForHands { PressButton(ask, on, .outline, icon: .phone) }
                    WaitingGroups(groups: state.doesNotFit, on: on)
                }
                if !state.kinds.isEmpty {
                    Flow(spacing: design.gap) {
                        ForEach(Array(state.kinds.enumerated()), id: \.offset) { _, chip in
                            ChipButton(chip: chip, on: on, wide: false, strong: false)
                        }
                    }
                }
                if !state.groups.isEmpty { WaitingGroups(groups: state.groups, on: on) }
                if let empty = state.empty { EmptyState(icon: .inbox, empty: empty, on: on).padding(.top, 56) }
            }
        }
        .overlay {
            switch state.sheet {
            case .things(let sheet): ThingsSheet(sheet: sheet, on: on)
            case .noRoom(let sheet): NoRoomSheet(sheet: sheet, on: on)
            case nil: EmptyView()
            }
        }
    }
}

private struct ThingsSheet: View {
    let sheet: CanWaitSheet.Things
    let on: (CanWaitIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(sheet.close.intent) }) {
            Card { Ruled(sheet.things) { thing in ListRow(title: thing.label, press: { on(thing.intent) }) } }
            if let more = sheet.more { Words(more, .meta, \.ink2) }
            if let each = sheet.each { PressButton(each, on, .outline) }
        } foot: {
            Actions(second: sheet.close, first: sheet.bring, on: on)
        }
    }
}

private struct NoRoomSheet: View {
    let sheet: CanWaitSheet.NoRoom
    let on: (CanWaitIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(sheet.close.intent) }) {
            if !sheet.instead.isEmpty { Card { Ruled(sheet.instead) { thing in ListRow(title: thing) } } }
        } foot: {
            if let swap = sheet.swap {
                Actions(second: sheet.close, first: swap, on: on)
            } else {
                PressButton(sheet.close, on, .outline)
            }
        }
    }
}

/// Kinds of things, each with why it stands here.
struct WaitingGroups: View {
    let groups: [WaitingGroup]
    var on: (CanWaitIntent) -> Void = { _ in }

    private func icon(_ look: WaitingLook) -> Icon {
        switch look {
        case .ask: .messageCircle
        case .later: .calendarClock
        case .spot: .clipboardList
        case .inside: .keyRound
        case .door: .doorOpen
        case .call: .phone
        case .desk: .penLine
        }
    }

    var body: some View {
        Card {
            Ruled(groups) { group in
                ListRow(
                    title: group.title, about: group.reason, icon: group.look.map(icon), tiled: true, badge: group.badge,
                    press: group.open.map { open in { on(open.intent) } })
            }
        }
    }
}
#endif
