import ButlerFFI

/// Cases: anything that follows a workflow 工单.
public struct Cases: Sendable {
    let core: ButlerCore

    /// How a case may be opened at a place, with what each opening step asks.
    public func opening(_ workflow: WorkflowId, at place: PlaceId) async throws -> [NextStep] {
        try await core.off { try $0.casesOpening(workflow: workflow, place: place) }
    }

    /// The questions of an opening step as they stand with these answers.
    public func askOpening(
        _ workflow: WorkflowId, step: StepId, at place: PlaceId, _ answers: Evidence
    ) async throws -> [Question] {
        try await core.off {
            try $0.casesAskOpening(workflow: workflow, step: step, place: place, answers: answers)
        }
    }

    /// Opens a case with its first step.
    public func open(_ new: NewCase) async throws -> Recorded { try await core.off { try $0.casesOpen(new: new) } }

    /// What this phone's owner may do now, with what each step asks.
    public func nextSteps(_ id: RecordId) async throws -> [NextStep] {
        try await core.off { try $0.casesNextSteps(id: id) }
    }

    /// Every step of the case's workflow in its order, of every role: made, possible now, or locked with what it needs
    /// first; with the running deadlines it meets.
    public func plan(_ id: RecordId) async throws -> [PlanStep] { try await core.off { try $0.casesPlan(id: id) } }

    /// The same of a case that is still to be opened at a place by one of the steps of `opening`.
    public func planOpening(_ workflow: WorkflowId, step: StepId, at place: PlaceId) async throws -> [PlanStep] {
        try await core.off { try $0.casesPlanOpening(workflow: workflow, step: step, place: place) }
    }

    /// The questions of a step as they stand with these answers: what is asked now, what is missing, what will not do.
    public func ask(_ id: RecordId, step: StepId, _ answers: Evidence) async throws -> [Question] {
        try await core.off { try $0.casesAsk(id: id, step: step, answers: answers) }
    }

    /// Makes a step.
    @discardableResult
    public func take(
        _ id: RecordId, step: StepId, _ evidence: Evidence = Evidence(), note: String = ""
    ) async throws -> Recorded {
        try await core.off { try $0.casesTake(id: id, step: step, evidence: evidence, note: note) }
    }

    /// A case, whole.
    public func details(_ id: RecordId) async throws -> CaseDetails {
        try await core.off { try $0.casesDetails(id: id) }
    }

    /// A receipt for the customer 客户回执, to be shown on the screen: what was reported, when, to whom, under which
    /// number, signed. `nil` until a sync brought the office's warrant for this phone, and when that ended.
    public func receipt(_ id: RecordId) async throws -> ReceiptShown? {
        try await core.off { try $0.casesReceipt(id: id) }
    }

    /// Cases not over, newest first.
    public func openList(after: RecordId? = nil, limit: Int = 100) async throws -> [CaseRow] {
        try await core.off { try $0.casesOpenList(after: after, limit: limit) }
    }

    /// By whose turn, service line, state, grid or place, record, end; newest first.
    public func list(
        _ filter: CaseFilter = CaseFilter(), after: RecordId? = nil, limit: Int = 100
    ) async throws -> [CaseRow] {
        try await core.off { try $0.casesList(filter: filter, after: after, limit: limit) }
    }

    /// Has a case run by the version of its workflow in force, because the one it was opened under is faulty.
    @discardableResult
    public func migrate(_ id: RecordId, note: String = "") async throws -> Recorded {
        try await core.off { try $0.casesMigrate(id: id, note: note) }
    }

    /// Links a case with another; the playbooks' terms put `how` (`group`, `repeat`) into words.
    @discardableResult
    public func link(_ id: RecordId, with other: RecordId, how: String) async throws -> Recorded {
        try await core.off { try $0.casesLink(id: id, other: other, how: how) }
    }

    /// Decides between concurrent steps that exclude each other.
    @discardableResult
    public func resolve(
        _ id: RecordId, keep: EventId, over: [EventId], note: String = ""
    ) async throws -> Recorded {
        try await core.off { try $0.casesResolve(id: id, keep: keep, over: over, note: note) }
    }
}
