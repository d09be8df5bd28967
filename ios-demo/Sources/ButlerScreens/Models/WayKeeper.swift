import ButlerKit
import Foundation

/// Where one is, kept in a file at every step: an app that died opens there, and every form there takes up its draft. The file
/// names screens and records, and says nothing of what stands in them. Another day begins with its walk.
@MainActor public final class WayKeeper {
    private let file: URL?
    private let now: () -> Date

    public init(_ file: URL? = nil, now: @escaping () -> Date = Date.init) { (self.file, self.now) = (file, now) }

    private var today: String {
        let day = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day], from: now())
        return "\(day.year ?? 0)-\(day.month ?? 0)-\(day.day ?? 0)"
    }

    /// Keeps it; on a phone that is full it is not kept, which nobody need be told.
    public func keep(_ way: Way) {
        guard let file else { return }
        var lines = [today, [way.tab, way.first].map(\.name).joined(separator: gap)]
        for tab in Tab.allCases {
            // What a line does not say is not kept, nor is what lies above it.
            for line in way.stacks[tab, default: []].map(\.line) {
                guard let line else { break }
                lines.append(tab.name + gap + line)
            }
        }
        try? Data(lines.joined(separator: "\n").utf8).write(to: file, options: .atomic)
    }

    /// Where one was today; nil where that is not known.
    public func read() -> Way? {
        guard let file, let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        let lines = text.components(separatedBy: "\n")
        let tabs = lines.dropFirst().first.map { $0.components(separatedBy: gap).map(Tab.init(name:)) } ?? []
        guard lines.first == today, tabs.count == 2, let tab = tabs[0], let first = tabs[1] else { return nil }
        var way = Way(tab, first: first)
        var broken: Set<Tab> = []
        for line in lines.dropFirst(2) {
            let words = line.components(separatedBy: gap)
            guard let tab = Tab(name: words[0]), !broken.contains(tab) else { continue }
            if let place = Place(line: words.dropFirst().joined(separator: gap)) {
                way.stacks[tab, default: []].append(place)
            } else {
                broken.insert(tab)
            }
        }
        return way
    }
}

/// The same way as far as the records on it are still on this phone.
@MainActor func stillThere(_ butler: Butler, _ way: Way) async throws -> Way {
    var there = way
    for (tab, stack) in way.stacks {
        var kept: [Place] = []
        for place in stack {
            guard try await isThere(butler, place) else { break }
            kept.append(place)
        }
        there.stacks[tab] = kept
    }
    return there
}

@MainActor private func isThere(_ butler: Butler, _ place: Place) async throws -> Bool {
    switch place {
    case .home(let record), .resident(let record), .visit(let record, _), .case(let record), .entry(let record), .history(let record),
        .round(.begun(let record)):
        try await found { try await butler.records.get(record) } != nil
    case .round(.due(let due)): try await butler.today.item(due) != nil
    // What else there is says itself that it is gone.
    default: true
    }
}

private let gap = "\t"
private let none = "-"

extension Tab {
    fileprivate var name: String { "\(self)" }

    fileprivate init?(name: String) {
        guard let tab = Tab.allCases.first(where: { $0.name == name }) else { return nil }
        self = tab
    }
}

/// Places that are named, and nothing more.
private let named: [String: Place] = [
    "can-wait": .canWait, "emergencies": .emergencies, "handover": .handover, "procedures": .procedures, "library": .library,
    "metrics": .metrics, "settings": .settings, "help": .help, "outbox": .outbox,
]

private func said(_ words: String?...) -> String { words.map { $0 ?? none }.joined(separator: gap) }

extension Place {
    /// The place in a line; nil for one that is not kept.
    var line: String? {
        switch self {
        case .home(let id): said("home", id.value)
        case .resident(let id): said("resident", id.value)
        case .visit(let id, let byPhone): said(byPhone ? "call" : "visit", id.value)
        case .round(.due(let id)): said("round-due", id.value)
        case .round(.begun(let id)): said("round", id.value)
        case .case(let id): said("case", id.value)
        case .form(let of): of.line
        case .findHome(.visit): "find-to-visit"
        case .findHome(.call): "find-to-call"
        case .findHome(.open(let workflow)): said("find-to-open", workflow.value)
        case .emergency(.begun(let draft)): said("emergency-begun", draft.value)
        case .emergency(.case(let id)): said("emergency", id.value)
        case .register(.form(let form)): said("register-form", form.value)
        case .register(.workflow(let workflow)): said("register-workflow", workflow.value)
        case .register(.checklist(let checklist)): said("register-checklist", checklist.value)
        case .entry(let id): said("entry", id.value)
        case .conflicts(let about): said("conflicts", about?.value)
        case .rejected(let change): said("rejected", change.value)
        case .history(let id): said("history", id.value)
        // They hold words of the library and of the office: one comes back to the list they stand in; from photos to what they show.
        case .article, .metricRecords, .photo: nil
        default: named.first { $0.value == self }?.key
        }
    }

    /// The place of a line; nil for what is no place.
    init?(line: String) {
        let words = line.components(separatedBy: gap)
        func word(_ at: Int) -> String? { at < words.count && words[at] != none ? words[at] : nil }
        let of = word(1) ?? ""
        let record = RecordId(value: of)
        let place: Place? =
            switch words[0] {
            case "home": .home(record)
            case "resident": .resident(record)
            case "visit": .visit(record)
            case "call": .visit(record, byPhone: true)
            case "round-due": .round(.due(DueId(value: of)))
            case "round": .round(.begun(record))
            case "case": .case(record)
            case "find-to-visit": .findHome(.visit)
            case "find-to-call": .findHome(.call)
            case "find-to-open": .findHome(.open(WorkflowId(value: of)))
            case "emergency-begun": .emergency(.begun(SubmissionId(value: of)))
            case "emergency": .emergency(.case(record))
            case "register-form": .register(.form(form: FormId(value: of)))
            case "register-workflow": .register(.workflow(workflow: WorkflowId(value: of)))
            case "register-checklist": .register(.checklist(checklist: ChecklistId(value: of)))
            case "entry": .entry(record)
            case "conflicts": .conflicts(word(1).map { RecordId(value: $0) })
            case "rejected": .rejected(ChangeHash(value: of))
            case "history": .history(record)
            default: named[line] ?? FormOf(words[0], of, word(2), word(3)).map { .form($0) }
            }
        guard let place else { return nil }
        self = place
    }
}

extension FormOf {
    fileprivate var line: String {
        switch self {
        case .step(let id, let step): said("step", id.value, step.value)
        case .row(let form, let about, let at): said("row", form.value, about?.value, at?.value)
        case .opening(let workflow, let about): said("opening", workflow.value, about?.value)
        case .due(let id, let opened): said("due", id.value, opened?.value)
        case .instead(let answer, let id, let about): said("instead", answer == .snooze ? "snooze" : "skip", id?.value, about?.value)
        case .unfinished(let draft): said("unfinished", draft.value)
        }
    }

    /// Of the words of a line; nil when they name no form.
    fileprivate init?(_ kind: String, _ of: String, _ second: String?, _ third: String?) {
        switch kind {
        case "step": self = .step(RecordId(value: of), StepId(value: second ?? ""))
        case "row": self = .row(FormId(value: of), second.map { RecordId(value: $0) }, at: third.map { QuestionId(value: $0) })
        case "opening": self = .opening(WorkflowId(value: of), second.map { RecordId(value: $0) })
        case "due": self = .due(DueId(value: of), as: second.map { WorkflowId(value: $0) })
        case "instead" where of == "snooze" || of == "skip":
            self = .instead(of == "snooze" ? .snooze : .skip, second.map { DueId(value: $0) }, third.map { RecordId(value: $0) })
        case "unfinished": self = .unfinished(SubmissionId(value: of))
        default: return nil
        }
    }
}
