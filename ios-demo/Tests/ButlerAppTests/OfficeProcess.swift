import Foundation

/// A real `butler-office` with its register, serving on a port of this machine.
final class OfficeProcess: Sendable {
    /// Where phones reach it.
    let address: String
    private let data: URL
    private let server: Process
    private static let grid = "jinse/grid-1"

    struct Failed: Error { let words: [String] }

    /// The import of the register takes its time: no model waits for it.
    static func opened(in data: URL) async throws -> OfficeProcess {
        try await Task.detached { try OfficeProcess(in: data) }.value
    }

    /// 张丽, butler and for a while finance too, and 王伟, butler; both of the first grid.
    private init(in data: URL) throws {
        self.data = data
        // It is ten in the morning there whenever the test runs: a walk is planned into the hours that are left.
        let minute = Int(Date().timeIntervalSince1970) / 60 % (24 * 60)
        let east = 10 * 60 - minute
        let run = { (words: String...) throws -> Void in _ = try Self.run(data, words) }
        try run(
            "init", "--community", "jinse", "--name", "锦瑟家园 物业服务中心",
            "--utc-offset=\(east < -12 * 60 ? east + 24 * 60 : east)")
        try run("import", repo.appending(path: "office/tests/fixtures/register-jinse.xlsx").path, "--apply")
        try run("staff", "add", "zhang.li", "--name", "张丽", "--role", "butler", "--role", "finance")
        try run("staff", "add", "wang.wei", "--name", "王伟", "--role", "butler")
        try run("grid", "assign", "zhang.li", Self.grid, "--role", "butler")
        try run("grid", "assign", "zhang.li", Self.grid, "--role", "finance")
        try run("grid", "assign", "wang.wei", Self.grid, "--role", "butler")
        let (server, said) = try Self.start(data, ["serve", "--listen", "127.0.0.1:0"])
        var line = Data()
        while let byte = try said.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        address = String(String(decoding: line, as: UTF8.self).dropFirst("listening on ".count))
        self.server = server
    }

    /// A one-time code for a phone.
    func code(for staff: String) throws -> String { String(try Self.run(data, ["enrol", staff]).prefix { $0 != "\n" }) }

    /// Finance has its own people back: 张丽 is a butler only.
    func butlerOnly(_ staff: String) throws {
        _ = try Self.run(data, ["grid", "unassign", staff])
        _ = try Self.run(data, ["grid", "assign", staff, Self.grid, "--role", "butler"])
    }

    func end() { server.terminate() }

    private static func run(_ data: URL, _ words: [String]) throws -> String {
        let (process, said) = try start(data, words)
        let text = try said.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(words: words) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func start(_ data: URL, _ words: [String]) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["BUTLER_OFFICE"] ?? "butler-office")
        process.arguments = ["--data", data.path] + words
        let said = Pipe()
        process.standardOutput = said
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, said.fileHandleForReading)
    }
}
