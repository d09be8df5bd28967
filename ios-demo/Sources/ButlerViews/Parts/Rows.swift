#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// It is in no list, or not sure to be.
struct Archived<Intent: Sendable>: View {
    let line: ArchivedLine<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Card {
            HStack(spacing: design.gap) {
                Words(line.text, .body, \.ink2).frame(maxWidth: .infinity, alignment: .leading)
                if let restore = line.restore { PressButton(restore, on, .plain).fixedSize(horizontal: true, vertical: false) }
            }
            .padding(.leading, 16)
            .padding(.trailing, 8)
            .padding(.vertical, 6)
            .frame(minHeight: Measure.row)
        }
    }
}

/// What is read before something is done.
struct ReadFirst<Intent: Sendable>: View {
    let reading: Reading<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: design.gap) {
            Heading(title: reading.title)
            Card { Ruled(reading.articles) { article in ListRow(title: article.label, icon: .bookOpen, press: { on(article.intent) }) } }
        }
    }
}

/// A row of a card: what it is, what of it, its state; it opens when `press` is given.
struct ListRow: View {
    let title: String
    var about = ""
    var icon: Icon?
    var iconColour: KeyPath<Palette, UInt32> = \.ink2
    /// The icon stands on a ground of its own.
    var tiled = false
    var badge: Badge?
    var kind = TextKind.bold
    var colour: KeyPath<Palette, UInt32> = \.ink
    var press: (() -> Void)?
    @Environment(\.design) private var design

    var body: some View {
        if let press {
            SwiftUI.Button {
                press()
            } label: {
                row
            }
            .buttonStyle(.plain)
        } else {
            row.accessibilityElement(children: .combine)
        }
    }

    private var row: some View {
        HStack(spacing: 12) {
            if let icon {
                if tiled {
                    Picture(icon, \.ink).frame(width: 44, height: 44)
                        .background(design[\.sunken], in: RoundedRectangle(cornerRadius: Measure.controlRadius))
                } else {
                    Picture(icon, iconColour)
                }
            }
            VStack(alignment: .leading, spacing: 0) {
                Words(title, kind, colour, lines: 2)
                if !about.isEmpty { Words(about, .meta, \.ink2, lines: 3) }
                if let badge, design.large { BadgeView(badge: badge).padding(.top, 4) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let badge, !design.large { BadgeView(badge: badge) }
            if press != nil && badge == nil { Picture(.chevronRight, size: Measure.iconSmall, \.ink2) }
        }
        .padding(.horizontal, 16)
        .padding(.vertical, 11)
        .frame(minHeight: Measure.row)
        .contentShape(Rectangle())
    }
}

/// The head of a card that says what it is about: a small line over a large one.
struct CardHead: View {
    let small: String
    let title: String
    let badge: Badge?
    @Environment(\.design) private var design

    var body: some View {
        HStack(spacing: 12) {
            VStack(alignment: .leading, spacing: 0) {
                if !small.isEmpty { Words(small, .meta, \.ink2) }
                Words(title, .title).accessibilityAddTraits(.isHeader)
                if let badge, design.large { BadgeView(badge: badge).padding(.top, 4) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let badge, !design.large { BadgeView(badge: badge) }
        }
        .padding(16)
    }
}

/// A heading within a screen, with something to press at its end.
struct HeadingWith<Intent: Sendable>: View {
    let title: String
    let press: Press<Intent>?
    let on: (Intent) -> Void

    var body: some View {
        HStack(spacing: 8) {
            Heading(title: title).frame(maxWidth: .infinity, alignment: .leading)
            if let press {
                SwiftUI.Button {
                    on(press.intent)
                } label: {
                    Words(press.label, .metaBold, \.accent)
                        .padding(.horizontal, 8)
                        .frame(minHeight: Measure.touch)
                        .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
            }
        }
    }
}

/// The foot of a screen one does something at, in the place of the bar with the five places.
struct FootBar<Content: View>: View {
    @ViewBuilder let content: Content
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Rule()
            let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(HStackLayout(spacing: design.gap))
            layout { content }
                .padding(.horizontal, Measure.margin)
                .padding(.vertical, 12)
        }
        .background(design[\.surface].ignoresSafeArea(edges: .bottom))
    }
}

/// Whether something is ticked; what, is said by the words beside it.
struct TickBox: View {
    let ticked: Bool
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: 8)
        ZStack {
            shape.fill(ticked ? design[\.accent] : .clear)
            shape.strokeBorder(design[\.control], lineWidth: ticked ? 0 : 2)
            if ticked { Picture(.check, size: 20, \.onAccent) }
        }
        .frame(width: 28, height: 28)
    }
}

/// How a knot on a line of what happened looks.
enum KnotLook: Sendable {
    case full, ring, square, faint
}

/// One thing that happened, on the line that joins it with those before; the last has no line below.
struct Knot<Content: View>: View {
    let look: KnotLook
    let last: Bool
    @ViewBuilder let content: Content
    @Environment(\.design) private var design

    var body: some View {
        HStack(alignment: .top, spacing: 12) {
            mark.frame(width: 17, height: 17).padding(.top, 4).frame(width: 24).accessibilityHidden(true)
            VStack(alignment: .leading, spacing: 2) { content }
                .frame(maxWidth: .infinity, alignment: .leading)
                .padding(.bottom, last ? 0 : 18)
        }
        .background(alignment: .topLeading) {
            if !last {
                design[\.control].opacity(design.sunlight ? 1 : 0.5)
                    .frame(width: 2)
                    .padding(.leading, 11)
                    .padding(.top, 23)
                    .padding(.bottom, -2)
            }
        }
        .padding(.horizontal, 16)
    }

    @ViewBuilder private var mark: some View {
        switch look {
        case .full: Circle().fill(design[\.accent])
        case .ring: Circle().strokeBorder(design[\.ink2], lineWidth: 3)
        case .square: RoundedRectangle(cornerRadius: 3).strokeBorder(design[\.conflictInk], lineWidth: 3)
        case .faint: Circle().strokeBorder(design[\.control], lineWidth: 3)
        }
    }
}

/// What was said, below what was asked.
struct Said: View {
    let label: String
    let words: String

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            Words(label, .meta, \.ink2)
            Words(words)
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(.horizontal, 16)
        .padding(.vertical, 10)
        .accessibilityElement(children: .combine)
    }
}
#endif
