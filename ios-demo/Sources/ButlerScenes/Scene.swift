import ButlerScreens
import Foundation

/// One state of a screen, told by what a person does: a file of `tests/contract/screens`. The Android app writes them
/// (docs/android.md); what is shown here has to be the same.
public struct Scene: Sendable, CustomStringConvertible {
    /// The screen, as its folder is called.
    public let screen: String
    public let name: String
    public let world: String
    public let language: Language
    /// The home, the case or the form the screen is about, where the file says it.
    public let about: String?
    /// The whole file.
    public let text: String
    private let given: [String]
    private let steps: [Deed]

    public var description: String { "\(screen)/\(name)" }

    /// Reads a file of the contract.
    public init(_ file: URL) throws {
        struct File: Decodable { let given: [String] }
        screen = file.deletingLastPathComponent().lastPathComponent
        name = file.deletingPathExtension().lastPathComponent
        text = try String(contentsOf: file, encoding: .utf8)
        given = try JSONDecoder().decode(File.self, from: Data(text.utf8)).given
        var world: String?
        var language: Language?
        var about: String?
        var steps: [Deed] = []
        for line in given {
            if let name = line.after("world: ") {
                world = name
            } else if let name = line.after("language: ") {
                language = Language(rawValue: name)
            } else if let name = line.after("about: ") {
                about = name
            } else if let step = Deed(line) {
                steps.append(step)
            } else {
                throw Wrong(description: "\(screen)/\(name): nobody knows how to “\(line)”")
            }
        }
        guard let world, let language else { throw Wrong(description: "\(screen)/\(name) names no world or no language") }
        (self.world, self.language, self.about, self.steps) = (world, language, about, steps)
    }

    /// Every scene in the files below a folder, in the order of their names.
    public static func all(in folder: URL) throws -> [Scene] {
        let files = FileManager.default
        let screens = try files.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let scenes = try screens.flatMap { try files.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil) }
        return try scenes.filter { $0.pathExtension == "json" }.map { try Scene($0) }
            .sorted { ($0.screen, $0.name) < ($1.screen, $1.name) }
    }

    /// Plays the scene on a stage; the model stands then as the file says.
    @MainActor public func play<M: Model>(_ model: M) async throws {
        await model.refresh()
        for step in steps { try await Person(model).does(step) }
    }

    /// Does what was done on a stage before the scene begins; its file does not tell.
    @MainActor func before<M: Model>(_ model: M, _ lines: [String]) async throws {
        await model.refresh()
        try await Person(model).does(lines)
    }

    /// What the file has to say when the model shows what it does now.
    @MainActor public func told(_ model: some Model, on stage: Stage) -> String {
        let went = stage.went.map { ["go \(Shown.name(of: $0))"] } ?? []
        return Shown.json(parts: [("given", given), ("asked", stage.device.asked + went), ("shown", model.state)])
    }
}
