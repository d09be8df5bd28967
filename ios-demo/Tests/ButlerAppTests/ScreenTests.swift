import ButlerKit
import ButlerScenes
import Foundation
import Testing

@testable import ButlerScreens

/// What the files of the contract do not tell: where presses lead, and what outlives a screen.
@MainActor @Suite struct ScreenTests {
    /// A model on a stage of the world of a name; the world is gone afterwards.
    private func on<M: Model>(
        _ world: String, _ make: @MainActor (ButlerScenes.Stage) async throws -> M,
        _ test: @MainActor (M, ButlerScenes.Stage) async throws -> Void
    ) async throws {
        let stage = try await ButlerScenes.Stage(world, .zh)
        let model = try await make(stage)
        await model.refresh()
        try await test(model, stage)
        try await stage.world.butler.shutdown()
    }

    @Test func everythingInTheOutboxLeadsSomewhere() async throws {
        try await on("morning", { OutboxModel($0.app) }) { model, stage in
            let shown = model.state.waiting.count
            await model.handle(.all)
            #expect(model.state.waiting.count > shown && model.state.more == nil)
            for row in model.state.waiting {
                await model.handle(row.open.intent)
                switch stage.navigator.way.top {
                case .case, .round: #expect(!row.open.label.hasSuffix("沟通"))
                case .history: #expect(row.open.label.hasSuffix("沟通"))
                case let place: #expect(Bool(false), "\(row.open.label) leads to \(place)")
                }
            }
            #expect(Set(stage.navigator.way.stacks[.today] ?? []).count == model.state.waiting.count)

            let conflicts = try #require(model.state.conflicts)
            await model.handle(conflicts.open.intent)
            #expect(stage.navigator.way.top == .conflicts())
        }
    }

    @Test func whatIsHalfFilledInIsGoneOnWithFromTheOutbox() async throws {
        try await on("morning", { OutboxModel($0.app) }) { model, stage in
            let home = try await stage.home("3-2-1501")
            let visit = VisitModel(stage.app, home)
            await visit.refresh()
            await visit.handle(.said("次卫墙角已干，摸着不潮。"))
            await model.refresh()
            let draft = try #require(model.state.drafts.first)
            #expect(draft.open.label.contains("1501"))
            await model.handle(draft.open.intent)
            #expect(stage.navigator.way.top == .visit(home, byPhone: false))
        }
    }

    @Test func backFromHowItWasThenLeadsToTheHistory() async throws {
        try await on("morning", { HistoryModel($0.app, try await $0.record("3-2-802")) }) { model, stage in
            await model.handle(.open)
            #expect(model.state.asWas != nil)
            await model.handle(.back)
            #expect(model.state.asWas == nil)

            stage.navigator.go(.history(RecordId(value: "r")))
            await model.handle(.back)
            #expect(stage.navigator.way.top == .today)
        }
    }

    @Test func theBestHitIsOpenedAndRemembered() async throws {
        try await on("morning", { SearchModel($0.app) }) { model, stage in
            for key in "3-2-1501" { await model.handle(.key(key)) }
            await model.handle(.go)
            let home = try await stage.home("3-2-1501")
            #expect(stage.navigator.way.top == .home(home))
            await model.handle(.clear)
            #expect(model.state.hits.map(\.open.label) == ["3栋2单元1501"])

            // Somebody is found at their home.
            await model.handle(.type("刘敏"))
            await model.handle(.go)
            guard case .home = stage.navigator.way.top else { return #expect(Bool(false), "\(stage.navigator.way.top)") }
        }
    }

    @Test func theNextLetterFindsAmongTheRowsThatWereReadAndAChangeReadsThemAnew() async throws {
        let stage = try await ButlerScenes.Stage("emergency", .zh)
        let model = RegisterModel(stage.app, .workflow(workflow: "keys.loan"))
        func found() -> [String] { model.state.groups.flatMap(\.rows).map(\.open.label) }
        await model.handle(.type("k"))
        try await stage.lent("K-99 备用", number: "K-99")
        await model.handle(.type("K-99"))
        #expect(found().isEmpty, "read anew at a letter")
        await model.refresh()
        #expect(found() == ["K-99 备用"])
        try await stage.end()
    }

    @Test func whatWasWrittenOfOtherTalksIsAskedForOnce() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let home = try await stage.home("3-2-1501")
        let (model, again) = (VisitModel(stage.app, home), VisitModel(stage.app, home))
        func offers(_ model: VisitModel) -> Bool { model.state.phrases.map(\.label).contains("问了门禁") }
        await model.refresh()
        try await stage.world.butler.contacts.record(
            NewContact(
                about: [home], channel: Channel.visit, purpose: "care", outcome: .agreed, summary: "问了门禁",
                at: stage.world.office.clock.time))
        await model.handle(.said("问"))
        #expect(!offers(model))
        await again.refresh()
        #expect(offers(again))
        try await stage.end()
    }

    @Test func aFindingNotRecordedYetIsStillThere() async throws {
        try await on("patrol", { RoundModel($0.app, .due(try await $0.due("patrol.public-area"))) }) { model, stage in
            let wrong = try #require(model.state.items.lazy.compactMap(\.problem).first)
            await model.handle(wrong.intent)
            await model.handle(.say("消防通道停了电动车"))

            let again = RoundModel(stage.app, .due(try await stage.due("patrol.public-area")))
            await again.refresh()
            await again.handle(wrong.intent)
            #expect(again.state.finding?.words.text == "消防通道停了电动车")
        }
    }

    @Test func aReadingThatIsTypedNeedsItsPhoto() async throws {
        try await on("patrol", { RoundModel($0.app, .due(try await $0.due("patrol.public-area"))) }) { model, _ in
            let reading = try #require(model.state.items.lazy.compactMap(\.reading).first)
            await model.handle(reading.intent("0,35"))
            #expect(model.state.record?.locked?.contains("末端消火栓压力") == true)
            let photo = try #require(model.state.items.lazy.compactMap(\.photo).first)
            await model.handle(photo.intent)
            let point = model.state.point
            #expect(model.state.record?.locked == nil)
            await model.handle(.record)
            #expect(model.state.problem == nil && model.state.point != point)
        }
    }

    @Test func whoWalksToTheEndIsToldWhatWasFound() async throws {
        try await on("patrol", { RoundModel($0.app, .due(try await $0.due("patrol.public-area"))) }) { model, stage in
            let wrong = try #require(model.state.items.lazy.compactMap(\.problem).first)
            await model.handle(wrong.intent)
            await model.handle(.photo)
            await model.handle(.recordFinding)
            let order = try #require(model.state.order)
            await model.handle(order.intent)
            guard case .form(.due) = stage.navigator.way.top else { return #expect(Bool(false), "\(stage.navigator.way.top)") }
            for _ in model.state.marks where model.state.done == nil {
                for item in model.state.items {
                    if let choice = item.choices.first { await model.handle(choice.press.intent) }
                }
                #expect(model.state.record?.locked == nil)
                await model.handle(.record)
            }
            let done = try #require(model.state.done)
            #expect(done.about.contains("1") && model.state.marks.allSatisfy { $0 == .done })
            await model.handle(.lookBack)
            #expect(model.state.done == nil && !model.state.point.isEmpty)
        }
    }
}
