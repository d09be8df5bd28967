import Foundation

/// A real `butler-office` with its register, serving on a port of this machine.
final class OfficeProcess: Sendable {
    /// Where phones reach it.
    let address: String
    private let data: URL
    /// By how many milliseconds its clock is ahead of this machine's.
    private let ahead: Int
    private let server: Process
    private static let grid = "jinse/grid-1"

    struct Failed: Error { let words: [String] }

    /// It is `time` there now. The import of the register takes its time: no model waits for it.
    static func opened(in data: URL, at time: Date) async throws -> OfficeProcess {
        try await Task.detached { try OfficeProcess(in: data, at: time) }.value
    }

    /// 张丽, butler and for a while finance too, and 王伟, butler; both of the first grid.
    private init(in data: URL, at time: Date) throws {
        let ahead = Int(time.timeIntervalSinceNow * 1_000)
        (self.data, self.ahead) = (data, ahead)
        let run = { (words: String...) throws -> Void in _ = try Self.run(data, ahead, words) }
        try run("init", "--community", "jinse", "--name", "锦瑟家园 物业服务中心")
        try run("import", repo.appending(path: "office/tests/fixtures/register-jinse.xlsx").path, "--apply")
        try run("staff", "add", "zhang.li", "--name", "张丽", "--role", "butler", "--role", "finance")
        try run("staff", "add", "wang.wei", "--name", "王伟", "--role", "butler")
        try run("grid", "assign", "zhang.li", Self.grid, "--role", "butler")
        try run("grid", "assign", "zhang.li", Self.grid, "--role", "finance")
        try run("grid", "assign", "wang.wei", Self.grid, "--role", "butler")
        let (server, said) = try Self.start(data, ahead, ["serve", "--listen", "127.0.0.1:0"])
        var line = Data()
        while let byte = try said.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        address = String(String(decoding: line, as: UTF8.self).dropFirst("listening on ".count))
        self.server = server
    }

    /// A one-time code for a phone.
    func code(for staff: String) throws -> String { String(try Self.run(data, ahead, ["enrol", staff]).prefix { $0 != "\n" }) }

    /// Finance has its own people back: 张丽 is a butler only.
    func butlerOnly(_ staff: String) throws {
        _ = try Self.run(data, ahead, ["grid", "unassign", staff])
        _ = try Self.run(data, ahead, ["grid", "assign", staff, Self.grid, "--role", "butler"])
    }

    func end() { server.terminate() }

    private static func run(_ data: URL, _ ahead: Int, _ words: [String]) throws -> String {
        let (process, said) = try start(data, ahead, words)
        let text = try said.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(words: words) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func start(_ data: URL, _ ahead: Int, _ words: [String]) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["BUTLER_OFFICE"] ?? "butler-office")
        process.arguments = ["--data", data.path, "--clock-ms=\(ahead)"] + words
        let said = Pipe()
        process.standardOutput = said
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, said.fileHandleForReading)
    }
}
