import ButlerKit

/// What can be pressed on 设置.
public enum SettingsIntent: Equatable, Sendable {
    case back
    case look(Appearance)
    case speak(Language?)
    case glove
    case walk(Floors)
    case photosOnWifi
    case ringing
    case open(Sheet)
    case shift(Hour, Int)
    case share(String)
    case close

    public enum Sheet: Sendable {
        case hours, lost, help
    }

    public enum Hour: Sendable {
        case from, lunchFrom, lunchUntil, until
    }
}

/// 设置: of the phone's own settings; `me`, `playbookSet` and `diagnostics` of the butler.
@MainActor public final class SettingsModel: Model {
    public let app: App
    public let life = Life(SettingsState())
    private var sheet: SettingsIntent.Sheet?
    private var problem: String?

    public init(_ app: App, sheet: SettingsIntent.Sheet? = nil) {
        self.app = app
        self.sheet = sheet
    }

    public func act(_ intent: SettingsIntent) async throws {
        problem = nil
        let settings = app.settings
        switch intent {
        case .back: app.platform.back()
        case .look(let appearance): try settings.change { $0.appearance = appearance }
        case .speak(let language): try settings.change { $0.language = language }
        case .glove: try settings.change { $0.glove.toggle() }
        case .walk(let floors): try settings.change { $0.floors = floors }
        case .photosOnWifi: try settings.change { $0.photosOnWifi.toggle() }
        case .ringing: try settings.change { $0.ringing.toggle() }
        case .open(let sheet): self.sheet = sheet
        case .shift(let hour, let minutes): try settings.change { $0 = shifted($0, hour, minutes) }
        case .share(let text): app.platform.share(text)
        case .close: sheet = nil
        }
    }

    public func failed(_ words: String) { problem = words }

    public func read() async throws -> SettingsState {
        let words = app.words
        let now = app.settings.now
        return SettingsState(
            title: words(.settings),
            back: Press(words(.back), .back),
            problem: problem,
            groups: [
                SettingsGroup(
                    title: words(.settingsLook),
                    rows: [
                        appearance(now),
                        SettingRow(kind: .text, title: words(.settingText), about: words(.settingTextAbout)),
                        language(now),
                    ]),
                SettingsGroup(
                    title: words(.settingsWalk),
                    rows: [
                        SettingRow(
                            kind: .hours, title: words(.settingHours), about: hoursLine(app, now),
                            open: Press(words(.change), .open(.hours))),
                        SettingRow(
                            kind: .glove, title: words(.settingGlove), about: words(.settingGloveAbout),
                            switch: Chip(Press(words(.settingGlove), .glove), chosen: now.glove)),
                        floors(now),
                    ]),
                SettingsGroup(
                    title: words(.settingsSend),
                    rows: [
                        SettingRow(
                            kind: .photos, title: words(.settingWifi), about: words(.settingWifiAbout),
                            switch: Chip(Press(words(.settingWifi), .photosOnWifi), chosen: now.photosOnWifi)),
                        SettingRow(
                            kind: .ringing, title: words(.settingRinging), about: words(.settingRingingAbout),
                            switch: Chip(Press(words(.settingRinging), .ringing), chosen: now.ringing)),
                    ]),
                SettingsGroup(
                    title: words(.settingsPhone),
                    rows: [
                        try await who(now), opens(.lost, .settingLost, .lost), opens(.help, .settingHelp, .help),
                    ]),
            ],
            sheet: try await opened(now))
    }

    private func appearance(_ now: Settings) -> SettingRow {
        let names: [(Appearance, Word)] = [
            (.auto, .lookAuto), (.light, .lookLight), (.dark, .lookDark), (.sunlight, .lookSunlight),
        ]
        return SettingRow(
            kind: .appearance, title: app.words(.settingAppearance), about: app.words(.settingAppearanceAbout),
            choices: names.map { look, name in Chip(Press(app.words(name), .look(look)), chosen: look == now.appearance) })
    }

    /// A language is called by its own name, whichever is spoken.
    private func language(_ now: Settings) -> SettingRow {
        let names: [(Language?, String)] = [(nil, app.words(.languageOfPhone)), (.zh, "中文"), (.en, "English")]
        return SettingRow(
            kind: .language, title: app.words(.settingLanguage),
            choices: names.map { language, name in Chip(Press(name, .speak(language)), chosen: language == now.language) })
    }

    private func floors(_ now: Settings) -> SettingRow {
        let names: [(Floors, Word)] = [(.topDown, .topDown), (.bottomUp, .bottomUp)]
        return SettingRow(
            kind: .floors, title: app.words(.settingFloors),
            about: app.words(now.floors == .topDown ? .settingTopDown : .settingBottomUp),
            choices: names.map { floors, name in Chip(Press(app.words(name), .walk(floors)), chosen: floors == now.floors) })
    }

    private func who(_ now: Settings) async throws -> SettingRow {
        let words = app.words
        let me = try await app.butler.me()
        let version = try await app.butler.playbookSet().version
        let about = [
            words.list(me.grids.map(\.name)),
            version.map { words(.procedureSet, ["version": $0]) } ?? words(.loadProceduresOwn),
            words(.coreIs, ["version": try Butler.version().version]),
        ]
        return SettingRow(
            kind: .who, title: [me.name, now.phone].compactMap { $0 }.joined(separator: words(.between)),
            about: about.filter { !$0.isEmpty }.joined(separator: dot))
    }

    private func opens(_ kind: SettingKind, _ word: Word, _ sheet: SettingsIntent.Sheet) -> SettingRow {
        SettingRow(kind: kind, title: app.words(word), open: Press(app.words(word), .open(sheet)))
    }

    private func opened(_ now: Settings) async throws -> SettingsSheet? {
        let words = app.words
        let close = Press(words(.closeIt), SettingsIntent.close)
        switch sheet {
        case nil: return nil
        case .hours:
            return SettingsSheet(
                title: words(.settingHours), about: words(.settingHoursAbout),
                hours: [
                    hour(.hourFrom, .from, now.from, now), hour(.hourLunchFrom, .lunchFrom, now.lunchFrom, now),
                    hour(.hourLunchUntil, .lunchUntil, now.lunchUntil, now), hour(.hourUntil, .until, now.until, now),
                ],
                close: close)
        case .lost: return SettingsSheet(title: words(.settingLost), about: words(.lostAbout), close: close)
        case .help:
            let text = try await app.butler.diagnostics()
            return SettingsSheet(
                title: words(.settingHelp), about: words(.helpAbout), text: text, act: Press(words(.helpSend), .share(text)),
                close: close)
        }
    }

    private func hour(_ name: Word, _ hour: SettingsIntent.Hour, _ minutes: Int, _ now: Settings) -> HourLine {
        let words = app.words
        func key(_ word: Word, _ by: Int) -> Press<SettingsIntent> {
            Press(
                words(word, ["what": words(name)]), .shift(hour, by),
                locked: shifted(now, hour, by) == now ? words(.noFurther) : nil)
        }
        return HourLine(
            title: words(name), time: app.formats.time(minutes), less: key(.earlier, -step), more: key(.later, step))
    }

    /// The settings with one hour moved, unless it would pass its neighbour or leave the day.
    private func shifted(_ now: Settings, _ hour: SettingsIntent.Hour, _ by: Int) -> Settings {
        var next = now
        switch hour {
        case .from: next.from += by
        case .lunchFrom: next.lunchFrom += by
        case .lunchUntil: next.lunchUntil += by
        case .until: next.until += by
        }
        let hours = [firstHour, next.from, next.lunchFrom, next.lunchUntil, next.until, lastHour]
        return hours == hours.sorted() ? next : now
    }
}

/// Minutes a press moves an hour.
private let step = 30
private let firstHour = 5 * 60
private let lastHour = 23 * 60 + 30

/// The hours of a day in one line: `09:00–18:00，午休 1 小时 30 分`.
@MainActor func hoursLine(_ app: App, _ settings: Settings) -> String {
    let formats = app.formats
    return app.words(
        settings.lunchFrom == settings.lunchUntil ? .hoursLineNoLunch : .hoursLine,
        [
            "from": formats.time(settings.from), "until": formats.time(settings.until),
            "lunch": formats.minutes(settings.lunchUntil - settings.lunchFrom),
        ])
}
