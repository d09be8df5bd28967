#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI
#if canImport(UIKit)
import UIKit

private typealias Bitmap = UIImage
#else
/// Nothing is drawn where views are only checked.
private final class Bitmap: Sendable {}
#endif

/// What there is to see of a photo.
private enum Developed {
    case picture(Bitmap)
    /// Why there is none.
    case said(String)
}

/// As large as the library makes one.
private let whole = 1_024

/// Photos as they are drawn: made off the thread that draws, at the size they are drawn at, and the last used small ones kept.
@MainActor private enum Developer {
    static let kept = {
        let kept = NSCache<NSString, Bitmap>()
        // Some five screens of small ones.
        kept.countLimit = 60
        return kept
    }()

    static func made(_ picture: PhotoPicture, _ px: Int) -> Developed? { kept.object(forKey: key(picture, px)).map(Developed.picture) }

    static func make(_ picture: PhotoPicture, _ px: Int) async -> Developed {
        guard let bytes = await picture.bytes(px) else { return .said(picture.missing) }
        guard let bitmap = await decoded(bytes) else { return .said(picture.damaged) }
        if px < whole { kept.setObject(bitmap, forKey: key(picture, px)) }
        return .picture(bitmap)
    }

    private static func key(_ picture: PhotoPicture, _ px: Int) -> NSString { NSString(string: "\(picture.key) \(px)") }

    private static func decoded(_ bytes: Data) async -> Bitmap? {
        #if canImport(UIKit)
        await UIImage(data: bytes)?.byPreparingForDisplay()
        #else
        nil
        #endif
    }
}

/// The photos that prove something, small; pressed, one is shown whole.
struct PhotoStrip<Intent: Sendable>: View {
    let photos: [Photo<Intent>]
    let on: (Intent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if !photos.isEmpty {
            Flow(spacing: design.gap) {
                ForEach(Array(photos.enumerated()), id: \.offset) { _, photo in SmallPhoto(photo: photo, on: on) }
            }
        }
    }
}

private struct SmallPhoto<Intent: Sendable>: View {
    let photo: Photo<Intent>
    let on: (Intent) -> Void
    @State private var made: Developed?
    @Environment(\.design) private var design
    private let side = 72.0
    /// The longer edge of a photo whose shorter one fills a small picture, on the screen with the most pixels.
    private let longer = 384

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        SwiftUI.Button {
            on(photo.open.intent)
        } label: {
            seen
                .frame(minWidth: side, minHeight: side)
                .background(design[\.sunken], in: shape)
                .clipShape(shape)
                .overlay(shape.strokeBorder(design[\.line], lineWidth: design.hair))
                .contentShape(shape)
        }
        .buttonStyle(.plain)
        .accessibilityLabel(label)
        .task(id: photo.picture.id) {
            made = Developer.made(photo.picture, longer)
            if made == nil { made = await Developer.make(photo.picture, longer) }
        }
    }

    private var label: String {
        if case .said(let words) = made { "\(photo.open.label) \(words)" } else { photo.open.label }
    }

    @ViewBuilder private var seen: some View {
        switch made {
        case nil: Picture(.camera, \.ink2)
        case .picture(let bitmap): Drawn(bitmap: bitmap, fills: true).frame(width: side, height: side)
        case .said(let words):
            HStack(spacing: 8) {
                Picture(.camera, size: Measure.iconSmall, \.ink2)
                Words(words, .meta, \.ink2)
            }
            .padding(.horizontal, 12)
            .padding(.vertical, 8)
        }
    }
}

/// A photo as large as there is room; called `label`.
struct WholePhoto: View {
    let picture: PhotoPicture
    let label: String
    @State private var made: Developed?
    @Environment(\.design) private var design

    var body: some View {
        seen
            .frame(maxWidth: .infinity, maxHeight: .infinity)
            .background(design[\.sunken])
            .task(id: picture.id) {
                made = Developer.made(picture, whole)
                if made == nil { made = await Developer.make(picture, whole) }
            }
    }

    @ViewBuilder private var seen: some View {
        switch made {
        case nil: Picture(.camera, \.ink2)
        case .picture(let bitmap):
            Drawn(bitmap: bitmap, fills: false).accessibilityElement().accessibilityLabel(label).accessibilityAddTraits(.isImage)
        case .said(let words): Words(words, .body, \.ink2).padding(Measure.margin)
        }
    }
}

private struct Drawn: View {
    let bitmap: Bitmap
    let fills: Bool

    var body: some View {
        #if canImport(UIKit)
        Image(uiImage: bitmap).resizable().aspectRatio(contentMode: fills ? .fill : .fit)
        #else
        EmptyView()
        #endif
    }
}
#endif
