import ButlerFFI

/// What is due 今日.
public struct Today: Sendable {
    let core: ButlerCore

    /// Urgent first, then in walking order: what is overdue is marked and stands where one walks past it. What is answered
    /// stands at the end.
    public func list(after: DueId? = nil, limit: Int = 100) async throws -> TodayPage {
        try await core.off { try $0.todayList(after: after, limit: limit) }
    }

    /// The day as a walk: urgent things, stops and doors in walking order, what does not fit into the hours and what can
    /// wait. The first look of a day plans it; later looks keep its order and add what is new at the end of its stop.
    public func walk(_ hours: WalkHours = walkHours()) async throws -> DayWalk {
        try await core.off { try $0.todayWalk(hours: hours) }
    }

    /// Brings what can wait, or did not fit, into today 排进今天, as far as there is room; for the rest the answer says what would
    /// have to wait, and called again with these as `insteadOf` they do. What must be done today never gives way.
    @discardableResult
    public func bring(
        _ items: [DueId], insteadOf: [DueId] = [], _ hours: WalkHours = walkHours()
    ) async throws -> Brought {
        try await core.off { try $0.todayBring(hours: hours, items: items, insteadOf: insteadOf) }
    }

    /// What is walked all the same when only so many minutes are left; a proposal, nothing is written.
    public func cutShort(minutes: Int, _ hours: WalkHours = walkHours()) async throws -> CutShort {
        try await core.off { try $0.todayCutShort(hours: hours, minutes: UInt32(clamping: minutes)) }
    }

    /// Open items about a home, its people and their cases; about another record: its own.
    public func about(_ record: RecordId) async throws -> [TodayItem] {
        try await core.off { try $0.todayAbout(record: record) }
    }

    /// How the day of each colleague in one's grids stands, by what this phone knows.
    public func team() async throws -> [TeamRow] { try await core.off { try $0.todayTeam() } }

    /// Puts several things off with one reason, all or none; archiving the records it returns takes it back.
    @discardableResult
    public func snoozeMany(_ due: [DueId], _ answers: Evidence) async throws -> [Recorded] {
        try await core.off { try $0.todaySnoozeMany(due: due, answers: answers) }
    }

    /// Leaves several things out with one reason, all or none.
    @discardableResult
    public func skipMany(_ due: [DueId], _ answers: Evidence) async throws -> [Recorded] {
        try await core.off { try $0.todaySkipMany(due: due, answers: answers) }
    }

    /// One item; nil when it is not due any more.
    public func item(_ due: DueId) async throws -> TodayItem? { try await core.off { try $0.todayItem(due: due) } }

    /// What is asked of somebody who does something else instead.
    public func asks(_ instead: DueAnswer) async throws -> [Question] {
        try await core.off { try $0.todayAsks(instead: instead) }
    }

    /// Puts something off 稍后.
    @discardableResult
    public func snooze(_ due: DueId, _ answers: Evidence) async throws -> Recorded {
        try await core.off { try $0.todaySnooze(due: due, answers: answers) }
    }

    /// Leaves something out, with a reason 跳过.
    @discardableResult
    public func skip(_ due: DueId, _ answers: Evidence) async throws -> Recorded {
        try await core.off { try $0.todaySkip(due: due, answers: answers) }
    }
}
