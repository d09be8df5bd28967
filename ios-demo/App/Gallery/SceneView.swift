#if canImport(SwiftUI)
import ButlerScenes
import ButlerScreens
import ButlerViews
import SwiftUI

/// A scene of the contract, played on the real library in a world of its own, then drawn.
struct SceneView: View {
    private enum Played {
        case state(any Sendable)
        case wrong(String)
    }

    private let name: String
    private let theme: Theme?
    @State private var played: Played?

    init(_ name: String, theme: Theme? = nil) {
        self.name = name
        self.theme = theme
    }

    var body: some View {
        Themed(theme) {
            switch played {
            case nil: Color.clear
            case .state(let state): StillScreen(state)
            case .wrong(let why): Text(verbatim: why)
            }
        }
        .task { played = await play() }
        .accessibilityIdentifier(played == nil ? "opening" : "scene")
    }

    private func play() async -> Played {
        do {
            let scene = try ButlerScenes.Scene(ButlerScenes.Scene.folder.appending(path: "\(name).json"))
            return try await Screens.state(of: scene).map(Played.state) ?? .wrong("\(scene) has no screen here")
        } catch {
            return .wrong("\(error)")
        }
    }
}

extension ButlerScenes.Scene {
    /// The contract, as the gallery carries it.
    static let folder = Bundle.main.bundleURL.appending(path: "screens")
}
#endif
