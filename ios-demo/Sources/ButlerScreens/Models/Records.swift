import ButlerKit

/// What a home is called; nil for what is no home, or none of this phone's.
@MainActor func homeTitle(_ app: App, _ record: RecordId) async throws -> String? {
    try await found { try await app.butler.homes.details(record).title }
}

/// What the first home among these records is called.
@MainActor func home(_ app: App, of about: [RecordId]) async throws -> String? {
    for record in about {
        if let title = try await homeTitle(app, record) { return title }
    }
    return nil
}

/// The record another one is about, the first of them.
@MainActor func aboutRecord(_ app: App, _ record: RecordId) async throws -> RecordId? {
    let fields = try await found { try await app.butler.records.get(record).fields } ?? []
    return fields.first { $0.path.hasPrefix(aboutPath) }.map { RecordId(value: String($0.path.dropFirst(aboutPath.count))) }
}

/// What the home is called that a record of another kind is about.
@MainActor func aboutHome(_ app: App, _ record: RecordId) async throws -> String? {
    guard let subject = try await aboutRecord(app, record) else { return nil }
    if let title = try await homeTitle(app, subject) { return title }
    return try await found { try await app.butler.residents.details(subject).homeTitle }
}

/// Where a record keeps what it is about.
let aboutPath = "subject/"

/// What is read, or nil where this phone does not have it.
@MainActor func found<T: Sendable>(_ read: @MainActor () async throws -> T) async throws -> T? {
    do {
        return try await read()
    } catch ButlerError.NotFound {
        return nil
    }
}

/// What something is called, with the word before it where it is severe.
@MainActor func severely(_ app: App, _ severe: Bool, _ what: String) -> String {
    severe ? app.words(.severeOf, ["what": what]) : what
}

/// It is in no list, or not sure to be in one; `restore` puts it back, for whoever may.
public struct ArchivedLine<Intent: Sendable>: Sendable {
    public let text: String
    public let restore: Press<Intent>?
}

/// What is said of a record that was archived; nothing of one that stands in the lists.
@MainActor func archivedLine<Intent: Sendable>(
    _ app: App, _ record: RecordDetails, restore: Intent
) async throws -> ArchivedLine<Intent>? {
    let word: Word
    switch record.lifecycle {
    case .live: return nil
    case .archived: word = .isArchived
    case .revived: word = .isRevived
    }
    let may = try await mayArchive(app, record.kind)
    return ArchivedLine(text: app.words(word), restore: may ? Press(app.words(.restore), restore) : nil)
}

/// Whether a record of that kind may be taken out of the lists and put back.
@MainActor func mayArchive(_ app: App, _ kind: Kind) async throws -> Bool {
    try await app.butler.me().mayWrite.contains { $0.kind == kind && $0.groups.contains(archiveGroup) }
}

/// Puts a record back into the lists.
@MainActor func restore(_ app: App, _ record: RecordId) async throws {
    app.recorded(app.words(.restoredNow), [try await app.butler.records.restore(record)])
}

/// The group of fields that takes a record out of the lists.
private let archiveGroup = "archive"

/// What a kind of record is called.
func kindWord(_ kind: Kind) -> Word {
    switch kind {
    case .home: .kindHome
    case .resident: .kindResident
    case .contact: .kindContact
    case .round: .kindRound
    case .case: .kindCase
    case .entry: .kindEntry
    }
}

/// One of several roles: `管家或工程`; many are only listed.
@MainActor func either(_ app: App, _ roles: [String]) -> String {
    roles.count == 2 ? roles.joined(separator: app.words(.or)) : app.words.list(roles)
}

/// Where a record is looked at; one without a screen of its own by what happened to it.
func placeOf(_ kind: Kind, _ record: RecordId) -> Place {
    switch kind {
    case .home: .home(record)
    case .case: .case(record)
    case .round: .round(.begun(record))
    default: .history(record)
    }
}

/// What a draft is called: by its procedure, or by the screen of the app it was begun on.
@MainActor func draftTitle(_ app: App, _ draft: DraftDetails) -> String? {
    switch draft.draft.form {
    case cutShortForm: app.words(.cutShort)
    case toldForm: app.words(.handoverTitle)
    case findingForm: app.words(.hasProblem)
    case pointDraft: app.words(.goOnRound)
    case noteDraft: app.words(.whyDecided)
    case saidDraft: app.words(.sayIt)
    case phoneDraft: app.words(.addPhone)
    default: draft.title.map { app.words($0) }
    }
}
