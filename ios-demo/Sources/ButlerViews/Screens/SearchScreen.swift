#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 房屋: a room in six taps, or a name, a telephone, an order by letters.
struct SearchScreen: View {
    let state: SearchState
    let on: (SearchIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(
                title: state.title, subtitle: state.subtitle, back: state.back, sync: state.sync, badge: state.syncBadge, on: on)
            // A bar of larger words leaves no room below it.
            Query(state: state, on: on).padding(.horizontal, Measure.margin).padding(.top, max(4, design.rowGap))
            ScrollView {
                VStack(alignment: .leading, spacing: 8) {
                    if let problem = state.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
                    if let heading = state.heading { Heading(title: heading) }
                    if !state.hits.isEmpty { Card { Ruled(state.hits) { hit in HitRow(hit: hit, on: on) } } }
                    if let none = state.none { Words(none, .body, \.ink2).padding(.top, 16) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                .padding(.horizontal, Measure.margin)
                .padding(.top, 8)
                .padding(.bottom, 12)
            }
            .scrollDismissesKeyboard(.interactively)
            Keys(state: state, on: on).padding(.horizontal, Measure.margin).padding(.bottom, 10)
        }
    }
}

/// What is typed: by the keys below, or by the keyboard of the phone.
private struct Query: View {
    let state: SearchState
    let on: (SearchIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if let typed = state.typed {
            HStack(spacing: 10) {
                if state.rooms != nil {
                    Field(typing: typed, on: on, labelled: false)
                    clear
                } else {
                    let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
                    HStack(spacing: 10) {
                        Picture(.search, \.ink2)
                        Words(
                            typed.text.isEmpty ? typed.hint : typed.text, typed.text.isEmpty ? .body : .title,
                            typed.text.isEmpty ? \.ink3 : \.ink, lines: 1
                        )
                        .frame(maxWidth: .infinity, alignment: .leading)
                        .accessibilityLabel("\(typed.label) \(typed.text)")
                        clear
                    }
                    .padding(.leading, 14)
                    .frame(minHeight: Measure.row)
                    .background(design[\.surface], in: shape)
                    .overlay(shape.strokeBorder(design[\.control], lineWidth: design.edge))
                }
            }
        }
    }

    @ViewBuilder private var clear: some View {
        if let clear = state.clear { IconButton(icon: .x, press: clear, on: on) }
    }
}

private struct HitRow: View {
    let hit: SearchHit
    let on: (SearchIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SwiftUI.Button {
            on(hit.open.intent)
        } label: {
            HStack(spacing: 12) {
                Picture(icon, \.ink2)
                VStack(alignment: .leading, spacing: 0) {
                    Words(hit.before, .bold, marked: hit.match, after: hit.after, lines: 2)
                    if !hit.about.isEmpty { Words(hit.about, .meta, \.ink2, lines: 2) }
                    if let badge = hit.badge, design.large { BadgeView(badge: badge).padding(.top, 4) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                if let badge = hit.badge {
                    if !design.large { BadgeView(badge: badge) }
                } else {
                    Picture(.chevronRight, size: Measure.iconSmall, \.ink2)
                }
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.row)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
    }

    private var icon: Icon {
        switch hit.kind {
        case .home: .doorClosed
        case .person: .user
        case .case: .clipboardList
        case .other: .scrollText
        }
    }
}

/// Four keys a row; the last one of all takes the room of one that is not there.
private struct Keys: View {
    let state: SearchState
    let on: (SearchIntent) -> Void

    var body: some View {
        VStack(spacing: 8) {
            if let rooms = state.rooms { PressButton(rooms, on, .outline) }
            Grid(horizontalSpacing: 8, verticalSpacing: 8) {
                ForEach(Array(state.keys.enumerated()), id: \.offset) { _, row in
                    GridRow {
                        ForEach(Array(row.keys.enumerated()), id: \.offset) { _, key in
                            KeyCap(key: key, on: on).gridCellColumns(key.look == .go && row.keys.count < across ? 2 : 1)
                        }
                    }
                }
            }
        }
    }
}

private let across = 4

/// A key keeps its height whatever the size of text.
private struct KeyCap: View {
    let key: SearchKey
    let on: (SearchIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        SwiftUI.Button {
            on(key.press.intent)
        } label: {
            face
                .frame(maxWidth: .infinity, minHeight: 58)
                .background(design[back], in: shape)
                .overlay(shape.strokeBorder(design[\.line], lineWidth: design.hair))
                .contentShape(shape)
        }
        .buttonStyle(.plain)
        .disabled(isOff)
        .accessibilityLabel(key.press.label)
        .accessibilityHint(key.press.locked ?? "")
    }

    @ViewBuilder private var face: some View {
        switch key.look {
        case .delete: Picture(.delete, ink)
        case .dash: Picture(.minus, ink)
        case .scan: Picture(.qrCode, ink)
        case .digit: Words(key.press.label, .title, ink)
        case .letters, .clear, .go: Words(key.press.label, .bold, ink)
        }
    }

    private var isOff: Bool { key.press.locked != nil }

    private var back: KeyPath<Palette, UInt32> {
        switch key.look {
        case .go where !isOff: \.accent
        case .digit: \.surface
        default: \.sunken
        }
    }

    private var ink: KeyPath<Palette, UInt32> {
        switch key.look {
        case .go where !isOff: \.onAccent
        default: isOff ? \.ink3 : \.ink
        }
    }
}
#endif
