import ButlerKit
import Foundation

/// The form every contact follows: the names of its questions, for the screens that put them in an order of their own.
let contactForm: FormId = "contact.log"
let visit = "visit"
let telephone = "phone"
let agreed = "agreed"
let notReached = "not_reached"

extension QuestionId {
    static let channel: QuestionId = "channel"
    static let at: QuestionId = "at"
    static let outcome: QuestionId = "outcome"
    static let summary: QuestionId = "summary"
    static let promise: QuestionId = "promise"
    static let promiseBy: QuestionId = "promise_by"
    static let nextContact: QuestionId = "next_contact"
    static let photo: QuestionId = "photo"
}

extension Evidence {
    /// The words that answer a question; empty when it is not answered.
    func text(_ question: QuestionId) -> String {
        if case .text(let text) = fields[question] { text } else { "" }
    }

    /// The moment that answers a question.
    func moment(_ question: QuestionId) -> Date? {
        if case .int(let millis) = fields[question] { Date(millis: millis) } else { nil }
    }
}

/// What a contact was begun as, which is where it goes on.
enum Begun {
    /// Nobody was home: the sheet on 今天.
    case nobody
    /// Somebody was met: the visit.
    case met
    /// A number was dialled: the sheet on the home, and what was said on the telephone.
    case called

    /// Of a draft; nil when it is of no contact.
    init?(_ draft: Draft) {
        guard draft.form == contactForm.value else { return nil }
        if draft.answers.fields[.channel] == .text(telephone) {
            self = .called
        } else {
            self = draft.answers.fields[.outcome] == .text(notReached) ? .nobody : .met
        }
    }
}

/// The contact about a home that was begun so.
@MainActor func contactDraft(_ app: App, _ home: RecordId, _ begun: Begun) async throws -> Draft? {
    try await app.butler.drafts.list().map(\.draft).first { Begun($0) == begun && $0.about.contains(home) }
}

/// What a contact is for: the purpose whose name stands in the title of the main job.
@MainActor func contactPurpose(_ app: App, _ items: [TodayItem]) async throws -> String {
    let options = try await app.butler.office.choices("contact_purpose")
    let named = items.lazy.compactMap { item in
        options.filter { item.title.zh.contains($0.label.zh) }.max { $0.label.zh.count < $1.label.zh.count }
    }
    return (named.first ?? options.first)?.id ?? ""
}

/// When to try again: evenings, when people are at home, and a morning; never in the night, and only what is still to come.
@MainActor func timesAgain(_ app: App, _ at: Date) -> [Date] {
    let formats = app.formats
    let today = formats.day(at)
    let next = formats.day(today, plus: 1)
    let working = (2...4).map { formats.day(today, plus: $0) }.first { formats.weekdayNumber($0) <= 5 } ?? next
    let evenings = [today, next, working].map { formats.at($0, minute: usualEvening) }
    return (evenings + [formats.at(next, minute: usualMorning)]).filter { $0 > at }
}

/// When people are at home: minutes since midnight.
let usualEvening = 18 * 60 + 30

private let usualMorning = 9 * 60 + 30
