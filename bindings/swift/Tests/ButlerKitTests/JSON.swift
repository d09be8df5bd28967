import ButlerKit
import Foundation

/// JSON as a test reads, writes and compares it.
enum JSON: Decodable, Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case parts([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .parts(try container.decode([String: JSON].self))
        }
    }

    /// A value of the library as the contract of the calls writes it: names as they are here, what is empty left out, a `Value`
    /// as the plain scalar, a choice by its name, an identifier, a day, an instant as text.
    init(_ value: Any) {
        switch value {
        case let value as any Identifier: self = .text(value.value)
        case let value as String: self = .text(value)
        case let value as Bool: self = .bool(value)
        case let value as Double: self = .number(value)
        case let value as any BinaryInteger: self = .number(Double(Int64(value)))
        case let value as Data: self = .text("\(value.count) bytes")
        case let value as Date: self = .text(Self.instant(value))
        case let value as URL: self = .text(value.path)
        case let value as Day: self = .text(value.description)
        case let value as Month: self = .text(value.description)
        case let value as PartialDate: self = .text(value.description)
        case let value as Birthday: self = .text(value.description)
        case Value.bool(let value): self = .bool(value)
        case Value.int(let value): self = .number(Double(value))
        case Value.real(let value): self = .number(value)
        case Value.text(let value): self = .text(value)
        default: self = Self.structured(value)
        }
    }

    private static func structured(_ value: Any) -> JSON {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { JSON($0.value) } ?? .null
        case .collection: return .list(mirror.children.map { JSON($0.value) })
        case .dictionary: return .parts(Dictionary(uniqueKeysWithValues: mirror.children.map { entry($0.value) }))
        case .enum:
            guard let variant = mirror.children.first, let name = variant.label else { return .text(small("\(value)")) }
            let of = Mirror(reflecting: variant.value)
            let named = of.displayStyle == .tuple && of.children.allSatisfy { $0.label?.hasPrefix(".") == false }
            return .parts([small(name): named ? .parts(parts(of)) : JSON(variant.value)])
        default: return mirror.children.isEmpty ? .null : .parts(parts(mirror))
        }
    }

    /// What a type of the library holds, by name, without what is empty.
    private static func parts(_ mirror: Mirror) -> [String: JSON] {
        let parts = mirror.children.compactMap { child in child.label.map { ($0, JSON(child.value)) } }
        return Dictionary(uniqueKeysWithValues: parts.filter { !$0.1.isEmpty })
    }

    private static func entry(_ pair: Any) -> (String, JSON) {
        let parts = Mirror(reflecting: pair).children.map { JSON($0.value) }
        return (parts[0].string ?? "", parts[1])
    }

    /// To the millisecond, without a fraction where there is none.
    private static func instant(_ date: Date) -> String {
        let millis = Int64((date.timeIntervalSince1970 * 1_000).rounded())
        let whole = Date(timeIntervalSince1970: Double(millis / 1_000)).formatted(.iso8601)
        return millis % 1_000 == 0 ? whole : "\(whole.dropLast()).\(String(format: "%03d", Int(millis % 1_000)))Z"
    }

    /// Errors are called `NotFound`, choices `rentedOut`.
    private static func small(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }

    var isEmpty: Bool { [.null, .text(""), .list([]), .parts([:])].contains(self) }

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var list: [JSON] { if case .list(let list) = self { list } else { [] } }
    var parts: [String: JSON] { if case .parts(let parts) = self { parts } else { [:] } }
    var int: Int? { if case .number(let number) = self { Int(number) } else { nil } }

    subscript(_ name: String) -> JSON {
        switch self {
        case .list(let list): Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil } ?? .null
        case .parts(let parts): parts[name] ?? .null
        default: .null
        }
    }

    /// The first difference, and where it is; nil when there is none.
    func difference(to actual: JSON, at path: String = "") -> String? {
        switch (self, actual) {
        case (.parts(let old), .parts(let new)):
            return Set(old.keys).union(new.keys).sorted().lazy
                .compactMap { (old[$0] ?? .null).difference(to: new[$0] ?? .null, at: "\(path).\($0)") }.first
        case (.list(let old), .list(let new)) where old.count == new.count:
            return zip(old, new).enumerated().lazy.compactMap { $1.0.difference(to: $1.1, at: "\(path).\($0)") }.first
        default: return self == actual ? nil : "\(path): \(actual) instead of \(self)"
        }
    }

    var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): "“\(value)”"
        case .list(let value): "\(value)"
        case .parts(let value): "\(value)"
        }
    }
}
