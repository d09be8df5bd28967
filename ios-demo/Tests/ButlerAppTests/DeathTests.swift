import ButlerKit
import ButlerScenes
import ButlerTesting
import Foundation
import Testing

@testable import ButlerScreens

/// A process of the app is killed, not shut down: what it said was kept is there for the next one, on the screen where it was
/// typed. The app that dies is this program once more, told to run `theAppThatDies` alone.
@MainActor @Suite struct DeathTests {
    @Test(.timeLimit(.minutes(10)))
    func aProcessIsKilledInAFormAndTheNextOneGoesOnThere() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "butler-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let office = try TestOffice()
        try office.grid("g1")
        try office.assign("zhang.li", role: "butler", grid: "g1", name: "张丽")
        let home = try office.home("3-2-1501", grid: "g1")
        let butler = try await Butler.open(at: folder.appending(path: "records"), keys: FileKeys(folder), clock: office.clock)
        try await butler.enrol(code: office.code(for: "zhang.li"), label: "测试机", with: office.transport)
        try await butler.sync(with: office.transport)
        try await butler.shutdown()
        // Each goes on where the one before was killed, whatever that was about to do: each time the form holds what was said, and
        // no less.
        for last in ["a choice", "a photo", "key 1", "key 9"] {
            let said = try await killed(after: last, folder, home, office.clock.time)
            let (app, navigator) = try await opened(folder, office.clock.time)
            #expect(navigator.way.stacks[.today] == [.home(home), .form(keysOf(home))], "where it was killed")
            let form = try await form(app, navigator)
            let keys = said.compactMap { $0.hasPrefix("key ") ? Int($0.dropFirst(4)) : nil }.max() ?? 0
            #expect(form.isChosen, "the choice after \(last)")
            #expect(!said.contains("a photo") || form.isPhotographed, "the photo after \(last)")
            let typed = Person(form).reads("存放位置") ?? ""
            #expect(typed.count >= keys && whatIsTyped.hasPrefix(typed), "“\(typed)” after \(last)")
            #expect(try await app.butler.drafts.list().count == 1)
            try await app.butler.shutdown()
        }
    }

    /// Runs the app over the folder until it says so, and kills it; what it had said by then.
    private func killed(after last: String, _ folder: URL, _ home: RecordId, _ now: Date) async throws -> [String] {
        try await Task.detached {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            // How this program was told to run its tests, but for which of them.
            process.arguments = ["--testing-library", "swift-testing", "--filter", "DeathTests/theAppThatDies"]
            let told = [folderKey: folder.path, homeKey: home.value, nowKey: "\(now.timeIntervalSince1970)"]
            process.environment = ProcessInfo.processInfo.environment.merging(told) { $1 }
            let (says, hears) = (Pipe(), Pipe())
            process.standardOutput = says
            process.standardInput = hears
            process.standardError = FileHandle.nullDevice
            try process.run()
            defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            var (said, line) = ([String](), Data())
            while said.last != last {
                guard let byte = try says.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else { throw Died(said: said) }
                line += byte
                guard byte == Data("\n".utf8) else { continue }
                let words = String(decoding: line.dropLast(), as: UTF8.self)
                // The program says more than the app does.
                if words.hasPrefix(marked) { said.append(String(words.dropFirst(marked.count))) }
                line = Data()
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
            return said
        }.value
    }

    private struct Died: Error { let said: [String] }

    /// The app in a process of its own: it goes on with the form where it was left, says what is kept, and lives until it is killed.
    @Test(.enabled(if: told(folderKey) != nil))
    func theAppThatDies() async throws {
        let folder = URL(fileURLWithPath: try #require(told(folderKey)))
        let home = RecordId(value: try #require(told(homeKey)))
        let now = Date(timeIntervalSince1970: try #require(told(nowKey).flatMap(Double.init)))
        func say(_ words: String) throws { try FileHandle.standardOutput.write(contentsOf: Data("\n\(marked)\(words)\n".utf8)) }
        let (app, navigator) = try await opened(folder, now)
        if navigator.way.top.isForm == false {
            navigator.go(.home(home))
            navigator.go(.form(keysOf(home)))
        }
        let form = try await form(app, navigator)
        if !form.isChosen, case .options(let options) = form.state.questions.first(where: { $0.answer.isOptions })?.answer {
            await form.handle(options.chips[0].press.intent)
        }
        try say("a choice")
        if !form.isPhotographed { await form.handle(.photo("consent")) }
        try say("a photo")
        let typed = Person(form).reads("存放位置") ?? ""
        for end in typed.count + 1...whatIsTyped.count {
            try await Person(form).does("type \(whatIsTyped.prefix(end)) into 存放位置")
            try say("key \(end)")
        }
        // Where nobody kills it, it goes with whoever began it.
        _ = try FileHandle.standardInput.readToEnd()
    }

    private func form(_ app: ButlerScreens.App, _ navigator: Navigator) async throws -> FormModel {
        guard case .form(let of) = navigator.way.top else { throw Died(said: ["no form"]) }
        let form = FormModel(app, of)
        await form.refresh()
        return form
    }
}

private let folderKey = "BUTLER_DYING_IN"
private let homeKey = "BUTLER_DYING_AT"
private let nowKey = "BUTLER_DYING_WHEN"

/// Before what the app says, among all that its program does.
private let marked = "the app says: "

private func told(_ key: String) -> String? { ProcessInfo.processInfo.environment[key] }

/// What is typed, key by key.
private let whatIsTyped = "前台三号柜左边第二格，袋口已封，业主当面试过两把都能开"

private func keysOf(_ home: RecordId) -> FormOf { .row("keys.owner", home) }

/// The app over a folder, opened where it was when it died.
@MainActor private func opened(_ folder: URL, _ now: Date) async throws -> (ButlerScreens.App, Navigator) {
    let butler = try await Butler.open(at: folder.appending(path: "records"), keys: FileKeys(folder), clock: TestClock(now))
    let settings = SettingsKeeper(folder.appending(path: "settings.json"))
    let navigator = Navigator(TestDevice(), WayKeeper(folder.appending(path: "way")) { now })
    let line = Line(butler, settings) { _ in throw TransportError.Unreachable }
    let app = ButlerScreens.App(butler: butler, language: .zh, platform: navigator, settings: settings, line: line) { now }
    try await navigator.open(app)
    return (app, navigator)
}

/// The key of a phone in a file: another process has it, too.
private final class FileKeys: KeyProvider {
    private let file: URL

    init(_ folder: URL) { file = folder.appending(path: "key") }

    func key() throws -> Data? { FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil }

    func keep(key: Data) throws { try key.write(to: file) }
}

extension AnswerState {
    fileprivate var isOptions: Bool { if case .options = self { true } else { false } }
}

extension Place {
    fileprivate var isForm: Bool { if case .form = self { true } else { false } }
}

extension FormModel {
    fileprivate var isChosen: Bool {
        state.questions.contains { if case .options(let options) = $0.answer { options.chips.contains(where: \.chosen) } else { false } }
    }

    /// The owner signed on paper, and the paper was photographed.
    fileprivate var isPhotographed: Bool {
        state.questions.contains { if case .signature(let signature) = $0.answer { signature.again != nil } else { false } }
    }
}
