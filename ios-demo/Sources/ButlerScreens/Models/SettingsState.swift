/// 设置: how it looks, how one walks, what is sent when, whose phone it is.
public struct SettingsState: Sendable {
    public var title = ""
    public var back: Press<SettingsIntent>?
    public var problem: String?
    public var groups: [SettingsGroup] = []
    public var sheet: SettingsSheet?
}

public struct SettingsGroup: Sendable {
    public let title: String
    public let rows: [SettingRow]
}

/// One thing to settle: chosen among a few, switched, or opened; what is only said has none of these.
public struct SettingRow: Sendable {
    public let kind: SettingKind
    public let title: String
    public var about = ""
    public var choices: [Chip<SettingsIntent>] = []
    public var `switch`: Chip<SettingsIntent>?
    public var open: Press<SettingsIntent>?
}

public enum SettingKind: Sendable {
    case appearance, text, language, hours, glove, floors, photos, ringing, who, lost, help
}

/// What a row opens.
public struct SettingsSheet: Sendable {
    public let title: String
    public let about: String
    public var hours: [HourLine] = []
    /// A text to be read before it is sent.
    public var text: String?
    public var act: Press<SettingsIntent>?
    public let close: Press<SettingsIntent>
}

/// A time of the day, half an hour more or less.
public struct HourLine: Sendable {
    public let title: String
    public let time: String
    public let less: Press<SettingsIntent>
    public let more: Press<SettingsIntent>
}
