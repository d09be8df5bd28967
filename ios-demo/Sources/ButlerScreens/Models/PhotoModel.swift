import ButlerKit
import Foundation

/// Photos in their order, and which of them is looked at.
public struct PhotosAt: Hashable, Sendable {
    public let photos: [PhotoId]
    public let at: Int

    public init(_ photos: [PhotoId], at: Int) { (self.photos, self.at) = (photos, at) }
}

/// One of the photos that prove something: `open` names it and shows it whole, `picture` is drawn small.
public struct Photo<Intent: Sendable>: Sendable {
    public let open: Press<Intent>
    public let picture: PhotoPicture
}

/// What is drawn of a photo. No state holds its bytes: they come out of the sealed store while it is drawn, as large as it is
/// drawn. Every reading of a model makes a new one, so that a photo that has come meanwhile is drawn then.
public struct PhotoPicture: Identifiable, Sendable {
    public let id = UUID()
    /// What is said in its place.
    public let missing: String
    public let damaged: String
    private let butler: Butler
    private let photo: PhotoId

    @MainActor fileprivate init(_ app: App, _ photo: PhotoId) {
        (butler, self.photo) = (app.butler, photo)
        (missing, damaged) = (app.words(.photoNotHere), app.words(.photoDamaged))
    }

    /// Tells it from other photos, and is the same for the same one.
    public var key: String { photo.value }

    /// A file whose longer edge has about `px` pixels, upright; nil where the photo is not on this phone. What the library cannot
    /// make small is given as it is: a phone knows more formats.
    public func bytes(_ px: Int) async -> Data? {
        do {
            return try await butler.photos.thumbnail(photo, px: px)
        } catch ButlerError.PhotoMissing {
            return nil
        } catch {
            return (try? await butler.photos.bytes(photo)) ?? Data()
        }
    }
}

extension App {
    /// Photos as a strip draws them, numbered where there are several.
    func strip<Intent>(_ photos: [PhotoId], look: (PhotosAt) -> Intent) -> [Photo<Intent>] {
        photos.indices.map { at in
            let shown = PhotosAt(photos, at: at)
            return Photo(open: Press(name(shown), look(shown)), picture: PhotoPicture(self, photos[at]))
        }
    }

    /// The photos of an answer, a step or a result, question by question.
    func strip<Intent>(_ photos: [QuestionId: [PhotoId]], look: (PhotosAt) -> Intent) -> [Photo<Intent>] {
        strip(photos.sorted { $0.key.value < $1.key.value }.flatMap(\.value), look: look)
    }

    fileprivate func name(_ shown: PhotosAt) -> String {
        shown.photos.count == 1 ? words(.photoAlone) : words(.photoOf, ["number": shown.at + 1, "count": shown.photos.count])
    }
}

/// One photo as large as the phone.
public struct PhotoState: Sendable {
    public var title = ""
    public var back: Press<PhotoIntent>?
    public var picture: PhotoPicture?
    public var earlier: Press<PhotoIntent>?
    public var later: Press<PhotoIntent>?
}

public enum PhotoIntent: Equatable, Sendable {
    case back
    case go(Int)
}

/// A photo whole, and those beside it.
@MainActor public final class PhotoModel: Model {
    public let app: App
    public let life = Life(PhotoState())
    private let shown: [PhotoId]
    private var at: Int

    public init(_ app: App, _ shown: PhotosAt) {
        self.app = app
        (self.shown, at) = (shown.photos, shown.at)
    }

    public func read() async throws -> PhotoState {
        func go(_ word: Word, _ to: Int) -> Press<PhotoIntent>? {
            shown.indices.contains(to) ? Press(app.words(word), .go(to)) : nil
        }
        return PhotoState(
            title: app.name(PhotosAt(shown, at: at)),
            back: Press(app.words(.back), .back),
            picture: PhotoPicture(app, shown[at]),
            earlier: go(.earlierPhoto, at - 1),
            later: go(.laterPhoto, at + 1))
    }

    public func act(_ intent: PhotoIntent) async throws {
        switch intent {
        case .back: app.platform.back()
        case .go(let to): at = to
        }
    }

    public func failed(_ words: String) {}
}
