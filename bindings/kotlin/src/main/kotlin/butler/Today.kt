package butler

/** What is due 今日. */
class Today internal constructor(private val core: ButlerCore) {
    /**
     * Urgent first, then in walking order: what is overdue is marked and stands where one walks past it. What is answered
     * stands at the end.
     */
    suspend fun list(after: DueId? = null, limit: Int = 100): TodayPage = core.off { it.todayList(after, limit) }

    /**
     * The day as a walk: urgent things, stops and doors in walking order, what does not fit into the hours and what can
     * wait. The first look of a day plans it; later looks keep its order and add what is new at the end of its stop.
     */
    suspend fun walk(hours: WalkHours = walkHours()): DayWalk = core.off { it.todayWalk(hours) }

    /**
     * Brings what can wait, or did not fit, into today 排进今天, as far as there is room; for the rest the answer says what would
     * have to wait, and called again with these as [insteadOf] they do. What must be done today never gives way.
     */
    suspend fun bring(items: List<DueId>, insteadOf: List<DueId> = emptyList(), hours: WalkHours = walkHours()): Brought =
        core.off { it.todayBring(hours, items, insteadOf) }

    /** What is walked all the same when only so many minutes are left 收工提前; a proposal, nothing is written. */
    suspend fun cutShort(minutes: Int, hours: WalkHours = walkHours()): CutShort =
        core.off { it.todayCutShort(hours, minutes.coerceAtLeast(0).toUInt()) }

    /** Open items about a home, its people and their cases; about another record: its own. */
    suspend fun about(record: RecordId): List<TodayItem> = core.off { it.todayAbout(record) }

    /** How the day of each colleague in one's grids stands, by what this phone knows. */
    suspend fun team(): List<TeamRow> = core.off { it.todayTeam() }

    /** Puts several things off with one reason, all or none; archiving the records it returns takes it back. */
    suspend fun snoozeMany(due: List<DueId>, answers: Evidence): List<Recorded> =
        core.off { it.todaySnoozeMany(due, answers) }

    /** Leaves several things out with one reason, all or none. */
    suspend fun skipMany(due: List<DueId>, answers: Evidence): List<Recorded> =
        core.off { it.todaySkipMany(due, answers) }

    /** One item; null when it is not due any more. */
    suspend fun item(due: DueId): TodayItem? = core.off { it.todayItem(due) }

    /** What is asked of somebody who does something else instead. */
    suspend fun asks(instead: DueAnswer): List<Question> = core.off { it.todayAsks(instead) }

    /** Puts something off 稍后. */
    suspend fun snooze(due: DueId, answers: Evidence): Recorded = core.off { it.todaySnooze(due, answers) }

    /** Leaves something out, with a reason 跳过. */
    suspend fun skip(due: DueId, answers: Evidence): Recorded = core.off { it.todaySkip(due, answers) }
}
