#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 被退回: the reason, everything that was meant, and what can still be sent.
struct RejectedScreen: View {
    let state: RejectedState
    let on: (RejectedIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let empty = state.empty { EmptyState(icon: .check, empty: empty, on: on).padding(.top, 56) }
                if !state.reason.isEmpty {
                    Card {
                        CardHead(small: state.subject, title: state.field, badge: state.badge)
                        Rule()
                        ListRow(
                            title: state.reason, about: state.reasonAbout, icon: .octagonX, iconColour: \.rejectedInk,
                            colour: \.rejectedInk)
                    }
                }
                if let title = state.meantTitle {
                    Heading(title: title)
                    Card { Ruled(state.meant) { touch in TouchRow(touch: touch, on: on) } }
                }
                if let advice = state.advice { Advice(title: state.adviceTitle, text: advice) }
            }
            if let resend = state.resend { FootBar { Actions(second: state.dismiss, first: resend, on: on) } }
        }
        .overlay {
            if let correct = state.correct { Correct(sheet: correct, on: on) }
            if let sheet = state.sheet {
                SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(sheet.keep.intent) }) {
                    Actions(second: sheet.keep, first: sheet.dismiss, on: on)
                }
            }
        }
    }
}

private struct TouchRow: View {
    let touch: TouchLine
    let on: (RejectedIntent) -> Void

    var body: some View {
        HStack(spacing: 0) {
            tick
            if let correct = touch.correct { IconButton(icon: .penLine, press: correct, on: on) }
        }
    }

    private var tick: some View {
        let press = touch.tick.press
        return SwiftUI.Button {
            on(press.intent)
        } label: {
            HStack(spacing: 14) {
                TickBox(ticked: touch.tick.chosen)
                VStack(alignment: .leading, spacing: 0) {
                    Words(press.label, .bold, touch.bad ? \.rejectedInk : \.ink)
                    Words(touch.about, .meta, \.ink2)
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                if touch.bad { Picture(.octagonX, \.rejectedInk) }
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: 64)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .disabled(press.locked != nil)
        .accessibilityHint(press.locked ?? "")
        .accessibilityAddTraits(touch.tick.chosen ? [.isToggle, .isSelected] : .isToggle)
    }
}

/// A value is answered anew.
private struct Correct: View {
    let sheet: CorrectSheet
    let on: (RejectedIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(sheet.leave.intent) }) {
            if !sheet.chips.isEmpty { Chips(chips: sheet.chips, on: on) }
            if let typed = sheet.typed {
                HStack(alignment: .bottom, spacing: 8) {
                    Field(typing: typed, on: on, keys: sheet.digits ? .number : .words, wrong: sheet.problem != nil)
                    if let unit = sheet.unit { Words(unit, .body, \.ink2) }
                }
            }
            if let problem = sheet.problem { WrongAnswer(text: problem) }
            if let help = sheet.help { Words(help, .meta, \.ink2) }
            Actions(second: sheet.leave, first: sheet.use, on: on)
        }
    }
}

private struct Advice: View {
    let title: String?
    let text: String
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        HStack(alignment: .top, spacing: 10) {
            Picture(.lightbulb, size: 22, \.accentInk)
            VStack(alignment: .leading, spacing: 0) {
                if let title { Words(title, .metaBold, \.accentInk) }
                Words(text, .meta, \.accentInk)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
        .padding(14)
        .background(design[\.accentSoft], in: shape)
        .overlay(shape.strokeBorder(design[\.accentInk], lineWidth: design.softEdge))
        .accessibilityElement(children: .combine)
    }
}
#endif
