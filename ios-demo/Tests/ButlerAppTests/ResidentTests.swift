import ButlerKit
import ButlerScenes
import ButlerTesting
import Foundation
import Testing

@testable import ButlerScreens

/// What a telephone goes through, and a name that is kept.
@MainActor @Suite struct ResidentTests {
    private func does<M: Model>(_ model: M, _ lines: [String]) async throws -> M {
        await model.refresh()
        try await Person(model).does(lines)
        return model
    }

    /// Nobody answers; a number is due to be found; the next call is answered: nothing is due any more.
    @Test func aTelephoneNobodyAnsweredIsVerifiedByTheCallThatIsAnswered() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, home) = (stage.world.butler, try await stage.home("3-2-1501"))
        func due() async throws -> [TodayItem] {
            try await butler.today.about(home).filter { $0.rule == "household.phone-failed" && $0.status == .open }
        }
        _ = try await does(HomeModel(stage.app, home), ["press 打给刘敏", "press 没打通", "press 记下"])
        #expect(try await due().map(\.purpose) == ["verify_phone"])
        stage.world.office.clock.time += 7_200
        _ = try await does(HomeModel(stage.app, home), ["press 打给刘敏", "press 打通了"])
        let talk = ["press 达成一致", "type 换了手机，号码没变 into 谈了什么", "press 记下"]
        _ = try await does(VisitModel(stage.app, home, byPhone: true), talk)
        #expect(try await due().isEmpty)
        let phones = try await butler.residents.details(try await stage.owner()).resident.phones
        #expect(try await butler.date() == phones.first?.verified)
        try await stage.end()
    }

    @Test func aNameThatWasAskedForIsHiddenAgain() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        try await stage.keepName()
        let model = try await does(ResidentModel(stage.app, try await stage.owner()), ["press 看姓名"])
        var names: [String] = []
        for seconds: TimeInterval in [0, 29, 1] {
            stage.world.office.clock.time += seconds
            await model.refresh()
            names.append(model.state.title)
        }
        #expect(names == ["刘敏", "刘敏", "保密住户"])
        try await stage.end()
    }

    @Test func anItemIsLeftOutAndTheRestPutOff() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let (butler, home) = (stage.world.butler, try await stage.home("3-2-1501"))
        func open() async throws -> [DueId] { try await butler.today.about(home).filter { $0.status == .open }.map(\.id) }
        let two = try await open()
        #expect(two.count == 2)
        _ = try await does(FormModel(stage.app, .instead(.skip, two[0], home)), ["press 客户谢绝", "press 记下"])
        #expect(try await open() == [two[1]])
        _ = try await does(FormModel(stage.app, .instead(.snooze, nil, home)), ["press 客户不在", "press 记下"])
        #expect(try await open().isEmpty)
        try await stage.app.undo()
        #expect(try await open() == [two[1]])
        try await stage.end()
    }

    @Test func whatDoesNotOpenSaysWhatIsSafeAndTheWaysOn() {
        let words = Words(.zh)
        let full = startState(words, ButlerError.StorageFull)
        #expect([full.first.label, full.second?.label] == ["打开手机存储", "再试一次"])
        for lost in [ButlerError.KeyMissing, .WrongKey] {
            #expect(startState(words, lost).second?.intent == .askAnew)
            #expect(startState(words, lost, asked: true).first.intent == .anew)
        }
        #expect(startState(words, ButlerError.Locked).first.intent == .again)
    }
}
