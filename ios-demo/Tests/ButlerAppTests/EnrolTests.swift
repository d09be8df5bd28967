import ButlerKit
import ButlerScenes
import Foundation
import Testing

@testable import ButlerScreens

/// What the files of `enrol` and `settings` do not tell.
@MainActor @Suite struct EnrolTests {
    @Test func aPhoneBeginsWhereItWasCutOffUntilItHasAll() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        #expect(try await firstPlace(stage.app) == .enrol)
        try await stage.enrol()
        #expect(try await firstPlace(stage.app) == .enrol)
        await stage.app.line.sync()
        #expect(try await firstPlace(stage.app) == .today)

        stage.navigator.go(.enrol)
        stage.navigator.back()
        stage.navigator.first(.overview)
        #expect(stage.navigator.way.top == .enrol, "there is no way around it")
        let model = EnrolModel(stage.app)
        await model.handle(.begin)
        #expect(stage.navigator.way.top == .today)
        try await stage.end()
    }

    @Test func whatIsPastedMayBeTheOfficesPicture() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        let model = EnrolModel(stage.app)
        await model.handle(.code(" butler://enrol?office=https%3A%2F%2Fbutler.jinse.example&code=K7-39-QX-M4"))
        #expect(model.state.code?.text == "K739QXM4")
        #expect(model.state.office?.name == "锦瑟家园 物业服务中心")
        try await stage.end()
    }

    @Test func whatIsSettledIsThereAfterTheAppWasClosed() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "butler-\(UUID().uuidString)/settings.json")
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        #expect(SettingsKeeper(file).now == Settings())
        try SettingsKeeper(file).change {
            $0.office = "https://butler.jinse.example"
            ($0.language, $0.glove, $0.from, $0.floors, $0.ringing) = (.en, true, 8 * 60, .bottomUp, false)
        }
        let kept = SettingsKeeper(file).now
        #expect(kept.office == "https://butler.jinse.example" && kept.language == .en && kept.glove && !kept.ringing)
        #expect(kept.from == 8 * 60 && kept.floors == .bottomUp)

        // What is damaged is nothing settled, and takes nothing else with it.
        let damaged = #"{"from": "540", "until": "480", "language": "fr", "lunchFrom": "720", "lunchUntil": "780", "glove": "true"}"#
        try Data(damaged.utf8).write(to: file)
        let left = SettingsKeeper(file).now
        #expect(left.language == nil && left.until == 18 * 60 && left.glove)
        try Data("{".utf8).write(to: file)
        #expect(SettingsKeeper(file).now == Settings())
    }

    @Test func aDayThatEndsEarlierIsPlannedIntoFewerHours() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        try stage.settings.change { $0.until = 14 * 60 }
        let today = TodayModel(stage.app)
        await today.refresh()
        #expect(today.state.capacity?.spare.contains("14:00") == true)
        try await stage.end()
    }

    @Test func anotherLanguageIsSpokenAtOnce() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let model = SettingsModel(stage.app)
        await model.handle(.speak(.en))
        #expect(model.state.title == "Settings")
        await model.handle(.speak(nil))
        #expect(model.state.title == "设置")
        try await stage.end()
    }

    @Test func helpShowsWhatWouldBeSentThenLetsItBeSent() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let model = SettingsModel(stage.app)
        await model.handle(.open(.help))
        let sheet = try #require(model.state.sheet)
        #expect(sheet.text?.isEmpty == false)
        await model.handle(try #require(sheet.act).intent)
        #expect(stage.device.asked == ["share"])
        try await stage.end()
    }
}
