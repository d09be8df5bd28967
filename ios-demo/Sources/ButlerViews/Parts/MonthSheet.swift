#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A month to choose a day of.
struct MonthSheet<Intent: Sendable>: View {
    let sheet: MonthDays<Intent>
    let on: (Intent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) {
            HStack(spacing: 0) {
                IconButton(icon: .chevronLeft, press: sheet.earlier, on: on)
                Words(sheet.month, .bold, align: .center).frame(maxWidth: .infinity)
                IconButton(icon: .chevronRight, press: sheet.later, on: on)
            }
            HStack(spacing: 2) {
                ForEach(sheet.weekdays, id: \.self) { day in
                    Words(day, .meta, \.ink2, lines: 1, align: .center).frame(maxWidth: .infinity)
                }
            }
            ForEach(Array(sheet.weeks.enumerated()), id: \.offset) { _, week in
                HStack(spacing: 2) {
                    ForEach(Array(week.days.enumerated()), id: \.offset) { _, day in
                        if let day { DayButton(day: day, on: on) } else { Color.clear.frame(height: Measure.touch) }
                    }
                }
            }
            PressButton(sheet.close, on, .outline, least: Measure.buttonLarge)
        }
    }
}

private struct DayButton<Intent: Sendable>: View {
    let day: Chip<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SwiftUI.Button {
            on(day.press.intent)
        } label: {
            Words(day.press.label, day.chosen ? .bold : .body, ink, lines: 1, align: .center)
                .frame(maxWidth: .infinity, minHeight: Measure.touch)
                .background(
                    day.chosen ? design[\.accent] : .clear, in: RoundedRectangle(cornerRadius: Measure.controlRadius))
                .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .disabled(day.press.locked != nil)
        .accessibilityHint(day.press.locked ?? "")
        .accessibilityAddTraits(day.chosen ? .isSelected : [])
    }

    private var ink: KeyPath<Palette, UInt32> { day.chosen ? \.onAccent : day.press.locked == nil ? \.ink : \.ink3 }
}
#endif
