import ButlerKit
import ButlerScreens

/// Which model shows which folder of the contract.
public enum Screens {
    private typealias Make = @MainActor @Sendable (Scene, Stage) async throws -> any Model

    /// A new screen is named here.
    private static let models: [String: Make] = [
        "case": { _, stage in CaseModel(stage.app, try await stage.openCase("卫生间渗水")) },
        "cases": { _, stage in CasesModel(stage.app) },
        "can-wait": { _, stage in CanWaitModel(stage.app) },
        "form": { scene, stage in
            if scene.name == "questionnaire" {
                return FormModel(stage.app, .register("household.questionnaire", aboutHome: true))
            }
            return FormModel(stage.app, .step(try await stage.openCase("卫生间渗水"), "dispatch"))
        },
        "home": { scene, stage in HomeModel(stage.app, try await stage.home(homes[scene.name] ?? usual)) },
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

    /// Which home a scene of `home` is about: a file of the contract does not say, nor which form or case.
    private static let homes = ["two-answers": "3-2-802", "vacant": "3-2-101"]

    /// The home with most to do in the world `morning`.
    private static let usual = "3-2-1501"
}

extension Stage {
    /// An open case by its title.
    public func openCase(_ title: String) async throws -> RecordId {
        guard let row = try await world.butler.cases.openList().first(where: { $0.title == title }) else {
            throw Scene.Wrong(description: "there is no case \(title)")
        }
        return row.id
    }

    /// A home by its room.
    public func home(_ room: String) async throws -> RecordId {
        guard let home = try await world.butler.homes.find(room).first else {
            throw Scene.Wrong(description: "there is no home \(room)")
        }
        return home.record
    }
}
