#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 手机与办公室: what is here alone, that it is safe, and what needs a look.
struct OutboxScreen: View {
    let state: OutboxState
    let on: (OutboxIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let clock = state.clock { Banner(kind: .late, title: clock, icon: .clockAlert) }
                ForEach(state.notices, id: \.self) { notice in Banner(kind: .info, title: notice, icon: .info) }
                if let head = state.head { Head(head: head) }
                if let title = state.waitingTitle {
                    Heading(title: title)
                    Card {
                        Lines(lines: state.waiting, on: on)
                        if let more = state.more {
                            Rule()
                            Strip(press: more, on: on)
                        }
                    }
                }
                if let title = state.lookTitle {
                    Heading(title: title)
                    Card { Lines(lines: state.look, on: on) }
                }
                if let line = state.conflicts {
                    Card {
                        ListRow(
                            title: line.open.label, about: line.about, icon: .squareSplitHorizontal,
                            iconColour: \.conflictInk, press: { on(line.open.intent) })
                    }
                }
                if let title = state.draftsTitle {
                    Heading(title: title)
                    Card { Lines(lines: state.drafts, on: on) }
                }
            }
            if let trying = state.trying {
                FootBar { PressButton(trying, on, least: Measure.buttonLarge, icon: .refreshCw) }
            }
        }
    }
}

private struct Head: View {
    let head: OutboxHead
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        let ink: KeyPath<Palette, UInt32> = head.safe ? \.okInk : \.unsentInk
        Card {
            HStack(alignment: .top, spacing: 12) {
                Picture(head.safe ? .cloudCheck : .circleArrowUp, size: 30, ink)
                    .frame(width: 56, height: 56)
                    .background(design[head.safe ? \.okSoft : \.unsentSoft], in: shape)
                    .overlay(shape.strokeBorder(design[ink], lineWidth: design.softEdge))
                VStack(alignment: .leading, spacing: 2) {
                    Words(head.title, .title).accessibilityAddTraits(.isHeader)
                    Words(head.about, .meta, \.ink2)
                }
                .frame(maxWidth: .infinity, alignment: .leading)
            }
            .padding(16)
            Rule()
            ListRow(title: head.sync, about: head.last, icon: .wifi, kind: .body)
        }
    }
}

private struct Lines: View {
    let lines: [OutboxLine]
    let on: (OutboxIntent) -> Void

    var body: some View {
        Ruled(lines) { line in
            ListRow(title: line.open.label, about: line.about, badge: line.badge, press: { on(line.open.intent) })
        }
    }
}
#endif
