import ButlerKit
import ButlerScenes
import ButlerTesting
import Foundation
import Testing

@testable import ButlerScreens

/// What there is to draw of a photo.
@MainActor @Suite struct PhotoTests {
    private func bytes(_ world: String, _ photo: (Butler) async throws -> PhotoId) async throws -> (Data?, PhotoPicture) {
        let stage = try await ButlerScenes.Stage(world, .zh)
        let model = PhotoModel(stage.app, PhotosAt([try await photo(stage.world.butler)], at: 0))
        await model.refresh()
        let picture = try #require(model.state.picture)
        let bytes = await picture.bytes(128)
        try await stage.end()
        return (bytes, picture)
    }

    private func first(_ butler: Butler, of title: String) async throws -> PhotoId {
        let found = try await butler.cases.list().first { $0.title == title }
        let steps = try await butler.cases.details(try #require(found).id).steps
        return try #require(steps.last { !$0.evidence.photos.isEmpty }?.evidence.photos.values.first?.first)
    }

    @Test func aPhotoIsMadeSmall() async throws {
        let (bytes, _) = try await bytes("morning") { try await first($0, of: "飘窗渗水") }
        #expect(bytes?.starts(with: [0xff, 0xd8]) == true && (bytes?.count ?? .max) < 5_000)
    }

    @Test func oneThatHasNotComeYetSaysSo() async throws {
        let (bytes, picture) = try await bytes("supervisor") { try await first($0, of: "1网格交接") }
        #expect(bytes == nil && picture.missing == "还没同步到这部手机")
    }

    @Test func oneThatIsNoPictureIsGivenAsItIs() async throws {
        let (bytes, picture) = try await bytes("morning") { try await $0.photos.add(Data("不是照片".utf8)) }
        #expect(bytes == Data("不是照片".utf8) && picture.damaged == "照片坏了，打不开")
    }
}
