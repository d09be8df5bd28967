#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 两种说法: both answers side by side; nothing is decided behind anybody's back.
struct ConflictScreen: View {
    let state: ConflictState
    let on: (ConflictIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let empty = state.empty { EmptyState(icon: .check, empty: empty, on: on).padding(.top, 56) }
                if !state.sides.isEmpty {
                    Card { CardHead(small: state.subject, title: state.field, badge: state.badge) }
                    Sides(sides: state.sides, on: on)
                }
                if let whose = state.whose { Banner(kind: .conflict, title: whose, icon: .gavel) }
                if state.before != nil || state.another != nil { Otherwise(state: state, on: on) }
                if let note = state.note { Field(typing: note, on: on, lines: 2) }
                if let title = state.nextTitle {
                    Heading(title: title)
                    if let next = state.next { NextRow(next: next, on: on) }
                }
            }
            .scrollDismissesKeyboard(.interactively)
            if let snack = state.snack { SnackView(snack: snack, on: on) }
            if let decide = state.decide {
                FootBar { Actions(second: state.leave, first: decide, on: on) }
            } else if let leave = state.leave {
                FootBar { PressButton(leave, on, .outline, least: Measure.buttonLarge) }
            }
        }
    }
}

/// What stood there before, and what to do when neither is right.
private struct Otherwise: View {
    let state: ConflictState
    let on: (ConflictIntent) -> Void

    var body: some View {
        Card {
            if let before = state.before {
                ListRow(
                    title: before.text, about: before.about, icon: .history, kind: .body,
                    press: { on(before.open.intent) })
            }
            if let another = state.another {
                if state.before != nil { Rule() }
                ListRow(title: another.label, icon: .penLine, kind: .body, press: { on(another.intent) })
            }
        }
    }
}

/// The next one with both its sides, in short.
private struct NextRow: View {
    let next: NextConflict
    let on: (ConflictIntent) -> Void

    var body: some View {
        Card {
            SwiftUI.Button {
                on(next.open.intent)
            } label: {
                VStack(alignment: .leading, spacing: 10) {
                    VStack(alignment: .leading, spacing: 0) {
                        Words(next.subject, .meta, \.ink2)
                        Words(next.field, .bold)
                    }
                    SideBySide(count: next.sides.count) {
                        ForEach(Array(next.sides.enumerated()), id: \.offset) { index, side in NextSideView(side: side, shown: index == 0) }
                    }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                .padding(16)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .accessibilityHint(next.open.label)
        }
    }
}

private struct NextSideView: View {
    let side: NextSide
    let shown: Bool
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        VStack(alignment: .leading, spacing: 4) {
            Words(side.standing, shown ? .metaBold : .meta, shown ? \.conflictInk : \.ink2)
            Words(side.value, .bold)
            Words(side.by, .meta, \.ink2)
            if let with = side.with { Words(with, .meta) }
        }
        .padding(12)
        .frame(maxWidth: .infinity, maxHeight: .infinity, alignment: .topLeading)
        .background(design[shown ? \.conflictSoft : \.surface], in: shape)
        .overlay(shape.strokeBorder(design[shown ? \.conflictInk : \.control], lineWidth: shown ? 3 : design.edge))
    }
}

private struct Sides: View {
    let sides: [Side]
    let on: (ConflictIntent) -> Void

    var body: some View {
        SideBySide(count: sides.count) {
            ForEach(Array(sides.enumerated()), id: \.offset) { _, side in SideCard(side: side, on: on) }
        }
    }
}

/// Two stand side by side; more, or large text, below each other.
private struct SideBySide<Content: View>: View {
    let count: Int
    @ViewBuilder let content: Content
    @Environment(\.design) private var design

    var body: some View {
        if count == 2 && !design.large {
            HStack(alignment: .top, spacing: 8) { content }.fixedSize(horizontal: false, vertical: true)
        } else {
            VStack(spacing: 8) { content }
        }
    }
}

private struct SideCard: View {
    let side: Side
    let on: (ConflictIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        let press = side.choose.press
        let chosen = side.choose.chosen && press.locked == nil
        SwiftUI.Button {
            on(press.intent)
        } label: {
            VStack(alignment: .leading, spacing: 4) {
                HStack(spacing: 0) {
                    Words(side.standing, chosen ? .metaBold : .meta, chosen ? \.conflictInk : \.ink2)
                        .frame(maxWidth: .infinity, alignment: .leading)
                    if press.locked == nil { Radio(chosen: chosen) }
                }
                Words(side.value, .title).padding(.vertical, 4)
                Words(side.by, .bold)
                Words(side.at, .meta, \.ink2)
                if let with = side.with { Words(with, .meta) }
            }
            .padding(14)
            .frame(maxWidth: .infinity, maxHeight: .infinity, alignment: .topLeading)
            .background(design[chosen ? \.conflictSoft : \.surface], in: shape)
            .overlay(shape.strokeBorder(design[chosen ? \.conflictInk : \.control], lineWidth: chosen ? 3 : design.edge))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
        .disabled(press.locked != nil)
        .accessibilityHint(press.locked ?? press.label)
        .accessibilityAddTraits(chosen ? .isSelected : [])
    }
}

private struct Radio: View {
    let chosen: Bool
    @Environment(\.design) private var design

    var body: some View {
        ZStack {
            Circle().fill(design[chosen ? \.conflictInk : \.surface])
            Circle().strokeBorder(design[chosen ? \.conflictInk : \.control], lineWidth: 2)
            if chosen { Circle().fill(design[\.surface]).frame(width: 9, height: 9) }
        }
        .frame(width: 26, height: 26)
    }
}
#endif
