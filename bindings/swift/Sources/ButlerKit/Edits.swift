import ButlerFFI

// The structs themselves follow from the core's tables of fields: Generated/Fields.swift, written by `cargo xtask swift`.

/// Remembers which fields were set, and to what, in order.
protocol Touched {
    var below: String { get }
    var ops: [Op] { get set }
}

extension Touched {
    mutating func touch(_ name: String, _ value: Value?) {
        let path = below + name
        ops.append(value.map { .put(path: path, value: $0) } ?? .clear(path: path))
    }
}

protocol PartEdit: Touched {
    init(below: String)
}

protocol RecordEdit: Touched {
    var added: Int { get set }
}

extension RecordEdit {
    var edit: Edit { Edit(ops: ops) }

    /// The core finds out which part an added one is; until then it is called by its number.
    mutating func part<P: PartEdit>(_ set: String, _ id: PartId?, _ change: (inout P) -> Void) {
        let member = "\(set)/\(id?.value ?? "+\(added)")"
        if id == nil { added += 1 }
        var part = P(below: "\(member)/")
        change(&part)
        ops.append(.put(path: member, value: .bool(true)))
        ops.append(contentsOf: part.ops)
    }

    mutating func remove(_ set: String, _ id: PartId) { ops.append(.clear(path: "\(set)/\(id.value)")) }
}
