import ButlerFFI

/// Rounds 巡视.
public struct Rounds: Sendable {
    let core: ButlerCore

    /// Begins a walk through a checklist, at a place, or about a home.
    public func start(
        _ checklist: ChecklistId, at place: PlaceId, about: RecordId? = nil, due: DueId? = nil
    ) async throws -> Recorded {
        try await core.off { try $0.roundsStart(checklist: checklist, place: place, about: about, due: due) }
    }

    /// Checks in at a point. A poor proof is recorded and visible, never rejected.
    @discardableResult
    public func checkIn(_ round: RecordId, at point: String, proof: Proof) async throws -> Recorded {
        try await core.off { try $0.roundsCheckIn(round: round, point: point, proof: proof) }
    }

    /// Records what was found at an item.
    @discardableResult
    public func record(
        _ round: RecordId, item: QuestionId, _ evidence: Evidence, note: String = ""
    ) async throws -> Recorded {
        try await core.off { try $0.roundsRecord(round: round, item: item, evidence: evidence, note: note) }
    }

    /// Checks in at a point and records what was found at its items, in one edit: all of it or nothing.
    @discardableResult
    public func recordPoint(
        _ round: RecordId, at point: String, proof: Proof, _ answers: [PointAnswer]
    ) async throws -> Recorded {
        try await core.off {
            try $0.roundsRecordPoint(round: round, point: point, proof: proof, answers: answers)
        }
    }

    /// Takes back a result of one's own that was recorded by mistake; it stays in the history.
    @discardableResult
    public func takeBack(_ round: RecordId, result: EventId) async throws -> Recorded {
        try await core.off { try $0.roundsTakeBack(round: round, result: result) }
    }

    /// A round, whole.
    public func details(_ round: RecordId) async throws -> RoundDetails {
        try await core.off { try $0.roundsDetails(round: round) }
    }

    /// Rounds begun and not finished, newest first, those of days gone by too.
    public func underWay(after: RecordId? = nil, limit: Int = 100) async throws -> [RoundRow] {
        try await core.off { try $0.roundsUnderWay(after: after, limit: limit) }
    }
}
