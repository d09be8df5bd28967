// swift-tools-version: 6.0
// The Rust library and `Generated/` come from `cargo xtask swift`.
import Foundation
import PackageDescription

// On a phone a C module is an XCFramework holding the static library (docs/building.md): one that lies here, else the
// released one, which a file here names in two lines, address and checksum. Without either it is the header alone, and
// whoever links says where the library lies.
let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
func library(_ name: String) -> Target {
    let framework = "\(name).xcframework"
    if FileManager.default.fileExists(atPath: here.appendingPathComponent(framework).path) {
        return .binaryTarget(name: name, path: framework)
    }
    if let released = try? String(contentsOf: here.appendingPathComponent("\(framework).released"), encoding: .utf8) {
        let lines = released.split(separator: "\n").map(String.init)
        return .binaryTarget(name: name, url: lines[0], checksum: lines[1])
    }
    return .systemLibrary(name: name, path: "Generated/\(name)")
}

// Generated code is written for language mode 5.
func generated(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: [.target(name: "C\(name)")] + dependencies, path: "Generated/\(name)",
        swiftSettings: [.swiftLanguageMode(.v5)])
}

let package = Package(
    name: "Butler",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "ButlerKit", targets: ["ButlerKit"]),
        // For an app's own tests: an office in memory. Never part of an app.
        .library(name: "ButlerTesting", targets: ["ButlerTesting"]),
    ],
    targets: [
        library("CButlerFFI"), generated("ButlerFFI", ["ButlerValues"]),
        library("CButlerTestingFFI"), generated("ButlerTestingFFI"),
        .target(name: "ButlerValues"),
        .target(
            name: "ButlerKit", dependencies: ["ButlerFFI", "ButlerValues"], resources: [.copy("PrivacyInfo.xcprivacy")]),
        .target(name: "ButlerTesting", dependencies: ["ButlerKit", "ButlerTestingFFI"]),
        .testTarget(name: "ButlerKitTests", dependencies: ["ButlerKit", "ButlerTesting"]),
    ],
    swiftLanguageModes: [.v6]
)
