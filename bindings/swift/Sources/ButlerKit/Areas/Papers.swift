import ButlerFFI

/// Slips to be printed and handed over 单据.
public struct Papers: Sendable {
    let core: ButlerCore

    /// The slips a case, a round or a row of a register can be handed out as now.
    public func of(_ record: RecordId) async throws -> [PaperRow] {
        try await core.off { try $0.papersOf(id: record) }
    }

    /// One of them as a page of HTML in each language, for the platform to show and print. It fetches nothing and runs
    /// nothing.
    public func html(_ record: RecordId, paper: String) async throws -> Label {
        try await core.off { try $0.papersHtml(id: record, paper: paper) }
    }
}
