import ButlerScreens
import Foundation

/// What a person does on a screen.
enum Deed: Sendable {
    case press(String, beside: String?)
    case type(String, into: String)
    case sign(String)

    /// What a line tells a person to do: `press 没人 beside 1501`, `type 前台3号柜 into 存放位置`, `sign 签名`; nil when nobody knows
    /// how to.
    init?(_ line: String) {
        if let what = line.after("press ") {
            let (label, beside) = what.cut(at: " beside ")
            self = .press(label, beside: beside)
        } else if let label = line.after("sign ") {
            self = .sign(label)
        } else if let what = line.after("type "), case (let typed, let label?) = what.cut(at: " into ") {
            self = .type(typed, into: label)
        } else {
            return nil
        }
    }
}

/// Somebody who holds the phone: reads what a screen says, and presses and types by it.
@MainActor public struct Person<M: Model> {
    private let model: M

    public init(_ model: M) { self.model = model }

    /// Does what lines tell, as a file of the contract has them, one after the other.
    public func does(_ lines: String...) async throws { try await does(lines) }

    public func does(_ lines: [String]) async throws {
        for line in lines {
            guard let deed = Deed(line) else { throw Wrong(description: "nobody knows how to “\(line)”") }
            try await does(deed)
        }
    }

    func does(_ deed: Deed) async throws {
        let asked: (any Sendable)? =
            switch deed {
            case .press(let label, let beside): Shown.press(label, beside: beside, in: model.state)
            case .type(let typed, let label): Shown.type(typed, into: label, in: model.state)
            case .sign(let label): Shown.sign(signature, at: label, in: model.state)
            }
        guard let intent = asked as? M.Intent else {
            throw Wrong(description: "nothing to \(deed) in \(Shown.json(model.state))")
        }
        await model.handle(intent)
    }

    /// What stands in the field of this label; nil when there is none.
    public func reads(_ label: String) -> String? { Shown.typed(into: label, in: model.state) }

    /// A part of the screen, as a file of the contract writes it.
    public func sees<Part>(_ part: KeyPath<M.State, Part>) -> String { Shown.json(model.state[keyPath: part]) }
}

/// What is wrong with a file, or not shown when it should be pressed.
public struct Wrong: Error, CustomStringConvertible {
    public let description: String
}

extension String {
    func after(_ words: String) -> String? { hasPrefix(words) ? String(dropFirst(words.count)) : nil }

    /// What stands before and behind the last such words.
    fileprivate func cut(at words: String) -> (String, String?) {
        guard let place = range(of: words, options: .backwards) else { return (self, nil) }
        return (String(self[..<place.lowerBound]), String(self[place.upperBound...]))
    }
}

/// Two lines that cross.
private let signature = [[(200, 300), (500, 700), (760, 320)], [(300, 550), (700, 520)]]
    .map { line in Stroke(line.map { Stroke.Point(x: $0.0, y: $0.1) }) }
