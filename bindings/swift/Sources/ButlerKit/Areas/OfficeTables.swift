import ButlerFFI

/// What the office decided, as this phone last heard it.
public struct OfficeTables: Sendable {
    let core: ButlerCore

    /// What this phone's owner may begin: registers, rounds, then cases. A new procedure appears here by itself.
    public func procedures() async throws -> [ProcedureRow] { try await core.off { try $0.officeProcedures() } }

    /// What may be opened about a home, a place …: by the answer to the first question, the most used first; then all else.
    public func slips(_ about: SubjectKind) async throws -> Slips { try await core.off { try $0.officeSlips(about: about) } }

    /// Everybody who works here or did, with the number to call where the office said one.
    public func staff() async throws -> [Staff] { try await core.off { try $0.officeStaff() } }

    /// The roles people may hold, in words.
    public func roles() async throws -> [RoleRow] { try await core.off { try $0.officeRoles() } }

    /// A shared list of choices by its name, such as `port`; empty when there is none.
    public func choices(_ name: String) async throws -> [Choice] {
        try await core.off { try $0.officeChoices(name: name) }
    }

    /// What a unit is called.
    public func unit(_ id: String) async throws -> Label? { try await core.off { try $0.officeUnit(unit: id) } }

    public func grids() async throws -> [GridInfo] { try await core.off { try $0.officeGrids() } }

    /// Buildings, units and public spots, as one walks; each with what it is, where it lies and whom to call, as far as the
    /// office said.
    public func places() async throws -> [PlaceRow] { try await core.off { try $0.officePlaces() } }

    /// The place whose code was scanned (QR text or NFC id); nil when it is no place's.
    public func placeScanned(_ code: String) async throws -> PlaceRow? {
        try await core.off { try $0.officePlaceScanned(code: code) }
    }
}
