#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A case: where it stands, what happened, and the step that moves it on.
struct CaseScreen: View {
    let state: CaseState
    let on: (CaseIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, tool: state.history, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
                if let archived = state.archived { Archived(line: archived, on: on) }
                if let phase = state.phase { Phase(phase: phase) }
                if let situation = state.situation {
                    Heading(title: situation.title)
                    Card {
                        ListRow(
                            title: situation.text, about: situation.about, icon: icon(situation.kind), kind: .body,
                            press: situation.open.map { open in { on(open.intent) } })
                    }
                }
                if !state.course.isEmpty {
                    HeadingWith(title: state.courseTitle, press: state.allSteps, on: on)
                    Course(course: state.course, on: on)
                }
                if let title = state.linksTitle {
                    Heading(title: title)
                    Card {
                        Ruled(state.links) { link in
                            ListRow(title: link.open.label, about: link.how, icon: .link, press: { on(link.open.intent) })
                        }
                    }
                }
                if let note = state.note {
                    Heading(title: note.title)
                    Card { Words(note.text).padding(16) }
                }
            }
            if let others = state.others { Foot(state: state, others: others, on: on) }
        }
        .overlay {
            if let sheet = state.sheet { OtherSteps(sheet: sheet, on: on) }
            if let receipt = state.receipt { Receipt(sheet: receipt, on: on) }
            if let papers = state.papers { PapersFrame(sheet: papers, on: on) }
            if let linking = state.linking { Linking(sheet: linking, on: on) }
        }
    }
}

private func icon(_ kind: CaseKind) -> Icon {
    switch kind {
    case .repair: .wrench
    case .complaint: .messageSquareWarning
    case .emergency: .triangleAlert
    case .renovation: .paintRoller
    case .order: .clipboardList
    case .other: .scrollText
    }
}

/// Which other case it belongs to.
private struct Linking: View {
    let sheet: LinkSheet
    let on: (CaseIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) {
            Flow(spacing: design.gap) {
                ForEach(Array(sheet.how.enumerated()), id: \.offset) { _, chip in ChipButton(chip: chip, on: on, wide: false) }
            }
            if !sheet.cases.isEmpty {
                Card {
                    Ruled(sheet.cases) { line in
                        ListRow(title: line.open.label, about: line.how, press: { on(line.open.intent) })
                    }
                }
            }
            if let none = sheet.none { Words(none, .body, \.ink2) }
            PressButton(sheet.close, on, .outline, least: Measure.buttonLarge)
        }
    }
}

/// What else may be done, and the step that moves it on or whom it waits for.
private struct Foot: View {
    let state: CaseState
    let others: Press<CaseIntent>
    let on: (CaseIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        FootBar {
            if !design.large { otherSteps.fixedSize(horizontal: true, vertical: false) }
            if let next = state.next { PressButton(next, on, least: Measure.buttonLarge, icon: state.signs ? .signature : nil) }
            if let waits = state.waits {
                Words(waits, .bold, \.ink2).padding(.leading, 8).frame(maxWidth: .infinity, alignment: .leading)
            }
            if design.large { otherSteps }
        }
    }

    private var otherSteps: some View { PressButton(others, on, .outline, least: Measure.buttonLarge) }
}

private struct Phase: View {
    let phase: CasePhase
    @Environment(\.design) private var design

    var body: some View {
        Card {
            let layout =
                design.large
                ? AnyLayout(VStackLayout(alignment: .leading, spacing: 4))
                : AnyLayout(HStackLayout(alignment: .top, spacing: 12))
            layout {
                VStack(alignment: .leading, spacing: 2) {
                    Words(phase.state, .title).accessibilityAddTraits(.isHeader)
                    if !phase.turn.isEmpty { Words(phase.turn, .meta, \.ink2) }
                    ForEach(Array(phase.sums.enumerated()), id: \.offset) { _, sum in Words(sum, .bold) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                // One below the other: what it waits for is read first, and is not to be broken.
                VStack(alignment: design.large ? .leading : .trailing, spacing: 6) {
                    ForEach(Array(phase.badges.enumerated()), id: \.offset) { _, badge in BadgeView(badge: badge) }
                }
            }
            .padding(16)
            ForEach(Array(phase.deadlines.enumerated()), id: \.offset) { _, deadline in
                Rule()
                ListRow(title: deadline.title, about: deadline.about, icon: .clock, badge: deadline.badge, kind: .body)
            }
        }
    }
}

/// What happened, newest first; what others did at the same time stands in violet, with the way to decide.
private struct Course: View {
    let course: [CourseStep]
    let on: (CaseIntent) -> Void

    var body: some View {
        Card {
            VStack(alignment: .leading, spacing: 0) {
                ForEach(Array(course.enumerated()), id: \.offset) { index, step in
                    Knot(look: look(step.mark), last: index == course.count - 1) { StepMade(step: step, on: on) }
                }
            }
            .padding(.vertical, 16)
        }
    }

    private func look(_ mark: CourseMark) -> KnotLook {
        switch mark {
        case .latest: .full
        case .step: .ring
        case .conflict: .square
        case .overruled: .faint
        }
    }
}

private struct StepMade: View {
    let step: CourseStep
    let on: (CaseIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let layout =
            design.large
            ? AnyLayout(VStackLayout(alignment: .leading, spacing: 4)) : AnyLayout(HStackLayout(spacing: design.gap))
        VStack(alignment: .leading, spacing: 2) {
            layout {
                Words(step.title, .bold, ink).frame(maxWidth: .infinity, alignment: .leading)
                if let badge = step.badge { BadgeView(badge: badge) }
            }
            Words(step.about, .meta, \.ink2)
            ForEach(Array(step.said.enumerated()), id: \.offset) { _, line in Words(line, .meta, \.ink2) }
        }
        .accessibilityElement(children: .combine)
        PhotoStrip(photos: step.photos, on: on)
        if let conflict = step.conflict {
            SwiftUI.Button {
                on(conflict.intent)
            } label: {
                Words(conflict.label, .metaBold, \.conflictInk)
                    .frame(maxWidth: .infinity, minHeight: Measure.touch, alignment: .leading)
                    .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
        }
    }

    private var ink: KeyPath<Palette, UInt32> {
        switch step.mark {
        case .conflict: \.conflictInk
        case .overruled: \.ink3
        case .latest, .step: \.ink
        }
    }
}

private struct OtherSteps: View {
    let sheet: StepsSheet
    let on: (CaseIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) {
            if !sheet.possible.isEmpty {
                Card {
                    Ruled(sheet.possible) { step in
                        ListRow(title: step.take.label, about: step.about, press: { on(step.take.intent) })
                    }
                }
            }
            if let title = sheet.lockedTitle {
                Heading(title: title)
                Card {
                    Ruled(sheet.locked) { step in
                        ListRow(title: step.title, about: step.why, icon: .lock, kind: .body, colour: \.ink3)
                    }
                }
            }
            PressButton(sheet.link, on, .outline, least: Measure.buttonLarge, icon: .link)
            PressButton(sheet.receipt, on, .outline, least: Measure.buttonLarge)
            if let papers = sheet.papers { PressButton(papers, on, .outline, least: Measure.buttonLarge) }
            PressButton(sheet.close, on, .outline, least: Measure.buttonLarge)
        }
    }
}

/// What the customer scans off the screen, with what it says below.
private struct Receipt: View {
    let sheet: ReceiptSheet
    let on: (CaseIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.company, close: { on(sheet.close.intent) }) {
            if let code = sheet.code { QrCodeView(code: code).frame(maxWidth: .infinity) }
            if !sheet.lines.isEmpty {
                Card { Ruled(sheet.lines) { line in ListRow(title: line.words, about: line.what, kind: .body) } }
            }
            Words(sheet.about, .meta, \.ink2)
            if let send = sheet.send { PressButton(send, on, .tonal, least: Measure.buttonLarge, icon: .share2) }
            PressButton(sheet.close, on, .outline, least: Measure.buttonLarge)
        }
    }
}
#endif
