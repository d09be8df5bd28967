package butler.app.models

import butler.Butler
import butler.ButlerException
import butler.Draft
import butler.DueUrgency
import butler.GeoPoint
import butler.MetricGroup
import butler.MetricId
import butler.MetricInfo
import butler.PhotoId
import butler.PlaceId
import butler.Procedure
import butler.QuestionId
import butler.RecordId
import butler.Recorded
import butler.SubmissionId
import butler.Summary
import butler.words
import butler.WorkflowId
import butler.app.words.Formats
import butler.app.words.Word
import butler.app.words.Words
import java.time.Instant
import java.time.YearMonth
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.emptyFlow

/** Where one can be. What is in front of the last one lies below it. */
sealed interface Place {
    data object Overview : Place
    /** Before anything else: the phone is given to a person. */
    data object Enrol : Place
    data object Today : Place
    data object CanWait : Place
    data object Duties : Place
    data class Home(val home: RecordId) : Place
    data class Photo(val shown: PhotosAt) : Place
    data class Resident(val resident: RecordId) : Place
    data class Visit(val home: RecordId, /** Whether they were met on the telephone. */ val byPhone: Boolean = false) : Place
    data class Round(val of: RoundOf) : Place
    /** The homes that are inspected by one checklist today. */
    data class DayRounds(val checklist: butler.ChecklistId) : Place
    data class Case(val case: RecordId) : Place
    data class Form(val of: FormOf) : Place
    data object Homes : Place
    /** Which home it is for. */
    data class FindHome(val errand: Errand) : Place
    data object Record : Place
    data object Emergencies : Place
    data class Emergency(val of: EmergencyOf) : Place
    data object Cases : Place
    data object More : Place
    data object Handover : Place
    data object Procedures : Place
    data class Register(val of: butler.Procedure) : Place
    data class Entry(val entry: RecordId) : Place
    data object Library : Place
    data class Article(val article: butler.ArticleRow) : Place
    data object Metrics : Place
    data class MetricRecords(val metric: MetricId, val group: MetricGroup?, val month: YearMonth) : Place
    data object Settings : Place

    /** The settings with 求助 open. */
    data object Help : Place
    data object Outbox : Place
    /** The one about a record first, where it is given. */
    data class Conflicts(val about: RecordId? = null) : Place
    data class Rejected(val change: butler.ChangeHash) : Place
    data class History(val record: RecordId) : Place
}

/** What a home is looked up for. */
sealed interface Errand {
    data object Visit : Errand
    data object Call : Errand
    data class Open(val workflow: WorkflowId) : Errand
}

/** What was just recorded, in words, and what it wrote; or what did not go. */
class Recent(val words: String, val made: List<Recorded>, val done: Boolean = true)

/** What a photo is taken for. It is known before the camera opens, because the app may die behind it. */
data class PhotoOf(val draft: SubmissionId, val question: QuestionId)

/** What only the phone can do. */
interface Device {
    /** What the phone calls itself: `华为 Mate 60`. */
    val model: String

    /** Opens the dialler with a number in it. */
    fun dial(number: String)

    /** Takes a photo for a question of a draft; null when nobody took one. */
    suspend fun photo(of: PhotoOf): ByteArray?

    /** That photo is kept: until then the phone has it, too. */
    fun photoKept(of: PhotoOf) {}

    /** The photos that were taken and not kept, because the app died behind its camera. */
    suspend fun photosLeft(): List<Pair<PhotoOf, ByteArray>> = emptyList()

    /** Reads a code by the camera, or a tag that is held to the phone meanwhile; null when none was read. */
    suspend fun scan(): String?

    /** What tags say that are held to the phone without being asked for. */
    val tags: Flow<String> get() = emptyFlow()

    /** Where the phone is; null when it does not know just now, or may not say. */
    suspend fun position(): GeoPoint?

    /** One short buzz: it is recorded. */
    fun recorded()

    /** Two ticks: something is not in order, and that is recorded. */
    fun found()

    /** That does not go. */
    fun notPossible()

    /** One tick and a click: a code or a tag was read. */
    fun scanned()

    /** Where one makes room on the phone. */
    fun openStorage()

    /** Syncs as soon as there is a network; returns at once. */
    fun sync()

    /** Lets its holder send a text to somebody. */
    fun share(text: String)

    /** Prints a slip, by the system's own dialog. */
    fun print(slip: SlipPage)

    /** Lets its holder send a slip to somebody, as a file. */
    fun share(slip: SlipPage)
}

/** What a screen asks of what it runs in: to go somewhere, and what only the phone can do. */
interface Platform : Device {
    fun go(to: Place)

    fun back()
}

/** What every screen stands on. */
class App(
    val butler: Butler,
    val words: Words,
    val platform: Platform,
    /** What is settled for this phone. */
    val settings: SettingsKeeper,
    /** The line to the office. */
    val line: Line,
    /** The phone's clock, for what is shown only. */
    val now: () -> Instant = Instant::now,
    /** What opening found that its holder should know. */
    val notice: String? = null,
) {
    val formats = Formats(words)
    val names = Names(words, now)

    private val recorded = MutableStateFlow<Recent?>(null)

    /** What was just recorded, on whichever screen: for a while it may be undone. */
    val recent: StateFlow<Recent?> = recorded.asStateFlow()

    /** Something is recorded. */
    fun recorded(words: String, made: List<Recorded>) {
        recorded.value = Recent(words, made)
        platform.recorded()
    }

    /** Says that something led nowhere, on whichever screen. */
    internal fun say(words: String) {
        recorded.value = Recent(words, emptyList(), done = false)
        platform.notPossible()
    }

    private val passed = MutableStateFlow<Handed?>(null)

    /** What was read and waits for its screen. */
    internal val handed: StateFlow<Handed?> = passed.asStateFlow()

    /** Goes to a screen with something that was read. */
    internal fun hand(what: Handed, to: Place) {
        passed.value = what
        platform.go(to)
    }

    /** A screen takes what is its own. */
    internal inline fun <reified T : Handed> taken(): T? = (handed.value as? T)?.also { take() }

    internal fun take() {
        passed.value = null
    }

    private val full = MutableStateFlow<Unkept?>(null)

    /** What was last not kept because the phone is full. */
    val unkept: StateFlow<Unkept?> = full.asStateFlow()

    internal fun isFull(what: Unkept) {
        full.value = what
    }

    /** Something was done there after all: what was not kept before is behind it. */
    internal fun isKept(by: Model<*, *>) {
        if (full.value?.by === by) full.value = null
    }

    /** The draft that got a photo while the app was dead: its sheet, where it has one, opens again. */
    var photographed: SubmissionId? = null
        internal set

    /**
     * Takes a photo as an answer in a draft, which is kept before the camera opens. Null when nobody took one: what was no draft
     * before is none then.
     */
    internal suspend fun photo(draft: Draft, question: QuestionId): PhotoId? {
        val of = PhotoOf(draft.submission.id, question)
        val isNew = butler.drafts.get(of.draft) == null
        butler.drafts.save(draft)
        val bytes = platform.photo(of)
        if (bytes == null && isNew) butler.drafts.discard(of.draft)
        return bytes?.let { keep(of, it) }
    }

    private suspend fun keep(of: PhotoOf, photo: ByteArray): PhotoId = butler.drafts.addPhoto(of.draft, of.question, photo).also { platform.photoKept(of) }

    /** Takes up what the camera took while the app was dead, each photo into its draft. */
    suspend fun takeUpPhotos() {
        for ((of, photo) in platform.photosLeft()) {
            try {
                keep(of, photo)
                photographed = of.draft
            } catch (_: ButlerException.NotFound) {
                // Its form was thrown away meanwhile.
                platform.photoKept(of)
            } catch (_: ButlerException) {
                // What cannot be kept now is taken up at the next start.
            }
        }
    }

    /** Whether colleagues wait for what is done here: the case is an emergency, or something of it is urgent. */
    suspend fun isUrgent(case: RecordId): Boolean =
        butler.cases.details(case).case.playbook in emergencies(this).map { (it.begin as Procedure.Workflow).workflow } ||
            butler.today.about(case).any { it.urgency == DueUrgency.URGENT }

    /** Nothing is to be undone any more. */
    fun settled() {
        recorded.value = null
    }

    /** Takes back what was just recorded: what it answered is open again. */
    suspend fun undo() {
        butler.records.undo(recorded.value?.made.orEmpty())
        settled()
    }

    /** Follows a metric, or no longer; of more than [PINS] the first goes. */
    fun pin(metric: MetricId, among: List<MetricInfo>) {
        val before = among.map { it.metric }
        settings.change { copy(pinned = if (metric in before) before - metric else (before + metric).takeLast(PINS)) }
    }

    private var places: Map<PlaceId, String> = emptyMap()

    /** What a place is called; null when the office does not say. */
    suspend fun place(id: PlaceId): String? {
        if (id !in places) places = butler.office.places().associate { it.id to it.name }
        return places[id]
    }

    /** What went wrong, in words that say what is safe. */
    fun problem(error: ButlerException): String = words(error.words)

    companion object {
        /** So many metrics are followed. */
        const val PINS = 4
    }
}

/** What has not reached the office: records and photos are counted each for itself. */
fun unsent(app: App, status: Summary): String {
    val (records, photos) = status.unsentRecords.toInt() to status.unsentPhotos.toInt()
    return when {
        photos == 0 -> app.words(Word.UnsentRecords, "records" to records)
        records == 0 -> app.words(Word.UnsentPhotos, "photos" to photos)
        else -> app.words(Word.UnsentBoth, "records" to records, "photos" to photos)
    }
}

/** What has not reached the office, as the badge at the top of every screen. */
fun syncBadge(app: App, status: Summary): Badge {
    val count = (status.unsentRecords + status.unsentPhotos).toInt()
    val back = (status.rejectedEdits + status.rejectedPhotos + status.quarantined).toInt()
    return when {
        back > 0 -> Badge(BadgeKind.Rejected, app.words(Word.NotTaken, "count" to back))
        count > 0 ->
            Badge(BadgeKind.Unsent, app.words(Word.Unsent, "count" to count), app.words(Word.UnsentSpoken, "what" to unsent(app, status)))
        else -> Badge(BadgeKind.Sent, app.words(Word.AllSent))
    }
}
