import ButlerKit
import Foundation

/// What can be pressed while a phone is given to a person.
public enum EnrolIntent: Equatable, Sendable {
    case code(String)
    case address(String)
    case phone(String)
    case scan
    case anotherOffice
    case find
    case enrol
    case hours
    case ringing
    case library
    case again
    case begin
}

/// Where one begins: a phone nobody holds, or that never fetched all it needs, is enrolled first.
@MainActor public func firstPlace(_ app: App) async throws -> Place {
    if try await app.butler.enrolled() == nil { return .enrol }
    return try await app.butler.status().syncedAt == nil ? .enrol : .today
}

/// 登记: of `officeAt`, `enrol` and the first sync, which the phone makes by itself.
@MainActor public final class EnrolModel: Model {
    public let app: App
    public let life = Life(EnrolState())
    private var code = ""
    private var address: String
    private var office: OfficeAbout?
    private var phone: String
    private var problem: String?
    private var waiting: Word?

    public init(_ app: App) {
        self.app = app
        address = app.settings.now.office ?? ""
        phone = app.platform.model
    }

    public var follows: AsyncStream<Void> { app.line.changes() }

    public func act(_ intent: EnrolIntent) async throws {
        problem = nil
        switch intent {
        case .code(let text): try await type(text)
        case .address(let text): address = text
        case .phone(let text): phone = text
        case .scan: if let scanned = await app.platform.scan() { try await take(scanned) }
        case .anotherOffice: office = nil
        case .find: try await online(.enrolFinding) { try await self.find() }
        case .enrol: try await online(.enrolling) { try await self.enrol() }
        case .hours: app.platform.go(.settings)
        case .ringing: try app.settings.change { $0.ringing.toggle() }
        case .library: app.platform.go(.library)
        case .again: app.platform.sync()
        case .begin: try await begin()
        }
    }

    public func failed(_ words: String) { problem = words }

    /// What is typed is a code; what is pasted may be the text of the office's picture.
    private func type(_ text: String) async throws {
        if text.trimmed.hasPrefix(picture) { return try await take(text) }
        code = Self.code(text)
    }

    private func take(_ scanned: String) async throws {
        let read = try Butler.enrolmentCode(scanned)
        code = Self.code(read.code)
        guard let whereItIs = read.office else { return }
        address = whereItIs
        try await online(.enrolFinding) { try await self.find() }
    }

    private func find() async throws {
        office = nil
        guard let whole = whole(address) else { return failed(app.words(.enrolAddressWrong)) }
        address = whole
        office = try await app.line.about(whole)
    }

    private func enrol() async throws {
        try await app.line.enrol(code: code, phone: phone.trimmed, at: address)
        app.platform.sync()
    }

    /// There is no way back here; whoever looks after others begins with them.
    private func begin() async throws {
        app.platform.go(.today)
        if try await overlooks(app) { app.platform.go(.overview) }
    }

    /// The only two things that need the office; without it one is told so, and shown meanwhile that it is asked.
    private func online(_ doing: Word, _ work: @MainActor () async throws -> Void) async throws {
        waiting = doing
        defer { waiting = nil }
        try await showNow()
        do {
            try await work()
        } catch ButlerError.Offline {
            failed(app.words(.enrolOffline))
        }
    }

    /// An address as people type it; nil when no office may be reached there. The rule is that of the office's picture.
    private func whole(_ typed: String) -> String? {
        let plain = typed.trimmed.precomposedStringWithCompatibilityMapping
        let address = plain.contains("://") ? plain : "https://" + plain
        guard let written = address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else { return nil }
        return try? Butler.enrolmentCode("\(picture)?office=\(written)&code=\(anyCode)").office
    }

    /// A code from what is typed: small letters, spaces, dashes and a Chinese keyboard's wide letters are all right.
    private static func code(_ text: String) -> String {
        let signs = text.precomposedStringWithCompatibilityMapping.uppercased()
        return String(signs.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(codeLength))
    }

    public func read() async throws -> EnrolState {
        if try await app.butler.enrolled() == nil { return asked() }
        let (title, load) = try await loaded()
        return EnrolState(title: title, problem: problem, load: load)
    }

    private func asked() -> EnrolState {
        let words = app.words
        let isUnlike = code.contains { unlike.contains($0) }
        let missing = [
            code.count < codeLength || isUnlike ? words(.enrolCode) : nil,
            office == nil && address.isBlank ? words(.enrolAddress) : nil,
            phone.isBlank ? words(.enrolPhone) : nil,
        ].compactMap { $0 }
        let doing = waiting.map { words($0) }
        let lacking =
            missing.isEmpty ? nil : words(.stillMissing, ["count": missing.count, "what": words.list(missing)])
        let letters = code.map { String($0) }
        return EnrolState(
            title: words(.enrolTitle),
            about: words(.enrolAbout),
            problem: problem ?? app.notice,
            code: Typing(words(.enrolCode), code) { .code($0) },
            boxes: (0..<codeLength).map { $0 < letters.count ? letters[$0] : "" },
            codeProblem: isUnlike ? words(.enrolCodeUnlike) : nil,
            scan: Press(words(.enrolScan), .scan),
            address: office != nil
                ? nil : Typing(words(.enrolAddress), address, hint: words(.enrolAddressHint)) { .address($0) },
            office: office.map {
                OfficeLine(name: $0.name, about: words(.enrolFound), change: Press(words(.change), .anotherOffice))
            },
            phone: Typing(words(.enrolPhone), phone, hint: words(.enrolPhoneHint)) { .phone($0) },
            safe: words(.enrolSafe),
            next: office == nil && !address.isBlank
                ? Press(words(.enrolFind), .find, locked: doing) : Press(words(.enrol), .enrol, locked: doing ?? lacking))
    }

    // What is fetched.

    private func loaded() async throws -> (title: String, load: FirstLoad) {
        let words = app.words
        let line = app.line.state
        let status = try await app.butler.status()
        let isDone = status.syncedAt != nil
        let short = shortfall(words, line)
        let phase: LoadPhase = isDone ? .done : short != nil ? .cut : .loading
        let homes = try await app.butler.homes.count()
        let toFetch = status.homesToFetch.map(Int.init).flatMap { $0 > 0 ? $0 : nil }
        let counted = toFetch.map { words(.homesOf, ["here": homes, "count": $0]) } ?? words(.homes, ["count": homes])
        let me = try await app.butler.me()
        let grids = me.grids.map(\.name)
        let (title, about) =
            switch phase {
            case .done: (words(.loadDone), words(.loadDoneAbout))
            // Nothing of one's own waits here yet: a broken line is told otherwise than later.
            case .cut: (words(.loadCut), line.report?.end == .interrupted ? words(.loadCutAbout) : short ?? "")
            case .loading:
                (grids.isEmpty ? words(.loading) : words(.loadingGrid, ["grid": words.list(grids)]), words(.loadAbout))
            }
        let titles = try await stages(me, counted)
        let at =
            if isDone {
                titles.count
            } else if line.progress?.stage == .photos {
                titles.count - 1
            } else if homes > 0 {
                titles.count - 2
            } else {
                grids.isEmpty ? 0 : 1
            }
        let share = 100 / titles.count
        let fetched = at == titles.count - 2 ? toFetch.map { min(homes, $0) * share / $0 } : nil
        let settled = app.settings.now
        let load = FirstLoad(
            phase: phase,
            counted: counted,
            about: about,
            part: at * share + (fetched ?? 0),
            stages: titles.enumerated().map { index, stage in
                LoadStage(
                    phase: index < at ? .done : index == at && phase == .loading ? .now : .waits, title: stage.title,
                    about: stage.about)
            },
            meanwhileTitle: isDone ? nil : words(.loadMeanwhile),
            hours: isDone
                ? nil : LoadHours(about: hoursLine(app, settled), open: Press(words(.settingHours), .hours)),
            ringing: isDone
                ? nil
                : LoadRinging(
                    about: words(.loadRinging), switch: Chip(Press(words(.settingRinging), .ringing), chosen: settled.ringing)),
            begin: isDone
                ? Press(words(.loadBegin), .begin) : homes > 0 ? Press(words(.loadLookAround), .begin) : nil,
            library: !isDone && homes == 0 ? Press(words(.loadLibrary), .library) : nil,
            again: phase == .cut ? Press(words(.loadAgain), .again) : nil)
        return (title, load)
    }

    private func stages(_ me: Me, _ counted: String) async throws -> [(title: String, about: String)] {
        let words = app.words
        let version = try await app.butler.playbookSet().version
        let who = [me.name] + me.roles.map { words($0.label) }
        return [
            (words(.loadIdentity), who.filter { !$0.isEmpty }.joined(separator: dot)),
            (words(.loadProcedures), version.map { words(.procedureSet, ["version": $0]) } ?? words(.loadProceduresOwn)),
            (words(.loadRecords), counted),
            (words(.loadPhotos), words(.loadPhotosAbout)),
        ]
    }
}

/// What the text of the office's picture begins with.
private let picture = "butler://enrol"
private let codeLength = 8
/// Where an address alone is judged.
private let anyCode = "AAAAAAAA"
/// No code has these, so that none is mistaken for another.
private let unlike = "0O1I"
