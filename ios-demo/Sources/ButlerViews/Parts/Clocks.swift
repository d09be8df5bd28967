#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// What runs, drawn anew every second. What a screen reader says of it changes once a minute; where it is `told`, it is said
/// then, wherever the finger is.
struct Ticking<Content: View>: View {
    let clock: RunningClock
    var told = false
    @ViewBuilder let content: (String) -> Content

    var body: some View {
        TimelineView(.periodic(from: Date(), by: 60)) { _ in
            let spoken = clock.now()
            TimelineView(.periodic(from: Date(), by: 1)) { _ in content(clock.now()) }
                .accessibilityLabel(spoken)
                .onChange(of: spoken) { _, spoken in if told { AccessibilityNotification.Announcement(spoken).post() } }
        }
    }
}

/// A part of a whole as a length.
struct LevelBar: View {
    let chart: Chart
    @Environment(\.design) private var design

    var body: some View {
        GeometryReader { bar in
            ZStack(alignment: .leading) {
                Capsule().fill(design[\.sunken])
                Capsule().fill(design[\.accent])
                    .frame(width: bar.size.width * Double((chart.levels.first ?? nil) ?? 0) / 1_000)
            }
        }
        .frame(height: 8)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(chart.text)
    }
}

/// The emergency that runs, over the bar with the five places.
struct RunningStrip: View {
    let state: RunningState
    let on: (EmergencyOf) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if let open = state.open {
            SwiftUI.Button {
                on(open.intent)
            } label: {
                HStack(spacing: 10) {
                    Picture(.siren, \.onUrgent)
                    Words(open.label, .bold, \.onUrgent, lines: 1).frame(maxWidth: .infinity, alignment: .leading)
                    if let clock = state.clock { Ticking(clock: clock, told: true) { Words($0, .bold, \.onUrgent, lines: 1) } }
                    Picture(.chevronRight, size: Measure.iconSmall, \.onUrgent)
                }
                .padding(.horizontal, Measure.margin)
                .frame(minHeight: Measure.touch)
                .background(design[\.urgent], in: Rectangle())
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
        }
    }
}
#endif
