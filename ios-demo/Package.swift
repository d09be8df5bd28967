// swift-tools-version: 6.0
// The butler's app for iPhones. What needs no iPhone is built and tested on any machine: `cargo xtask ios` (docs/ios.md).
import PackageDescription

let package = Package(
    name: "ButlerApp",
    defaultLocalization: "zh-Hans",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "ButlerApp", targets: ["ButlerScreens", "ButlerViews", "ButlerPhone"]),
        .library(name: "ButlerScenes", targets: ["ButlerScenes"]),
    ],
    dependencies: [.package(path: "../bindings/swift")],
    targets: [
        // What the screens show and do, in words: no UIKit, no SwiftUI.
        .target(name: "ButlerScreens", dependencies: [.product(name: "ButlerKit", package: "swift")]),
        // How it is drawn.
        .target(name: "ButlerViews", dependencies: ["ButlerScreens"]),
        // What only a phone can do.
        .target(name: "ButlerPhone", dependencies: ["ButlerScreens"]),
        // The scenes of tests/contract/screens, for tests, previews and the gallery; never part of the app.
        .target(
            name: "ButlerScenes",
            dependencies: [
                "ButlerScreens", .product(name: "ButlerKit", package: "swift"),
                .product(name: "ButlerTesting", package: "swift"),
            ]),
        .testTarget(
            name: "ButlerAppTests", dependencies: ["ButlerScenes", "ButlerScreens", "ButlerViews", "ButlerPhone"]),
    ],
    swiftLanguageModes: [.v6]
)
