import ButlerKit
import ButlerScenes
import Foundation
import Testing

@testable import ButlerScreens

/// What was typed and chosen in the sheets of 今天 is there again, whatever became of the app.
@MainActor @Suite struct DraftsTests {
    /// A sheet: what opens it, what is done in it, what hands it in.
    private struct Sheet {
        let open: [String]
        let steps: [String]
        let record: String
    }

    private let sheets = [
        Sheet(
            open: ["press 没人 beside 1501"], steps: ["press 周一 18:30", "press 门上留条，拍一张", "press 今天 18:30"],
            record: "press 记下，下一户"),
        Sheet(
            open: ["press 今天走不完"],
            steps: ["press 30 分", "press 其他", "type 下午公司 into 说明", "type 下午公司开会 into 说明"], record: "press 就这样走"),
    ]

    /// 今天, after what a person did.
    private func today(_ stage: ButlerScenes.Stage, _ lines: [String]) async throws -> TodayModel {
        let model = TodayModel(stage.app)
        await model.refresh()
        try await Person(model).does(lines)
        return model
    }

    @Test func theAppDiesAfterAnyStepOfASheet() async throws {
        for sheet in sheets {
            for count in 1...sheet.steps.count {
                let stage = try await ButlerScenes.Stage("leaks", .zh)
                let before = try await today(stage, sheet.open + sheet.steps.prefix(count))
                try await stage.restart()
                let after = try await today(stage, sheet.open)
                #expect(Person(after).sees(\.sheet) == Person(before).sees(\.sheet), "\(sheet.open) \(count)")
                try await stage.end()
            }
        }
    }

    @Test func aSheetOneLeftGoesOnWhereItWasAndHandingItInEndsIt() async throws {
        for sheet in sheets {
            let stage = try await ButlerScenes.Stage("leaks", .zh)
            let model = try await today(stage, sheet.open + sheet.steps)
            let before = Person(model).sees(\.sheet)
            await model.handle(.closeSheet)
            let again = try await today(stage, sheet.open)
            #expect(Person(again).sees(\.sheet) == before)
            try await Person(again).does([sheet.record])
            #expect(again.state.sheet == nil && again.state.problem == nil)
            #expect(try await stage.world.butler.drafts.list().isEmpty)
            try await stage.end()
        }
    }

    /// A key is kept when it is done: nothing of it waits for a timer, and keeping it is no long work. What a key takes besides is the
    /// screen's reading, which a draft does not wait for.
    @Test func whatIsTypedIsKeptByTheTimeTheNextKeyCanBePressed() async throws {
        let stage = try await ButlerScenes.Stage("leaks", .zh)
        let model = try await today(stage, ["press 今天走不完", "press 30 分", "press 其他"])
        let words = "下午公司开会，晚上再走"
        var took: [Duration] = []
        for end in 1...words.count {
            let typed = String(words.prefix(end))
            await model.handle(.remark(typed))
            let kept = try await stage.world.butler.drafts.list().map(\.draft)
            #expect(kept.map(\.note) == [typed], "what was typed when its key was done")
            took.append(try await ContinuousClock().measure { try await stage.world.butler.drafts.save(kept[0]) })
        }
        let median = took.sorted()[took.count / 2]
        #expect(median < .milliseconds(300), "to keep it took \(median), of \(took)")
        try await stage.end()
    }

    @Test func aDraftOfASheetHasANameAndLeadsBackToIt() async throws {
        let stage = try await ButlerScenes.Stage("leaks", .zh)
        _ = try await today(stage, ["press 今天走不完", "press 30 分"])
        stage.navigator.go(.outbox)
        let outbox = OutboxModel(stage.app)
        await outbox.refresh()
        try await Person(outbox).does(["press 今天走不完"])
        #expect(outbox.state.drafts.map(\.open.label) == ["今天走不完"])
        #expect(stage.navigator.way.top == .today)
        let more = MoreModel(stage.app)
        await more.refresh()
        #expect(more.state.drafts.map(\.title) == ["今天走不完"])
        try await stage.end()
    }

    private func round(_ stage: ButlerScenes.Stage, _ of: RoundOf, _ lines: [String]) async throws -> RoundModel {
        let model = RoundModel(stage.app, of)
        await model.refresh()
        try await Person(model).does(lines)
        return model
    }

    @Test func whatIsAnsweredAtAPointOfARoundIsStillAnswered() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        _ = try await today(stage, ["press 开始巡查 beside 904"])
        guard case .round(let of) = stage.navigator.way.top else { return #expect(Bool(false), "no round was begun") }
        let model = try await round(stage, of, [])
        let untouched = Person(model).sees(\.items)
        await model.handle(.choose("outcome", "nearly_finished"))
        await model.handle(.photoOf("outcome"))
        let before = Person(model).sees(\.items)
        #expect(before != untouched)
        try await stage.restart()
        let again = try await round(stage, of, [])
        #expect(Person(again).sees(\.items) == before)
        let draft = try await stage.world.butler.drafts.list().map(\.draft).first
        #expect(draft?.form == "round.point" && draft?.answers.photos["outcome"]?.count == 1)
        await again.handle(.record)
        #expect(try await stage.world.butler.drafts.list().isEmpty)
        try await stage.end()
    }

    @Test func aFindingThatWasPutRightOnTheSpotStillIs() async throws {
        let stage = try await ButlerScenes.Stage("patrol", .zh)
        let of = RoundOf.due(try await stage.due("patrol.public-area"))
        let before = Person(try await round(stage, of, ["press 有问题", "press 当场改好了"])).sees(\.finding)
        try await stage.restart()
        #expect(Person(try await round(stage, of, ["press 有问题"])).sees(\.finding) == before)
        try await stage.end()
    }

    @Test func whatOneWasAboutToSayBesideAnEmergencyIsStillThere() async throws {
        let stage = try await ButlerScenes.Stage("emergency", .zh)
        func card(_ lines: [String]) async throws -> String {
            let model = EmergencyModel(stage.app, .case(try await stage.case("水浸与跑水")))
            await model.refresh()
            try await Person(model).does(lines)
            return Person(model).sees(\.sheet)
        }
        let before = try await card(["press 说一句", "type 水已经退到脚踝 into 现在怎样"])
        try await stage.restart()
        #expect(try await card(["press 说一句"]) == before)
        try await stage.end()
    }

    @Test func whatAVisitLeavesForAnotherTimeIsStillLeft() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        func together(_ lines: [String]) async throws -> String {
            let model = VisitModel(stage.app, try await stage.home("3-2-1501"))
            await model.refresh()
            try await Person(model).does(lines)
            return Person(model).sees(\.together)
        }
        let before = try await together(["press 定期拜访"])
        try await stage.restart()
        #expect(try await together([]) == before)
        try await stage.end()
    }
}
