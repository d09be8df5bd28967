#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A grid that changes hands, as a checklist.
struct HandoverScreen: View {
    let state: HandoverState
    let on: (HandoverIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if let empty = state.empty { EmptyState(icon: .arrowLeftRight, empty: empty, on: on).padding(.top, 56) }
                if let done = state.done { Card { progress(done).padding(16) } }
                if !state.items.isEmpty { Card { Ruled(state.items) { item in Item(item: item, on: on) } } }
            }
            if let next = state.next { FootBar { PressButton(next, on, least: Measure.buttonLarge) } }
        }
        .overlay { if let sheet = state.sheet { Through(sheet: sheet, on: on) } }
    }

    private func progress(_ done: Chart) -> some View {
        let layout =
            design.large
            ? AnyLayout(VStackLayout(alignment: .leading, spacing: design.gap)) : AnyLayout(HStackLayout(spacing: design.gap))
        return VStack(alignment: .leading, spacing: 10) {
            layout {
                Words(state.progress, .bold).frame(maxWidth: .infinity, alignment: .leading)
                if let left = state.left { BadgeView(badge: left) }
            }
            LevelBar(chart: done)
        }
    }
}

private struct Item: View {
    let item: HandoverItem
    let on: (HandoverIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        HStack(spacing: 12) {
            if item.mark == .locked {
                Picture(.lock, size: 22, \.ink3).frame(width: 28, height: 28)
            } else {
                TickBox(ticked: item.mark == .done)
            }
            VStack(alignment: .leading, spacing: 0) {
                Words(item.title, item.mark == .open ? .bold : .body, item.mark == .locked ? \.ink3 : \.ink, lines: 3)
                if !item.about.isEmpty { Words(item.about, .meta, \.ink2, lines: 3) }
                if let locked = item.take?.locked { Words(locked, .metaBold, \.overdueInk) }
                if let take = item.take, design.large { PressButton(take, on, .tonal) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let take = item.take, !design.large {
                PressButton(take, on, .tonal).fixedSize(horizontal: true, vertical: false)
            }
        }
        .padding(.leading, 16)
        .padding(.trailing, 12)
        .padding(.vertical, 10)
        .frame(minHeight: Measure.row)
    }
}

/// Case by case: what it is opens it, and a tick says that it was told.
private struct Through: View {
    let sheet: HandoverSheet
    let on: (HandoverIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(sheet.close.intent) }) {
            Card {
                Ruled(sheet.cases) { line in
                    let layout = design.large ? AnyLayout(VStackLayout(spacing: 0)) : AnyLayout(HStackLayout(spacing: 0))
                    layout {
                        ListRow(title: line.open.label, about: line.about, press: { on(line.open.intent) })
                        ChipButton(chip: line.told, on: on, wide: design.large).padding(.horizontal, 12)
                    }
                    .padding(.vertical, 4)
                }
            }
            if let locked = sheet.record.locked { Words(locked, .meta, \.ink2) }
            PressButton(sheet.record, on, least: Measure.buttonLarge)
        }
    }
}
#endif
