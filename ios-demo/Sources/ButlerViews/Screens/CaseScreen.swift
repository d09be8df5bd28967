#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// One case.
struct CaseScreen: View {
    let state: CaseState
    let on: (CaseIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.badge, on: on)
            ScrollView {
                VStack(alignment: .leading, spacing: 10) {
                    if let problem = state.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
                    Standing(state: state)
                    if !state.about.isEmpty || !state.homes.isEmpty {
                        Heading(title: state.aboutTitle)
                        Card {
                            Ruled(state.about) { field in SaidRow(field: field) }
                            ForEach(Array(state.homes.enumerated()), id: \.offset) { index, home in
                                if index > 0 || !state.about.isEmpty { Rule() }
                                Strip(press: home, on: on, icon: .building2)
                            }
                        }
                    }
                    Heading(title: state.happenedTitle)
                    Card { Ruled(state.happened) { step in StepMadeRow(step: step) } }
                    if !state.links.isEmpty {
                        Heading(title: state.linksTitle)
                        Card { Ruled(state.links) { link in Strip(press: link.open, on: on, icon: .link) } }
                    }
                }
                .padding(.horizontal, Measure.margin)
                .padding(.top, 4)
                .padding(.bottom, 24)
            }
            if let next = state.next { ActionBar(second: state.other, first: next, on: on) }
        }
        .overlay { if let sheet = state.sheet { StepsSheetView(sheet: sheet, on: on) } }
    }
}

/// How it stands, whose turn it is, and what runs.
private struct Standing: View {
    let state: CaseState
    @Environment(\.design) private var design

    var body: some View {
        Card {
            VStack(alignment: .leading, spacing: 4) {
                Words(state.state, .title).accessibilityAddTraits(.isHeader)
                if !state.turn.isEmpty { Words(state.turn, .meta, \.ink2) }
            }
            .padding(16)
            ForEach(Array(state.deadlines.enumerated()), id: \.offset) { _, deadline in
                Rule()
                let layout =
                    design.large
                    ? AnyLayout(VStackLayout(alignment: .leading, spacing: 4)) : AnyLayout(HStackLayout(spacing: 12))
                layout {
                    Words(deadline.label, lines: 2).frame(maxWidth: .infinity, alignment: .leading)
                    BadgeView(badge: deadline.badge)
                }
                .padding(.horizontal, 16)
                .padding(.vertical, 8)
                .frame(minHeight: Measure.touch)
                .accessibilityElement(children: .combine)
            }
        }
    }
}

private struct SaidRow: View {
    let field: FieldLine

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            Words(field.label, .meta, \.ink2)
            Words(field.value)
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(.horizontal, 16)
        .padding(.vertical, 8)
        .accessibilityElement(children: .combine)
    }
}

private struct StepMadeRow: View {
    let step: StepMade

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Words(step.title, .bold, lines: 2)
            Words(step.about, .meta, \.ink2)
            ForEach(Array(step.said.enumerated()), id: \.offset) { _, said in Words("\(said.label)：\(said.value)", .meta) }
            if !step.note.isEmpty { Words(step.note, .meta) }
            if let badge = step.badge { BadgeView(badge: badge).padding(.top, 4) }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(.horizontal, 16)
        .padding(.vertical, 10)
        .accessibilityElement(children: .combine)
    }
}

/// Every step that is possible, and what the others wait for.
private struct StepsSheetView: View {
    let sheet: StepsSheet
    let on: (CaseIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(.closeSheet) }) {
            Card { Ruled(sheet.possible) { step in StepButton(step: step, on: on) } }
            if !sheet.locked.isEmpty {
                Heading(title: sheet.lockedTitle)
                Card { Ruled(sheet.locked) { step in StepButton(step: step, on: on) } }
            }
        }
    }
}

private struct StepButton: View {
    let step: StepLine
    let on: (CaseIntent) -> Void

    var body: some View {
        let open = step.press.locked == nil
        SwiftUI.Button {
            on(step.press.intent)
        } label: {
            HStack(spacing: 12) {
                Picture(open ? .arrowRight : .lock, size: Measure.iconSmall, open ? \.accent : \.ink3)
                VStack(alignment: .leading, spacing: 0) {
                    Words(step.press.label, .bold, open ? \.ink : \.ink3)
                    if !step.about.isEmpty { Words(step.about, .meta, \.ink2, lines: 3) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.row)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .disabled(!open)
    }
}
#endif
