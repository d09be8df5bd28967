import ButlerKit
import Foundation

/// A slip to be handed over: what it is called, and a page of HTML that fetches nothing.
public struct SlipPage: Hashable, Sendable {
    public let name: String
    public let html: String

    public init(name: String, html: String) {
        self.name = name
        self.html = html
    }
}

/// The slips of a record: each is printed, or sent to somebody.
public struct PapersSheet<Intent: Sendable>: Sendable {
    public let title: String
    public let papers: [PaperLine<Intent>]
    public let about: String
    public let close: Press<Intent>
}

public struct PaperLine<Intent: Sendable>: Sendable {
    public let title: String
    public let print: Press<Intent>
    public let share: Press<Intent>
}

/// What a record can be handed out as.
@MainActor struct Papers {
    let app: App
    let record: RecordId

    /// The slips it can be printed as now; of a record whose procedure is not known here there are none.
    func rows() async throws -> [PaperRow] {
        do {
            return try await app.butler.papers.of(record)
        } catch ButlerError.NeedsNewerApp {
            return []
        }
    }

    func print(_ paper: PaperRow) async throws { app.platform.print(try await page(paper)) }

    func share(_ paper: PaperRow) async throws { app.platform.share(try await page(paper)) }

    private func page(_ paper: PaperRow) async throws -> SlipPage {
        SlipPage(name: app.words(paper.title), html: app.words(try await app.butler.papers.html(record, paper: paper.id)))
    }

    func sheet<Intent>(
        print: (PaperRow) -> Intent, share: (PaperRow) -> Intent, close: Intent
    ) async throws -> PapersSheet<Intent> {
        let words = app.words
        let papers = try await rows().map { paper in
            PaperLine(title: words(paper.title), print: Press(words(.printIt), print(paper)), share: Press(words(.shareIt), share(paper)))
        }
        return PapersSheet(title: words(.slipsTitle), papers: papers, about: words(.slipsAbout), close: Press(words(.closeIt), close))
    }
}
