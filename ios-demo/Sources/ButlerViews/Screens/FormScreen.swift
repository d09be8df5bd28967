#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// Any form: its questions in order, what is missing on the button.
struct FormScreen: View {
    let state: FormState
    let on: (FormIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            ScrollView {
                VStack(alignment: .leading, spacing: 16) {
                    if let problem = state.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
                    if let guidance = state.guidance { Banner(kind: .info, title: "", text: guidance, icon: .info) }
                    ForEach(state.questions, id: \.label) { question in QuestionField(question: question, on: on) }
                    if let nothing = state.nothing {
                        EmptyState(icon: .check, empty: Empty<FormIntent>(nothing, ""), on: on).padding(.top, 40)
                    }
                }
                .padding(.horizontal, Measure.margin)
                .padding(.top, 4)
                .padding(.bottom, 24)
            }
            .scrollDismissesKeyboard(.interactively)
            if let record = state.record { ActionBar(second: nil, first: record, on: on) }
        }
    }
}

/// A question with whatever its type is answered with.
private struct QuestionField: View {
    let question: QuestionState
    let on: (FormIntent) -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Flow(spacing: 6) {
                Words(question.label, .bold).accessibilityAddTraits(.isHeader)
                if let required = question.required { Words(required, .meta, \.ink2) }
            }
            if let help = question.help { Words(help, .meta, \.ink2) }
            if let locked = question.locked {
                HStack(spacing: 8) {
                    Picture(.lock, size: Measure.iconSmall, \.ink2)
                    Words(question.value ?? locked, .body, \.ink2)
                }
            }
            if let typing = question.typing {
                HStack(spacing: 8) {
                    Field(typing: typing, on: on).accessibilityLabel(question.label)
                    if let unit = question.unit { Words(unit, .body, \.ink2) }
                }
            }
            if !question.chips.isEmpty {
                Flow {
                    ForEach(Array(question.chips.enumerated()), id: \.offset) { _, chip in
                        ChipButton(chip: chip, on: on, wide: false)
                    }
                }
            }
            if let value = question.value, question.locked == nil { Words(value, .bold) }
            if let earlier = question.earlier, let later = question.later {
                HStack(spacing: 8) {
                    PressButton(earlier, on, .outline, least: Measure.touch, icon: .minus)
                    PressButton(later, on, .outline, least: Measure.touch, icon: .plus)
                }
            }
            if let photo = question.photo { PressButton(photo, on, .outline, icon: .camera) }
            if let problem = question.problem {
                HStack(spacing: 6) {
                    Picture(.triangleAlert, size: Measure.iconSmall, \.urgentInk)
                    Words(problem, .metaBold, \.urgentInk)
                }
            }
        }
    }
}
#endif
