#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 见到了: how it went, what was done with one knock, what was said and promised.
struct VisitScreen: View {
    let state: VisitState
    let on: (VisitIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 12) {
                if let reading = state.reading { ReadFirst(reading: reading, on: on) }
                Asked(title: state.outcomeTitle) { Chips(chips: state.outcomes, on: on) }
                if !state.together.isEmpty {
                    Asked(title: state.togetherTitle, about: state.togetherAbout) { Ticks(ticks: state.together, on: on) }
                }
                if let said = state.said { Field(typing: said, on: on, lines: 3) }
                if !state.phrases.isEmpty { Choices(chips: state.phrases.map { Chip($0, chosen: false) }, on: on) }
                if let help = state.saidHelp { Words(help, .meta, \.ink2) }
                PhotoStrip(photos: state.photos, on: on)
                if let photo = state.photo { PressButton(photo, on, .outline, icon: .camera) }
                if let promise = state.promise { Field(typing: promise, on: on) }
                if let title = state.promisedTitle { Asked(title: title) { Chips(chips: state.promised, on: on) } }
                if let title = state.againTitle { Asked(title: title) { Chips(chips: state.again, on: on) } }
                if let title = state.alsoTitle { Also(title: title, others: state.also) }
            }
            .scrollDismissesKeyboard(.interactively)
            if let record = state.record { ActionBar(second: nil, first: record, on: on) }
        }
    }
}

/// A question with what answers it.
private struct Asked<Content: View>: View {
    let title: String
    var about = ""
    @ViewBuilder let content: Content

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Flow(spacing: 6) {
                Words(title, .bold).accessibilityAddTraits(.isHeader)
                if !about.isEmpty { Words(about, .meta, \.ink2) }
            }
            content
        }
    }
}

private struct Ticks: View {
    let ticks: [Tick]
    let on: (VisitIntent) -> Void

    var body: some View {
        Card { Ruled(ticks) { tick in TickWork(tick: tick, on: on) } }
    }
}

/// A tick with what it needs: a count beside its words where both fit in one line, all else under them.
private struct TickWork: View {
    let tick: Tick
    let on: (VisitIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if tick.asks.count == 1, let count = tick.asks[0].count {
            ViewThatFits(in: .horizontal) {
                HStack(spacing: 0) {
                    TickRow(tick: tick, on: on)
                    stepper(count).frame(width: 176).padding(.vertical, design.gap).padding(.trailing, 16)
                }
                under
            }
        } else {
            under
        }
    }

    private var under: some View {
        VStack(alignment: .leading, spacing: 0) {
            TickRow(tick: tick, on: on)
            ForEach(Array(tick.asks.enumerated()), id: \.offset) { _, asking in asked(asking) }
        }
    }

    private func stepper(_ count: Counting) -> some View {
        CountStepper(number: count.number, unit: count.unit, less: count.less, more: count.more, on: on)
    }

    private func asked(_ asking: Asking) -> some View {
        VStack(alignment: .leading, spacing: design.gap) {
            if !asking.label.isEmpty { Words(asking.label, .meta, \.ink2) }
            if !asking.chips.isEmpty { Choices(chips: asking.chips, on: on) }
            if let count = asking.count { stepper(count) }
            if let typing = asking.typing { Field(typing: typing, on: on) }
            PhotoStrip(photos: asking.photos, on: on)
            if let photo = asking.photo {
                PressButton(photo, on, .tonal, icon: .camera).fixedSize(horizontal: true, vertical: false)
            }
        }
        .padding(.leading, design.large ? 16 : 56)
        .padding(.trailing, 16)
        .padding(.top, design.gap)
        .padding(.bottom, 12)
    }
}

private struct TickRow: View {
    let tick: Tick
    let on: (VisitIntent) -> Void

    var body: some View {
        SwiftUI.Button {
            on(tick.press.intent)
        } label: {
            HStack(spacing: 12) {
                TickBox(ticked: tick.ticked)
                VStack(alignment: .leading, spacing: 0) {
                    Words(tick.press.label, .bold, lines: 2)
                    if !tick.about.isEmpty { Words(tick.about, .meta, \.ink2, lines: 3) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.row)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .disabled(tick.press.locked != nil)
        .accessibilityHint(tick.press.locked ?? "")
        .accessibilityAddTraits(tick.ticked ? [.isToggle, .isSelected] : .isToggle)
    }
}

/// What has a form of its own.
private struct Also: View {
    let title: String
    let others: [Spoken]

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Heading(title: title)
            Card {
                Ruled(others) { other in
                    VStack(alignment: .leading, spacing: 0) {
                        Words(other.title, .bold, lines: 2)
                        Words(other.about, .meta, \.ink2)
                    }
                    .padding(.horizontal, 16)
                    .padding(.vertical, 10)
                    .frame(maxWidth: .infinity, alignment: .leading)
                    .accessibilityElement(children: .combine)
                }
            }
        }
    }
}
#endif
