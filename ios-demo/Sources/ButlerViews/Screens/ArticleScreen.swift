#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// One case of the library.
struct ArticleScreen: View {
    let state: ArticleState
    let on: (ArticleIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                if !state.tags.isEmpty {
                    Flow(spacing: 6) { ForEach(state.tags, id: \.self) { tag in BadgeView(badge: Badge(.plain, tag)) } }
                }
                Heading(title: state.situationTitle)
                Words(state.situation).padding(.horizontal, 2)
                Heading(title: state.handlingTitle)
                Card { Ruled(state.handling) { step in handling(step) } }
                if let basis = state.basis { Words(basis, .meta, \.ink2).padding(.horizontal, 2) }
                if let title = state.offersTitle {
                    Heading(title: title)
                    Card { Ruled(state.offers) { offer in ListRow(title: offer.label, press: { on(offer.intent) }) } }
                }
            }
        }
    }

    private func handling(_ step: HandlingStep) -> some View {
        HStack(spacing: 12) {
            if !step.number.isEmpty {
                Words(step.number, .metaBold)
                    .frame(minWidth: 28, minHeight: 28)
                    .background(design[\.sunken], in: RoundedRectangle(cornerRadius: 8))
            }
            Words(step.text).frame(maxWidth: .infinity, alignment: .leading)
        }
        .padding(.horizontal, 16)
        .padding(.vertical, 11)
        .accessibilityElement(children: .combine)
    }
}
#endif
