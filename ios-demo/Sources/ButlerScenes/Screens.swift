import ButlerKit
import ButlerScreens

/// Which model shows which folder of the contract.
public enum Screens {
    private typealias Make = @MainActor @Sendable (Scene, Stage) async throws -> any Model

    /// A new screen is named here.
    private static let models: [String: Make] = [
        "can-wait": { _, stage in CanWaitModel(stage.app) },
        "home": { scene, stage in HomeModel(stage.app, try await stage.home(scene.about ?? homes[scene.name] ?? usual)) },
        "today": { _, stage in TodayModel(stage.app) },
        "visit": { _, stage in VisitModel(stage.app, try await stage.home(usual)) },
    ]

    /// Whether this app has the screen of a scene.
    public static func isKnown(_ scene: Scene) -> Bool { models[scene.screen] != nil }

    /// The model of a scene before anything is pressed; nil when this app has not its screen.
    @MainActor public static func model(of scene: Scene, _ stage: Stage) async throws -> (any Model)? {
        try await models[scene.screen]?(scene, stage)
    }

    /// What a scene shows, when its world is gone; nil when this app has not its screen.
    @MainActor public static func state(of scene: Scene) async throws -> (any Sendable)? {
        let stage = try await Stage(scene.world, scene.language)
        guard let model = try await model(of: scene, stage) else { return nil }
        try await scene.play(model)
        try await stage.world.butler.shutdown()
        return model.state
    }

    /// Which home a scene of `home` is about, where its file does not say.
    private static let homes = ["two-answers": "3-2-802", "vacant": "3-2-101"]

    /// The home with most to do in the world `morning`.
    private static let usual = "3-2-1501"
}

extension Stage {
    /// A home by its room.
    public func home(_ room: String) async throws -> RecordId {
        guard let home = try await world.butler.homes.find(room).first else {
            throw Scene.Wrong(description: "there is no home \(room)")
        }
        return home.record
    }
}
