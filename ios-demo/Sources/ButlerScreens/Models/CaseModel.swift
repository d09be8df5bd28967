import ButlerKit
import Foundation

/// One case: how it stands, whose turn it is, what happened, and the next step.
public struct CaseState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<CaseIntent>?
    public var badge: Badge?
    public var problem: String?
    public var state = ""
    public var turn = ""
    public var deadlinesTitle = ""
    public var deadlines: [DeadlineLine] = []
    public var aboutTitle = ""
    public var about: [FieldLine] = []
    public var homes: [Press<CaseIntent>] = []
    public var happenedTitle = ""
    public var happened: [StepMade] = []
    public var linksTitle = ""
    public var links: [LinkLine] = []
    public var other: Press<CaseIntent>?
    public var next: Press<CaseIntent>?
    public var sheet: StepsSheet?
}

public struct DeadlineLine: Sendable {
    public let label: String
    public let badge: Badge
}

/// A step that was made: what was said in it stands below.
public struct StepMade: Sendable {
    public let title: String
    public let about: String
    public let said: [FieldLine]
    public let note: String
    public let badge: Badge?
}

public struct LinkLine: Sendable {
    public let how: String
    public let open: Press<CaseIntent>
}

/// Every step that is possible, and what the others wait for.
public struct StepsSheet: Sendable {
    public let title: String
    public let possible: [StepLine]
    public let lockedTitle: String
    public let locked: [StepLine]
}

public struct StepLine: Sendable {
    public let press: Press<CaseIntent>
    public let about: String
}

public enum CaseIntent: Equatable, Sendable {
    case back
    case take(StepId)
    case others
    case closeSheet
    case openHome(RecordId)
    case openCase(RecordId)
}

/// One case 工单.
@MainActor public final class CaseModel: Model {
    public let app: App
    public let life = Life(CaseState())
    private let id: RecordId
    private var others = false
    private var problem: String?

    public init(_ app: App, _ id: RecordId) {
        self.app = app
        self.id = id
    }

    public func read() async throws -> CaseState {
        let words = app.words
        let details = try await app.butler.cases.details(id)
        let today = try await app.butler.date()
        let steps = try await app.butler.cases.nextSteps(id)
        let possible = steps.filter { $0.whyNot == nil && $0.first.isEmpty }
        var place: String?
        if let id = details.case.place { place = try await app.place(id) }
        var homes: [Press<CaseIntent>] = []
        for home in details.about {
            // What is not on this phone is not shown.
            if let title = try? await app.butler.homes.details(home).title { homes.append(Press(title, .openHome(home))) }
        }
        return CaseState(
            title: details.case.title ?? words(details.workflow),
            subtitle: [place, words(details.workflow)].compactMap { $0 }.joined(separator: dot),
            back: Press(words(.back), .back),
            badge: recordBadge(app, try await app.butler.records.state(id)),
            problem: problem,
            state: words(details.stateLabel),
            turn: try await turn(details),
            deadlinesTitle: words(.deadlines),
            deadlines: (details.deadlines.filter { $0.met == nil } + details.deadlines.filter { $0.met != nil })
                .compactMap { deadline($0) },
            aboutTitle: words(.whatItIs),
            about: try await about(today),
            homes: homes,
            happenedTitle: words(.whatHappened),
            happened: details.steps.sorted { $0.at > $1.at }.map { made($0, today) },
            linksTitle: words(.linked),
            links: details.links.map { LinkLine(how: words($0.how), open: Press($0.title, .openCase($0.case))) },
            other: steps.count > 1 ? Press(words(.others), .others) : nil,
            next: possible.first.map { Press(words($0.label), .take($0.step)) },
            sheet: others ? try await sheet(possible) : nil)
    }

    private func turn(_ details: CaseDetails) async throws -> String {
        if details.ended || details.waitsFor.isEmpty { return "" }
        let mine = try await app.butler.me().roles.map(\.id)
        if details.waitsFor.contains(where: mine.contains) { return app.words(.yourTurn) }
        let roles = try await app.butler.office.roles()
        let names = details.waitsFor.map { role in
            roles.first { $0.id == role }.map { app.words($0.label) } ?? role.value
        }
        return app.words(.waitsFor, ["who": app.words.list(names)])
    }

    private func deadline(_ row: DeadlineRow) -> DeadlineLine? {
        let badge: Badge
        if row.met != nil {
            badge = row.late ? Badge(.overdue, app.words(.deadlineMetLate)) : Badge(.ok, app.words(.deadlineMet))
        } else if let due = row.due {
            badge = clockBadge(app, due, late: false)
        } else {
            return nil
        }
        return DeadlineLine(label: app.words(row.label), badge: badge)
    }

    /// What the record says of itself, but for what stands elsewhere on the screen.
    private func about(_ today: Day) async throws -> [FieldLine] {
        try await app.butler.records.get(id).fields.filter { shownFields.contains($0.path) }.map {
            FieldLine(label: app.words($0.label), value: app.formats.say($0.words, today: today), badge: nil)
        }
    }

    private func made(_ step: CaseStep, _ today: Day) -> StepMade {
        let badge: Badge? =
            switch step.standing {
            case .inConflict: Badge(.conflict, app.words(.stepInConflict))
            case .counts: step.received == nil ? Badge(.unsent, app.words(.stepNotSent)) : nil
            default: Badge(.plain, app.words(.stepVoid))
            }
        return StepMade(
            title: [app.words(step.label), step.toLabel.map { app.words($0) }].compactMap { $0 }.joined(separator: " → "),
            about: step.byName + dot + app.formats.nearTime(step.at, today: today),
            said: step.said.map {
                FieldLine(label: app.words($0.label), value: app.formats.say($0.words, today: today), badge: nil)
            },
            note: step.note,
            badge: badge)
    }

    private func sheet(_ possible: [NextStep]) async throws -> StepsSheet {
        let open = possible.map(\.step)
        let plan = try await app.butler.cases.plan(id)
        return StepsSheet(
            title: app.words(.otherSteps),
            possible: possible.map {
                StepLine(press: Press(app.words($0.label), .take($0.step)), about: $0.guidance.map { app.words($0) } ?? "")
            },
            lockedTitle: app.words(.notYetPossible),
            locked: plan.filter { $0.phase == .locked && !open.contains($0.step) }.map { locked($0) })
    }

    private func locked(_ step: PlanStep) -> StepLine {
        let words = app.words
        let why =
            if !step.first.isEmpty {
                words(.firstDo, ["what": words.list(step.first.map { words($0.label) })])
            } else if !step.mine {
                words(.ofOthers, ["who": words.list(step.roles.map { words($0.label) })])
            } else {
                step.whyNot.map { words($0) } ?? ""
            }
        return StepLine(
            press: Press(words(step.label), .take(step.step), locked: why.isEmpty ? words(.notYetPossible) : why), about: why)
    }

    public func act(_ intent: CaseIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .others: others = true
        case .closeSheet: others = false
        case .openHome(let home): app.platform.go(.home(home))
        case .openCase(let other): app.platform.go(.case(other))
        case .take(let step):
            others = false
            app.platform.go(.form(.step(id, step)))
        }
    }

    public func failed(_ words: String) { problem = words }
}

/// What a case is about; its title, place and state stand above.
private let shownFields: Set = [
    "category", "urgency", "spot", "description", "appointment", "expected", "port", "contractor", "assignee", "price",
]
