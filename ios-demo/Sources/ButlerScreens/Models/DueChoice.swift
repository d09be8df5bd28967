import ButlerKit

extension TodayItem {
    /// It waits to be done: nobody has answered it, put it off or left it out.
    var isToDo: Bool { status == .open || status == .begun }
}

extension WalkDoor {
    /// All that is to be done there, the main task first.
    var items: [TodayItem] { jobs + along }
}

extension WalkStop {
    /// All that is to be done there.
    var items: [TodayItem] { spots + doors.flatMap(\.items) }
}

extension Today {
    /// Everything of the day, answered or not.
    func all() async throws -> [TodayItem] {
        var page = try await list()
        var items = page.items
        while let after = page.next {
            page = try await list(after: after)
            items += page.items
        }
        return items
    }
}

/// What waits to be done about a home.
@MainActor func toDo(_ app: App, _ home: RecordId) async throws -> [TodayItem] {
    try await app.butler.today.about(home).filter(\.isToDo)
}

/// Something due: it is done, put off, or left out with a reason.
public struct DueChoice<Intent: Sendable>: Sendable {
    public let title: String
    public let about: String
    public let reading: Reading<Intent>?
    public let begin: Press<Intent>
    public let later: Press<Intent>
    public let skip: Press<Intent>

    @MainActor init(_ app: App, _ item: TodayItem, today: Day, begin: Intent, read: (ArticleRow) -> Intent, instead: (DueAnswer) -> Intent) {
        title = app.words(item.title)
        about = app.formats.say(item.why, today: today)
        reading = Reading(app, item.articles, open: read)
        self.begin = Press(beginWords(app, item), begin)
        later = Press(app.words(.otherDay), instead(.snooze))
        skip = Press(app.words(.notAtAll), instead(.skip))
    }
}

/// What begins an item.
@MainActor func beginWords(_ app: App, _ item: TodayItem) -> String {
    app.words(item.status == .begun ? .goOnRound : item.begin.isChecklist ? .startRound : .begin)
}

/// To where an item is done.
@MainActor func begin(_ app: App, _ due: DueId) async throws {
    guard let item = try await app.butler.today.item(due) else { return }
    switch item.begin {
    case .checklist: app.platform.go(.round(.due(due)))
    case .workflow:
        // Of several cases that are one matter another one is opened.
        let id = item.cases.isEmpty ? item.case : nil
        app.platform.go(id.map(Place.case) ?? .form(.due(due)))
    case .form(let form):
        var home: RecordId?
        if let about = item.about {
            if try await homeTitle(app, about) != nil {
                home = about
            } else {
                home = try await found { try await app.butler.residents.details(about).resident }?.home
            }
        }
        guard form == contactForm, let home else { return app.platform.go(.form(.due(due))) }
        // There one dials.
        app.platform.go(item.mode == .call ? .home(home) : .visit(home))
    }
}

/// To what a notice is about: its case, else the home, else where it is done. What was done meanwhile leads nowhere.
@MainActor public func openNoticed(_ app: App, _ due: DueId) async throws {
    guard let item = try await app.butler.today.item(due) else { return }
    if let id = item.case { return app.platform.go(.case(id)) }
    if let about = item.about, try await homeTitle(app, about) != nil { return app.platform.go(.home(about)) }
    try await begin(app, due)
}
