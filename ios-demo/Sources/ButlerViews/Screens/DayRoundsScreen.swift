#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The inspections of a day, home by home.
struct DayRoundsScreen: View {
    let state: DayRoundsState
    let on: (DayRoundsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(
                title: state.title, subtitle: state.subtitle, back: state.back, badge: design.large ? nil : state.syncBadge,
                on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                Flow(spacing: design.gap) {
                    ForEach(Array(state.parts.enumerated()), id: \.offset) { _, chip in
                        ChipButton(chip: chip, on: on, wide: false, strong: false)
                    }
                }
                if !state.homes.isEmpty { Card { Ruled(state.homes) { home in HomeView(home: home, on: on) } } }
                if let empty = state.empty { EmptyState(icon: .check, empty: empty, on: on).padding(.top, 56) }
            }
        }
        .overlay { if let sheet = state.sheet { Nobody(sheet: sheet, on: on) } }
    }
}

private struct HomeView: View {
    let home: DayRoundsHome
    let on: (DayRoundsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let presses = [home.nobody, home.recheck, home.inspect].compactMap { $0 }
        VStack(alignment: .leading, spacing: 0) {
            if design.large || presses.count > 2 {
                VStack(alignment: .leading, spacing: design.gap) {
                    words
                    let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(Beside(spacing: design.gap))
                    layout { buttons }
                }
            } else {
                HStack(spacing: design.gap) {
                    words
                    HStack(spacing: design.gap) { buttons }.fixedSize(horizontal: true, vertical: false)
                }
            }
        }
        .padding(.leading, 16)
        .padding(.trailing, 12)
        .padding(.vertical, 8)
    }

    private var words: some View {
        SwiftUI.Button {
            on(home.open.intent)
        } label: {
            VStack(alignment: .leading, spacing: 2) {
                Words(home.open.label, .bold)
                Words(home.about, .meta, \.ink2)
                if let matter = home.matter { Words(matter, .metaBold, \.urgentInk) }
                ForEach(home.marks, id: \.self) { Words($0, .metaBold, \.overdueInk) }
                if let badge = home.badge { BadgeView(badge: badge) }
            }
            .frame(maxWidth: .infinity, minHeight: Measure.touch, alignment: .leading)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
    }

    @ViewBuilder private var buttons: some View {
        if let nobody = home.nobody { PressButton(nobody, on, .outline) }
        if let recheck = home.recheck { PressButton(recheck, on, home.pressing ? .urgent : .outline) }
        if let inspect = home.inspect { PressButton(inspect, on, .tonal) }
    }
}

/// Nobody opened.
private struct Nobody: View {
    let sheet: DayRoundsSheet
    let on: (DayRoundsIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
            VStack(alignment: .leading, spacing: 8) {
                Words(sheet.question, .bold).accessibilityAddTraits(.isHeader)
                Chips(chips: sheet.handled, on: on)
                if let help = sheet.help { Words(help, .meta, \.ink2) }
            }
            Actions(second: nil, first: sheet.record, on: on)
        }
    }
}
#endif
