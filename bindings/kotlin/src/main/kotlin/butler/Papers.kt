package butler

/** Slips to be printed and handed over 单据. */
class Papers internal constructor(private val core: ButlerCore) {
    /** The slips a case, a round or a row of a register can be handed out as now. */
    suspend fun of(record: RecordId): List<PaperRow> = core.off { it.papersOf(record) }

    /** One of them as a page of HTML in each language, for the platform to show and print. It fetches nothing and runs nothing. */
    suspend fun html(record: RecordId, paper: String): Label = core.off { it.papersHtml(record, paper) }
}
