// What of SwiftUI the views use, as Apple declares it for iOS 17, without what it does. Never part of the app: with it
// `cargo xtask ios` checks on any machine that the views fit the states they draw and each other (docs/ios.md). What a view
// uses and this file lacks is added here, from Apple's documentation.
@_exported import Foundation

@resultBuilder public enum ViewBuilder {
    public static func buildExpression<C: View>(_ content: C) -> C { content }
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<C: View>(_ content: C) -> C { content }
    public static func buildBlock<each C: View>(_ content: repeat each C) -> TupleView<(repeat each C)> { TupleView((repeat each content)) }
    public static func buildIf<C: View>(_ content: C?) -> C? { content }
    public static func buildEither<T: View, F: View>(first: T) -> Either<T, F> { .first(first) }
    public static func buildEither<T: View, F: View>(second: F) -> Either<T, F> { .second(second) }
}

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View { public var body: Never { fatalError() } }
extension Optional: View where Wrapped: View { public var body: Never { fatalError() } }

public struct EmptyView: View { public nonisolated init() {}; public var body: Never { fatalError() } }
public struct TupleView<T>: View { nonisolated init(_ value: T) {}; public var body: Never { fatalError() } }
public enum Either<T: View, F: View>: View { case first(T), second(F); public var body: Never { fatalError() } }
public struct Text: View {
    public init<S: StringProtocol>(_ content: S) {}
    public init(verbatim content: String) {}
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> Text { self }
    public static func + (one: Text, other: Text) -> Text { one }
    public var body: Never { fatalError() }
}
public struct Button<Label: View>: View {
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {}
    public var body: Never { fatalError() }
}
public struct HStack<C: View>: View {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct VStack<C: View>: View {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct LazyVStack<C: View>: View {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct ZStack<C: View>: View {
    public init(alignment: Alignment = .center, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct LazyVGrid<C: View>: View {
    public init(columns: [GridItem], alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct Grid<C: View>: View {
    public init(
        alignment: Alignment = .center, horizontalSpacing: CGFloat? = nil, verticalSpacing: CGFloat? = nil, @ViewBuilder content: () -> C
    ) {}
    public var body: Never { fatalError() }
}
public struct GridRow<C: View>: View {
    public init(alignment: VerticalAlignment? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct GridItem: Sendable {
    public enum Size: Sendable { case flexible(minimum: CGFloat = 10, maximum: CGFloat = .infinity) }
    public init(_ size: Size = .flexible(), spacing: CGFloat? = nil) {}
}
public struct ScrollView<C: View>: View {
    public init(@ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct TimelineView<Schedule: TimelineSchedule, C>: View {
    public struct Context { public var date: Date { Date() } }
    public var body: Never { fatalError() }
}
extension TimelineView where C: View {
    public nonisolated init(_ schedule: Schedule, @ViewBuilder content: @escaping @MainActor (Context) -> C) {}
}
public protocol TimelineSchedule {}
public struct PeriodicTimelineSchedule: TimelineSchedule, Sendable {}
extension TimelineSchedule where Self == PeriodicTimelineSchedule {
    public static func periodic(from start: Date, by interval: TimeInterval) -> PeriodicTimelineSchedule { PeriodicTimelineSchedule() }
}
public struct ScrollViewReader<C: View>: View {
    public init(@ViewBuilder content: @escaping (ScrollViewProxy) -> C) {}
    public var body: Never { fatalError() }
}
public struct ScrollViewProxy { public func scrollTo<ID: Hashable>(_ id: ID, anchor: UnitPoint? = nil) {} }
public struct GeometryReader<C: View>: View {
    public init(@ViewBuilder content: @escaping (GeometryProxy) -> C) {}
    public var body: Never { fatalError() }
}
public struct GeometryProxy { public var size: CGSize { .zero } }
public struct ViewThatFits<C: View>: View {
    public init(in axes: Axis.Set = [.horizontal, .vertical], @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct Spacer: View { public init(minLength: CGFloat? = nil) {}; public var body: Never { fatalError() } }
public struct ForEach<Data: RandomAccessCollection, ID: Hashable, C: View>: View {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> C) {}
    public var body: Never { fatalError() }
}
public struct TextField<Label: View>: View {
    public var body: Never { fatalError() }
}
extension TextField where Label == Text {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>, axis: Axis) {}
}
public struct Canvas<Symbols: View>: View {
    public var body: Never { fatalError() }
}
extension Canvas where Symbols == EmptyView {
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) {}
}
public struct GraphicsContext {
    public struct Shading { public static func color(_ color: Color) -> Shading { Shading() } }
    public func fill(_ path: Path, with shading: Shading) {}
    public func stroke(_ path: Path, with shading: Shading, lineWidth: CGFloat = 1) {}
    public func stroke(_ path: Path, with shading: Shading, style: StrokeStyle) {}
    public mutating func clip(to path: Path) {}
}

public struct HorizontalAlignment: Sendable { public static let leading = Self(), center = Self(), trailing = Self() }
public struct VerticalAlignment: Sendable { public static let top = Self(), center = Self(), bottom = Self() }
public struct Alignment: Sendable {
    public static let center = Self(), leading = Self(), trailing = Self(), top = Self(), bottom = Self()
    public static let topLeading = Self(), topTrailing = Self(), bottomLeading = Self(), bottomTrailing = Self()
}
public enum TextAlignment: Sendable { case leading, center, trailing }
public enum Axis: Sendable {
    case horizontal, vertical
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let horizontal = Set(rawValue: 1), vertical = Set(rawValue: 2)
    }
}
public enum Edge: Sendable {
    case top
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let top = Set(rawValue: 1), leading = Set(rawValue: 2), bottom = Set(rawValue: 4), trailing = Set(rawValue: 8)
        public static let horizontal = Set(rawValue: 10), vertical = Set(rawValue: 5), all = Set(rawValue: 15)
    }
}

// Shapes, styles, colours, text.

public protocol ShapeStyle: Sendable {}
public struct Color: ShapeStyle {
    public enum RGBColorSpace: Sendable { case sRGB }
    public init(_ space: RGBColorSpace = .sRGB, red: Double, green: Double, blue: Double, opacity: Double = 1) {}
    public static let clear = Color(red: 0, green: 0, blue: 0), white = clear, black = clear
    public func opacity(_ opacity: Double) -> Color { self }
}
extension Color: View { public var body: Never { fatalError() } }
extension ShapeStyle where Self == Color { public static var clear: Color { Color.clear } }
public protocol Shape: View, Sendable { nonisolated func path(in rect: CGRect) -> Path }
extension Shape {
    public var body: some View { EmptyView() }
    public func fill<S: ShapeStyle>(_ content: S) -> some View { EmptyView() }
    public func stroke<S: ShapeStyle>(_ content: S, style: StrokeStyle) -> some View { EmptyView() }
}
public protocol InsettableShape: Shape {}
extension InsettableShape { public func strokeBorder<S: ShapeStyle>(_ content: S, lineWidth: CGFloat = 1) -> some View { EmptyView() } }
public struct StrokeStyle: Sendable { public init(lineWidth: CGFloat = 1, lineCap: CGLineCap = .butt, lineJoin: CGLineJoin = .miter, dash: [CGFloat] = []) {} }
public enum CGLineCap: Sendable { case butt, round, square }
public enum CGLineJoin: Sendable { case miter, round, bevel }
public struct Rectangle: InsettableShape { public nonisolated init() {}; public nonisolated func path(in rect: CGRect) -> Path { Path() } }
public struct Circle: InsettableShape { public nonisolated init() {}; public nonisolated func path(in rect: CGRect) -> Path { Path() } }
public struct Capsule: InsettableShape { public nonisolated init() {}; public nonisolated func path(in rect: CGRect) -> Path { Path() } }
public struct RoundedRectangle: InsettableShape { public nonisolated init(cornerRadius: CGFloat) {}; public nonisolated func path(in rect: CGRect) -> Path { Path() } }
public struct UnevenRoundedRectangle: InsettableShape {
    public nonisolated init(topLeadingRadius: CGFloat = 0, bottomLeadingRadius: CGFloat = 0, bottomTrailingRadius: CGFloat = 0, topTrailingRadius: CGFloat = 0) {}
    public nonisolated func path(in rect: CGRect) -> Path { Path() }
}
public struct Path: Sendable {
    public init() {}
    public init(_ rect: CGRect) {}
    public mutating func move(to end: CGPoint) {}
    public mutating func addLine(to end: CGPoint) {}
    public mutating func addRect(_ rect: CGRect) {}
    public mutating func addQuadCurve(to end: CGPoint, control: CGPoint) {}
    public mutating func addCurve(to end: CGPoint, control1: CGPoint, control2: CGPoint) {}
    public mutating func closeSubpath() {}
}
public struct Font: Sendable {
    public enum TextStyle: Sendable { case largeTitle, title, title2, title3, headline, body, footnote, caption }
    public struct Weight: Sendable { public static let regular = Self(), bold = Self() }
    public static let body = Font()
    public static func system(size: CGFloat, weight: Weight? = nil) -> Font { Font() }
    public func monospacedDigit() -> Font { self }
}

// State and surroundings.

public protocol EnvironmentKey { associatedtype Value; static var defaultValue: Value { get } }
public struct EnvironmentValues {
    public subscript<K: EnvironmentKey>(key: K.Type) -> K.Value { get { K.defaultValue } set {} }
    public var colorScheme: ColorScheme { get { .light } set {} }
    public var dynamicTypeSize: DynamicTypeSize { get { .large } set {} }
    public var accessibilityVoiceOverEnabled: Bool { false }
}
public enum AccessibilityNotification {
    public struct Announcement {
        public init(_ announcement: String) {}
        public func post() {}
    }
}
public enum ColorScheme: Sendable { case light, dark }
public enum DynamicTypeSize: Comparable, Sendable {
    case xSmall, small, medium, large, xLarge, xxLarge, xxxLarge
    case accessibility1, accessibility2, accessibility3, accessibility4, accessibility5
    public var isAccessibilitySize: Bool { self >= .accessibility1 }
}
@MainActor @propertyWrapper public struct Environment<Value> {
    public nonisolated init(_ path: KeyPath<EnvironmentValues, Value>) {}
    public var wrappedValue: Value { fatalError() }
}
@propertyWrapper public struct State<Value> {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { get { fatalError() } nonmutating set {} }
}
@propertyWrapper public struct Binding<Value> {
    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) {}
    public var wrappedValue: Value { get { fatalError() } nonmutating set {} }
}
@propertyWrapper public struct FocusState<Value: Hashable> {
    public struct Binding {}
    public init() where Value == Bool {}
    public var wrappedValue: Value { get { fatalError() } nonmutating set {} }
    public var projectedValue: Binding { fatalError() }
}
@propertyWrapper public struct ScaledMetric<Value: BinaryFloatingPoint> {
    public init(wrappedValue: Value, relativeTo: Font.TextStyle) {}
    public var wrappedValue: Value { fatalError() }
}

// Layout.

public struct ProposedViewSize: Sendable {
    public var width: CGFloat?
    public var height: CGFloat?
    public init(width: CGFloat?, height: CGFloat?) {}
}
public enum UnitPoint: Sendable { case topLeading, top }
public struct LayoutSubview {
    public func sizeThatFits(_ proposal: ProposedViewSize) -> CGSize { .zero }
    public func place(at position: CGPoint, anchor: UnitPoint = .topLeading, proposal: ProposedViewSize) {}
}
public protocol Layout: Sendable {
    associatedtype Cache = Void
    typealias Subviews = [LayoutSubview]
    func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout Cache) -> CGSize
    func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout Cache)
}
extension Layout {
    @MainActor public func callAsFunction<V: View>(@ViewBuilder _ content: () -> V) -> some View { content() }
}
public struct HStackLayout: Layout {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil) {}
    public func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) -> CGSize { .zero }
    public func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) {}
}
public struct VStackLayout: Layout {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil) {}
    public func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) -> CGSize { .zero }
    public func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) {}
}
public struct AnyLayout: Layout {
    public init<L: Layout>(_ layout: L) {}
    public func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) -> CGSize { .zero }
    public func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) {}
}

// Gestures.

@MainActor @preconcurrency public protocol Gesture { associatedtype Value }
public struct DragGesture: Gesture {
    public struct Value: Sendable { public var location: CGPoint, startLocation: CGPoint }
    public nonisolated init(minimumDistance: CGFloat = 10) {}
}
public struct Followed<G: Gesture>: Gesture { public typealias Value = G.Value }
extension Gesture {
    public func onChanged(_ action: @escaping (Value) -> Void) -> Followed<Self> { Followed() }
    public func onEnded(_ action: @escaping (Value) -> Void) -> Followed<Self> { Followed() }
}
public struct UIKeyboardType: Sendable { public static let `default` = Self(), decimalPad = Self(), numbersAndPunctuation = Self(), phonePad = Self(), asciiCapable = Self() }
public struct TextInputAutocapitalization: Sendable { public static var never: Self { Self() } }

// What is said of a view.

public struct PlainButtonStyle: Sendable {}
public protocol PrimitiveButtonStyle {}
extension PlainButtonStyle: PrimitiveButtonStyle {}
extension PrimitiveButtonStyle where Self == PlainButtonStyle { public static var plain: PlainButtonStyle { PlainButtonStyle() } }
public enum ContentMode: Sendable { case fit, fill }
public struct AccessibilityTraits: SetAlgebra, OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let isHeader = Self(rawValue: 1), isSelected = Self(rawValue: 2), isModal = Self(rawValue: 4)
    public static let isToggle = Self(rawValue: 8), isTabBar = Self(rawValue: 16), isImage = Self(rawValue: 32)
}
public struct AccessibilityChildBehavior: Sendable { public static let ignore = Self(), contain = Self(), combine = Self() }
public struct AccessibilityActionKind: Sendable { public static let escape = Self() }
public struct AnyTransition: Sendable { public static let opacity = Self() }
public struct ScrollBounceBehavior: Sendable { public static let basedOnSize = Self() }
public struct ScrollDismissesKeyboardMode: Sendable { public static let interactively = Self() }

extension View {
    public func font(_ font: Font?) -> some View { self }
    public func lineSpacing(_ spacing: CGFloat) -> some View { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { self }
    public func strikethrough(_ isActive: Bool = true) -> some View { self }
    public func lineLimit(_ number: Int?) -> some View { self }
    public func lineLimit(_ limit: PartialRangeFrom<Int>) -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func environment<V>(_ path: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View { self }
    public func tint(_ colour: Color?) -> some View { self }
    public func background<V: View>(_ background: V, alignment: Alignment = .center) -> some View { self }
    public func background<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View { self }
    public func background<S: ShapeStyle, T: InsettableShape>(_ style: S, in shape: T) -> some View { self }
    public func overlay<V: View>(_ overlay: V, alignment: Alignment = .center) -> some View { self }
    public func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View { self }
    public func clipShape<S: Shape>(_ shape: S) -> some View { self }
    public func contentShape<S: Shape>(_ shape: S) -> some View { self }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public func padding(_ length: CGFloat) -> some View { self }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center) -> some View { self }
    public func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View { self }
    public func aspectRatio(_ ratio: CGFloat? = nil, contentMode: ContentMode) -> some View { self }
    public func gridCellColumns(_ count: Int) -> some View { self }
    public func fixedSize(horizontal: Bool, vertical: Bool) -> some View { self }
    public func layoutPriority(_ value: Double) -> some View { self }
    public func offset(x: CGFloat = 0, y: CGFloat = 0) -> some View { self }
    public func opacity(_ opacity: Double) -> some View { self }
    public func ignoresSafeArea(edges: Edge.Set = .all) -> some View { self }
    public func id<ID: Hashable>(_ id: ID) -> some View { self }
    public func task(_ action: @escaping @Sendable @MainActor () async -> Void) -> some View { self }
    public func task<T: Equatable>(id: T, _ action: @escaping @Sendable @MainActor () async -> Void) -> some View { self }
    public func transition(_ transition: AnyTransition) -> some View { self }
    public func disabled(_ disabled: Bool) -> some View { self }
    public func buttonStyle<S: PrimitiveButtonStyle>(_ style: S) -> some View { self }
    public func onTapGesture(count: Int = 1, perform action: @escaping () -> Void) -> some View { self }
    public func highPriorityGesture<G: Gesture>(_ gesture: G) -> some View { self }
    public func keyboardType(_ type: UIKeyboardType) -> some View { self }
    public func textInputAutocapitalization(_ autocapitalization: TextInputAutocapitalization?) -> some View { self }
    public func autocorrectionDisabled(_ disable: Bool = true) -> some View { self }
    public func focused(_ condition: FocusState<Bool>.Binding) -> some View { self }
    public func onChange<V: Equatable>(of value: V, initial: Bool = false, _ action: @escaping (V, V) -> Void) -> some View { self }
    public func dynamicTypeSize(_ range: PartialRangeThrough<DynamicTypeSize>) -> some View { self }
    public func scrollBounceBehavior(_ behavior: ScrollBounceBehavior) -> some View { self }
    public func scrollDismissesKeyboard(_ mode: ScrollDismissesKeyboardMode) -> some View { self }
    public func accessibilityHidden(_ hidden: Bool) -> some View { self }
    public func accessibilityHint<S: StringProtocol>(_ hint: S) -> some View { self }
    public func accessibilityLabel<S: StringProtocol>(_ label: S) -> some View { self }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View { self }
    public func accessibilityActions<C: View>(@ViewBuilder _ content: () -> C) -> some View { self }
    public func accessibilityAction(_ kind: AccessibilityActionKind = .escape, _ handler: @escaping () -> Void) -> some View { self }
}
