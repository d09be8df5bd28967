#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 经过: who changed what, and the record as it was then.
struct HistoryScreen: View {
    let state: HistoryState
    let on: (HistoryIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let empty = state.empty { EmptyState(icon: .history, empty: empty, on: on).padding(.top, 56) }
                if let was = state.asWas {
                    Then(was: was)
                } else {
                    if let archived = state.archived { Archived(line: archived, on: on) }
                    if let slider = state.slider {
                        Card {
                            Stops(slider: slider, on: on)
                            Rule()
                            VStack(alignment: .leading, spacing: 2) {
                                Words(state.thenTitle, .meta, \.ink2)
                                Words(state.then, lines: 4)
                            }
                            .padding(16)
                        }
                    }
                    if let title = state.photosTitle {
                        VStack(alignment: .leading, spacing: 8) {
                            Heading(title: title)
                            PhotoStrip(photos: state.photos, on: on)
                        }
                    }
                    if !state.edits.isEmpty { Edits(edits: state.edits, on: on) }
                    if let hidden = state.hidden { Words(hidden, .meta, \.ink2) }
                    if let archive = state.archive { PressButton(archive, on, .outline, icon: .inbox) }
                }
            }
            if let was = state.asWas {
                FootBar { PressButton(was.now, on, least: Measure.buttonLarge) }
            } else if let only = state.only, let open = state.open {
                Foot(only: only, open: open, on: on)
            }
        }
    }
}

private struct Foot: View {
    let only: Press<HistoryIntent>
    let open: Press<HistoryIntent>
    let on: (HistoryIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        FootBar {
            if !design.large { PressButton(only, on, .outline, least: Measure.buttonLarge) }
            PressButton(open, on, .tonal, least: Measure.buttonLarge).layoutPriority(1)
            if design.large { PressButton(only, on, .outline, least: Measure.buttonLarge) }
        }
    }
}

/// As wide as the chosen stop is drawn.
private let stopWidth = 28.0

/// The edits as stops: each can be pressed, so that nothing has to be dragged.
private struct Stops: View {
    let slider: TimeSlider
    let on: (HistoryIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let at = slider.stops.firstIndex { $0.chosen } ?? 0
        let layout =
            design.large ? AnyLayout(VStackLayout(alignment: .leading, spacing: 0)) : AnyLayout(HStackLayout(spacing: design.gap))
        VStack(alignment: .leading, spacing: 0) {
            layout {
                Words(slider.title, .bold).frame(maxWidth: .infinity, alignment: .leading)
                Words(slider.day, .bold, \.accent)
            }
            HStack(spacing: 0) {
                ForEach(Array(slider.stops.enumerated()), id: \.offset) { index, stop in
                    SwiftUI.Button {
                        on(stop.press.intent)
                    } label: {
                        // The first stands at one edge, the last at the other, above their days.
                        HStack(spacing: 0) {
                            ForEach(0..<index, id: \.self) { _ in Spacer(minLength: 0) }
                            StopMark(chosen: stop.chosen, passed: index < at).frame(width: stopWidth)
                            ForEach(index..<(slider.stops.count - 1), id: \.self) { _ in Spacer(minLength: 0) }
                        }
                        .frame(maxWidth: .infinity, minHeight: Measure.touch, alignment: .leading)
                        .contentShape(Rectangle())
                    }
                    .buttonStyle(.plain)
                    .accessibilityLabel(stop.press.label)
                    .accessibilityAddTraits(stop.chosen ? .isSelected : [])
                    .padding(.horizontal, design.rowGap / 2)
                }
            }
            .background { Track(stops: slider.stops.count, at: at) }
            HStack(spacing: 8) {
                Words(slider.first, .meta, \.ink2).frame(maxWidth: .infinity, alignment: .leading)
                Words(slider.last, .meta, \.ink2)
            }
        }
        .padding(16)
    }
}

private struct StopMark: View {
    let chosen: Bool
    let passed: Bool
    @Environment(\.design) private var design

    var body: some View {
        if chosen {
            ZStack {
                Circle().fill(design[\.surface])
                Circle().strokeBorder(design[\.accent], lineWidth: 4)
            }
            .frame(width: stopWidth, height: stopWidth)
        } else {
            Circle().fill(design[passed ? \.accent : \.control]).frame(width: 12, height: 12)
        }
    }
}

/// The line below the stops, from the middle of the first to that of the last; it is strong as far as the chosen one.
private struct Track: View {
    let stops: Int
    let at: Int
    @Environment(\.design) private var design

    var body: some View {
        let (line, passed) = (design[\.line], design[\.accent])
        Canvas { context, size in
            let first = (design.rowGap + stopWidth) / 2
            let step = (size.width - first * 2) / Double(max(stops - 1, 1))
            func draw(_ steps: Int, _ colour: Color) {
                let rect = CGRect(x: first, y: size.height / 2 - 2, width: step * Double(steps), height: 4)
                context.fill(Path(rect), with: .color(colour))
            }
            draw(stops - 1, line)
            draw(at, passed)
        }
        .accessibilityHidden(true)
    }
}

private struct Edits: View {
    let edits: [EditLine]
    let on: (HistoryIntent) -> Void

    var body: some View {
        Card {
            VStack(alignment: .leading, spacing: 0) {
                ForEach(Array(edits.enumerated()), id: \.offset) { index, edit in
                    Knot(look: edit.chosen ? .full : .ring, last: index == edits.count - 1) { EditRow(edit: edit, on: on) }
                }
            }
            .padding(.vertical, 16)
        }
    }
}

/// One edit; who and when can be pressed to see the record as it was then.
private struct EditRow: View {
    let edit: EditLine
    let on: (HistoryIntent) -> Void

    var body: some View {
        SwiftUI.Button {
            on(edit.go.intent)
        } label: {
            Flow(spacing: 6) {
                Words(edit.by, .bold)
                Words(edit.at, .meta, \.ink2)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .accessibilityHint(edit.go.label)
        .accessibilityAddTraits(edit.chosen ? .isSelected : [])
        if let clock = edit.clock { Words(clock, .metaBold, \.overdueInk) }
        ForEach(Array(edit.changes.enumerated()), id: \.offset) { _, change in Changed(change: change) }
        if let more = edit.more { Words(more, .meta, \.ink2).padding(.top, 6) }
    }
}

/// From what to what, the former crossed out; on two lines where there is no room.
private struct Changed: View {
    let change: ChangeLine

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            Words(change.field, .meta, \.ink2)
            Flow(spacing: 6) {
                if let from = change.from {
                    Words(from, .body, \.ink3, lines: 4).strikethrough()
                    Picture(.arrowRight, size: Measure.iconSmall)
                }
                Words(change.to, .bold, lines: 4)
            }
        }
        .padding(.top, 6)
        .accessibilityElement(children: .combine)
    }
}

/// The record as it read then, in a brown frame: nothing of it can be pressed.
private struct Then: View {
    let was: AsWas
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: 12) {
            Banner(kind: .late, title: was.frame, icon: .history)
            Card {
                Ruled(was.fields) { field in Said(label: field.field, words: field.value) }
                if let note = was.note {
                    Rule()
                    Words(note).padding(16)
                }
            }
            .overlay(RoundedRectangle(cornerRadius: Measure.cardRadius).strokeBorder(design[\.overdueInk], lineWidth: 2))
        }
    }
}
#endif
