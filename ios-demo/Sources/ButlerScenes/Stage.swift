import ButlerScreens
import ButlerTesting
import Foundation

/// A phone nobody holds: it remembers what was asked of it.
@MainActor public final class TestDevice: Device {
    public private(set) var asked: [String] = []

    public init() {}

    public func dial(_ number: String) { asked.append("dial") }

    public func photo() async -> Data? {
        asked.append("photo")
        return Data(0..<64)
    }

    public func scan() async -> String? {
        asked.append("scan")
        return nil
    }

    public func recorded() { asked.append("recorded") }

    public func sync() { asked.append("sync") }
}

/// A world with an app in it.
@MainActor public final class Stage {
    public let world: TestWorld
    public let device = TestDevice()
    public let navigator: Navigator
    public let app: App

    public init(_ name: String, _ language: Language) async throws {
        let world = try await TestOffice.world(name)
        self.world = world
        navigator = Navigator(device)
        app = App(butler: world.butler, words: Words(language), platform: navigator) { world.office.clock.time }
    }

    /// Where the app was led to; nil when it is where it began.
    var went: Place? { navigator.way.stacks.isEmpty ? nil : navigator.way.top }
}
