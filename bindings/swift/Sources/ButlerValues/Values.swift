import Foundation

// Values that UniFFI cannot generate: what crosses is their text (uniffi.toml).

/// Opaque: keep and compare it. `value` is for keeping. An app makes none but those that playbooks write: one that draws
/// one procedure in a way of its own names it by them.
public protocol Identifier: Hashable, Sendable, Codable {
    var value: String { get }
    init(value: String)
}

/// An id that playbooks write: a literal will do.
public protocol PlaybookId: Identifier, ExpressibleByStringLiteral {}

extension PlaybookId {
    public init(stringLiteral value: String) { self.init(value: value) }
}

/// A home, person, contact, round, case or row of a register.
public struct RecordId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A part of a record: one telephone, one meter.
public struct PartId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A building, unit or public spot.
public struct PlaceId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A grid 网格.
public struct GridId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A member of staff.
public struct StaffId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A role 岗位.
public struct RoleId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A phone.
public struct DeviceId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// One thing to do.
public struct DueId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A step of a case, a check-in or a result of a round.
public struct EventId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A photo.
public struct PhotoId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// One change of a record.
public struct ChangeHash: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// One form handed in.
public struct SubmissionId: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A record as a screen showed it: goes back with the form over it.
public struct Shown: Identifier {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A workflow 流程.
public struct WorkflowId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A step 步骤 of a workflow, or one every workflow has: `$remark`, `$reopen`, `$resolve`, `$migrate`.
public struct StepId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A form 表单.
public struct FormId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A question of a form, a step or a checklist: the key of its answer.
public struct QuestionId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A due rule 到期规则.
public struct RuleId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A checklist 检查表.
public struct ChecklistId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A metric 指标.
public struct MetricId: PlaybookId {
    public let value: String
    public init(value: String) { self.value = value }
}

/// A day of the calendar. Foundation has none that is compared without a time of day.
public struct Day: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let year, month, day: Int

    public init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// Reads `2026-11-22`.
    public init(_ text: String) throws {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { throw Unreadable() }
        self.init(year: parts[0], month: parts[1], day: parts[2])
    }

    /// `2026-11-22`.
    public var description: String { "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))" }

    /// As the platform's calendars take it.
    public var components: DateComponents { DateComponents(year: year, month: month, day: day) }

    public static func < (one: Day, other: Day) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }
}

/// A month of the calendar.
public struct Month: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let year, month: Int

    public init(year: Int, month: Int) { (self.year, self.month) = (year, month) }

    /// The month a day lies in.
    public init(of day: Day) { self.init(year: day.year, month: day.month) }

    /// Reads `2026-11`.
    public init(_ text: String) throws {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2 else { throw Unreadable() }
        self.init(year: parts[0], month: parts[1])
    }

    /// `2026-11`.
    public var description: String { "\(digits(year, 4))-\(digits(month, 2))" }

    public static func < (one: Month, other: Month) -> Bool { (one.year, one.month) < (other.year, other.month) }
}

/// A date that may lack its day, or its day and month.
public struct PartialDate: Hashable, Sendable, Codable, CustomStringConvertible {
    public let year: Int
    public let month, day: Int?

    public init(year: Int, month: Int? = nil, day: Int? = nil) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Reads `2019`, `2019-06`, `2019-06-01`.
    public init(_ text: String) throws {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard (1...3).contains(parts.count) else { throw Unreadable() }
        self.init(year: parts[0], month: parts.dropFirst().first, day: parts.dropFirst(2).first)
    }

    /// As it is stored: `2019`, `2019-06`, `2019-06-01`.
    public var description: String {
        let month = month ?? day.map { _ in 0 }
        return [digits(year, 4), month.map { digits($0, 2) }, day.map { digits($0, 2) }]
            .compactMap { $0 }.joined(separator: "-")
    }
}

/// A birthday, which may lack its year.
public struct Birthday: Hashable, Sendable, Codable, CustomStringConvertible {
    public let month, day: Int
    public let year: Int?

    public init(month: Int, day: Int, year: Int? = nil) { (self.month, self.day, self.year) = (month, day, year) }

    /// Reads `1988-03-09`, `--03-09`.
    public init(_ text: String) throws {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == (text.hasPrefix("--") ? 2 : 3), let day = parts.last else { throw Unreadable() }
        self.init(month: parts[parts.count - 2], day: day, year: parts.count == 3 ? parts[0] : nil)
    }

    /// As it is stored: `1988-03-09`, `--03-09`.
    public var description: String { "\(year.map { digits($0, 4) } ?? "-")-\(digits(month, 2))-\(digits(day, 2))" }
}

/// A text is no value of the type it is read as.
public struct Unreadable: Error {}

private func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
}
