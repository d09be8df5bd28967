package butler

/** What the office decided, as this phone last heard it. */
class OfficeTables internal constructor(private val core: ButlerCore) {
    /** What this phone's owner may begin: registers, rounds, then cases. A new procedure appears here by itself. */
    suspend fun procedures(): List<ProcedureRow> = core.off { it.officeProcedures() }

    /** What may be opened about a home, a place …: by the answer to the first question, the most used first; then all else. */
    suspend fun slips(about: SubjectKind): Slips = core.off { it.officeSlips(about) }

    /** Everybody who works here or did, with the number to call where the office said one. */
    suspend fun staff(): List<Staff> = core.off { it.officeStaff() }

    /** The roles people may hold, in words. */
    suspend fun roles(): List<RoleRow> = core.off { it.officeRoles() }

    /** A shared list of choices by its name, such as `port`; empty when there is none. */
    suspend fun choices(name: String): List<Choice> = core.off { it.officeChoices(name) }

    /** What a unit is called. */
    suspend fun unit(id: String): Label? = core.off { it.officeUnit(id) }

    suspend fun grids(): List<GridInfo> = core.off { it.officeGrids() }

    /** Buildings, units and public spots, as one walks; each with what it is, where it lies and whom to call, as far as the office said. */
    suspend fun places(): List<PlaceRow> = core.off { it.officePlaces() }

    /** The place whose code was scanned (QR text or NFC id); null when it is no place's. */
    suspend fun placeScanned(code: String): PlaceRow? = core.off { it.officePlaceScanned(code) }
}
