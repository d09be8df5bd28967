#if os(iOS)
import XCTest

/// Every state of the contract passes the platform's own audit: contrast, size of what is pressed, labels, text that is cut
/// off, text that does not grow.
final class AccessibilityTests: XCTestCase {
    private var scenes: [String] {
        get throws {
            let folder = Bundle(for: Self.self).bundleURL.appending(path: "screens")
            let files = FileManager.default
            let screens = try files.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let states = try screens.flatMap { try files.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil) }
            return states.map { $0.deletingPathExtension() }.map {
                "\($0.deletingLastPathComponent().lastPathComponent)/\($0.lastPathComponent)"
            }.sorted()
        }
    }

    @MainActor private func show(_ scene: String, _ arguments: [String] = []) throws -> XCUIApplication {
        let app = XCUIApplication()
        app.launchArguments = ["-scene", scene] + arguments
        app.launch()
        XCTAssertTrue(app.staticTexts.firstMatch.waitForExistence(timeout: 60), "\(scene) shows nothing")
        return app
    }

    @MainActor func testEveryScenePassesTheAudit() throws {
        for scene in try scenes {
            let app = try show(scene)
            try XCTContext.runActivity(named: scene) { _ in try app.performAccessibilityAudit() }
        }
    }

    @MainActor func testTheLargestTextIsNotCutOff() throws {
        let largest = ["-UIPreferredContentSizeCategoryName", "UICTContentSizeCategoryAccessibilityXXXL"]
        let scenes = [
            "enrol/found", "enrol/cut", "settings/hours", "today/nobody", "today/cut-short", "home/household", "visit/promised",
        ]
        for scene in scenes {
            let app = try show(scene, largest)
            try XCTContext.runActivity(named: scene) { _ in
                try app.performAccessibilityAudit(for: [.textClipped, .hitRegion, .dynamicType])
            }
        }
    }
}
#endif
