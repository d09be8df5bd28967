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
    private let steps: [Step]

    public var description: String { "\(screen)/\(name)" }

    /// What a person does.
    private enum Step: Sendable {
        case press(String, beside: String?)
        case type(String, into: String)
        case sign(String)
    }

    /// What is wrong with a file, or not shown when it should be pressed.
    public struct Wrong: Error, CustomStringConvertible {
        public let description: String
    }

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
        var steps: [Step] = []
        for line in given {
            if let name = line.after("world: ") {
                world = name
            } else if let name = line.after("language: ") {
                language = Language(rawValue: name)
            } else if let name = line.after("about: ") {
                about = name
            } else if let step = Self.step(line) {
                steps.append(step)
            } else {
                throw Wrong(description: "\(screen)/\(name): nobody knows how to “\(line)”")
            }
        }
        guard let world, let language else { throw Wrong(description: "\(screen)/\(name) names no world or no language") }
        (self.world, self.language, self.about, self.steps) = (world, language, about, steps)
    }

    /// What a line tells a person to do; nil when nobody knows how to.
    private static func step(_ line: String) -> Step? {
        if let what = line.after("press ") {
            let (label, beside) = what.cut(at: " beside ")
            return .press(label, beside: beside)
        }
        if let label = line.after("sign ") { return .sign(label) }
        if let what = line.after("type "), case (let typed, let label?) = what.cut(at: " into ") {
            return .type(typed, into: label)
        }
        return nil
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
        try await play(model, steps)
    }

    /// Does what was done on a stage before the scene begins; its file does not tell.
    @MainActor func before(_ model: some Model, _ lines: [String]) async throws {
        try await play(model, lines.compactMap(Self.step))
    }

    @MainActor private func play<M: Model>(_ model: M, _ steps: [Step]) async throws {
        await model.refresh()
        for step in steps {
            let asked: (any Sendable)? =
                switch step {
                case .press(let label, let beside): Shown.press(label, beside: beside, in: model.state)
                case .type(let typed, let label): Shown.type(typed, into: label, in: model.state)
                case .sign(let label): Shown.sign(signature, at: label, in: model.state)
                }
            guard let intent = asked as? M.Intent else {
                throw Wrong(description: "\(self): nothing to \(step) in \(Shown.json(model.state))")
            }
            await model.handle(intent)
        }
    }

    /// What the file has to say when the model shows what it does now.
    @MainActor public func told(_ model: some Model, on stage: Stage) -> String {
        let went = stage.went.map { ["go \(Shown.name(of: $0))"] } ?? []
        return Shown.json(parts: [("given", given), ("asked", stage.device.asked + went), ("shown", model.state)])
    }
}

extension String {
    fileprivate func after(_ words: String) -> String? { hasPrefix(words) ? String(dropFirst(words.count)) : nil }

    /// What stands before and behind the last such words.
    fileprivate func cut(at words: String) -> (String, String?) {
        guard let place = range(of: words, options: .backwards) else { return (self, nil) }
        return (String(self[..<place.lowerBound]), String(self[place.upperBound...]))
    }
}

/// Two lines that cross.
private let signature = [[(200, 300), (500, 700), (760, 320)], [(300, 550), (700, 520)]]
    .map { line in Stroke(line.map { Stroke.Point(x: $0.0, y: $0.1) }) }
