#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// How the app looks: by night, by day, or in the sun, where nothing is tinted and every shape has an edge.
public enum Theme: CaseIterable, Sendable {
    case light, dark, sunlight

    /// The look that is settled, or the sun's; nil where the phone is followed.
    public init?(_ appearance: Appearance, sunShines: Bool) {
        switch appearance {
        case .light: self = .light
        case .dark: self = .dark
        case .sunlight: self = .sunlight
        case .auto:
            if !sunShines { return nil }
            self = .sunlight
        }
    }
}

/// Everything a part needs to know to draw itself.
struct Design: Sendable {
    let theme: Theme
    /// Text is so large that rows become columns.
    let large: Bool
    /// Whoever presses wears gloves.
    var glove = false

    var sunlight: Bool { theme == .sunlight }
    /// A line around a card.
    var hair: Double { sunlight ? 2 : 1 }
    /// The edge of a control.
    var edge: Double { sunlight ? 2 : 1.5 }
    /// The edge of what is told apart by its tint alone in other themes.
    var softEdge: Double { sunlight ? 2 : 0 }
    /// How large something to press is at least.
    var touch: Double { glove ? Measure.buttonLarge : Measure.touch }
    /// Between two things to press.
    var gap: Double { glove ? 12 : Measure.gapBetweenTargets }
    /// Between two rows of a card, which touch where fingers are bare.
    var rowGap: Double { glove ? Measure.gapBetweenTargets : 0 }
    var stroke: Double { sunlight ? Measure.iconStrokeSunlight : Measure.iconStroke }

    private var palette: Palette {
        switch theme {
        case .light: .light
        case .dark: .dark
        case .sunlight: .sunlight
        }
    }

    /// A colour by its name: `design[\.ink]`.
    subscript(_ name: KeyPath<Palette, UInt32>) -> Color {
        let colour = palette[keyPath: name]
        func part(_ shift: UInt32) -> Double { Double((colour >> shift) & 0xff) / 255 }
        return Color(.sRGB, red: part(16), green: part(8), blue: part(0), opacity: part(24))
    }
}

private struct DesignKey: EnvironmentKey {
    static let defaultValue = Design(theme: .light, large: false)
}

extension EnvironmentValues {
    var design: Design {
        get { self[DesignKey.self] }
        set { self[DesignKey.self] = newValue }
    }
}

/// Draws its content in a theme, on the colour of a page; by day and by night as the phone is set when none is given.
public struct Themed<Content: View>: View {
    private let theme: Theme?
    private let glove: Bool
    private let content: Content
    @Environment(\.colorScheme) private var scheme
    @Environment(\.dynamicTypeSize) private var size

    public init(_ theme: Theme? = nil, glove: Bool = false, @ViewBuilder content: () -> Content) {
        self.theme = theme
        self.glove = glove
        self.content = content()
    }

    public var body: some View {
        let design = Design(
            theme: theme ?? (scheme == .dark ? .dark : .light), large: size.isAccessibilitySize, glove: glove)
        content
            .environment(\.design, design)
            .background(design[\.bg].ignoresSafeArea())
            .tint(design[\.accent])
    }
}

/// The four sizes of text, two of them also bold; at most three sizes on a screen.
enum TextKind: Sendable {
    case display, title, body, bold, meta, metaBold

    var size: (size: Double, line: Double) {
        switch self {
        case .display: TypeScale.display
        case .title: TypeScale.title
        case .body, .bold: TypeScale.body
        case .meta, .metaBold: TypeScale.meta
        }
    }

    var weight: Font.Weight {
        switch self {
        case .display, .title, .bold, .metaBold: .bold
        case .body, .meta: .regular
        }
    }

    /// What it grows with when people set larger text.
    var like: Font.TextStyle {
        switch self {
        case .display: .largeTitle
        case .title: .title3
        case .body, .bold: .body
        case .meta, .metaBold: .footnote
        }
    }
}
#endif
