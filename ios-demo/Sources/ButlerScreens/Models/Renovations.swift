import ButlerKit

/// An answer that holds makes it a severe case.
@MainActor func isSevere(_ app: App, _ row: CaseRow) async throws -> Bool {
    guard row.closed == false else { return false }
    return try await found { try await app.butler.cases.details(row.id) }?.severe == true
}

/// A home is under renovation, and no permit of works that are under way holds on that day 没有有效许可; nil where there is
/// nothing to say.
@MainActor func noPermit(_ app: App, _ home: HomeDetails, _ today: Day) async throws -> String? {
    guard home.home.state?.code == HomeState.renovating else { return nil }
    for permit in home.cases where permit.workflow == permitWorkflow && permit.closed == false {
        if try await holds(app, permit.id, today) { return nil }
    }
    // Only a company that gives permits misses one.
    let gives = try await app.butler.office.procedures().contains { $0.workflow == permitWorkflow }
    return gives ? app.words(.noPermit) : nil
}

/// The day until which it holds is said when it is given, and again when it is extended.
@MainActor private func holds(_ app: App, _ permit: RecordId, _ today: Day) async throws -> Bool {
    let steps = try await found { try await app.butler.cases.details(permit).steps } ?? []
    let said = steps.filter { $0.standing == .counts }.compactMap { step -> Day? in
        if case .text(let until) = step.evidence.fields[permitUntil] { try? Day(until) } else { nil }
    }
    return said.last.map { $0 >= today } ?? false
}

private let permitWorkflow: WorkflowId = "renovation.permit"
private let permitUntil: QuestionId = "permit_until"
