import ButlerScenes
import ButlerScreens
import Foundation
import Testing

/// The top of the checkout.
let repo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// Every screen shows in every situation what the Android app shows there: the same words in the same order.
///
/// One after the other: side by side every world is open before the first is told, 3,000 files at once, and Foundation's
/// `Process` on Linux reads beyond the end of what `readdir` filled once the open files are more than 1,300.
@Suite(.serialized) struct ContractTests {
    static let scenes = (try? Scene.all(in: repo.appending(path: "tests/contract/screens"))) ?? []

    @MainActor @Test(arguments: scenes)
    func aScreenShowsWhatTheContractSays(_ scene: Scene) async throws {
        let stage = try await Stage(scene.world, scene.language)
        let model = try #require(try await Screens.model(of: scene, stage), "this app has no screen for \(scene)")
        try await scene.play(model)
        let told = scene.told(model, on: stage)
        let isSame = told == scene.text
        #expect(isSame, "\(scene) shows something else, \(difference(told, scene.text))")
        try await stage.end()
    }

    @Test func thereAreScenes() { #expect(Self.scenes.count > 10) }

    /// The first line that is another one.
    private func difference(_ told: String, _ file: String) -> String {
        let (told, file) = (told.split(separator: "\n"), file.split(separator: "\n"))
        let at = zip(told, file).enumerated().first { $1.0 != $1.1 }?.offset ?? min(told.count, file.count)
        func line(_ lines: [Substring]) -> Substring { at < lines.count ? lines[at] : "nothing" }
        return "in line \(at + 1): \(line(told)) instead of \(line(file))"
    }
}
