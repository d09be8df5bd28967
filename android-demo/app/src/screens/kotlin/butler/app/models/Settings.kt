package butler.app.models

import butler.Floors
import butler.MetricId
import butler.WalkHours
import butler.app.words.Language
import butler.walkHours
import java.io.File
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import java.util.Properties
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** In which light the app is looked at; [Auto] follows the phone, and the sun. */
enum class Appearance { Auto, Light, Dark, Sunlight }

/** What is settled for this phone. It stays on it, and holds nothing of the records. */
data class Settings(
    val appearance: Appearance = Appearance.Auto,
    /** Null follows the phone. */
    val language: Language? = null,
    val glove: Boolean = false,
    /** The day as it is walked: minutes since midnight. */
    val from: Int = USUAL.from.toInt(),
    val until: Int = USUAL.until.toInt(),
    val lunchFrom: Int = USUAL.lunchFrom.toInt(),
    val lunchUntil: Int = USUAL.lunchUntil.toInt(),
    val floors: Floors = USUAL.floors,
    val photosOnWifi: Boolean = false,
    /** What is urgent rings; else a notice stands there in silence. */
    val ringing: Boolean = true,
    /** The metrics one follows; null until somebody chose. */
    val pinned: List<MetricId>? = null,
    /** Where the office is; null before the phone is enrolled. */
    val office: String? = null,
    /** What the office calls this phone. */
    val phone: String? = null,
) {
    /** The hours a walk is planned into. */
    val hours: WalkHours
        get() = USUAL.copy(
            from = from.toUShort(), until = until.toUShort(), lunchFrom = lunchFrom.toUShort(), lunchUntil = lunchUntil.toUShort(), floors = floors,
        )

    private companion object {
        val USUAL = walkHours()
    }
}

/** Keeps the settings, in [file] where there is one. A value that cannot be read is as if it had never been settled. */
class SettingsKeeper(private val file: File? = null) {
    private val kept = MutableStateFlow(read())

    val settings: StateFlow<Settings> = kept.asStateFlow()

    val now: Settings get() = kept.value

    /** Settles something; it is on disk when this returns. */
    @Synchronized
    fun change(how: Settings.() -> Settings) {
        val next = now.how()
        write(next)
        kept.value = next
    }

    private fun read(): Settings {
        val text = Properties()
        if (file?.exists() == true) file.reader().use(text::load)
        fun said(key: String): String? = text.getProperty(key)
        val usual = Settings()
        val day = listOf("from", "lunchFrom", "lunchUntil", "until").map { said(it)?.toIntOrNull() }
        val settings = usual.copy(
            appearance = Appearance.entries.find { it.name == said("appearance") } ?: usual.appearance,
            language = Language.entries.find { it.name == said("language") },
            glove = said("glove").toBoolean(),
            floors = Floors.entries.find { it.name == said("floors") } ?: usual.floors,
            photosOnWifi = said("photosOnWifi").toBoolean(),
            ringing = said("ringing")?.toBooleanStrictOrNull() ?: usual.ringing,
            pinned = said("pinned")?.split(",")?.filter { it.isNotEmpty() }?.map(::MetricId),
            office = said("office"),
            phone = said("phone"),
        )
        val hours = day.filterNotNull()
        val inOrder = hours.size == day.size && hours.zipWithNext().all { (before, after) -> before <= after } && hours.all { it in 0..DAY }
        return if (inOrder) settings.copy(from = hours[0], lunchFrom = hours[1], lunchUntil = hours[2], until = hours[3]) else settings
    }

    private fun write(settings: Settings) {
        if (file == null) return
        val text = Properties()
        fun put(key: String, value: Any?) {
            if (value != null) text.setProperty(key, value.toString())
        }
        put("appearance", settings.appearance)
        put("language", settings.language)
        put("glove", settings.glove)
        put("from", settings.from)
        put("until", settings.until)
        put("lunchFrom", settings.lunchFrom)
        put("lunchUntil", settings.lunchUntil)
        put("floors", settings.floors)
        put("photosOnWifi", settings.photosOnWifi)
        put("ringing", settings.ringing)
        put("pinned", settings.pinned?.joinToString(",") { it.value })
        put("office", settings.office)
        put("phone", settings.phone)
        // What is there is whole: it is written beside its place and then moved.
        val beside = File(file.path + ".new")
        file.absoluteFile.parentFile?.mkdirs()
        beside.outputStream().use { out ->
            text.store(out, null)
            out.fd.sync()
        }
        Files.move(beside.toPath(), file.toPath(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)
    }

    private companion object {
        const val DAY = 24 * 60
    }
}
