package butler.app

import butler.CaseFilter
import butler.Channel
import butler.Draft
import butler.DueStatus
import butler.Evidence
import butler.GeoPoint
import butler.MeterKind
import butler.NewCase
import butler.NewContact
import butler.Outcome
import butler.PlaceId
import butler.QuestionId
import butler.RecordId
import butler.ResidentEdit
import butler.StepId
import butler.Tenure
import butler.Transport
import butler.Value
import butler.WorkflowId
import butler.app.models.App
import butler.app.models.Device
import butler.app.models.Line
import butler.app.models.Navigator
import butler.app.models.PhotoOf
import butler.app.models.SettingsKeeper
import butler.app.models.SlipPage
import butler.app.models.WayKeeper
import butler.app.models.all
import butler.app.words.Language
import butler.app.words.Words
import butler.testing.TestOffice
import butler.testing.TestWorld
import java.io.File
import java.time.Duration
import java.time.LocalDate
import java.time.LocalTime
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.runBlocking

/** A phone nobody holds: it remembers what was asked of it. */
class TestDevice : Device {
    val asked = mutableListOf<String>()

    /** What the next scan reads. */
    var scanned: String? = null

    override val tags = MutableSharedFlow<String>(extraBufferCapacity = 1)

    override val model = "荣耀 X50"

    override fun dial(number: String) {
        asked += "dial"
    }

    /** The app dies behind its camera. */
    @Volatile var dies = false

    /** Its camera is shut again without a picture. */
    var shut = false

    @Volatile private var left: PhotoOf? = null

    /** A picture was taken that nobody has yet. */
    val open get() = left != null

    override suspend fun photo(of: PhotoOf): ByteArray? {
        asked += "photo"
        if (dies) {
            left = of
            awaitCancellation()
        }
        return if (shut) null else PICTURE.copyOf()
    }

    override fun photoKept(of: PhotoOf) {
        left = null
    }

    override suspend fun photosLeft() = listOfNotNull(left?.let { it to PICTURE.copyOf() })

    override suspend fun scan(): String? = scanned.also { asked += "scan" }

    /** Where it is. */
    var at: GeoPoint? = null

    override suspend fun position(): GeoPoint? = at.also { asked += "position" }

    override fun recorded() {
        asked += "recorded"
    }

    override fun found() {
        asked += "found"
    }

    override fun notPossible() {
        asked += "not possible"
    }

    override fun scanned() {
        asked += "scanned"
    }

    override fun openStorage() {
        asked += "storage"
    }

    override fun sync() {
        asked += "sync"
    }

    override fun share(text: String) {
        asked += "share"
    }

    override fun print(slip: SlipPage) {
        asked += "print ${slip.name}"
    }

    override fun share(slip: SlipPage) {
        asked += "share ${slip.name}"
    }

    private companion object {
        /** A wall with a stain. */
        val PICTURE = File(System.getProperty("butler.repo"), "bindings/testing/src/world/stain.jpg").readBytes()
    }
}

/** A world with an app in it. */
class Stage(name: String, language: Language) : AutoCloseable {
    val world: TestWorld = runBlocking { TestOffice.world(name) }
    val device = TestDevice()
    private val words = Words(language)
    val settings = SettingsKeeper()

    /** What carries frames to the office; a test may put a line in its place that breaks. */
    var transport: Transport = world.office.transport
    var line = Line(world.butler, settings) { transport }
        private set
    private val kept = WayKeeper(File.createTempFile("way", null).apply { deleteOnExit() }) { world.office.clock.time }
    var navigator = Navigator(device, kept)
        private set
    var app = opened()
        private set

    init {
        // A phone somebody holds knows its office.
        if (runBlocking { world.butler.enrolled() } != null) settings.change { copy(office = "https://butler.jinse.example", phone = device.model) }
    }

    private fun opened() = App(world.butler, words, navigator, settings, line, { world.office.clock.time })

    /** The app with another line. */
    fun over(line: Line) = App(app.butler, app.words, navigator, settings, line, app.now)

    /** The app dies and is opened again, where it opens. */
    suspend fun restart() {
        world.restart()
        line = Line(world.butler, settings) { transport }
        navigator = Navigator(device, kept).also { it.open(world.butler) }
        app = opened().also { it.takeUpPhotos() }
    }

    override fun close() = world.close()
}

/** A key lent to a colleague today. */
suspend fun Stage.lent(what: String, whose: String = "public", number: String = "G-07", about: List<RecordId> = emptyList()): RecordId {
    val butler = world.butler
    val photo = listOf(butler.photos.add(ByteArray(64) { 7 }))
    val said = mapOf("key_kind" to whose, "key_number" to number, "taker" to "staff", "taken_by" to butler.me().staff.value, "purpose" to "抄表", "back_by" to butler.date().toString())
    val fields = said.mapValues { Value.Text(it.value) as Value } + ("copies" to Value.Int(1))
    val evidence = Evidence(fields.mapKeys { QuestionId(it.key) }, listOf("sign_out", "consent").associate { QuestionId(it) to photo })
    val place = PlaceId(butler.me().grids.first().id.value)
    return butler.cases.open(NewCase(WorkflowId("keys.loan"), StepId("lend"), title = what, place = place, about = about, evidence = evidence)).record
}

/** Whatever is to be done today is put off until tomorrow, and what takes its place, too. */
suspend fun Stage.evening() {
    val butler = world.butler
    val fields = mapOf("until" to "${butler.date().plusDays(1)}", "reason" to "workload").map { (field, text) -> QuestionId(field) to Value.Text(text) }
    repeat(PLANS) { butler.today.snoozeMany(butler.today.all().filter { it.status == DueStatus.OPEN }.map { it.id }, Evidence(fields.toMap())) }
}

/** The evening of a day on which a key was lent and nobody was home at one door: it is gone to again in the morning. */
suspend fun Stage.dayDone() {
    val butler = world.butler
    lent("K-17（2栋1单元702）", number = "K-17")
    val morning = app.formats.at(butler.date().plusDays(1), LocalTime.of(9, 0))
    val nobody = NewContact(about = listOf(butler.homes.find("3-2-1501").first().record), channel = Channel.VISIT, purpose = "planned_visit", outcome = Outcome.NOT_REACHED, at = app.now(), nextContact = morning)
    butler.contacts.record(nobody)
    evening()
}

/** Two of those who must know of an emergency are told so far, and ticked. */
suspend fun Stage.told(case: String) {
    val butler = world.butler
    val row = butler.cases.list(CaseFilter()).first { it.title == case }
    val ticked = Evidence(mapOf(QuestionId("notified") to Value.Text("control_room,supervisor")))
    butler.drafts.save(Draft(butler.submission(), row.workflow?.value.orEmpty(), "notify", about = listOf(row.id), answers = ticked))
}

/** What one seldom asks for at a door. */
suspend fun Stage.parked(room: String) {
    val butler = world.butler
    butler.homes.edit(butler.homes.find(room).first().record) {
        parking { space = "B1-080"; tenure = Tenure.LEASED; until = LocalDate.of(2027, 6, 30) }
        meter { kind = MeterKind.WATER; number = "S-0381"; reading = 247.3; readOn = LocalDate.of(2026, 11, 1) }
        meter { kind = MeterKind.ELECTRICITY; number = "D-0381" }
    }
}

/** It is the Monday after, with all that is to be done again, and work ends at this minute of it. */
fun Stage.shortDay(until: Int = 16 * 60) {
    world.office.clock.time += Duration.ofDays(2)
    settings.change { copy(until = until) }
}

/** Everybody of a home asks for the same. */
suspend fun Stage.ask(room: String, what: ResidentEdit.() -> Unit) {
    val butler = world.butler
    val people = butler.homes.details(butler.homes.find(room).first().record).residents
    for (person in people) butler.residents.edit(person.record.id, what)
}

/** As long as she stands in for finance, she writes what a home owes. */
suspend fun Stage.arrears(room: String) {
    val (butler, office) = world.butler to world.office
    val (grid, today) = butler.me().grids.first().id.value to butler.date()
    office.assign("zhang.li", "finance", grid, "张丽")
    butler.sync(office.transport)
    butler.homes.edit(butler.homes.find(room).first().record) {
        arrears = 124_000
        arrearsOn = today.withDayOfMonth(1)
    }
    butler.sync(office.transport)
    office.unassign("zhang.li")
    office.assign("zhang.li", "butler", grid, "张丽")
    butler.sync(office.transport)
}

/** So often something takes the place of what was put off before everybody was. */
private const val PLANS = 8
