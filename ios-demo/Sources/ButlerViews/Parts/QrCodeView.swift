#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A QR code, black on white in every theme: that is what readers of all ages can read.
struct QrCodeView: View {
    let code: QrCode
    /// Squares of white that readers need around it.
    private static let border = 4

    var body: some View {
        Canvas { context, size in
            context.fill(Path(CGRect(origin: .zero, size: size)), with: .color(.white))
            // Whole points, so that no square is blurred at its edge.
            let square = max(1, (size.width / CGFloat(code.width + 2 * Self.border)).rounded(.down))
            let from = ((size.width - square * CGFloat(code.width)) / 2).rounded(.down)
            var squares = Path()
            for (at, dark) in code.dark.enumerated() where dark {
                let (x, y) = (CGFloat(at % code.width), CGFloat(at / code.width))
                squares.addRect(CGRect(x: from + x * square, y: from + y * square, width: square, height: square))
            }
            context.fill(squares, with: .color(.black))
        }
        .aspectRatio(1, contentMode: .fit)
        .frame(maxWidth: 360)
        .accessibilityElement()
        .accessibilityLabel(code.label)
        .accessibilityAddTraits(.isImage)
    }
}
#endif
