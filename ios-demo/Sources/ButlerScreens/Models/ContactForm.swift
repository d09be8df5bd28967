import ButlerKit
import Foundation

/// The form every contact follows: the names of its questions, for the screens that put them in an order of their own.
let contactForm: FormId = "contact.log"
let visit = "visit"
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
