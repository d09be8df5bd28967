@testable import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// What the way to Swift costs: measured, never asserted. `cargo xtask bench crossing` runs it with a released library; its folder
/// holds a phone that has everything, and its key.
@Test(.enabled(if: ProcessInfo.processInfo.environment["BUTLER_CROSSING"] != nil))
func whatTheWayToSwiftCosts() async throws {
    let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["BUTLER_CROSSING"] ?? "")
    let (place, keys) = (folder.appendingPathComponent("phone"), MemoryKeys(try Data(contentsOf: folder.appendingPathComponent("key"))))
    let opened = try await median(15) {
        let butler = try await Butler.open(at: place, keys: keys)
        #expect(try await !butler.today.list(limit: 100).items.isEmpty)
        try await butler.shutdown()
    }
    let butler = try await Butler.open(at: place, keys: keys)
    let core = butler.core
    let whole = try await median(500) { _ = try core.homesList(after: nil, limit: 100) }
    let call = try await median(500) { _ = try core.homesCount() }
    print("swift: homes \(try core.homesCount())")
    print("swift: a page of 100 homes, asked and made \(millis: whole)")
    print("swift: a call that answers a number \(millis: call)")
    print("swift: opened, until the first page of Today \(millis: opened)")
    try await butler.shutdown()
}

/// The median of so many runs, after as many that warm caches.
private func median(_ runs: Int, _ work: () async throws -> Void) async throws -> Duration {
    for _ in 0..<runs { try await work() }
    var all: [Duration] = []
    for _ in 0..<runs { all.append(try await ContinuousClock().measure(work)) }
    return all.sorted()[runs / 2]
}

extension String.StringInterpolation {
    fileprivate mutating func appendInterpolation(millis duration: Duration) {
        let (seconds, atto) = duration.components
        appendLiteral(String(format: "%.3f ms", Double(seconds) * 1_000 + Double(atto) / 1e15))
    }
}
