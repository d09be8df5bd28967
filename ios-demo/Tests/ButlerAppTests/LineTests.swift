import ButlerKit
import Testing

@testable import ButlerScenes
@testable import ButlerScreens

/// The line to the office: one sync at a time, and nothing recorded meanwhile is left out.
@MainActor @Suite struct LineTests {
    @Test func whatIsAskedForWhileASyncRunsIsDoneByOneMoreBehindIt() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, line) = (stage.world.butler, stage.app.line)
        let home = try await stage.home("3-2-1501")
        let poor = stage.use(.stands(after: 0))
        var syncs = 0
        stage.transport = {
            syncs += 1
            return poor
        }
        let first = Task { await line.sync() }
        for await _ in poor.there { break }
        try await butler.homes.edit(home) { $0.people = 3 }
        var asking = 0
        let behind = (0..<2).map { _ in
            Task {
                asking += 1
                return await line.sync()
            }
        }
        while asking < behind.count { await Task.yield() }
        poor.letGo()
        for sync in [first] + behind { #expect(await sync.value?.end == .complete) }
        #expect(syncs == 2)
        #expect(try await butler.records.state(home) == .acknowledged)
        try await stage.end()
    }

    @Test func behindABrokenLineTheOfficeIsFoundAgain() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, line) = (stage.world.butler, stage.app.line)
        stage.world.office.transport.online = false
        #expect(await line.sync()?.end == .interrupted)
        stage.world.office.transport.online = true
        let home = try await stage.home("3-2-1501")
        try await butler.homes.edit(home) { $0.people = 2 }
        #expect(await line.sync()?.end == .complete)
        #expect(try await butler.records.state(home) == .acknowledged)
        try await stage.end()
    }

    @Test func aPhoneThatIsNobodysSyncsWithNobody() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        #expect(await stage.app.line.sync() == nil)
        // A company that manages the phone may have said where the office is.
        try stage.settings.change { $0.office = "https://butler.jinse.example" }
        #expect(await stage.app.line.sync() == nil)
        #expect(shortfall(Words(.zh), stage.app.line.state) == nil)
        try await stage.end()
    }

    @Test func whoeverFollowsTheLineIsReadAgain() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        stage.use(.breaks(after: 0))
        let model = OutboxModel(stage.app)
        let changes = model.follows
        await stage.app.line.sync()
        for await _ in changes { break }
        await model.refresh()
        #expect(model.state.head?.sync.contains("现在没网") == true)
        try await stage.end()
    }

    @Test func aStepOfAnUrgentCaseIsSentAtOnceAnotherWithTheNextSync() async throws {
        for (title, step, isSent) in [("卫生间渗水", "dispatch", true), ("飘窗渗水", "remind", false)] {
            let stage = try await ButlerScenes.Stage("morning", .zh)
            let model = FormModel(stage.app, .step(try await stage.case(title), StepId(value: step)))
            await model.refresh()
            if isSent, case .options(let who) = model.state.questions.first?.answer {
                await model.handle(try #require(who.chips.first { $0.press.label == "工程" }).press.intent)
            }
            await model.handle(.record)
            #expect(stage.device.asked.contains("sync") == isSent, "\(title): \(model.state.problem ?? "")")
            try await stage.end()
        }
    }
}
