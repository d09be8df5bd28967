#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// An emergency: how long it runs, what not to do, whom to call, and the steps in their order.
struct EmergencyScreen: View {
    let state: EmergencyState
    let on: (EmergencyIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.badge, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if let empty = state.empty { EmptyState(icon: .siren, empty: empty, on: on).padding(.top, 56) }
                if let clock = state.clock { Ticking(clock: clock, told: true) { Words($0, .display, \.urgentInk) } }
                if let guidance = state.guidance { Banner(kind: .danger, title: "", text: guidance, icon: .octagonX) }
                numbers
                if !state.calls.isEmpty { Card { Ruled(state.calls) { tile in callRow(tile) } } }
                if !state.steps.isEmpty { Card { Ruled(state.steps) { step in StepRow(step: step, on: on) } } }
                if let later = state.later { Words(later, .meta, \.ink2).padding(.horizontal, 2) }
                if let note = state.note {
                    Heading(title: note.title)
                    Card { Words(note.text).padding(16) }
                }
            }
            if let say = state.say, let evidence = state.evidence {
                FootBar {
                    PressButton(say, on, .outline, least: Measure.buttonLarge, icon: .mic)
                    PressButton(evidence, on, .tonal, least: Measure.buttonLarge, icon: .camera)
                }
            }
        }
        .overlay {
            if let sheet = state.sheet {
                SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) {
                    Field(typing: sheet.text, on: on, lines: 3)
                    Actions(second: sheet.close, first: sheet.record, on: on)
                }
            }
        }
    }

    @ViewBuilder private var numbers: some View {
        let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(HStackLayout(spacing: design.gap))
        layout {
            ForEach(Array(state.numbers.enumerated()), id: \.offset) { _, number in
                PressButton(number, on, .outline, least: Measure.buttonLarge, icon: .phone)
            }
        }
    }

    private func callRow(_ tile: CallTile) -> some View {
        ListRow(title: tile.call.label, about: tile.about, icon: .phone, press: { on(tile.call.intent) })
    }
}

/// One step: by when, whose, or what comes first.
private struct StepRow: View {
    let step: EmergencyStep
    let on: (EmergencyIntent) -> Void

    var body: some View {
        HStack(spacing: 12) {
            if step.mark == .made {
                Picture(.check, size: 22, \.okInk).frame(width: 28)
            } else {
                Words(step.number, .bold, ink).frame(width: 28)
            }
            VStack(alignment: .leading, spacing: 0) {
                Words(step.title, step.mark == .next || step.mark == .mine ? .bold : .body, ink, lines: 2)
                Flow(spacing: 4) {
                    if let left = step.left {
                        // A line ends with a dot between two things; none begins with it.
                        HStack(spacing: 0) {
                            Ticking(clock: left) { Words($0, .metaBold, step.mark == .next ? \.urgentInk : \.ink2) }
                            if !step.about.isEmpty { Words(" ·", .meta, \.ink2) }
                        }
                    }
                    if !step.about.isEmpty { Words(step.about, .meta, \.ink2, lines: 3) }
                }
                if let waits = step.waits { Words(waits, .meta, \.ink2, lines: 2) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let take = step.take {
                PressButton(take, on, step.mark == .next ? .urgent : .tonal).fixedSize(horizontal: true, vertical: false)
            }
        }
        .padding(.horizontal, 16)
        .padding(.vertical, 10)
        .frame(minHeight: Measure.row)
    }

    private var ink: KeyPath<Palette, UInt32> { step.mark == .locked || step.mark == .made ? \.ink3 : \.ink }
}
#endif
