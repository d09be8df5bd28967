import ButlerKit
import ButlerTesting
import Foundation
import Testing

/// A real `butler-office` in a folder, serving on a port of this machine.
final class Office: Sendable {
    /// One for all tests: the import of the register is the long part.
    static let shared: Result<Office, any Error> = Result { try Office() }

    let transport: any Transport
    private let data: URL
    private let server: Process

    /// The real register, three people: 张丽 and 王伟, butlers of the first grid, and 陈静, supervisor of all.
    private init() throws {
        let data = newFolder().appendingPathComponent("office")
        let run = { (words: String...) throws -> Void in _ = try Self.run(data, words) }
        try run("init", "--community", "jinse")
        let checkout = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../..").standardized
        try run(
            "import", checkout.appendingPathComponent("office/tests/fixtures/register-jinse.xlsx").path, "--apply")
        try run("staff", "add", "zhang.li", "--name", "张丽", "--role", "butler")
        try run("staff", "add", "wang.wei", "--name", "王伟", "--role", "butler")
        try run("staff", "add", "chen.jing", "--name", "陈静", "--role", "supervisor")
        try run("grid", "assign", "zhang.li", "jinse/grid-1", "--role", "butler")
        try run("grid", "assign", "wang.wei", "jinse/grid-1", "--role", "butler")
        try run("grid", "assign", "chen.jing", "--community", "--role", "supervisor")
        let (server, said) = try Self.start(data, ["serve", "--listen", "127.0.0.1:0"])
        var line = Data()
        while let byte = try said.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        let url = String(decoding: line, as: UTF8.self).dropFirst("listening on ".count)
        guard let url = URL(string: String(url)) else { throw Failed(words: ["serve"]) }
        (self.data, self.server, transport) = (data, server, HTTPTransport(office: url))
        atexit { try? Office.shared.get().server.terminate() }
    }

    /// A one-time code for a phone.
    func code(for staff: String) throws -> String {
        let said = try Self.run(data, ["enrol", staff])
        return String(said.prefix { $0 != "\n" })
    }

    /// What somebody at the office does.
    func run(_ words: String...) throws { _ = try Self.run(data, words) }

    /// A phone of that person, enrolled and synced.
    func phone(_ staff: String) async throws -> Butler {
        let butler = try await Butler.open(at: newFolder(), keys: MemoryKeys())
        #expect(try await butler.enrolled() == nil)
        #expect(try await butler.enrol(code: code(for: staff), label: "测试机", with: transport).value == staff)
        #expect(try await butler.sync(with: transport).end == .complete)
        return butler
    }

    private struct Failed: Error { let words: [String] }

    private static func run(_ data: URL, _ words: [String]) throws -> String {
        let (process, said) = try start(data, words)
        let text = try said.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(words: words) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func start(_ data: URL, _ words: [String]) throws -> (Process, FileHandle) {
        let process = Process()
        let program = ProcessInfo.processInfo.environment["BUTLER_OFFICE"] ?? "butler-office"
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--data", data.path] + words
        let said = Pipe()
        process.standardOutput = said
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, said.fileHandleForReading)
    }
}

func newFolder() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("butler-\(UUID().uuidString)")
}

extension Butler {
    /// An answer to each question, as a person in a hurry gives it.
    func answer(_ questions: [Question]) async throws -> Evidence {
        var answers: [QuestionId: Value] = [:]
        var taken: [QuestionId: [PhotoId]] = [:]
        for question in questions {
            switch question.answer {
            case .photo, .signature: taken[question.field] = [try await photos.add(Data([0x11, 0x22, 0x33]))]
            case .choice, .multiChoice:
                let good = question.options.first { !$0.fails } ?? question.options[0]
                answers[question.field] = .text(good.id)
            case .flag: answers[question.field] = .bool(true)
            case .number: answers[question.field] = .real(1)
            case .score: answers[question.field] = .int(5)
            case .date: answers[question.field] = .text("2026-11-23")
            case .time: answers[question.field] = .text("09:30")
            case .phone: answers[question.field] = .text("19900001234")
            default: answers[question.field] = .text("已按规程处理")
            }
        }
        return Evidence(fields: answers, photos: taken)
    }
}

/// The first reading of a stream that will do.
func first<T: Sendable>(
    of stream: AsyncThrowingStream<T, any Error>, where good: (T) -> Bool = { _ in true }
) async throws -> T {
    for try await reading in stream where good(reading) { return reading }
    throw CancellationError()
}
