#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 设置.
struct SettingsScreen: View {
    let state: SettingsState
    let on: (SettingsIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                ForEach(Array(state.groups.enumerated()), id: \.offset) { _, group in
                    Heading(title: group.title)
                    Card { Ruled(group.rows) { row in Setting(row: row, on: on) } }
                }
            }
        }
        .overlay { if let sheet = state.sheet { Sheet(sheet: sheet, on: on) } }
    }
}

private struct Setting: View {
    let row: SettingRow
    let on: (SettingsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if let chip = row.switch {
            SwitchRow(icon: icon, chip: chip, about: row.about, on: on)
        } else if let press = row.open {
            SwiftUI.Button {
                on(press.intent)
            } label: {
                said
            }
            .buttonStyle(.plain)
        } else {
            VStack(alignment: .leading, spacing: 10) {
                said.accessibilityElement(children: .combine)
                if !row.choices.isEmpty { choices.padding(.horizontal, 16).padding(.bottom, 11) }
            }
        }
    }

    private var choices: some View {
        let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(Flow(spacing: design.gap))
        return layout {
            ForEach(Array(row.choices.enumerated()), id: \.offset) { _, choice in
                ChipButton(chip: choice, on: on, wide: design.large)
            }
        }
    }

    private var said: some View {
        HStack(spacing: 12) {
            Picture(icon, \.ink2)
            VStack(alignment: .leading, spacing: 0) {
                Words(row.title)
                if !row.about.isEmpty { Words(row.about, .meta, \.ink2) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if row.open != nil { Picture(.chevronRight, size: Measure.iconSmall, \.ink2) }
        }
        .padding(.horizontal, 16)
        .padding(.vertical, 11)
        .frame(minHeight: Measure.row)
        .contentShape(Rectangle())
    }

    private var icon: Icon {
        switch row.kind {
        case .appearance: .lightbulb
        case .text: .type
        case .language: .languages
        case .hours: .clock
        case .glove: .hand
        case .floors: .arrowUpDown
        case .photos: .wifi
        case .ringing: .bell
        case .who: .shieldCheck
        case .lost: .smartphone
        case .help: .lifeBuoy
        }
    }
}

/// What is on or off, pressed anywhere.
struct SwitchRow<Intent: Sendable>: View {
    let icon: Icon
    let chip: Chip<Intent>
    let about: String
    var kind = TextKind.body
    let on: (Intent) -> Void

    var body: some View {
        SwiftUI.Button {
            on(chip.press.intent)
        } label: {
            HStack(spacing: 12) {
                Picture(icon, \.ink2)
                VStack(alignment: .leading, spacing: 0) {
                    Words(chip.press.label, kind)
                    if !about.isEmpty { Words(about, .meta, \.ink2) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                Switch(on: chip.chosen)
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 11)
            .frame(minHeight: Measure.row)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .accessibilityAddTraits(chip.chosen ? [.isToggle, .isSelected] : .isToggle)
    }
}

/// On or off, by the knob's side and its sign, not by colour alone.
private struct Switch: View {
    let on: Bool
    @Environment(\.design) private var design

    var body: some View {
        ZStack {
            Circle().fill(design[\.surface])
            if on { Picture(.check, size: 16, \.accent) }
        }
        .frame(width: 24, height: 24)
        .padding(4)
        .frame(width: 54, height: 32, alignment: on ? .trailing : .leading)
        .background(design[on ? \.accent : \.control], in: Capsule())
    }
}

private struct Sheet: View {
    let sheet: SettingsSheet
    let on: (SettingsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) {
            Words(sheet.about)
            ForEach(Array(sheet.hours.enumerated()), id: \.offset) { _, hour in Hour(hour: hour, on: on) }
            if let text = sheet.text {
                Words(text, .meta)
                    .padding(14)
                    .frame(maxWidth: .infinity, alignment: .leading)
                    .background(design[\.sunken], in: RoundedRectangle(cornerRadius: Measure.controlRadius))
            }
            if let act = sheet.act { PressButton(act, on, icon: .send) }
            PressButton(sheet.close, on, .outline)
        }
    }
}

private struct Hour: View {
    let hour: HourLine
    let on: (SettingsIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let layout =
            design.large ? AnyLayout(VStackLayout(alignment: .leading, spacing: 4)) : AnyLayout(HStackLayout(spacing: 12))
        layout {
            Words(hour.title).frame(maxWidth: .infinity, alignment: .leading)
            CountStepper(number: hour.time, unit: nil, less: hour.less, more: hour.more, on: on).layoutPriority(1)
        }
    }
}
#endif
