import ButlerScreens

/// A press of any screen, whatever it asks of its model.
private protocol AnyPress {
    var label: String { get }
    var locked: String? { get }
    var asks: any Sendable { get }
}

extension Press: AnyPress {
    fileprivate var asks: any Sendable { intent }
}

/// A photo on any screen: nothing but its press is shown.
private protocol AnyPhoto {
    var press: Any { get }
}

extension Photo: AnyPhoto {
    fileprivate var press: Any { open }
}

/// A field of any screen.
private protocol AnyTyping {
    var label: String { get }
    var text: String { get }
    var hint: String { get }
    func asks(_ typed: String) -> any Sendable
}

extension Typing: AnyTyping {
    fileprivate func asks(_ typed: String) -> any Sendable { intent(typed) }
}

/// Where one signs on any screen.
private protocol AnyDrawing {
    var label: String { get }
    var text: String { get }
    func asks(_ strokes: [Stroke]) -> any Sendable
}

extension Drawing: AnyDrawing {
    fileprivate func asks(_ strokes: [Stroke]) -> any Sendable { intent(strokes) }
}

/// A state as JSON, in the order its types name their parts: what a contract file holds and what another platform's twin
/// shows too. A press is its words, `*` before them when it cannot be pressed; an intent is not shown.
enum Shown {
    /// A part of a state with its name.
    typealias Part = (name: String, value: Any)

    static func json(_ state: Any) -> String {
        var text = ""
        write(state, 0, to: &text)
        return text + "\n"
    }

    /// The same of parts that have no type of their own.
    static func json(parts: [Part]) -> String {
        var text = ""
        block("{", "}", parts.filter(isShown), 0, to: &text) { part, text in
            quote(part.name, to: &text)
            text += ": "
            write(part.value, 1, to: &text)
        }
        return text + "\n"
    }

    /// What the press with these words asks, unless it is locked; where several have them, the one in whose part of the screen
    /// stands `beside`.
    static func press(_ label: String, beside: String?, in state: Any) -> (any Sendable)? {
        let press = found(in: state).first { $0.press?.label == label && (beside.map($0.around.contains) ?? true) }?.press
        return press?.locked == nil ? press?.asks : nil
    }

    /// What the field with this label asks when something is typed into it.
    static func type(_ text: String, into label: String, in state: Any) -> (any Sendable)? {
        found(in: state).first { $0.typing?.label == label }?.typing?.asks(text)
    }

    /// What stands in the field with this label.
    static func typed(into label: String, in state: Any) -> String? {
        found(in: state).first { $0.typing?.label == label }?.typing?.text
    }

    /// What the place with this label asks when these lines are drawn there.
    static func sign(_ strokes: [Stroke], at label: String, in state: Any) -> (any Sendable)? {
        found(in: state).first { $0.drawing?.label == label }?.drawing?.asks(strokes)
    }

    /// A press, a field or a place to sign, with the words that stand in the same part of the screen.
    private struct Found {
        var press: (any AnyPress)?
        var typing: (any AnyTyping)?
        var drawing: (any AnyDrawing)?
        let around: [String]
    }

    private static func found(in state: Any, around: [String] = []) -> [Found] {
        if let press = state as? any AnyPress { return [Found(press: press, around: around)] }
        if let photo = state as? any AnyPhoto { return found(in: photo.press, around: around) }
        if state is PhotoPicture { return [] }
        if let typing = state as? any AnyTyping { return [Found(typing: typing, around: around)] }
        if let drawing = state as? any AnyDrawing { return [Found(drawing: drawing, around: around)] }
        let mirror = Mirror(reflecting: state)
        switch mirror.displayStyle {
        case .struct, .class:
            let words = around + mirror.children.compactMap { $0.value as? String }
            return mirror.children.flatMap { found(in: $0.value, around: words) }
        case .optional, .collection, .enum: return mirror.children.flatMap { found(in: $0.value, around: around) }
        default: return []
        }
    }

    private static func write(_ value: Any, _ depth: Int, to text: inout String) {
        if let press = value as? any AnyPress {
            quote(press.locked.map { "[*\(press.label)] \($0)" } ?? "[\(press.label)]", to: &text)
            return
        }
        if let photo = value as? any AnyPhoto {
            write(photo.press, depth, to: &text)
            return
        }
        if value is PhotoPicture {
            quote("▣", to: &text)
            return
        }
        if let typing = value as? any AnyTyping {
            let typed = typing.text.isEmpty ? typing.hint : typing.text
            quote("<\(typing.label)>" + (typed.isEmpty ? "" : " \(typed)"), to: &text)
            return
        }
        if let clock = value as? RunningClock {
            quote(clock.text, to: &text)
            return
        }
        if let code = value as? QrCode {
            quote("# \(code.label)", to: &text)
            return
        }
        if let drawing = value as? any AnyDrawing {
            quote("~\(drawing.label)~ \(drawing.text)", to: &text)
            return
        }
        if let words = value as? String {
            quote(words, to: &text)
            return
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .collection:
            block("[", "]", mirror.children.map(\.value), depth, to: &text) { write($0, depth + 1, to: &$1) }
        case .optional where mirror.children.isEmpty: text += "null"
        case .optional, .enum:
            // A case that carries something is what it carries.
            if let inner = mirror.children.first?.value { write(inner, depth, to: &text) } else { quote(name(of: value), to: &text) }
        case .struct, .class:
            let parts = mirror.children.map { ($0.label ?? "", $0.value) }
            block("{", "}", parts.filter(isShown), depth, to: &text) { part, text in
                quote(part.0, to: &text)
                text += ": "
                write(part.1, depth + 1, to: &text)
            }
        default: text += "\(value)"
        }
    }

    private static func isShown(_ part: Part) -> Bool {
        if let words = part.value as? String { return !words.isEmpty }
        let mirror = Mirror(reflecting: part.value)
        let mayBeEmpty = mirror.displayStyle == .optional || mirror.displayStyle == .collection
        if mayBeEmpty && mirror.children.isEmpty { return false }
        if mirror.displayStyle == .optional, let inner = mirror.children.first?.value as? String { return !inner.isEmpty }
        return true
    }

    /// `AnotherDay` of `.anotherDay`, as Kotlin writes it.
    static func name(of value: Any) -> String {
        let name = Mirror(reflecting: value).children.first?.label ?? "\(value)"
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    private static func block<T>(
        _ open: String, _ close: String, _ parts: [T], _ depth: Int, to text: inout String,
        each: (T, inout String) -> Void
    ) {
        text += open
        for (index, part) in parts.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + String(repeating: " ", count: depth + 1)
            each(part, &text)
        }
        if !parts.isEmpty { text += "\n" + String(repeating: " ", count: depth) }
        text += close
    }

    private static func quote(_ words: String, to text: inout String) {
        text += "\""
        for sign in words.unicodeScalars {
            switch sign {
            case "\\", "\"": text += "\\\(sign)"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(sign)
            }
        }
        text += "\""
    }
}
