#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A person of a household, with their numbers.
struct ResidentScreen: View {
    let state: ResidentState
    let on: (ResidentIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.badge, on: on)
            Scrolled(problem: state.problem, spacing: 8) {
                if let show = state.show { Card { Strip(press: show, on: on, icon: .user) } }
                if !state.hints.isEmpty {
                    Banner(kind: .info, title: "", text: state.hints.joined(separator: "\n"), icon: .info)
                }
                HeadingWith(title: state.phonesTitle, press: state.add, on: on)
                Card {
                    if let none = state.noPhones { Words(none, .body, \.ink3).padding(16) }
                    Ruled(state.phones) { phone in PhoneRow(phone: phone, on: on) }
                }
                if let help = state.help { Words(help, .meta, \.ink2) }
            }
            if let edit = state.edit { ActionBar(second: state.history, first: edit, on: on) }
        }
        .overlay { if let sheet = state.sheet { NumberSheet(sheet: sheet, on: on) } }
    }
}

/// A number with what may be done with it; it is dialled first, and verified when it was answered.
private struct PhoneRow: View {
    let phone: PhoneLine
    let on: (ResidentIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let call = Press(phone.call.locked ?? phone.call.label, phone.call.intent, locked: phone.call.locked)
        VStack(alignment: .leading, spacing: 8) {
            VStack(alignment: .leading, spacing: 0) {
                Words(phone.number, .title)
                Words(
                    phone.about, phone.doubtful ? .metaBold : .meta, phone.doubtful ? \.overdueInk : \.ink2, lines: 2)
            }
            .accessibilityElement(children: .combine)
            // A number takes the width of a row by itself.
            PressButton(call, on, .tonal)
            let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(HStackLayout(spacing: design.gap))
            layout {
                if design.large, let verify = phone.verify { PressButton(verify, on, .outline) }
                PressButton(phone.correct, on, .plain)
                if !design.large, let verify = phone.verify { PressButton(verify, on, .outline) }
            }
        }
        .padding(.horizontal, 16)
        .padding(.vertical, 12)
    }
}

private struct NumberSheet: View {
    let sheet: PhoneSheet
    let on: (ResidentIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
            if let problem = sheet.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
            Field(typing: sheet.number, on: on, keys: .phone)
            Field(typing: sheet.whose, on: on)
            Actions(second: nil, first: sheet.record, on: on)
        }
    }
}
#endif
