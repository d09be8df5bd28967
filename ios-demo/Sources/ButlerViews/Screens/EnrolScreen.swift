#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 登记: the phone is given to a person, then fetches what they need.
struct EnrolScreen: View {
    let state: EnrolState
    let on: (EnrolIntent) -> Void

    var body: some View {
        if let load = state.load {
            Loaded(state: state, load: load, on: on)
        } else {
            Asked(state: state, on: on)
        }
    }
}

private struct Asked: View {
    let state: EnrolState
    let on: (EnrolIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.sheetRadius)
        VStack(spacing: 0) {
            Scrolled(problem: state.problem, spacing: 12) {
                Picture(.footprints, size: 32, \.accentInk)
                    .frame(width: 60, height: 60)
                    .background(design[\.accentSoft], in: shape)
                    .overlay(shape.strokeBorder(design[\.accentInk], lineWidth: design.softEdge))
                    .padding(.top, 24)
                VStack(alignment: .leading, spacing: 6) {
                    Words(state.title, .title).accessibilityAddTraits(.isHeader)
                    Words(state.about, .body, \.ink2)
                }
                .padding(.vertical, 6)
                if let code = state.code {
                    VStack(alignment: .leading, spacing: 8) {
                        CodeField(code: code, boxes: state.boxes, wrong: state.codeProblem != nil, on: on)
                        if let problem = state.codeProblem { WrongAnswer(text: problem) }
                    }
                }
                if let scan = state.scan { PressButton(scan, on, .outline, icon: .qrCode) }
                Card {
                    if let office = state.office { Found(office: office, on: on) }
                    if let address = state.address { Field(typing: address, on: on, keys: .latin).padding(16) }
                    Rule()
                    if let phone = state.phone { Field(typing: phone, on: on).padding(16) }
                }
                Banner(kind: .info, title: "", text: state.safe, icon: .shieldCheck)
            }
            if let next = state.next { ActionBar(second: nil, first: next, on: on) }
        }
    }
}

/// One field, drawn as boxes in pairs; the next one to be typed stands out.
private struct CodeField: View {
    let code: Typing<EnrolIntent>
    let boxes: [String]
    let wrong: Bool
    let on: (EnrolIntent) -> Void
    @FocusState private var isTyping: Bool
    @Environment(\.design) private var design

    var body: some View {
        HStack(spacing: 4) {
            ForEach(Array(boxes.enumerated()), id: \.offset) { index, letter in
                if index > 0 && index % 2 == 0 { design[\.control].frame(width: 6, height: 3) }
                CodeBox(letter: letter, wrong: wrong, next: index == code.text.count)
            }
        }
        .accessibilityHidden(true)
        .onTapGesture { isTyping = true }
        .background {
            // Is there for the keyboard and for whoever reads the screen aloud; the boxes are for the eye.
            TextField("", text: Binding(get: { code.text }, set: { on(code.intent($0)) }), axis: .horizontal)
                .focused($isTyping)
                .keyboard(.latin)
                .opacity(0.01)
                .accessibilityLabel(code.label)
        }
    }
}

private struct CodeBox: View {
    let letter: String
    let wrong: Bool
    let next: Bool
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: 10)
        Words(letter, .title, align: .center)
            .frame(maxWidth: .infinity, minHeight: 58)
            .background(design[\.surface], in: shape)
            .overlay(
                shape.strokeBorder(
                    design[wrong ? \.urgentInk : next ? \.accent : \.control], lineWidth: wrong || next ? 2.5 : design.edge))
            .contentShape(shape)
    }
}

private struct Found: View {
    let office: OfficeLine
    let on: (EnrolIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        HStack(spacing: 12) {
            // Large words need its room.
            if !design.large { Picture(.building2, \.ink2) }
            VStack(alignment: .leading, spacing: 0) {
                Words(office.name, .bold)
                HStack(spacing: 4) {
                    Picture(.check, size: Measure.iconSmall, \.okInk)
                    Words(office.about, .meta, \.ink2)
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityElement(children: .combine)
            PressButton(office.change, on, .plain, least: Measure.touch).fixedSize(horizontal: true, vertical: false)
        }
        .padding(.leading, 16)
        .padding(.trailing, 8)
        .padding(.vertical, 8)
    }
}

private struct Loaded: View {
    let state: EnrolState
    let load: FirstLoad
    let on: (EnrolIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                VStack(spacing: 8) {
                    Picture(icon, size: 40, \.accentInk)
                        .frame(width: 96, height: 96)
                        .background(design[\.accentSoft], in: Circle())
                        .overlay(Circle().strokeBorder(design[\.accentInk], lineWidth: design.softEdge))
                    Words(load.counted, .title).accessibilityAddTraits(.isHeader)
                    Words(load.about, .body, \.ink2, align: .center)
                }
                .padding(.vertical, 16)
                .frame(maxWidth: .infinity)
                LoadBar(part: load.part)
                Card {
                    Ruled(load.stages) { stage in
                        ListRow(title: stage.title, about: stage.about, icon: icon(stage.phase), iconColour: colour(stage.phase))
                    }
                }
                if let title = load.meanwhileTitle { Heading(title: title) }
                if let hours = load.hours {
                    Card {
                        ListRow(title: hours.open.label, about: hours.about, icon: .clock, press: { on(hours.open.intent) })
                        if let ringing = load.ringing {
                            Rule()
                            SwitchRow(icon: .bell, chip: ringing.switch, about: ringing.about, kind: .bold, on: on)
                        }
                    }
                }
            }
            if let first = load.again ?? meanwhile {
                if load.phase == .loading {
                    FootBar { PressButton(first, on, .outline, least: Measure.buttonLarge) }
                } else {
                    ActionBar(second: load.again == nil ? nil : meanwhile, first: first, on: on)
                }
            }
        }
    }

    private var meanwhile: Press<EnrolIntent>? { load.begin ?? load.library }

    private var icon: Icon {
        switch load.phase {
        case .done: .cloudCheck
        case .cut: .wifiOff
        case .loading: .cloudDownload
        }
    }

    private func icon(_ phase: StagePhase) -> Icon {
        switch phase {
        case .done: .check
        case .now: .refreshCw
        case .waits: .circle
        }
    }

    private func colour(_ phase: StagePhase) -> KeyPath<Palette, UInt32> {
        switch phase {
        case .done: \.okInk
        case .now: \.accent
        case .waits: \.ink2
        }
    }
}

/// How much of everything is there; the words above say it.
private struct LoadBar: View {
    let part: Int
    @Environment(\.design) private var design

    var body: some View {
        GeometryReader { bar in
            ZStack(alignment: .leading) {
                Capsule().fill(design[\.sunken])
                Capsule().fill(design[\.accent]).frame(width: bar.size.width * Double(part) / 100)
            }
            .overlay(Capsule().strokeBorder(design[\.ink], lineWidth: design.softEdge))
        }
        .frame(height: 8)
        .accessibilityHidden(true)
    }
}
#endif
