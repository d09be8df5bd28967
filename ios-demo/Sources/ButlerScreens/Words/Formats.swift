import ButlerKit
import Foundation

/// Days, times and numbers as people read them; the table is in docs/design.
public struct Formats: Sendable {
    let words: Words
    private let calendar: Calendar

    /// `zone` is the community's, in seconds east of Greenwich.
    public init(_ words: Words, zone: Int = 8 * 3_600) {
        self.words = words
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: zone) ?? .gmt
        self.calendar = calendar
    }

    private var chinese: Bool { words.language == .zh }

    /// `10:42`.
    public func time(_ at: Date) -> String { time(minuteOfDay(at)) }

    /// Of minutes since midnight: `10:42`.
    public func time(_ minutes: Int) -> String { "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))" }

    public func minuteOfDay(_ at: Date) -> Int {
        calendar.component(.hour, from: at) * 60 + calendar.component(.minute, from: at)
    }

    /// `11月28日 周六`, `Sat 28 Nov`.
    public func dayOfWeek(_ day: Day) -> String {
        chinese ? "\(date(day)) \(weekday(day))" : "\(weekday(day)) \(date(day))"
    }

    /// `11月28日`, with its year when that is another one than today's.
    public func date(_ day: Day, today: Day? = nil) -> String {
        let short = chinese ? "\(day.month)月\(day.day)日" : "\(day.day) \(Self.months[(day.month - 1) % 12])"
        if day.year == (today ?? day).year { return short }
        return chinese ? "\(day.year)年\(short)" : "\(short) \(day.year)"
    }

    /// `11月`, with its year when that is another one than today's.
    func month(_ month: Month, today: Day) -> String {
        let short = chinese ? "\(month.month)月" : Self.months[(month.month - 1) % 12]
        if month.year == today.year { return short }
        return chinese ? "\(month.year)年\(short)" : "\(short) \(month.year)"
    }

    /// `今天`, `明天`, `周一` within a week, else the date.
    public func near(_ day: Day, today: Day) -> String {
        switch days(from: today, to: day) {
        case -1: words(.dayYesterday)
        case 0: words(.dayToday)
        case 1: words(.dayTomorrow)
        case 2...6: weekday(day)
        default: date(day, today: today)
        }
    }

    /// `明天 18:30`.
    public func nearTime(_ at: Date, today: Day) -> String { "\(near(day(at), today: today)) \(time(at))" }

    /// `10:42` of today, `昨天 10:42` of another day.
    public func timeNear(_ at: Date, today: Day) -> String { day(at) == today ? time(at) : nearTime(at, today: today) }

    /// `35 分`, `5 小时 10 分`.
    public func minutes(_ minutes: Int) -> String {
        minutes < 60
            ? words(.minutes, ["minutes": minutes])
            : words(.hoursMinutes, ["hours": minutes / 60, "minutes": minutes % 60])
    }

    /// `12 秒`, `1 分`.
    public func seconds(_ seconds: Int) -> String {
        seconds < 60 ? words(.seconds, ["seconds": seconds]) : minutes(seconds / 60)
    }

    /// `还剩 6 分`, `超时 12 分`.
    public func clock(_ due: Date, now: Date) -> String {
        let minutes = minutes(from: now, to: due)
        return if minutes >= 60 {
            words(.hoursLeft, ["hours": minutes / 60])
        } else if minutes >= 0 {
            words(.minutesLeft, ["minutes": minutes])
        } else if minutes > -60 {
            words(.minutesOver, ["minutes": -minutes])
        } else {
            words(.hoursOver, ["hours": -minutes / 60])
        }
    }

    /// How long it has run: `04:12`, `1:04:12`.
    func elapsed(since: Date, now: Date) -> String {
        let seconds = max(Int(now.timeIntervalSince(since).rounded(.down)), 0)
        let short = "\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        return seconds < 3_600 ? short : "\(seconds / 3_600):\(short)"
    }

    /// To the second within the hour: `还剩 5:48`, `超时 0:12`; else as `clock`.
    func countdown(_ due: Date, now: Date) -> String {
        let seconds = Int(due.timeIntervalSince(now).rounded(.down))
        if abs(seconds) >= 3_600 { return clock(due, now: now) }
        let time = "\(abs(seconds) / 60):\(twoDigits(abs(seconds) % 60))"
        return words(seconds < 0 ? .clockOver : .clockLeft, ["time": time])
    }

    /// The core's words, with the days in them as people write them, and an amount or an area; it writes `2026-11-25`, `2019-09`.
    public func say(_ label: Label, today: Day) -> String {
        if let measured = measured(words(label)) { return measured }
        // Only Latin letters and digits keep a date from being one: beside Chinese a word has no edge.
        let written = /\b(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?\b/.asciiOnlyWordCharacters().wordBoundaryKind(.simple)
        return words(label).replacing(written) { found in
            let (_, year, month, day) = found.output
            guard let year = Int(year), let month = Int(month) else { return String(found.0) }
            if let day = day.flatMap({ Int($0) }) { return date(Day(year: year, month: month, day: day), today: today) }
            return chinese ? "\(year)年\(month)月" : "\(Self.months[month - 1]) \(year)"
        }
    }

    /// `78.5`, `1 296`.
    public func number(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        let part = hundredths % 100
        let text = (value < 0 && hundredths > 0 ? "-" : "") + grouped("\(hundredths / 100)")
        if part == 0 { return text }
        return "\(text)." + (part % 10 == 0 ? "\(part / 10)" : twoDigits(part))
    }

    private func grouped(_ digits: some StringProtocol) -> String {
        var grouped = ""
        for (place, digit) in digits.reversed().enumerated() {
            if place > 0 && place % 3 == 0 { grouped += chinese ? "\u{2009}" : "," }
            grouped.append(digit)
        }
        return String(grouped.reversed())
    }

    /// `1 240.00 元`, `¥1,240.00`, `118.62 m²`: the core writes `1240.00 元`, `1240.00 yuan`, `118.62 平方米`. Nil for what is neither.
    /// What only looks like one, in the midst of what somebody wrote, stays as it was written.
    private func measured(_ text: String) -> String? {
        if let (_, sign, yuan, fen) = text.wholeMatch(of: /(-?)(\d+)\.(\d\d) (?:元|yuan)/)?.output {
            return chinese ? "\(sign)\(grouped(yuan)).\(fen) 元" : "\(sign)¥\(grouped(yuan)).\(fen)"
        }
        guard let (_, whole, part) = text.wholeMatch(of: /(\d+)((?:\.\d+)?) (?:平方米|m²)/)?.output else { return nil }
        return "\(grouped(whole))\(part) m²"
    }

    /// `138****5021`.
    public func phone(_ number: String) -> String {
        number.count < 8 ? number : "\(number.prefix(3))****\(number.suffix(4))"
    }

    public func weekday(_ day: Day) -> String {
        let number = weekdayNumber(day) - 1
        return chinese ? "周\(Self.weekdaysZh[number])" : Self.weekdays[number]
    }

    // Days and instants.

    public func day(_ at: Date) -> Day {
        Day(
            year: calendar.component(.year, from: at), month: calendar.component(.month, from: at),
            day: calendar.component(.day, from: at))
    }

    /// So many minutes after that day's midnight.
    public func at(_ day: Day, minute: Int) -> Date { midnight(day).addingTimeInterval(Double(minute) * 60) }

    public func day(_ day: Day, plus days: Int) -> Day { self.day(midnight(day).addingTimeInterval(Double(days) * 86_400)) }

    /// Every day of a month.
    func days(of month: Month) -> [Day] {
        let first = Day(year: month.year, month: month.month, day: 1)
        let count = calendar.range(of: .day, in: .month, for: midnight(first))?.count ?? 0
        return (0..<count).map { day(first, plus: $0) }
    }

    func month(_ month: Month, plus months: Int) -> Month {
        let (years, rest) = (month.month - 1 + months).quotientAndRemainder(dividingBy: 12)
        return rest < 0
            ? Month(year: month.year + years - 1, month: rest + 13) : Month(year: month.year + years, month: rest + 1)
    }

    public func days(from: Day, to: Day) -> Int { Int((midnight(to).timeIntervalSince(midnight(from)) / 86_400).rounded()) }

    /// Whole minutes, of which a begun one before `from` does not count.
    public func minutes(from: Date, to: Date) -> Int { Int(to.timeIntervalSince(from).rounded(.down)) / 60 }

    /// Monday is 1, Sunday 7.
    public func weekdayNumber(_ day: Day) -> Int { (calendar.component(.weekday, from: midnight(day)) + 5) % 7 + 1 }

    /// A day from the core is one of the calendar.
    private func midnight(_ day: Day) -> Date { calendar.date(from: day.components) ?? .distantPast }

    private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let weekdaysZh = ["一", "二", "三", "四", "五", "六", "日"]
}

/// A text with its telephone numbers as they are read out, in groups of three, four and four: `138 **** 5021`.
public func readOut(_ text: String) -> String {
    text.replacing(/1\d{2}(?:\d{4}|\*{4})\d{4}/) { found in
        let number = found.output
        return "\(number.prefix(3)) \(number.dropFirst(3).prefix(4)) \(number.suffix(4))"
    }
}
