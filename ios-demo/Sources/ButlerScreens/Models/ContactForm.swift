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
    /// No question of the form: which number of the person was dialled, and that it is not to count as verified.
    static let dialled: QuestionId = "dialled"
    static let unverified: QuestionId = "unverified"
    /// No question of the form either: the items that this contact does not answer.
    static let left: QuestionId = "left"
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

/// What a contact is for: what the first item says that says it, else the purpose that stands first in the office's list.
@MainActor func contactPurpose(_ app: App, _ items: [TodayItem]) async throws -> String {
    if let said = items.lazy.compactMap(\.purpose).first { return said }
    return try await app.butler.office.choices("contact_purpose").first?.id ?? ""
}

/// The dialler comes to the front, and the app may die behind it: that a call was made is a draft. How it went is asked on the
/// home.
@MainActor func beginCall(
    _ app: App, _ home: RecordId, _ person: RecordId, _ phone: PartId, _ number: String
) async throws {
    try await forgetCall(app, home)
    let answers: [QuestionId: Value] = [
        .channel: .text(telephone), .at: .int(app.now().millis), .dialled: .text(phone.value),
    ]
    try await app.butler.drafts.save(
        Draft(
            submission: try await app.butler.submission(), form: contactForm.value, about: [home, person],
            answers: Evidence(fields: answers)))
    app.platform.dial(number)
}

/// Nobody was called after all.
@MainActor func forgetCall(_ app: App, _ home: RecordId) async throws {
    if let draft = try await contactDraft(app, home, .called) { try await app.butler.drafts.discard(draft.submission.id) }
}

/// Whose number was dialled, and which.
struct Dialled {
    let person: RecordId
    let resident: Resident
    let phone: Phone
}

/// The number that a call was made to; nil where the draft knows of none any more.
@MainActor func dialled(_ app: App, _ call: Draft) async throws -> Dialled? {
    let id = call.answers.text(.dialled)
    for about in call.about {
        guard let resident = try await found({ try await app.butler.residents.details(about).resident }) else { continue }
        return resident.phones.first { $0.id.value == id }.map { Dialled(person: about, resident: resident, phone: $0) }
    }
    return nil
}
