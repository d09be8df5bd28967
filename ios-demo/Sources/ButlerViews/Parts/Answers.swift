#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A box that opens a list; what is chosen stands in it.
struct PickBox<Intent: Sendable>: View {
    let text: String
    let icon: Icon
    let press: Press<Intent>
    let on: (Intent) -> Void
    var wrong = false
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        SwiftUI.Button {
            on(press.intent)
        } label: {
            HStack(spacing: 10) {
                Picture(icon, \.ink2)
                Words(text).frame(maxWidth: .infinity, alignment: .leading)
                Picture(.chevronRight, size: Measure.iconSmall, \.ink2)
            }
            .padding(.horizontal, 14)
            .padding(.vertical, 12)
            .frame(minHeight: 54)
            .background(design[\.surface], in: shape)
            .overlay(shape.strokeBorder(design[wrong ? \.urgentInk : \.control], lineWidth: wrong ? 2 : design.edge))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
    }
}

/// A few of something: one less, one more.
struct CountStepper<Intent: Sendable>: View {
    let number: String
    let unit: String?
    let less: Press<Intent>
    let more: Press<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        HStack(spacing: 0) {
            IconButton(icon: .minus, press: less, on: on)
            Words(unit.map { "\(number) \($0)" } ?? number, .bold, align: .center).frame(maxWidth: .infinity)
            IconButton(icon: .plus, press: more, on: on)
        }
        .padding(.horizontal, 4)
        .frame(minHeight: 54)
        .background(design[\.surface], in: shape)
        .overlay(shape.strokeBorder(design[\.control], lineWidth: design.edge))
    }
}

/// Where one signs with a finger. What was signed earlier and has no lines any more says so.
struct SignaturePad<Intent: Sendable>: View {
    let drawing: Drawing<Intent>
    let signed: Bool
    let on: (Intent) -> Void
    /// What was drawn here so far: the next line does not wait until the last one is kept.
    @State private var drawn: [Stroke]?
    @State private var line: [Stroke.Point] = []
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        GeometryReader { pad in
            ZStack {
                lines
                if strokes.isEmpty && line.isEmpty {
                    Words(drawing.text, signed ? .bold : .body, signed ? \.okInk : \.ink3)
                }
            }
            .frame(width: pad.size.width, height: pad.size.height)
            .contentShape(shape)
            .highPriorityGesture(
                DragGesture(minimumDistance: 0)
                    .onChanged { drag in
                        if drag.location == drag.startLocation { line = [] }
                        line.append(point(drag.location, in: pad.size))
                    }
                    .onEnded { _ in
                        let all = strokes + [Stroke(line)]
                        (drawn, line) = (all, [])
                        on(drawing.intent(all))
                    })
        }
        .frame(maxWidth: .infinity)
        .frame(height: 132)
        .background(design[\.surface], in: shape)
        .overlay(shape.strokeBorder(design[\.control], lineWidth: design.edge))
        .clipShape(shape)
        .onChange(of: drawing.strokes) { _, now in if now.isEmpty { drawn = nil } }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel("\(drawing.label) \(drawing.text)")
    }

    private var strokes: [Stroke] { drawn ?? drawing.strokes }

    private var lines: some View {
        let strokes = strokes + (line.isEmpty ? [] : [Stroke(line)])
        let (ink, foot) = (design[\.ink], design[\.control])
        return Canvas { context, size in
            var base = Path()
            base.move(to: CGPoint(x: 20, y: size.height * 0.75))
            base.addLine(to: CGPoint(x: size.width - 20, y: size.height * 0.75))
            context.stroke(base, with: .color(foot), style: StrokeStyle(lineWidth: 1.5, dash: [4, 3]))
            let round = StrokeStyle(lineWidth: 3, lineCap: .round, lineJoin: .round)
            for stroke in strokes { context.stroke(Self.path(stroke, in: size), with: .color(ink), style: round) }
        }
    }

    private func point(_ at: CGPoint, in pad: CGSize) -> Stroke.Point {
        Stroke.Point(x: Int(at.x * 1_000 / pad.width), y: Int(at.y * 1_000 / pad.height))
    }

    private nonisolated static func path(_ stroke: Stroke, in size: CGSize) -> Path {
        let points = stroke.points.map { CGPoint(x: Double($0.x) * size.width / 1_000, y: Double($0.y) * size.height / 1_000) }
        var path = Path()
        guard let first = points.first else { return path }
        path.move(to: first)
        // A dot is a line without length; its round ends are seen.
        for point in points.count == 1 ? points[...] : points.dropFirst() { path.addLine(to: point) }
        return path
    }
}

/// What is wrong with an answer, beside its field.
struct WrongAnswer: View {
    let text: String

    var body: some View {
        HStack(spacing: 6) {
            Picture(.triangleAlert, size: Measure.iconSmall, \.urgentInk)
            Words(text, .metaBold, \.urgentInk)
        }
        .accessibilityElement(children: .combine)
    }
}
#endif
