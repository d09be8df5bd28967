package butler.app.models

import butler.Floors
import butler.coreVersion
import butler.app.words.DOT
import butler.app.words.Language
import butler.app.words.Word
import java.time.LocalTime
import kotlinx.coroutines.flow.Flow

/** What can be pressed on 设置. */
sealed interface SettingsIntent {
    data object Back : SettingsIntent
    data class Look(val appearance: Appearance) : SettingsIntent
    data class Speak(val language: Language?) : SettingsIntent
    data object Glove : SettingsIntent
    data class Walk(val floors: Floors) : SettingsIntent
    data object PhotosOnWifi : SettingsIntent
    data object Ringing : SettingsIntent
    data class Open(val sheet: Sheet) : SettingsIntent
    data class Shift(val hour: Hour, val minutes: Int) : SettingsIntent
    data class Share(val text: String) : SettingsIntent
    data object Close : SettingsIntent

    enum class Sheet { Hours, Lost, Help }

    enum class Hour { From, LunchFrom, LunchUntil, Until }
}

/** 设置: of the phone's own settings; `me`, `playbookSet` and `diagnostics` of the butler. */
class SettingsModel(app: App, private var sheet: SettingsIntent.Sheet? = null) : Model<SettingsState, SettingsIntent>(app, SettingsState()) {
    private var problem: String? = null

    override val follows: Flow<*> get() = app.settings.settings

    override suspend fun act(intent: SettingsIntent) {
        problem = null
        val settings = app.settings
        when (intent) {
            SettingsIntent.Back -> app.platform.back()
            is SettingsIntent.Look -> settings.change { copy(appearance = intent.appearance) }
            is SettingsIntent.Speak -> settings.change { copy(language = intent.language) }
            SettingsIntent.Glove -> settings.change { copy(glove = !glove) }
            is SettingsIntent.Walk -> settings.change { copy(floors = intent.floors) }
            SettingsIntent.PhotosOnWifi -> settings.change { copy(photosOnWifi = !photosOnWifi) }
            SettingsIntent.Ringing -> settings.change { copy(ringing = !ringing) }
            is SettingsIntent.Open -> sheet = intent.sheet
            is SettingsIntent.Shift -> settings.change { shifted(this, intent.hour, intent.minutes) }
            is SettingsIntent.Share -> app.platform.share(intent.text)
            SettingsIntent.Close -> sheet = null
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): SettingsState {
        val words = app.words
        val now = app.settings.now
        return SettingsState(
            title = words(Word.Settings),
            back = Press(words(Word.Back), SettingsIntent.Back),
            problem = problem,
            groups = listOf(
                SettingsGroup(words(Word.SettingsLook), listOf(appearance(now), SettingRow(SettingKind.Text, words(Word.SettingText), words(Word.SettingTextAbout)), language(now))),
                SettingsGroup(words(Word.SettingsWalk), listOf(
                    SettingRow(SettingKind.Hours, words(Word.SettingHours), hoursLine(app, now), open = Press(words(Word.Change), SettingsIntent.Open(SettingsIntent.Sheet.Hours))),
                    SettingRow(SettingKind.Glove, words(Word.SettingGlove), words(Word.SettingGloveAbout), switch = Chip(Press(words(Word.SettingGlove), SettingsIntent.Glove), now.glove)),
                    floors(now),
                )),
                SettingsGroup(words(Word.SettingsSend), listOf(
                    SettingRow(SettingKind.Photos, words(Word.SettingWifi), words(Word.SettingWifiAbout), switch = Chip(Press(words(Word.SettingWifi), SettingsIntent.PhotosOnWifi), now.photosOnWifi)),
                    SettingRow(SettingKind.Ringing, words(Word.SettingRinging), words(Word.SettingRingingAbout), switch = Chip(Press(words(Word.SettingRinging), SettingsIntent.Ringing), now.ringing)),
                )),
                SettingsGroup(words(Word.SettingsPhone), listOf(who(now), opens(SettingKind.Lost, Word.SettingLost, SettingsIntent.Sheet.Lost), opens(SettingKind.Help, Word.SettingHelp, SettingsIntent.Sheet.Help))),
            ),
            sheet = sheet?.let { sheet(it, now) },
        )
    }

    private fun appearance(now: Settings): SettingRow {
        val names = mapOf(Appearance.Auto to Word.LookAuto, Appearance.Light to Word.LookLight, Appearance.Dark to Word.LookDark, Appearance.Sunlight to Word.LookSunlight)
        return SettingRow(
            SettingKind.Appearance, app.words(Word.SettingAppearance), app.words(Word.SettingAppearanceAbout),
            choices = names.map { (appearance, name) -> Chip(Press(app.words(name), SettingsIntent.Look(appearance)), appearance == now.appearance) },
        )
    }

    /** A language is called by its own name, whichever is spoken. */
    private fun language(now: Settings): SettingRow {
        val names = listOf(null to app.words(Word.LanguageOfPhone), Language.ZH to "中文", Language.EN to "English")
        return SettingRow(
            SettingKind.Language, app.words(Word.SettingLanguage),
            choices = names.map { (language, name) -> Chip(Press(name, SettingsIntent.Speak(language)), language == now.language) },
        )
    }

    private fun floors(now: Settings): SettingRow {
        val names = mapOf(Floors.TOP_DOWN to Word.TopDown, Floors.BOTTOM_UP to Word.BottomUp)
        return SettingRow(
            SettingKind.Floors, app.words(Word.SettingFloors), app.words(if (now.floors == Floors.TOP_DOWN) Word.SettingTopDown else Word.SettingBottomUp),
            choices = names.map { (floors, name) -> Chip(Press(app.words(name), SettingsIntent.Walk(floors)), floors == now.floors) },
        )
    }

    private suspend fun who(now: Settings): SettingRow {
        val words = app.words
        val me = app.butler.me()
        val set = app.butler.playbookSet().version
        val about = listOfNotNull(
            words.list(me.grids.map { it.name }).ifEmpty { null },
            if (set == null) words(Word.LoadProceduresOwn) else words(Word.ProcedureSet, "version" to set),
            words(Word.CoreIs, "version" to coreVersion().version),
        )
        return SettingRow(SettingKind.Who, listOfNotNull(me.name, now.phone).joinToString(words(Word.Between)), about.joinToString(DOT))
    }

    private fun opens(kind: SettingKind, word: Word, sheet: SettingsIntent.Sheet) =
        SettingRow(kind, app.words(word), open = Press(app.words(word), SettingsIntent.Open(sheet)))

    private suspend fun sheet(open: SettingsIntent.Sheet, now: Settings): SettingsSheet {
        val words = app.words
        val close = Press(words(Word.CloseIt), SettingsIntent.Close)
        return when (open) {
            SettingsIntent.Sheet.Hours -> SettingsSheet(
                words(Word.SettingHours), words(Word.SettingHoursAbout),
                hours = listOf(
                    hour(Word.HourFrom, SettingsIntent.Hour.From, now.from, now), hour(Word.HourLunchFrom, SettingsIntent.Hour.LunchFrom, now.lunchFrom, now),
                    hour(Word.HourLunchUntil, SettingsIntent.Hour.LunchUntil, now.lunchUntil, now), hour(Word.HourUntil, SettingsIntent.Hour.Until, now.until, now),
                ),
                close = close,
            )
            SettingsIntent.Sheet.Lost -> SettingsSheet(words(Word.SettingLost), words(Word.LostAbout), close = close)
            SettingsIntent.Sheet.Help -> app.butler.diagnostics().let {
                SettingsSheet(words(Word.SettingHelp), words(Word.HelpAbout), text = it, act = Press(words(Word.HelpSend), SettingsIntent.Share(it)), close = close)
            }
        }
    }

    private fun hour(name: Word, hour: SettingsIntent.Hour, minutes: Int, now: Settings): HourLine {
        fun key(word: Word, by: Int) = Press(
            app.words(word, "what" to app.words(name)), SettingsIntent.Shift(hour, by),
            if (shifted(now, hour, by) == now) app.words(Word.NoFurther) else null,
        )
        return HourLine(app.words(name), clock(app, minutes), key(Word.Earlier, -STEP), key(Word.Later, STEP))
    }

    /** The settings with one hour moved, unless it would pass its neighbour or leave the day. */
    private fun shifted(now: Settings, hour: SettingsIntent.Hour, by: Int): Settings {
        val next = when (hour) {
            SettingsIntent.Hour.From -> now.copy(from = now.from + by)
            SettingsIntent.Hour.LunchFrom -> now.copy(lunchFrom = now.lunchFrom + by)
            SettingsIntent.Hour.LunchUntil -> now.copy(lunchUntil = now.lunchUntil + by)
            SettingsIntent.Hour.Until -> now.copy(until = now.until + by)
        }
        val hours = listOf(FIRST, next.from, next.lunchFrom, next.lunchUntil, next.until, LAST)
        return if (hours.zipWithNext().all { (before, after) -> before <= after }) next else now
    }

    private companion object {
        /** Minutes a press moves an hour. */
        const val STEP = 30
        const val FIRST = 5 * 60
        const val LAST = 23 * 60 + 30
    }
}

/** The hours of a day in one line: `09:00–18:00，午休 1 小时 30 分`. */
fun hoursLine(app: App, settings: Settings): String = app.words(
    if (settings.lunchFrom == settings.lunchUntil) Word.HoursLineNoLunch else Word.HoursLine, "from" to clock(app, settings.from), "until" to clock(app, settings.until),
    "lunch" to app.formats.minutes((settings.lunchUntil - settings.lunchFrom).toLong()),
)

private fun clock(app: App, minutes: Int): String = app.formats.time(LocalTime.of(minutes / 60, minutes % 60))
