import ButlerKit
import ButlerScenes
import Foundation
import Testing

@testable import ButlerScreens

/// What every model does the same way.
@MainActor @Suite struct ModelTests {
    /// Does what it is told slowly, and remembers in which order.
    private final class Slow: Model {
        let app: ButlerScreens.App
        let life = Life("")
        var said: [String] = []

        init(_ app: ButlerScreens.App) { self.app = app }

        func read() async throws -> String { said.joined(separator: " ") }

        func act(_ intent: String) async throws {
            said.append("\(intent)(")
            for _ in 0..<20 { await Task.yield() }
            said.append(")")
        }

        func failed(_ words: String) {}
    }

    @Test func whatIsPressedIsDoneOneAfterTheOther() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        let model = Slow(stage.app)
        for press in ["a", "b", "c"] { model.on(press) }
        await model.refresh()
        #expect(model.state == "a( ) b( ) c( )")
        try await stage.world.butler.shutdown()
    }

    @Test func whatIsTypedIntoAVisitOutlivesTheScreen() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let home = try await stage.home("3-2-1501")
        let model = VisitModel(stage.app, home)
        await model.refresh()
        await model.handle(.went("agreed"))
        await model.handle(.said("次卫墙角已干，摸着不潮。"))

        let again = VisitModel(stage.app, home)
        await again.refresh()
        #expect(again.state.said?.text == "次卫墙角已干，摸着不潮。")
        #expect(again.state.outcomes.map(\.chosen) == [true, false, false, false])

        // Handed in, it answers every ticked item and leaves no draft.
        await again.handle(.record)
        let left = try await stage.world.butler.today.about(home).filter { $0.status == .open }
        #expect(!left.contains { $0.begin == .form(form: "contact.log") })
        #expect(try await stage.world.butler.drafts.list().isEmpty)
        #expect(stage.navigator.way.top == .today)
        try await stage.world.butler.shutdown()
    }

    @Test func aSlipAndTheNumberOfAKeyLeadToWhatTheyName() async throws {
        let stage = try await ButlerScenes.Stage("emergency", .zh)
        let open = try #require(try await stage.world.butler.cases.list(CaseFilter()).first)
        try await stage.scan("butler://record/\(open.id.value)")
        #expect(stage.navigator.way.top == .case(open.id))
        try await stage.scan(" K-17\n")
        guard case .entry(let key) = stage.navigator.way.top else {
            Issue.record("\(stage.navigator.way.top)")
            return
        }
        #expect(try await stage.world.butler.registers.details(key).answers.fields.values.contains(.text("K-17")))
        try await stage.world.butler.shutdown()
    }

    @Test func whereTheWalkStartsOutlivesTheApp() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let model = TodayModel(stage.app)
        await model.refresh()
        let stops = model.state.stops.map(\.name)
        let place = try #require(try await stage.world.butler.today.walk(stage.settings.now.hours).stops.first { $0.name == "2栋1单元" }?.place)
        await model.handle(.startHere(place))
        let turned = model.state.stops.map(\.name)
        #expect(turned.first == "2栋1单元" && turned.sorted() == stops.sorted())
        try await stage.restart()
        let again = TodayModel(stage.app)
        await again.refresh()
        #expect(again.state.stops.map(\.name) == turned)
        try await stage.world.butler.shutdown()
    }

    @Test func aTagLeadsToThePointOfItsPlaceAndIsItsProof() async throws {
        let stage = try await ButlerScenes.Stage("surveyed", .zh)
        let round = RoundModel(stage.app, .due(try await stage.due("patrol.public-area")))
        await round.refresh()
        #expect(round.state.tag == nil, "this phone reads none")
        stage.device.tagged = "qr:jinse/3-2-lobby"
        await round.refresh()
        await round.handle(try #require(round.state.tag).intent)
        #expect(round.state.point == "3栋2单元大堂" && round.state.pointAbout.contains("已扫码"))
        await round.handle(try #require(round.state.record).intent)
        let walked = try #require(try await stage.world.butler.rounds.underWay().first).id
        let points = try await stage.world.butler.rounds.details(walked).points
        #expect(points.prefix(3).map(\.proof) == [.scan, nil, .scan])
        try await stage.world.butler.shutdown()
    }

    @Test func whatFailsIsSaidAndWhatWasShownStays() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let model = HomeModel(stage.app, try await stage.home("3-2-1501"))
        await model.refresh()
        let title = model.state.title
        try await stage.world.butler.shutdown()
        await model.refresh()
        #expect(model.state.title == title)
        #expect(stage.app.problem(ButlerError.Closed) == Words(.zh)(ButlerError.Closed.words))
    }

    @Test func whatAFullPhoneDidNotKeepIsKeptByOnePressOnceThereIsRoom() async throws {
        let stage = try await ButlerScenes.Stage("new", .zh)
        let screen = await stage.full()
        let storage = StorageModel(stage.app)
        await storage.refresh()
        #expect(screen.state == "阳台地漏慢" && storage.state.full?.again.label == "再记一次")
        await storage.handle(.again)
        #expect(storage.state.full != nil, "there is no room yet")
        screen.isFull = false
        await storage.handle(.again)
        #expect(storage.state.full == nil && screen.kept == ["阳台地漏慢"])

        screen.isFull = true
        await screen.handle("阳台地漏慢，约周六")
        screen.isFull = false
        await screen.handle("阳台地漏慢，约周六看")
        await storage.handle(.again)
        #expect(storage.state.full == nil && screen.kept == ["阳台地漏慢", "阳台地漏慢，约周六看"])
        try await stage.end()
    }

    @Test func aProblemOfAnotherKindHasWordsToo() {
        #expect(problem(CancellationError(), Words(.zh)).contains("CancellationError"))
        #expect(problem(ButlerError.Offline(why: .unreachable), Words(.en)) != problem(ButlerError.Locked, Words(.en)))
    }

    @Test func eachTabKeepsItsWay() {
        let home = Place.home(RecordId(value: "h"))
        var way = Way().to(.canWait).tab(.cases).to(home)
        #expect(way.top == home && way.mayGoBack)
        way = way.tab(.today)
        #expect(way.top == .canWait)
        way = way.tab(.today)
        #expect(way.top == .today && !way.mayGoBack)
        way = way.tab(.cases).back().back()
        #expect(way.tab == .today && way.top == .today)
        #expect(way.to(.homes).tab == .homes)
    }

    @Test func backLeadsToTheFirstTabAndLeavesFromThere() {
        let way = Way(.overview, first: .overview)
        #expect(!way.mayGoBack)
        #expect(way.to(.today).back().top == .overview && way.tab(.cases).back().top == .overview)
    }

    @Test func theFirstTabOfASupervisorIsTheOverview() async throws {
        let stage = try await ButlerScenes.Stage("supervisor", .zh)
        let model = TabsModel(stage.app)
        await model.refresh()
        #expect(model.state.tabs.map(\.press.intent) == [.overview, .homes, .record, .cases, .more])
        stage.navigator.first(.overview)
        #expect(stage.navigator.way.top == .overview)
        let overview = OverviewModel(stage.app)
        await overview.handle(.own)
        #expect(stage.navigator.way.top == .today && stage.navigator.way.mayGoBack)
        try await stage.world.butler.shutdown()
    }

    @Test func theTabsSayHowManyCasesWait() async throws {
        let stage = try await ButlerScenes.Stage("morning", .zh)
        let model = TabsModel(stage.app)
        await model.refresh()
        #expect(model.state.tabs.map(\.press.label) == ["今天", "房屋", "记一笔", "事项", "更多"])
        #expect(model.state.tabs.map { $0.count > 0 } == [false, false, false, true, false])
        try await stage.world.butler.shutdown()
    }
}
