#if os(iOS)
import ButlerScenes
import SwiftUI

/// Every state of every screen, for whoever wants to see them: what `cargo xtask app` is for the Android app. With
/// `-scene today/morning` it shows that one alone.
@main struct GalleryApp: SwiftUI.App {
    var body: some SwiftUI.Scene {
        WindowGroup {
            if let name = UserDefaults.standard.string(forKey: "scene") { SceneView(name) } else { Gallery() }
        }
    }
}

private struct Gallery: View {
    private let scenes = (try? ButlerScenes.Scene.all(in: ButlerScenes.Scene.folder)) ?? []

    var body: some View {
        NavigationStack {
            List(scenes.map(\.description), id: \.self) { name in NavigationLink(name, value: name) }
                .navigationDestination(for: String.self) { SceneView($0) }
                .navigationTitle(Text(verbatim: "管家 · 各种情形"))
        }
    }
}
#endif
