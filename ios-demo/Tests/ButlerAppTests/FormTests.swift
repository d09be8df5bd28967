import ButlerKit
import ButlerScenes
import Foundation
import Testing

@testable import ButlerScreens

/// What a form does beyond what its contract files show.
@MainActor @Suite struct FormTests {
    private let line = Stroke([.init(x: 100, y: 500), .init(x: 900, y: 500)])

    @Test func aSignatureIsAPicture() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let photos = stage.world.butler.photos
        let png = Signature.png([line])
        #expect(png == Signature.png([line]) && png != Signature.png([]) && png.count < 30_000)
        // The core reads every pixel to make it smaller.
        #expect(try await !photos.thumbnail(try await photos.add(png), px: 64).isEmpty)
        try await stage.world.butler.shutdown()
    }

    @Test func linesBeyondThePadAreCutOff() {
        let beyond = Stroke([.init(x: -500, y: -500), .init(x: 2_000, y: 3_000)])
        #expect(Signature.png([beyond]).count == Signature.png([]).count)
    }

    @Test func whatIsTypedIsReadAsTheKindOfAnswerItIs() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        let answers = FormAnswers(stage.app)
        func typed(_ text: String, _ answer: AnswerType) -> Value? {
            let question = question(answer)
            answers.type(question, text)
            return answers.evidence.fields[question.field]
        }
        #expect(typed("12", .number) == .int(12) && typed("78.5", .number) == .real(78.5) && typed("七", .number) == .text("七"))
        #expect(typed("128.5", .money) == .int(12_850) && typed("-0.05", .money) == .int(-5))
        #expect(typed("1.234", .money) == .text("1.234") && typed("  ", .money) == nil)
        #expect(typed("830", .time) == .text("08:30") && typed("8：30", .time) == .text("08:30") && typed("2460", .time) == .text("2460"))
        try await stage.world.butler.shutdown()
    }

    @Test func anAmountStandsThereAsItWasEntered() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        let answers = FormAnswers(stage.app)
        let question = question(.money)
        answers.put(question.field, .int(-12_805))
        guard case .words(let words) = try await answers.state(question, today: Day("2026-11-28"), homes: []) else {
            return #expect(Bool(false), "money is typed")
        }
        #expect(words.typing.text == "-128.05" && words.unit == "元")
        try await stage.world.butler.shutdown()
    }

    @Test func whatIsRecordedLeavesNoDraft() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let id = try await stage.case("飘窗渗水")
        let model = FormModel(stage.app, .step(id, "sign"))
        await model.refresh()
        guard case .options(let who) = model.state.questions[0].answer, case .signature(let pad) = model.state.questions[2].answer
        else { return #expect(Bool(false), "who signs is chosen, then they sign") }
        await model.handle(who.chips[0].press.intent)
        await model.handle(pad.drawing.intent([line]))
        #expect(model.state.ready)
        #expect(try await butler.drafts.list().count == 1)
        await model.handle(.record)
        #expect(try await butler.drafts.list().isEmpty)
        #expect(try await butler.cases.details(id).steps.last?.step == "sign")
        try await butler.shutdown()
    }

    /// What is handed in next is not held against what the form showed before.
    @Test func aFormHandedInTwiceKnowsOfTheFirstTime() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let id = try await stage.case("飘窗渗水")
        let model = FormModel(stage.app, .step(id, "remind"))
        await model.refresh()
        await model.handle(.record)
        await model.handle(.remark("客户又打来一次"))
        #expect(try await butler.drafts.list().map(\.draft.submission.shown) == [butler.cases.details(id).shown])
        try await butler.shutdown()
    }

    @Test func anAnswerTakenOutOfAHomesDataIsTakenOutOfTheHome() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let home = try await stage.home("3-2-1501")
        _ = try await butler.homes.edit(home) {
            $0.orientation = "南"
            $0.decoration = "精装"
        }
        let model = FormModel(stage.app, .row("home.basic", home))
        await model.refresh()
        // The form wants whole days.
        await model.handle(.day("handed_over", try Day("2019-09-20")))
        await model.handle(.day("moved_in", try Day("2019-10-01")))
        await model.handle(.type("orientation", ""))
        await model.handle(.record)
        #expect(model.state.questions.compactMap(\.problem).isEmpty)
        let now = try await butler.homes.details(home).home
        #expect(now.orientation == nil && now.decoration == "精装", "and nothing else")
        let written = try await butler.records.history(home).last?.changes.map(\.path)
        #expect(Set(written ?? []) == ["orientation", "handed_over", "moved_in"])
        try await butler.shutdown()
    }

    @Test func anOwnersKeyIsTakenBackWithoutTypingTheBagsNumber() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let me = try await butler.me()
        let said: [QuestionId: Value] = [
            "key_kind": .text("owner"), "key_number": .text("F-0113"), "copies": .int(1), "taker": .text("staff"),
            "taken_by": .text(me.staff.value), "purpose": .text("抄表"), "back_by": .text(try await butler.date().description),
        ]
        let photo = try await butler.photos.add(Data(repeating: 7, count: 64))
        let lent = try await butler.cases.open(
            NewCase(
                workflow: "keys.loan", step: "lend", title: "2栋1单元702", place: PlaceId(value: me.grids[0].id.value),
                evidence: Evidence(fields: said, photos: ["sign_out": [photo], "consent": [photo]]))).record
        let model = FormModel(stage.app, .step(lent, "give_back"))
        await model.refresh()
        #expect(model.state.ready, "the camera opened by itself, and the bag keeps its number")
        await model.handle(.record)
        let details = try await butler.cases.details(lent)
        #expect(details.state == "back")
        #expect(details.steps.first { $0.step == "give_back" }?.evidence.fields["resealed_bag"] == .text("F-0113"))
        try await butler.shutdown()
    }

    /// What is half filled in is the home's data, wherever one goes on with it: never a row about the home.
    @Test func aDraftOfAHomesDataWritesTheHome() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let butler = stage.world.butler
        let home = try await stage.home("3-2-1501")
        let draft = Draft(
            submission: try await butler.submission(over: butler.homes.details(home).shown), form: "home.basic",
            about: [home], due: try await butler.today.about(home).first?.id)
        try await butler.drafts.save(draft)
        let model = FormModel(stage.app, .unfinished(draft.submission.id))
        await model.refresh()
        await model.handle(.answer("state", .text("under_construction")))
        #expect(model.state.ready)
        await model.handle(.record)
        #expect(try await butler.homes.details(home).home.state?.code == HomeState.underConstruction)
        #expect(try await butler.registers.list("home.basic").rows.isEmpty)
        try await butler.shutdown()
    }

    private func question(_ answer: AnswerType) -> Question {
        Question(
            field: "asked", label: Label(zh: "问", en: "Asked"), answer: answer, required: true, writable: true,
            personal: false, options: [], help: nil, unit: nil, min: nil, max: nil, maxLength: nil, atLeast: nil,
            photo: .never, must: false, invalid: nil, problem: nil)
    }
}
