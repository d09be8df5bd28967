#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// Why the app does not open.
public struct ProblemScreen: View {
    private let words: String

    public init(_ words: String) { self.words = words }

    public var body: some View {
        Banner(kind: .danger, title: words, icon: .triangleAlert)
            .padding(Measure.margin)
            .frame(maxHeight: .infinity, alignment: .top)
    }
}
#endif
