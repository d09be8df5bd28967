import ButlerScenes
import Foundation
import Testing

@testable import ButlerViews

/// What may know what: a model neither UIKit nor SwiftUI, a drawing not the butler.
@Suite struct ArchitectureTests {
    private struct Source {
        let name: String
        let text: String
    }

    private func sources(_ folder: String) throws -> [Source] {
        let root = repo.appending(path: "ios-demo").appending(path: folder)
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        let sources = try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { Source(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
        #expect(!sources.isEmpty)
        return sources
    }

    private func imports(_ source: Source) -> [Substring] {
        source.text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("import ") }
            .map { $0.dropFirst("import ".count) }
    }

    @Test func modelsNeedNoPhone() throws {
        for source in try sources("Sources/ButlerScreens") {
            #expect(Set(imports(source)).isSubset(of: ["ButlerKit", "Foundation", "Observation"]), "\(source.name)")
        }
    }

    /// No call, no error, no waiting: a drawing has nothing to go wrong. Only the frame around all screens keeps a model alive,
    /// and a photo waits until its bytes are a picture, which UIKit makes of them.
    @Test func viewsDrawStatesAndDoNothingElse() throws {
        for source in try sources("Sources/ButlerViews") {
            let drawn: Set<Substring> =
                source.name == "Photos.swift" ? ["ButlerScreens", "SwiftUI", "UIKit"] : ["ButlerScreens", "SwiftUI"]
            #expect(Set(imports(source)).isSubset(of: drawn), "\(source.name)")
            let calls = ["try ", "await ", "Task {", "Task.", ".butler", "DispatchQueue"].filter(source.text.contains)
            let waits = ["AppScreen.swift", "Photos.swift"].contains(source.name)
            #expect(calls == (waits ? ["await "] : []), "\(source.name)")
        }
    }

    @Test func aScreenIsOneFileOfItsName() throws {
        for source in try sources("Sources/ButlerViews/Screens") {
            let screen = source.name.replacing(".swift", with: "")
            #expect(source.text.contains(try Regex("struct \(screen)(<Above: View>)?: View")), "\(source.name)")
        }
    }

    /// Every state of the contract can be looked at in Xcode.
    @Test func everySceneHasAPreview() throws {
        let previews = try sources("App/Gallery").map(\.text).joined()
        for scene in ContractTests.scenes where Screens.isKnown(scene) {
            #expect(previews.contains("#Preview(\"\(scene)\")"), "\(scene)")
        }
    }

    /// What the user is asked is asked in both languages.
    @Test func whatIsAskedIsAskedInEnglishToo() throws {
        let app = repo.appending(path: "ios-demo/App")
        let project = try String(contentsOf: app.appending(path: "project.yml"), encoding: .utf8)
        let asked = project.matches(of: /(\w+UsageDescription): \p{Han}/).map { String($0.1) }
        let strings = try String(contentsOf: app.appending(path: "Butler/en.lproj/InfoPlist.strings"), encoding: .utf8)
        let english = strings.matches(of: /(\w+UsageDescription) = "[A-Z]/).map { String($0.1) }
        #expect(asked.count > 3 && Set(asked) == Set(english))
    }

    @Test func everyIconCanBeDrawn() throws {
        for icon in Icon.allCases {
            let outline = try #require(Outline(icon.rawValue), "\(icon)")
            guard case .move = outline.strokes.first else { return #expect(Bool(false), "\(icon) begins nowhere") }
            for case .line(let to) in outline.strokes { #expect((0...24).contains(to.x) && (0...24).contains(to.y), "\(icon)") }
        }
        #expect(Outline("M 1 2 L 3") == nil && Outline("A 1 2") == nil)
        #expect(Outline("M 1 2 L 3 4.5 Z")?.strokes == [.move(.init(x: 1, y: 2)), .line(.init(x: 3, y: 4.5)), .close])
    }
}
