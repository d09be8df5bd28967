package butler

/** Cases: anything that follows a workflow 工单. */
class Cases internal constructor(private val core: ButlerCore) {
    /** How a case may be opened at a place, with what each opening step asks. */
    suspend fun opening(workflow: WorkflowId, place: PlaceId): List<NextStep> =
        core.off { it.casesOpening(workflow, place) }

    /** The questions of an opening step as they stand with these answers. */
    suspend fun askOpening(workflow: WorkflowId, step: StepId, place: PlaceId, answers: Evidence): List<Question> =
        core.off { it.casesAskOpening(workflow, step, place, answers) }

    /** Opens a case with its first step. */
    suspend fun open(new: NewCase): Recorded = core.off { it.casesOpen(new) }

    /** What this phone's owner may do now, with what each step asks. */
    suspend fun nextSteps(case: RecordId): List<NextStep> = core.off { it.casesNextSteps(case) }

    /**
     * Every step of the case's workflow in its order, of every role: made, possible now, or locked with what it needs
     * first; with the running deadlines it meets.
     */
    suspend fun plan(case: RecordId): List<PlanStep> = core.off { it.casesPlan(case) }

    /** The same of a case that is still to be opened at a place by one of the steps of [opening]. */
    suspend fun planOpening(workflow: WorkflowId, step: StepId, place: PlaceId): List<PlanStep> =
        core.off { it.casesPlanOpening(workflow, step, place) }

    /** The questions of a step as they stand with these answers: what is asked now, what is missing, what will not do. */
    suspend fun ask(case: RecordId, step: StepId, answers: Evidence): List<Question> =
        core.off { it.casesAsk(case, step, answers) }

    /** Makes a step. */
    suspend fun take(case: RecordId, step: StepId, evidence: Evidence = Evidence(), note: String = ""): Recorded =
        core.off { it.casesTake(case, step, evidence, note) }

    /** A case, whole. */
    suspend fun details(case: RecordId): CaseDetails = core.off { it.casesDetails(case) }

    /**
     * A receipt for the customer 客户回执, to be shown on the screen: what was reported, when, to whom, under which number,
     * signed. `null` until a sync brought the office's warrant for this phone, and when that ended.
     */
    suspend fun receipt(case: RecordId): ReceiptShown? = core.off { it.casesReceipt(case) }

    /** Cases not over, newest first. */
    suspend fun openList(after: RecordId? = null, limit: Int = 100): List<CaseRow> =
        core.off { it.casesOpenList(after, limit) }

    /** By whose turn, service line, state, grid or place, record, end; newest first. */
    suspend fun list(filter: CaseFilter = CaseFilter(), after: RecordId? = null, limit: Int = 100): List<CaseRow> =
        core.off { it.casesList(filter, after, limit) }

    /** Links a case with another; the playbooks' terms put [how] (`group`, `repeat`) into words. */
    suspend fun link(case: RecordId, other: RecordId, how: String): Recorded =
        core.off { it.casesLink(case, other, how) }

    /** Has a case run by the version of its workflow in force, because the one it was opened under is faulty. */
    suspend fun migrate(case: RecordId, note: String = ""): Recorded = core.off { it.casesMigrate(case, note) }

    /** Decides between concurrent steps that exclude each other. */
    suspend fun resolve(case: RecordId, keep: EventId, over: List<EventId>, note: String = ""): Recorded =
        core.off { it.casesResolve(case, keep, over, note) }
}
