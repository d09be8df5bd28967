#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The slips of a record.
struct PapersFrame<Intent: Sendable>: View {
    let sheet: PapersSheet<Intent>
    let on: (Intent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) {
            Card { Ruled(sheet.papers) { paper in line(paper) } }
            Words(sheet.about, .meta, \.ink2)
            PressButton(sheet.close, on, .outline, least: Measure.buttonLarge)
        }
    }

    private func line(_ paper: PaperLine<Intent>) -> some View {
        VStack(alignment: .leading, spacing: 12) {
            Words(paper.title, .bold)
            HStack(spacing: 8) {
                PressButton(paper.print, on, .tonal)
                PressButton(paper.share, on, .outline)
            }
        }
        .padding(16)
    }
}
#endif
