package butler.app.models

/** 设置: how it looks, how one walks, what is sent when, whose phone it is. */
data class SettingsState(
    val title: String = "",
    val back: Press<SettingsIntent>? = null,
    val problem: String? = null,
    val groups: List<SettingsGroup> = emptyList(),
    val sheet: SettingsSheet? = null,
)

data class SettingsGroup(val title: String, val rows: List<SettingRow>)

/** One thing to settle: chosen among a few, switched, or opened; what is only said has none of these. */
data class SettingRow(
    val kind: SettingKind,
    val title: String,
    val about: String = "",
    val choices: List<Chip<SettingsIntent>> = emptyList(),
    val switch: Chip<SettingsIntent>? = null,
    val open: Press<SettingsIntent>? = null,
)

enum class SettingKind { Appearance, Text, Language, Hours, Glove, Floors, Photos, Ringing, Who, Lost, Help }

/** What a row opens. */
data class SettingsSheet(
    val title: String,
    val about: String,
    val hours: List<HourLine> = emptyList(),
    /** A text to be read before it is sent. */
    val text: String? = null,
    val act: Press<SettingsIntent>? = null,
    val close: Press<SettingsIntent>,
)

/** A time of the day, half an hour more or less. */
data class HourLine(val title: String, val time: String, val less: Press<SettingsIntent>, val more: Press<SettingsIntent>)
