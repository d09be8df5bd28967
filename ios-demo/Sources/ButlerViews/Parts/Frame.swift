#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The bar of a screen: where one is; `back` leads up one level.
struct Bar<Intent: Sendable>: View {
    let title: String
    var subtitle = ""
    var back: Press<Intent>?
    var search: Press<Intent>?
    var sync: Press<Intent>?
    var badge: Badge?
    var tool: Press<Intent>?
    var toolIcon = Icon.history
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        ViewThatFits(in: .horizontal) {
            if design.large && (tool != nil || badge != nil) {
                // Large words have the room beside it, the first thing that is said with them, or lines of their own below.
                row(Words(subtitle, .meta, \.ink2, lines: 1), lines: 1)
                row(Words(parts(of: subtitle)[0], .meta, \.ink2, lines: 1), lines: 1)
                VStack(alignment: .leading, spacing: 0) {
                    HStack(spacing: 8) {
                        lead
                        Spacer(minLength: 0)
                        tools
                    }
                    words(InOneLine(text: subtitle), lines: 4).padding(.leading, back == nil ? 0 : 12)
                }
            } else if design.large {
                row(InOneLine(text: subtitle), lines: 4)
            } else {
                row(Words(subtitle, .meta, \.ink2), lines: 4)
            }
        }
        .padding(.leading, back == nil ? 16 : 4)
        .padding(.trailing, 12)
        .padding(.vertical, 4)
        .frame(minHeight: Measure.bar)
    }

    private func row(_ said: some View, lines: Int) -> some View {
        HStack(spacing: 8) {
            lead
            words(said, lines: lines)
            tools
        }
    }

    @ViewBuilder private var lead: some View {
        if let back { IconButton(icon: .chevronLeft, press: back, on: on) }
    }

    @ViewBuilder private var tools: some View {
        // Where text is large the tab of homes is near enough.
        if let search, !design.large { IconButton(icon: .search, press: search, on: on) }
        if let tool { IconButton(icon: toolIcon, press: tool, on: on) }
        if let badge { SyncBadge(badge: badge, sync: sync, on: on) }
    }

    private func words(_ said: some View, lines: Int) -> some View {
        VStack(alignment: .leading, spacing: 0) {
            Words(title, .title, lines: lines).accessibilityAddTraits(.isHeader)
            if !subtitle.isEmpty { said }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
    }
}

/// As many of the things a line says as it has room for, the first ones.
private struct InOneLine: View {
    let text: String

    var body: some View {
        let things = parts(of: text)
        ViewThatFits(in: .horizontal) {
            ForEach(0..<things.count, id: \.self) { less in Words(things.dropLast(less).joined(separator: dot), .meta, \.ink2, lines: 1) }
            // Of one thing its first parts.
            let parts = things[0].components(separatedBy: "、")
            ForEach(1..<parts.count, id: \.self) { less in Words(parts.dropLast(less).joined(separator: "、"), .meta, \.ink2, lines: 1) }
            Words(things[0], .meta, \.ink2)
        }
    }
}

/// The things a line says, one by one.
func parts(of about: String) -> [String] { about.components(separatedBy: dot) }

/// What has not reached the office; where it can be pressed it leads to what waits.
struct SyncBadge<Intent: Sendable>: View {
    let badge: Badge
    let sync: Press<Intent>?
    let on: (Intent) -> Void

    var body: some View {
        if let sync {
            SwiftUI.Button {
                on(sync.intent)
            } label: {
                BadgeView(badge: badge, tall: true).frame(minHeight: Measure.touch)
            }
            .buttonStyle(.plain)
            .accessibilityHint(sync.label)
        } else {
            BadgeView(badge: badge, tall: true)
        }
    }
}

/// A heading within a screen.
struct Heading: View {
    let title: String

    var body: some View {
        Words(title, .metaBold, \.ink2).padding(.leading, 2).padding(.top, 4).accessibilityAddTraits(.isHeader)
    }
}

/// Choices, each as wide as its words, one beside the other.
struct Choices<Intent: Sendable>: View {
    let chips: [Chip<Intent>]
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Flow(spacing: design.gap) {
            ForEach(Array(chips.enumerated()), id: \.offset) { _, chip in ChipButton(chip: chip, on: on, wide: false) }
        }
    }
}

/// A choice among several; a check says that it is the one, not its colour alone.
struct ChipButton<Intent: Sendable>: View {
    let chip: Chip<Intent>
    let on: (Intent) -> Void
    var wide = true
    /// In the accent; else dark, where it chooses what is shown and does nothing.
    var strong = true
    /// The check stands above the words where it does not fit beside them.
    var narrow = false
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        SwiftUI.Button {
            on(chip.press.intent)
        } label: {
            marked
                .padding(.horizontal, 14)
                .padding(.vertical, 8)
                .frame(minWidth: design.touch, maxWidth: wide ? .infinity : nil, minHeight: design.touch)
                .background(design[chip.chosen ? strong ? \.accent : \.ink : \.surface], in: shape)
                .overlay(shape.strokeBorder(design[\.control], lineWidth: chip.chosen ? 0 : design.edge))
                .contentShape(shape)
        }
        .buttonStyle(.plain)
        .accessibilityAddTraits(chip.chosen ? .isSelected : [])
    }

    @ViewBuilder private var marked: some View {
        if narrow && chip.chosen {
            ViewThatFits(in: .horizontal) {
                HStack(spacing: 6) { parts }
                VStack(spacing: 0) { parts }
            }
        } else {
            HStack(spacing: 6) { parts }
        }
    }

    @ViewBuilder private var parts: some View {
        let ink: KeyPath<Palette, UInt32> = chip.chosen ? strong ? \.onAccent : \.surface : \.ink
        if chip.chosen { Picture(.check, size: 20, ink) }
        Words(chip.press.label, chip.chosen ? .bold : .body, ink, align: .center)
    }
}

/// Choices so many beside each other, two unless said otherwise; one less where text is large.
struct Chips<Intent: Sendable>: View {
    let chips: [Chip<Intent>]
    let on: (Intent) -> Void
    var across = 2
    @Environment(\.design) private var design

    var body: some View {
        let columns = Array(repeating: GridItem(.flexible(), spacing: design.gap), count: design.large ? across - 1 : across)
        LazyVGrid(columns: columns, spacing: design.gap) {
            ForEach(Array(chips.enumerated()), id: \.offset) { _, chip in ChipButton(chip: chip, on: on, narrow: across > 2) }
        }
    }
}

/// A field for words.
struct Field<Intent: Sendable>: View {
    let typing: Typing<Intent>
    let on: (Intent) -> Void
    var lines = 1
    /// Its label is said only, not drawn.
    var labelled = true
    var keys = Keys.words
    var wrong = false
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        VStack(alignment: .leading, spacing: 8) {
            if labelled && !typing.label.isEmpty { Words(typing.label, .bold).accessibilityHidden(true) }
            TextField(typing.hint, text: Binding(get: { typing.text }, set: { on(typing.intent($0)) }), axis: .vertical)
                .lineLimit(lines...)
                .keyboard(keys)
                .font(.body)
                .foregroundStyle(design[\.ink])
                .padding(14)
                .frame(minHeight: 54)
                .background(design[\.surface], in: shape)
                .overlay(shape.strokeBorder(design[wrong ? \.urgentInk : \.control], lineWidth: wrong ? 2 : design.edge))
                .accessibilityLabel(typing.label)
        }
    }
}

extension View {
    /// The keys that come up with a field; a Mac has but its own.
    @ViewBuilder func keyboard(_ keys: Keys) -> some View {
        #if os(macOS)
        self
        #else
        switch keys {
        case .words: keyboardType(.default)
        case .number: keyboardType(.decimalPad)
        case .phone: keyboardType(.phonePad)
        case .latin: keyboardType(.asciiCapable).textInputAutocapitalization(.never).autocorrectionDisabled()
        }
        #endif
    }
}

/// Two buttons at the foot of a sheet; one below the other where text is large.
struct Actions<Intent: Sendable>: View {
    let second: Press<Intent>?
    let first: Press<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if design.large {
            VStack(spacing: design.gap) {
                PressButton(first, on, least: Measure.buttonLarge)
                if let second { PressButton(second, on, .outline, least: Measure.buttonLarge) }
            }
        } else {
            HStack(spacing: design.gap) {
                if let second { PressButton(second, on, .outline, least: Measure.buttonLarge) }
                PressButton(first, on, least: Measure.buttonLarge).layoutPriority(1)
            }
        }
    }
}

/// The buttons at the foot of a screen. What cannot be pressed yet says why in its place.
struct ActionBar<Intent: Sendable>: View {
    let second: Press<Intent>?
    let first: Press<Intent>
    let on: (Intent) -> Void
    var secondIcon: Icon?
    var firstIcon: Icon?
    var third: Press<Intent>?
    var thirdIcon: Icon?
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Rule()
            bar
                .padding(.horizontal, Measure.margin)
                .padding(.top, 12)
                .padding(.bottom, 16)
        }
        .background(design[\.surface].ignoresSafeArea(edges: .bottom))
    }

    @ViewBuilder private var bar: some View {
        if design.large {
            VStack(spacing: design.gap) {
                firstButton(pictures: true)
                others(pictures: true)
            }
        } else {
            // On a narrow phone three stand in one row only without their pictures.
            ViewThatFits(in: .horizontal) {
                row(pictures: true)
                row(pictures: false)
            }
        }
    }

    private func row(pictures: Bool) -> some View {
        HStack(spacing: design.gap) {
            others(pictures: pictures)
            firstButton(pictures: pictures)
        }
    }

    private var least: Double { second == nil && third == nil ? Measure.buttonLarge : Measure.button }

    private func firstButton(pictures: Bool) -> some View {
        let shown = Press(first.locked ?? first.label, first.intent, locked: first.locked)
        return PressButton(shown, on, least: least, icon: pictures ? firstIcon : nil)
    }

    @ViewBuilder private func others(pictures: Bool) -> some View {
        if let second { PressButton(second, on, .outline, least: least, icon: pictures ? secondIcon : nil) }
        if let third { PressButton(third, on, .outline, least: least, icon: pictures ? thirdIcon : nil) }
    }
}

/// What a screen scrolls below its bar; what went wrong stands above everything.
struct Scrolled<Content: View>: View {
    let problem: String?
    let spacing: CGFloat
    @ViewBuilder let content: Content

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: spacing) {
                if let problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
                content
            }
            .padding(.horizontal, Measure.margin)
            .padding(.top, 4)
            .padding(.bottom, 24)
        }
    }
}

/// A sheet over the lower part of the screen; pressing beside it closes it.
struct SheetFrame<Content: View, Foot: View>: View {
    let title: String
    let subtitle: String
    let close: () -> Void
    let content: Content
    /// What is in sight however much stands above it.
    let foot: Foot
    @Environment(\.design) private var design

    var body: some View {
        let shape = UnevenRoundedRectangle(topLeadingRadius: Measure.sheetRadius, topTrailingRadius: Measure.sheetRadius)
        ZStack(alignment: .bottom) {
            design[\.scrim].ignoresSafeArea().onTapGesture(perform: close).accessibilityHidden(true)
            VStack(spacing: 0) {
                scrolled
                foot.padding(.horizontal, 16).padding(.bottom, 18)
            }
            .background { shape.fill(design[\.surface]).ignoresSafeArea(edges: .bottom) }
            .overlay(shape.strokeBorder(design[\.line], lineWidth: design.sunlight ? design.hair : 0))
            .padding(.top, 40)
        }
        .accessibilityAddTraits(.isModal)
        .accessibilityAction(.escape, close)
    }

    private var scrolled: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 14) {
                Capsule().fill(design[\.control]).frame(width: 40, height: 4).frame(maxWidth: .infinity).accessibilityHidden(true)
                VStack(alignment: .leading, spacing: 4) {
                    Words(title, .title).accessibilityAddTraits(.isHeader)
                    if !subtitle.isEmpty { Words(subtitle, .meta, \.ink2) }
                }
                content
            }
            .padding(.horizontal, 16)
            .padding(.top, 10)
            .padding(.bottom, 18)
        }
        .scrollBounceBehavior(.basedOnSize)
        .fixedSize(horizontal: false, vertical: !design.large)
    }
}

extension SheetFrame {
    init(
        title: String, subtitle: String = "", close: @escaping () -> Void, @ViewBuilder content: () -> Content,
        @ViewBuilder foot: () -> Foot
    ) {
        self.init(title: title, subtitle: subtitle, close: close, content: content(), foot: foot())
    }
}

extension SheetFrame where Foot == EmptyView {
    init(title: String, subtitle: String = "", close: @escaping () -> Void, @ViewBuilder content: () -> Content) {
        self.init(title: title, subtitle: subtitle, close: close, content: content(), foot: EmptyView())
    }
}

/// What was just done, with the way back.
struct SnackView<Intent: Sendable>: View {
    let snack: Snack<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        HStack(spacing: 10) {
            Picture(snack.done ? .check : .triangleAlert, \.surface)
            Words(snack.text, .body, \.surface).frame(maxWidth: .infinity, alignment: .leading)
            if let undo = snack.undo {
                SwiftUI.Button {
                    on(undo.intent)
                } label: {
                    Words(undo.label, .bold, \.surface)
                        .padding(.horizontal, 14)
                        .frame(minWidth: Measure.touch, minHeight: Measure.touch)
                        .overlay(RoundedRectangle(cornerRadius: 10).strokeBorder(design[\.surface], lineWidth: 1.5))
                }
                .buttonStyle(.plain)
            }
        }
        .padding(.leading, 16)
        .padding(.trailing, 8)
        .padding(.vertical, 8)
        .frame(minHeight: 56)
        .background(design[\.ink], in: RoundedRectangle(cornerRadius: Measure.cardRadius))
        .padding(12)
        .transition(.opacity)
    }
}

enum BannerKind: Sendable {
    case info, late, danger, conflict, rejected, ok, unsent
}

/// What one should know, without a dialogue.
struct Banner: View {
    let kind: BannerKind
    let title: String
    var text = ""
    var icon: Icon?
    @Environment(\.design) private var design

    var body: some View {
        let look = look
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        HStack(alignment: .top, spacing: 10) {
            if let icon { Picture(icon, size: 22, look.ink) }
            VStack(alignment: .leading, spacing: 0) {
                if !title.isEmpty { Words(title, .metaBold, look.ink) }
                if !text.isEmpty { Words(text, .meta, look.ink) }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
        .padding(.horizontal, 14)
        .padding(.vertical, 11)
        .background(design[look.back], in: shape)
        .overlay(shape.strokeBorder(design[look.ink], lineWidth: design.softEdge))
        .accessibilityElement(children: .combine)
    }

    private var look: (back: KeyPath<Palette, UInt32>, ink: KeyPath<Palette, UInt32>) {
        switch kind {
        case .info: (\.sunken, \.ink)
        case .late: (\.overdueSoft, \.overdueInk)
        case .danger: (\.urgentSoft, \.urgentInk)
        case .conflict: (\.conflictSoft, \.conflictInk)
        case .rejected: (\.rejectedSoft, \.rejectedInk)
        case .ok: (\.okSoft, \.okInk)
        case .unsent: (\.unsentSoft, \.unsentInk)
        }
    }
}

/// Nothing to show: what will be here, and what to do.
struct EmptyState<Intent: Sendable>: View {
    let icon: Icon
    let empty: Empty<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 10) {
            Picture(icon, size: 40, \.accentInk)
                .frame(width: 84, height: 84)
                .background(design[\.accentSoft], in: Circle())
                .overlay(Circle().strokeBorder(design[\.accentInk], lineWidth: design.softEdge))
            Words(empty.title, .title, align: .center).accessibilityAddTraits(.isHeader)
            if !empty.about.isEmpty { Words(empty.about, align: .center) }
            if let action = empty.action { PressButton(action, on).padding(.top, 8) }
        }
        .padding(24)
        .frame(maxWidth: .infinity)
    }
}
#endif
