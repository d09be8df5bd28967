import ButlerKit

/// A month to choose a day of, week by week from Monday; no day is where another month's would stand.
public struct MonthDays<Intent: Sendable>: Sendable {
    public let title: String
    public let month: String
    public let earlier: Press<Intent>
    public let later: Press<Intent>
    public let weekdays: [String]
    public let weeks: [Week<Intent>]
    public let close: Press<Intent>
}

public struct Week<Intent: Sendable>: Sendable {
    public let days: [Chip<Intent>?]
}

extension MonthDays {
    /// What is chosen is not before `first`, where there is one.
    @MainActor init(
        _ app: App, _ title: String, _ month: Month, today: Day, chosen: Day?, turn: (Month) -> Intent,
        choose: (Day) -> Intent, close: Intent, first: Day? = nil
    ) {
        let (words, formats) = (app.words, app.formats)
        let days = formats.days(of: month)
        let chips = days.map { day in
            let past = first.map { day < $0 } ?? false
            return Chip(Press("\(day.day)", choose(day), locked: past ? words(.notInThePast) : nil), chosen: day == chosen)
        }
        let blank = days.first.map { formats.weekdayNumber($0) - 1 } ?? 0
        let cells: [Chip<Intent>?] = Array(repeating: nil, count: blank) + chips
        self.init(
            title: title,
            month: formats.month(month, today: today),
            earlier: Press(words(.monthEarlier), turn(formats.month(month, plus: -1))),
            later: Press(words(.monthLater), turn(formats.month(month, plus: 1))),
            weekdays: (0..<week).map { formats.weekday(formats.day(monday, plus: $0)).replacing(/^周/, with: "") },
            weeks: stride(from: 0, to: cells.count, by: week).map { start in
                let row = cells[start..<min(start + week, cells.count)]
                return Week(days: row + Array(repeating: nil, count: week - row.count))
            },
            close: Press(words(.closeIt), close))
    }
}

private let week = 7
private let monday = Day(year: 2026, month: 11, day: 23)
