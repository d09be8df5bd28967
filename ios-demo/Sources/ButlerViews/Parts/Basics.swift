#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// Text in one of the four sizes.
struct Words: View {
    private let text: String
    private let kind: TextKind
    private let colour: KeyPath<Palette, UInt32>
    private let marked: String
    private let after: String
    private let lines: Int?
    private let align: TextAlignment
    @Environment(\.design) private var design
    @ScaledMetric private var scale: Double

    /// What is `marked` stands behind the text in the accent's colour, and `after` behind that.
    init(
        _ text: String, _ kind: TextKind = .body, _ colour: KeyPath<Palette, UInt32> = \.ink, marked: String = "",
        after: String = "", lines: Int? = nil, align: TextAlignment = .leading
    ) {
        self.text = marked.isEmpty && after.isEmpty ? paired(text) : text
        self.kind = kind
        self.colour = colour
        self.marked = marked
        self.after = after
        self.lines = lines
        self.align = align
        _scale = ScaledMetric(wrappedValue: 1, relativeTo: kind.like)
    }

    var body: some View {
        let size = kind.size
        (Text(text) + Text(marked).foregroundStyle(design[\.accent]) + Text(after))
            .font(.system(size: size.size * scale, weight: kind.weight).monospacedDigit())
            .lineSpacing((size.line - size.size * 1.2) * scale)
            .foregroundStyle(design[colour])
            .lineLimit(lines)
            .multilineTextAlignment(align)
            .accessibilityLabel(readOut(text + marked + after))
    }
}

/// An icon; what it means is said by the words beside it.
struct Picture: View {
    private let icon: Icon
    private let size: Double
    private let colour: KeyPath<Palette, UInt32>
    @Environment(\.design) private var design
    @ScaledMetric(relativeTo: .body) private var scale = 1.0

    init(_ icon: Icon, size: Double = Measure.icon, _ colour: KeyPath<Palette, UInt32> = \.ink) {
        self.icon = icon
        self.size = size
        self.colour = colour
    }

    var body: some View {
        // As on Android: an icon grows with text, but not as far.
        let side = size * min(scale, 1.4)
        IconShape(icon: icon)
            .stroke(design[colour], style: StrokeStyle(lineWidth: design.stroke * side / 24, lineCap: .round, lineJoin: .round))
            .frame(width: side, height: side)
            .accessibilityHidden(true)
    }
}

/// The strokes of an icon, as large as there is room.
private struct IconShape: Shape {
    let icon: Icon

    func path(in rect: CGRect) -> Path {
        let scale = rect.width / 24
        func point(_ place: Outline.Place) -> CGPoint {
            CGPoint(x: rect.minX + place.x * scale, y: rect.minY + place.y * scale)
        }
        var path = Path()
        for stroke in Outline(icon.rawValue)?.strokes ?? [] {
            switch stroke {
            case .move(let to): path.move(to: point(to))
            case .line(let to): path.addLine(to: point(to))
            case .quad(let by, let to): path.addQuadCurve(to: point(to), control: point(by))
            case .curve(let one, let two, let to): path.addCurve(to: point(to), control1: point(one), control2: point(two))
            case .close: path.closeSubpath()
            }
        }
        return path
    }
}

/// How much a button stands out. At most one urgent one a screen.
enum ButtonLook: Sendable {
    case primary, tonal, outline, urgent, plain
}

/// A button says what will have happened, not what is done.
struct PressButton<Intent: Sendable>: View {
    private let press: Press<Intent>
    private let on: (Intent) -> Void
    private let look: ButtonLook
    private let least: Double
    private let icon: Icon?
    private let trailing: Icon?
    @Environment(\.design) private var design

    init(
        _ press: Press<Intent>, _ on: @escaping (Intent) -> Void, _ look: ButtonLook = .primary,
        least: Double = Measure.button, icon: Icon? = nil, trailing: Icon? = nil
    ) {
        self.press = press
        self.on = on
        self.look = look
        self.least = least
        self.icon = icon
        self.trailing = trailing
    }

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        SwiftUI.Button {
            on(press.intent)
        } label: {
            HStack(spacing: 8) {
                if let icon { Picture(icon, size: 20, ink) }
                Words(press.label, .bold, ink, lines: design.large ? 4 : 3, align: .center)
                if let trailing { Picture(trailing, size: Measure.iconSmall, ink) }
            }
            .padding(.horizontal, 12)
            .padding(.vertical, 8)
            .frame(maxWidth: .infinity, minHeight: max(least, design.touch))
            .background(back.map { design[$0] } ?? .clear, in: shape)
            .overlay(shape.strokeBorder(edge.colour, lineWidth: edge.width))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
        .disabled(press.locked != nil)
        .accessibilityHint(press.locked ?? "")
    }

    private var ink: KeyPath<Palette, UInt32> {
        if press.locked != nil { return \.ink3 }
        switch look {
        case .primary: return \.onAccent
        case .tonal: return \.accentInk
        case .urgent: return \.onUrgent
        case .outline: return \.ink
        case .plain: return \.accent
        }
    }

    private var back: KeyPath<Palette, UInt32>? {
        if press.locked != nil { return \.sunken }
        switch look {
        case .primary: return \.accent
        case .tonal: return \.accentSoft
        case .urgent: return \.urgent
        case .outline: return \.surface
        case .plain: return nil
        }
    }

    private var edge: (colour: Color, width: Double) {
        if press.locked != nil || look == .tonal { return (design[ink], design.softEdge) }
        return look == .outline ? (design[\.control], design.edge) : (.clear, 0)
    }
}

/// An icon one can press; the words of the press are what a screen reader says.
struct IconButton<Intent: Sendable>: View {
    let icon: Icon
    let press: Press<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SwiftUI.Button {
            on(press.intent)
        } label: {
            Picture(icon, press.locked == nil ? \.ink : \.ink3)
                .frame(minWidth: design.touch, minHeight: design.touch)
                .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .disabled(press.locked != nil)
        .accessibilityLabel(press.locked ?? press.label)
    }
}

/// A state as a small mark: colour, shape and word say the same.
struct BadgeView: View {
    let badge: Badge
    var tall = false
    @Environment(\.design) private var design

    var body: some View {
        let look = look
        HStack(spacing: 4) {
            if let icon = look.icon { Picture(icon, size: 16, look.ink) }
            Words(badge.text, .metaBold, look.ink, lines: design.large ? 2 : 1)
        }
        .padding(.leading, tall ? 11 : 7)
        .padding(.trailing, tall ? 14 : 9)
        .padding(.vertical, 2)
        .frame(minHeight: tall ? 40 : 26)
        .background(design[look.back], in: Capsule())
        .overlay(Capsule().strokeBorder(design[look.ink], lineWidth: badge.kind == .urgent ? 0 : design.softEdge))
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(badge.spoken.isEmpty ? badge.text : badge.spoken)
    }

    private var look: (icon: Icon?, back: KeyPath<Palette, UInt32>, ink: KeyPath<Palette, UInt32>) {
        switch badge.kind {
        case .urgent: (.triangleAlert, \.urgent, \.onUrgent)
        case .overdue: (.clockAlert, \.overdueSoft, \.overdueInk)
        case .due: (.clock, \.sunken, \.ink2)
        case .unsent: (.circleArrowUp, \.unsentSoft, \.unsentInk)
        case .sending: (.refreshCw, \.unsentSoft, \.unsentInk)
        case .pending: (.hourglass, \.unsentSoft, \.unsentInk)
        case .conflict: (.squareSplitHorizontal, \.conflictSoft, \.conflictInk)
        case .rejected: (.octagonX, \.rejectedSoft, \.rejectedInk)
        case .sent: (.cloudCheck, \.okSoft, \.okInk)
        case .ok: (.check, \.okSoft, \.okInk)
        case .problem: (.flag, \.urgentSoft, \.urgentInk)
        case .key: (.keyRound, \.sunken, \.ink2)
        case .plain: (nil, \.sunken, \.ink2)
        }
    }
}

/// A card: flat, with a line around it.
struct Card<Content: View>: View {
    @ViewBuilder let content: Content
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        VStack(alignment: .leading, spacing: 0) { content }
            .frame(maxWidth: .infinity, alignment: .leading)
            .background(design[\.surface], in: shape)
            .overlay(shape.strokeBorder(design[\.line], lineWidth: design.hair))
            .clipShape(shape)
    }
}

/// A line across a card.
struct Rule: View {
    @Environment(\.design) private var design

    var body: some View {
        design[\.line].frame(height: design.hair).padding(.vertical, design.rowGap / 2).accessibilityHidden(true)
    }
}

/// Several things below each other with a line between them.
struct Ruled<Thing, Row: View>: View {
    let things: [Thing]
    @ViewBuilder let row: (Thing) -> Row

    init(_ things: [Thing], @ViewBuilder row: @escaping (Thing) -> Row) {
        self.things = things
        self.row = row
    }

    var body: some View {
        ForEach(Array(things.enumerated()), id: \.offset) { index, thing in
            if index > 0 { Rule() }
            row(thing)
        }
    }
}

/// A line of small bold text that opens something.
struct Strip<Intent: Sendable>: View {
    let press: Press<Intent>
    let on: (Intent) -> Void
    var icon: Icon?
    var colour: KeyPath<Palette, UInt32> = \.ink
    var open = Icon.chevronRight

    var body: some View {
        SwiftUI.Button {
            on(press.intent)
        } label: {
            HStack(spacing: 8) {
                if let icon { Picture(icon, size: Measure.iconSmall, colour) }
                Words(press.label, .metaBold, colour, lines: 2).frame(maxWidth: .infinity, alignment: .leading)
                Picture(open, size: Measure.iconSmall, colour)
            }
            .padding(.leading, 16)
            .padding(.trailing, 12)
            .padding(.vertical, 6)
            .frame(minHeight: Measure.touch)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
    }
}

/// Beside each other as far as there is room, then in the next line.
struct Flow: Layout {
    var spacing = 8.0

    func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout ()) -> CGSize {
        lines(subviews, within: proposal.width ?? .infinity).size
    }

    func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout ()) {
        let places = lines(subviews, within: bounds.width).places
        for (subview, place) in zip(subviews, places) {
            subview.place(
                at: CGPoint(x: bounds.minX + place.x, y: bounds.minY + place.y),
                proposal: ProposedViewSize(width: bounds.width, height: nil))
        }
    }

    private func lines(_ subviews: Subviews, within width: CGFloat) -> (places: [CGPoint], size: CGSize) {
        var places: [CGPoint] = []
        var (x, y, height, widest): (CGFloat, CGFloat, CGFloat, CGFloat) = (0, 0, 0, 0)
        for subview in subviews {
            let size = subview.sizeThatFits(ProposedViewSize(width: width, height: nil))
            if x > 0 && x + size.width > width { (x, y, height) = (0, y + height + spacing, 0) }
            places.append(CGPoint(x: x, y: y))
            (x, height, widest) = (x + size.width + spacing, max(height, size.height), max(widest, x + size.width))
        }
        return (places, CGSize(width: widest, height: y + height))
    }
}

/// Buttons across the whole width, as wide as each other where their words leave room for it; one below the other where they do not
/// fit.
struct Beside: Layout {
    var spacing = 8.0

    func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout ()) -> CGSize {
        let places = places(subviews, within: proposal.width)
        return CGSize(width: places.map(\.maxX).max() ?? 0, height: places.map(\.maxY).max() ?? 0)
    }

    func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout ()) {
        for (subview, place) in zip(subviews, places(subviews, within: bounds.width)) {
            subview.place(
                at: CGPoint(x: bounds.minX + place.minX, y: bounds.minY + place.minY),
                proposal: ProposedViewSize(width: place.width, height: place.height))
        }
    }

    private func places(_ subviews: Subviews, within width: CGFloat?) -> [CGRect] {
        let needed = subviews.map { $0.sizeThatFits(ProposedViewSize(width: nil, height: nil)).width }
        let spaces = spacing * CGFloat(needed.count - 1)
        let width = width ?? needed.reduce(0, +) + spaces
        let isBeside = needed.reduce(0, +) + spaces <= width
        let widths = isBeside ? widths(needed, within: width - spaces) : needed.map { _ in width }
        let heights = zip(subviews, widths).map { $0.sizeThatFits(ProposedViewSize(width: $1, height: nil)).height }
        var at = CGPoint.zero
        return zip(widths, heights).map { width, height in
            let place = CGRect(x: at.x, y: at.y, width: width, height: isBeside ? heights.max() ?? 0 : height)
            if isBeside { at.x += width + spacing } else { at.y += height + spacing }
            return place
        }
    }

    /// Whoever needs more than an equal part gets it, the others share what is left.
    private func widths(_ needed: [CGFloat], within room: CGFloat) -> [CGFloat] {
        var (left, among) = (room, CGFloat(needed.count))
        for most in needed.sorted(by: >) where most > left / among { (left, among) = (left - most, among - 1) }
        return needed.map { max($0, left / max(among, 1)) }
    }
}
#endif
