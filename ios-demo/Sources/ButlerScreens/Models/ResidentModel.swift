import ButlerKit
import Foundation

/// Somebody of a household: their numbers, and the way to all else that is known of them.
public struct ResidentState: Sendable {
    public var title = ""
    public var subtitle = ""
    public var back: Press<ResidentIntent>?
    public var badge: Badge?
    public var problem: String?
    /// Their name, which they asked to keep.
    public var show: Press<ResidentIntent>?
    public var hints: [String] = []
    public var phonesTitle = ""
    public var add: Press<ResidentIntent>?
    public var phones: [PhoneLine] = []
    public var noPhones: String?
    public var help: String?
    public var history: Press<ResidentIntent>?
    public var edit: Press<ResidentIntent>?
    public var sheet: PhoneSheet?
}

/// A number, and how well it is known.
public struct PhoneLine: Sendable {
    public let number: String
    public let about: String
    /// It was never answered, or not the last time.
    public let doubtful: Bool
    public let call: Press<ResidentIntent>
    public let correct: Press<ResidentIntent>
    public let verify: Press<ResidentIntent>?
}

/// A number is added or put right.
public struct PhoneSheet: Sendable {
    public let title: String
    public let about: String
    public let problem: String?
    public let number: Typing<ResidentIntent>
    public let whose: Typing<ResidentIntent>
    public let record: Press<ResidentIntent>
}

public enum ResidentIntent: Equatable, Sendable {
    case back
    case showName
    case call(PartId, String)
    case verify(PartId, String)
    case add
    case correct(PartId)
    case number(String)
    case whose(String)
    case record
    case closeSheet
    case edit
    case history
}

/// A person 住户, of `residents.details`.
@MainActor public final class ResidentModel: Model {
    public let app: App
    public let life = Life(ResidentState())
    private let person: RecordId
    private var open: Open?
    private var problem: String?

    /// The open sheet of a number. It is a draft from its first change on.
    private struct Open {
        let submission: Submission
        let phone: PartId?
        /// What stands there.
        let known: Phone?
        var number: String
        var whose: String
    }

    public init(_ app: App, _ person: RecordId) {
        self.app = app
        self.person = person
    }

    public var follows: AsyncStream<Void> { app.names.hiding }

    public func act(_ intent: ResidentIntent) async throws {
        problem = nil
        switch intent {
        case .back: app.platform.back()
        case .showName: app.names.show(person)
        case .call(let phone, let number): try await call(phone, number)
        case .verify(let phone, let number): try await verify(phone, number)
        case .add: try await open(nil)
        case .correct(let phone): try await open(phone)
        case .number(let text):
            open?.number = text
            try await keep()
        case .whose(let text):
            open?.whose = text
            try await keep()
        case .record: try await record()
        case .closeSheet: open = nil
        case .edit: app.platform.go(.form(.row(personForm, person)))
        case .history: app.platform.go(.history(person))
        }
    }

    public func failed(_ words: String) { problem = words }

    // What is written.

    /// How the call went is asked on the home.
    private func call(_ phone: PartId, _ number: String) async throws {
        guard let home = try await app.butler.residents.details(person).resident.home else { return app.platform.dial(number) }
        try await beginCall(app, home, person, phone, number)
        app.platform.back()
        app.platform.go(.home(home))
    }

    private func verify(_ phone: PartId, _ number: String) async throws {
        let recorded = try await app.butler.residents.verifyPhone(person, phone)
        app.recorded(app.words(.phoneVerified, ["number": app.formats.phone(number)]), [recorded])
    }

    private func open(_ phone: PartId?) async throws {
        let kept = try await jotted(app, phoneDraft, about: person, step: phone?.value)
        let phones = try await app.butler.residents.details(person).resident.phones
        let known = phones.first { $0.id == phone }
        let submission: Submission
        if let kept { submission = kept.submission } else { submission = try await app.butler.submission() }
        open = Open(
            submission: submission, phone: phone, known: known, number: kept?.answers.text(.number) ?? known?.number ?? "",
            whose: kept?.answers.text(.whose) ?? known?.label ?? "")
    }

    private func keep() async throws {
        guard let open else { return }
        let answers = Evidence(fields: [.number: .text(open.number), .whose: .text(open.whose)])
        try await app.butler.drafts.save(
            Draft(submission: open.submission, form: phoneDraft, step: open.phone?.value, about: [person], answers: answers))
    }

    private func record() async throws {
        guard let open else { return }
        let butler = try app.butler.submitting(open.submission)
        let whose = open.whose.isBlank ? nil : open.whose.trimmed
        // What was verified was the number that stood there before.
        let changed = open.number.filter(\.isNumber) != open.known?.number
        let recorded: Recorded
        if let phone = open.phone {
            recorded = try await butler.residents.edit(person) {
                $0.phone(phone) {
                    $0.label = whose
                    if changed {
                        $0.number = open.number
                        $0.verified = nil
                        $0.failed = nil
                    }
                }
            }
        } else {
            recorded = try await butler.residents.addPhone(person, number: open.number, label: whose)
        }
        self.open = nil
        let number = app.formats.phone(open.number.filter(\.isNumber))
        app.recorded(app.words(.phoneKept, ["number": number]), [recorded])
    }

    // What is shown.

    public func read() async throws -> ResidentState {
        let words = app.words
        let details = try await app.butler.residents.details(person)
        let resident = details.resident
        let today = try await app.butler.date()
        let phones = resident.phones.filter { $0.number != nil }
        let hints = [
            resident.noCalls == true ? words(.noCalls) : nil, resident.noVisits == true ? words(.noVisits) : nil,
            resident.visitHint,
            app.names.isHidden(person, resident.confidential) ? nil : resident.personality,
        ]
        return ResidentState(
            title: app.called(person, resident),
            subtitle: subtitle(details),
            back: Press(words(.back), .back),
            badge: recordBadge(app, details.state),
            problem: open == nil ? problem : nil,
            show: app.names.isHidden(person, resident.confidential) ? Press(words(.showName), .showName) : nil,
            hints: hints.compactMap { $0 },
            phonesTitle: words(.telephones, ["count": phones.count]),
            add: Press(words(.addPhone), .add),
            phones: phones.compactMap { line($0, resident, today) },
            noPhones: phones.isEmpty ? words(.noPhone).capitalisedFirst : nil,
            help: phones.isEmpty ? nil : words(.verifyHelp),
            history: Press(words(.history), .history),
            edit: Press(words(.editPerson), .edit),
            sheet: open.map { sheet($0, details) })
    }

    private func subtitle(_ details: ResidentDetails) -> String {
        let resident = details.resident
        let parts = [
            details.homeTitle.isEmpty ? nil : details.homeTitle, resident.relation ?? resident.role.map { app.words($0.label) },
            resident.keyPerson == true ? app.words(.keyPerson) : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: dot)
    }

    private func line(_ phone: Phone, _ resident: Resident, _ today: Day) -> PhoneLine? {
        guard let number = phone.number else { return nil }
        let (words, formats) = (app.words, app.formats)
        let unanswered = phone.failed.flatMap { failed in phone.verified.map { failed > $0 } ?? true ? failed : nil }
        let known: String =
            switch phone.verified {
            case nil: words(.phoneNeverVerified)
            case today: words(.phoneVerifiedToday)
            case let verified?: words(.phoneVerifiedAgo, ["days": formats.days(from: verified, to: today)])
            }
        let about = [phone.label, known, unanswered.map { words(.phoneFailed, ["day": formats.near($0, today: today)]) }]
        return PhoneLine(
            number: formats.phone(number),
            about: about.compactMap { $0 }.joined(separator: dot),
            doubtful: phone.verified == nil || unanswered != nil,
            call: Press(
                words(.callName, ["name": formats.phone(number)]), .call(phone.id, number),
                locked: resident.noCalls == true ? words(.noCalls) : nil),
            correct: Press(words(.correctPhone), .correct(phone.id)),
            verify: phone.verified == today ? nil : Press(words(.verifyPhone), .verify(phone.id, number)))
    }

    private func sheet(_ open: Open, _ details: ResidentDetails) -> PhoneSheet {
        let words = app.words
        return PhoneSheet(
            title: words(open.phone == nil ? .addPhone : .correctPhone),
            about: [app.called(person, details.resident), details.homeTitle].filter { !$0.isEmpty }.joined(separator: dot),
            problem: problem,
            number: Typing(words(.phoneNumber), open.number) { .number($0) },
            whose: Typing(words(.phoneWhose), open.whose, hint: words(.phoneWhoseHint)) { .whose($0) },
            record: Press(
                words(.recordIt), .record,
                locked: open.number.isBlank ? words(.stillMissing, ["count": 1, "what": words(.phoneNumber)]) : nil))
    }
}

/// What a draft of a number is called.
let phoneDraft = "resident.phone"
/// The form over a person.
let personForm: FormId = "resident.basic"

extension QuestionId {
    fileprivate static let number: QuestionId = "number"
    fileprivate static let whose: QuestionId = "whose"
}
