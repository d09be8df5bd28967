// swift-tools-version: 6.0
// The Rust library and `Generated/` come from `cargo xtask swift`.
import Foundation
import PackageDescription

// On a phone the C module is an XCFramework holding the static library (docs/building.md); without
// one it is the header alone, and whoever links says where the library lies.
let framework = "CButlerFFI.xcframework"
let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
let library: Target =
    FileManager.default.fileExists(atPath: here.appendingPathComponent(framework).path)
    ? .binaryTarget(name: "CButlerFFI", path: framework)
    : .systemLibrary(name: "CButlerFFI", path: "Generated/CButlerFFI")

let package = Package(
    name: "Butler",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "ButlerKit", targets: ["ButlerKit"])],
    targets: [
        library,
        // Generated code is written for language mode 5.
        .target(
            name: "ButlerFFI", dependencies: ["CButlerFFI"], path: "Generated/ButlerFFI",
            swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "ButlerKit", dependencies: ["ButlerFFI"]),
        .testTarget(name: "ButlerKitTests", dependencies: ["ButlerKit"]),
    ],
    swiftLanguageModes: [.v6]
)
