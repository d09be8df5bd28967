/// The strokes of an icon: what its text in Tokens.swift says.
struct Outline: Equatable {
    struct Place: Equatable {
        let x: Double
        let y: Double
    }

    enum Stroke: Equatable {
        case move(Place)
        case line(Place)
        case quad(by: Place, to: Place)
        case curve(Place, Place, to: Place)
        case close
    }

    let strokes: [Stroke]

    /// Nil for a text that is none.
    init?(_ text: String) {
        var parts = text.split(separator: " ")[...]
        var strokes: [Stroke] = []
        func place() -> Place? {
            guard let x = parts.popFirst().flatMap({ Double($0) }), let y = parts.popFirst().flatMap({ Double($0) }) else { return nil }
            return Place(x: x, y: y)
        }
        while let command = parts.popFirst() {
            switch command {
            case "M": if let to = place() { strokes.append(.move(to)) } else { return nil }
            case "L": if let to = place() { strokes.append(.line(to)) } else { return nil }
            case "Q": if let by = place(), let to = place() { strokes.append(.quad(by: by, to: to)) } else { return nil }
            case "C":
                guard let one = place(), let two = place(), let to = place() else { return nil }
                strokes.append(.curve(one, two, to: to))
            case "Z": strokes.append(.close)
            default: return nil
            }
        }
        self.strokes = strokes
    }
}
