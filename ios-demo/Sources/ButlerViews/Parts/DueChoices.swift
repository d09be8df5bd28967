#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// Something due, with the three things one may do with it.
struct DueChoices<Intent: Sendable>: View {
    let due: DueChoice<Intent>
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Card {
            VStack(alignment: .leading, spacing: 8) {
                Words(due.title, .bold, lines: 2)
                Words(due.about, .meta, \.ink2, lines: 4)
                if let reading = due.reading {
                    Words(reading.title, .metaBold, \.ink2)
                    ForEach(Array(reading.articles.enumerated()), id: \.offset) { _, article in
                        PressButton(article, on, .plain, icon: .bookOpen)
                    }
                }
                let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(Beside(spacing: design.gap))
                layout {
                    if design.large { PressButton(due.begin, on, .tonal) }
                    PressButton(due.skip, on, .outline)
                    PressButton(due.later, on, .outline)
                    if !design.large { PressButton(due.begin, on, .tonal) }
                }
            }
            .padding(14)
        }
    }
}
#endif
