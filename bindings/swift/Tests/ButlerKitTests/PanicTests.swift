@testable import ButlerKit
@testable import ButlerTesting
import Foundation
import Testing

/// A panic of the library; that nothing stays locked behind one is tested in Rust (`bindings/testing/tests/calls.rs`).
@Test func aPanicArrivesAsAnErrorAndTheButlerWorksOn() async throws {
    let world = try await TestOffice.world("morning")
    let homes = try await world.butler.homes.count()
    await #expect(throws: ButlerError.Internal(code: "panic")) { try await blocking { try world.office.panics() } }
    #expect(try await world.butler.sync(with: Panics(office: world.office)).broke == .unreachable)
    #expect(try await world.butler.homes.count() == homes)
    #expect(try await world.butler.sync(with: world.office.transport).end == .complete)
    try await world.butler.shutdown()
}

private final class Panics: Transport {
    private let office: TestOffice

    init(office: TestOffice) { self.office = office }

    func exchange(frame: Data) throws -> Data {
        try office.panics()
        return frame
    }
}
