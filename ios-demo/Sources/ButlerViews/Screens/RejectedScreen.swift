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
        let press = touch.tick.press
        SwiftUI.Button {
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
