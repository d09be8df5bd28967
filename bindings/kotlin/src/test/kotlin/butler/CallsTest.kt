package butler

import butler.testing.MemoryKeys
import butler.testing.TestOffice
import java.io.File
import java.time.Instant
import java.time.LocalDate
import java.time.YearMonth
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory

/**
 * The contract of the calls, `tests/contract/calls/<area>.json`: what every call answers and how it fails, as the Rust library
 * says it (docs/testing.md), played through this package.
 */
class CallsTest {
    @TestFactory
    fun calls(): List<DynamicTest> {
        val files = File(System.getProperty("butler.contract"), "calls").listFiles().orEmpty().sorted()
        check(files.isNotEmpty()) { "there is no contract" }
        return files.map { file -> DynamicTest.dynamicTest(file.nameWithoutExtension) { runBlocking { play(file) } } }
    }

    private suspend fun play(file: File) {
        val wrong = (Json.read(file.readText()) as List<*>).flatMap { story ->
            story as Map<*, *>
            CallsStage.of(story["world"] as String).use { stage ->
                (story["cases"] as List<*>).mapNotNull { case ->
                    val told = case as Map<*, *>
                    Json.difference(told, stage.play(told))?.let { "${told["case"]} (${told["call"]})$it" }
                }
            }
        }
        assertEquals("", wrong.joinToString("\n"), "the call answers something else")
    }
}

/** One's own phone in a world, with what earlier cases kept. */
private class CallsStage(private val office: TestOffice, private val place: File, private val key: ByteArray, private var butler: Butler) :
    AutoCloseable {
    private val kept = sortedMapOf<String, Any?>()
    private var how = "holds"
    private val line = object : Transport {
        override fun exchange(frame: ByteArray): ByteArray = when (how) {
            "holds" -> office.transport.exchange(frame)
            "cut" -> throw TransportException.Unreachable()
            "slow" -> throw TransportException.TimedOut()
            "proxy" -> throw TransportException.Status(502u)
            "stranger" -> "<html>".toByteArray()
            else -> error("no line is $how")
        }
    }

    /** The case as it goes now. */
    suspend fun play(case: Map<*, *>): Map<*, *> {
        val name = case["call"] as String
        val given = Arguments(filled(case["with"]) as? Map<*, *> ?: emptyMap<String, Any>())
        val now = (case - setOf("error", "words", "answer")).toMutableMap()
        if (name.startsWith("test.")) return now.also { arrange(name.removePrefix("test."), given, case["keep"]) }
        try {
            val form = case["form"]?.let { Arguments(mapOf("form" to filled(it))).submission("form") }
            val answer = Json.of(call(if (form == null) butler else butler.submitting(form), name, given)).takeUnless { it == Json.of(Unit) }
            for ((kept, path) in case["keep"] as? Map<*, *> ?: emptyMap<String, String>()) {
                this.kept[kept as String] = checkNotNull(part(answer, path as String)) { "$name answers no $path" }
            }
            part(answer, case["at"] as? String ?: "")?.let { now["answer"] = canonical(it) }
        } catch (error: ButlerException) {
            now["error"] = canonical(Json.of(error))
            now["words"] = error.words.zh
        }
        return now
    }

    /** What stands at a path such as `items.0.id`. */
    private fun part(answer: Any?, path: String): Any? = path.split('.').filter { it.isNotEmpty() }.fold(answer) { at, name ->
        when (at) {
            is List<*> -> name.toIntOrNull()?.let(at::getOrNull)
            is Map<*, *> -> at[name]
            else -> null
        }
    }

    /** Arguments with what was kept in place of its name. */
    private fun filled(given: Any?): Any? = when (given) {
        is String -> if (given.startsWith('$')) kept[given.drop(1)] ?: given else given
        is List<*> -> given.map(::filled)
        is Map<*, *> if "repeat" in given -> (given["repeat"] as String).repeat((given["times"] as Long).toInt())
        is Map<*, *> -> given.entries.associate { (name, part) -> filled(name) to filled(part) }
        else -> given
    }

    /** An answer with names in place of identifiers that are drawn: what was kept by its name, everything else as one. */
    private fun canonical(answer: Any?): Any? = when (answer) {
        is String -> if (DRAWN in answer) kept.entries.firstOrNull { it.value == answer }?.let { "$" + it.key } ?: "<id>" else answer
        is List<*> -> answer.map(::canonical)
        is Map<*, *> -> answer.mapValues { canonical(it.value) }
        else -> answer
    }

    /** What no call of the butler does: time, the line, the office. */
    private fun arrange(work: String, with: Arguments, keep: Any?) = when (work) {
        "time" -> office.clock.time = with.instant("at")!!
        "line" -> how = with.text("is")
        "assign" -> office.assign(with.text("staff"), with.text("role"), with.some("grid"))
        "unassign" -> office.unassign(with.text("staff"))
        "publish" -> office.publish(with.text("file"))
        "code" -> kept[(keep as Map<*, *>).keys.single() as String] = office.code(with.text("staff"))
        "damage" -> File(place, with.text("file")).run { writeBytes(ByteArray(length().toInt()) { 7 }) }
        else -> error("nobody knows how to arrange $work")
    }

    private suspend fun open(keys: String?) {
        val store = when (keys) {
            "none" -> MemoryKeys()
            "wrong" -> MemoryKeys(ByteArray(32))
            "locked" -> object : KeyProvider {
                override fun key(): ByteArray? = throw AppException.Failed()
                override fun keep(key: ByteArray) = Unit
            }
            else -> MemoryKeys(key)
        }
        butler = Butler.open(place, store, office.clock)
    }

    /** Every call of the façade, by its name in the contract. */
    private suspend fun call(butler: Butler, name: String, with: Arguments): Any? = when (name) {
        "open" -> open(with.some("keys"))
        "openAnew" -> this.butler = Butler.openAnew(place, MemoryKeys(), office.clock)
        "errorWords" -> with.thrown("error").words
        "enrolmentCode" -> Butler.enrolmentCode(with.text("scanned"))
        "walkHours" -> walkHours()
        "submission" -> butler.submission(with.some("shown")?.let(::Shown))
        "opening" -> butler.opening()
        "enrolled" -> butler.enrolled()
        "officeAt" -> butler.officeAt(line)
        "enrol" -> butler.enrol(with.text("code"), with.text("label"), line)
        "handOver" -> butler.handOver()
        "me" -> butler.me()
        "outbox" -> butler.outbox()
        "status" -> butler.status()
        "playbookSet" -> butler.playbookSet()
        "diagnostics" -> butler.diagnostics().isNotEmpty()
        "date" -> butler.date()
        "tidy" -> butler.tidy()
        "shutdown" -> butler.shutdown()
        "search" -> butler.search(with.text("typed"), with.int("limit"))
        "sync" -> butler.sync(line)
        "today.list" -> butler.today.list(with.some("after")?.let(::DueId), with.int("limit"))
        "today.walk" -> butler.today.walk()
        "today.bring" -> butler.today.bring(with.texts("items").map(::DueId), with.texts("insteadOf").map(::DueId))
        "today.cutShort" -> butler.today.cutShort(with.int("minutes"))
        "today.about" -> butler.today.about(with.record("record"))
        "today.team" -> butler.today.team()
        "today.item" -> butler.today.item(with.due("due"))
        "today.asks" -> butler.today.asks(with.choice("instead"))
        "today.snooze" -> butler.today.snooze(with.due("due"), with.evidence("answers"))
        "today.skip" -> butler.today.skip(with.due("due"), with.evidence("answers"))
        "today.snoozeMany" -> butler.today.snoozeMany(with.texts("due").map(::DueId), with.evidence("answers"))
        "today.skipMany" -> butler.today.skipMany(with.texts("due").map(::DueId), with.evidence("answers"))
        "homes.list" -> butler.homes.list(with.after(), with.int("limit"))
        "homes.listWhere" -> butler.homes.list(with.homeFilter("filter"), with.after(), with.int("limit"))
        "homes.count" -> butler.homes.count()
        "homes.find" -> butler.homes.find(with.text("typed"), with.int("limit"))
        "homes.details" -> butler.homes.details(with.record("home"))
        "homes.edit" -> butler.homes.edit(with.record("home")) { ops += with.ops("edit") }
        "residents.details" -> butler.residents.details(with.record("resident"))
        "residents.add" -> butler.residents.add(with.record("home")) { ops += with.ops("edit") }
        "residents.edit" -> butler.residents.edit(with.record("resident")) { ops += with.ops("edit") }
        "residents.addPhone" -> butler.residents.addPhone(with.record("resident"), with.text("number"), with.some("label"))
        "residents.verifyPhone" -> butler.residents.verifyPhone(with.record("resident"), PartId(with.text("phone")))
        "contacts.record" -> butler.contacts.record(with.visit("visit"))
        "contacts.phrases" -> butler.contacts.phrases()
        "contacts.details" -> butler.contacts.details(with.record("contact"))
        "contacts.edit" -> butler.contacts.edit(with.record("contact")) { ops += with.ops("edit") }
        "rounds.start" -> butler.rounds.start(
            ChecklistId(with.text("checklist")), PlaceId(with.text("place")), with.some("about")?.let(::RecordId), with.some("due")?.let(::DueId),
        )
        "rounds.checkIn" -> butler.rounds.checkIn(with.record("round"), with.text("point"), with.proof("proof"))
        "rounds.record" ->
            butler.rounds.record(with.record("round"), QuestionId(with.text("item")), with.evidence("evidence"), with.text("note"))
        "rounds.recordPoint" -> butler.rounds.recordPoint(
            with.record("round"), with.text("point"), with.proof("proof"),
            with.parts("answers").map { PointAnswer(QuestionId(it.text("item")), it.evidence("evidence"), it.text("note")) },
        )
        "rounds.takeBack" -> butler.rounds.takeBack(with.record("round"), EventId(with.text("result")))
        "rounds.details" -> butler.rounds.details(with.record("round"))
        "rounds.underWay" -> butler.rounds.underWay(with.after(), with.int("limit"))
        "cases.opening" -> butler.cases.opening(WorkflowId(with.text("workflow")), PlaceId(with.text("place")))
        "cases.askOpening" -> butler.cases.askOpening(
            WorkflowId(with.text("workflow")), StepId(with.text("step")), PlaceId(with.text("place")), with.evidence("answers"),
        )
        "cases.open" -> butler.cases.open(with.newCase("new"))
        "cases.nextSteps" -> butler.cases.nextSteps(with.record("id"))
        "cases.plan" -> butler.cases.plan(with.record("id"))
        "cases.planOpening" -> butler.cases.planOpening(WorkflowId(with.text("workflow")), StepId(with.text("step")), PlaceId(with.text("place")))
        "cases.ask" -> butler.cases.ask(with.record("id"), StepId(with.text("step")), with.evidence("answers"))
        "cases.take" -> butler.cases.take(with.record("id"), StepId(with.text("step")), with.evidence("evidence"), with.text("note"))
        "cases.details" -> butler.cases.details(with.record("id"))
        "cases.receipt" -> butler.cases.receipt(with.record("id"))
        "papers.of" -> butler.papers.of(with.record("id"))
        "papers.html" -> butler.papers.html(with.record("id"), with.text("paper"))
        "cases.openList" -> butler.cases.openList(with.after(), with.int("limit"))
        "cases.list" -> butler.cases.list(with.caseFilter("filter"), with.after(), with.int("limit"))
        "cases.link" -> butler.cases.link(with.record("id"), with.record("other"), with.text("how"))
        "cases.migrate" -> butler.cases.migrate(with.record("id"), with.text("note"))
        "cases.resolve" ->
            butler.cases.resolve(with.record("id"), EventId(with.text("keep")), with.texts("over").map(::EventId), with.text("note"))
        "registers.form" -> butler.registers.form(FormId(with.text("form")))
        "registers.ask" ->
            butler.registers.ask(FormId(with.text("form")), with.evidence("answers"), with.texts("about").map(::RecordId), with.place("place"))
        "registers.propose" -> butler.registers.propose(FormId(with.text("form")), with.evidence("answers"))
        "registers.add" -> butler.registers.add(with.entry("entry"))
        "registers.list" ->
            butler.registers.list(FormId(with.text("form")), with.registerFilter("filter"), with.after(), with.int("limit"))
        "registers.details" -> butler.registers.details(with.record("entry"))
        "registers.edit" -> butler.registers.edit(with.record("entry"), with.values("answers"), with.photos("photos"))
        "conflicts.list" -> butler.conflicts.list()
        "conflicts.resolve" -> butler.conflicts.resolve(with.record("record"), with.text("path"), checkNotNull(value(with.given["value"])))
        "rejected.list" -> butler.rejected.list()
        "rejected.resend" -> butler.rejected.resend(ChangeHash(with.text("change")), with.parts("corrected").map { it.touch() }.ifEmpty { null })
        "rejected.dismiss" -> butler.rejected.dismiss(ChangeHash(with.text("change")))
        "rejected.photos" -> butler.rejected.photos()
        "rejected.dismissPhoto" -> butler.rejected.dismissPhoto(PhotoId(with.text("photo")), with.record("record"))
        "library.list" -> butler.library.list()
        "library.search" -> butler.library.search(with.text("typed"))
        "library.article" -> {
            val row = butler.library.list().first()
            butler.library.article(row.copy(library = with.text("library"), article = with.text("article")))
        }
        "metrics.list" -> butler.metrics.list()
        "metrics.month" -> butler.metrics.month(with.month("month"), with.some("metric")?.let(::MetricId), with.some("by")?.let { with.choice("by") })
        "metrics.series" -> butler.metrics.series(MetricId(with.text("metric")), with.texts("months").map(YearMonth::parse))
        "metrics.records" -> {
            val metric = MetricId(with.text("metric"))
            val row = butler.metrics.series(metric, listOf(with.month("month"))).single()
            butler.metrics.records(row, with.month("month"), with.choice("side"), with.int("skip"), with.int("take"))
        }
        "office.procedures" -> butler.office.procedures()
        "office.slips" -> butler.office.slips(with.choice("about"))
        "office.staff" -> butler.office.staff()
        "office.roles" -> butler.office.roles()
        "office.choices" -> butler.office.choices(with.text("name"))
        "office.unit" -> butler.office.unit(with.text("unit"))
        "office.grids" -> butler.office.grids()
        "office.places" -> butler.office.places()
        "office.placeScanned" -> butler.office.placeScanned(with.text("code"))
        "drafts.save" -> butler.drafts.save(with.draft("draft"))
        "drafts.addPhoto" -> butler.drafts.addPhoto(SubmissionId(with.text("draft")), QuestionId(with.text("question")), with.bytes("bytes"))
        "drafts.list" -> butler.drafts.list()
        "drafts.get" -> butler.drafts.get(SubmissionId(with.text("draft")))
        "drafts.discard" -> butler.drafts.discard(SubmissionId(with.text("draft")))
        "photos.add" -> butler.photos.add(with.bytes("bytes"))
        "photos.discard" -> butler.photos.discard(PhotoId(with.text("photo")))
        "photos.unused" -> butler.photos.unused()
        "photos.ofRecord" -> butler.photos.of(with.record("record"))
        "photos.thumbnail" -> butler.photos.thumbnail(PhotoId(with.text("photo")), with.int("px"))
        "photos.bytes" -> butler.photos.bytes(PhotoId(with.text("photo")))
        "records.state" -> butler.records.state(with.record("record"))
        "records.get" -> butler.records.get(with.record("record"))
        "records.at" -> butler.records.at(with.record("record"), ChangeHash(with.text("change")))
        "records.page" -> butler.records.page(with.choice("kind"), with.after(), with.int("limit"))
        "records.fingerprint" -> butler.records.fingerprint(with.record("record"))
        "records.editNote" -> butler.records.editNote(with.record("record"), with.text("text"))
        "records.archive" -> butler.records.archive(with.record("record"))
        "records.restore" -> butler.records.restore(with.record("record"))
        "records.undo" -> butler.records.undo(with.parts("edits").map { it.recorded() })
        "records.history" -> butler.records.history(with.record("record"))
        else -> error("there is no call $name")
    }

    override fun close() {
        runBlocking { butler.shutdown() }
        office.close()
    }

    companion object {
        /** A long run of digits of a hash. */
        private val DRAWN = Regex("[0-9a-f]{32}")

        suspend fun of(world: String): CallsStage {
            val made = TestOffice.world(world)
            return CallsStage(made.office, made.folder, made.key, made.butler)
        }
    }
}

/** A scalar as the value of a field; null for none. */
private fun value(given: Any?): Value? = when (given) {
    null -> null
    is Boolean -> Value.Bool(given)
    is Long -> Value.Int(given)
    is Double -> Value.Real(given)
    else -> Value.Text(given as String)
}

/** The arguments of a case, as the types of the library. */
private class Arguments(val given: Map<*, *>) {
    fun some(name: String) = given[name] as? String
    fun text(name: String) = some(name) ?: ""
    fun texts(name: String) = (given[name] as? List<*>).orEmpty().map { it as String }
    fun int(name: String) = (given[name] as Number).toInt()
    fun part(name: String) = Arguments(given[name] as? Map<*, *> ?: emptyMap<String, Any>())
    fun parts(name: String) = (given[name] as? List<*>).orEmpty().map { Arguments(it as Map<*, *>) }
    fun record(name: String) = RecordId(text(name))
    fun due(name: String) = DueId(text(name))
    fun after() = some("after")?.let(::RecordId)
    fun place(name: String) = some(name)?.let(::PlaceId)
    fun instant(name: String): Instant? = some(name)?.let(Instant::parse)
    fun month(name: String): YearMonth = YearMonth.parse(text(name))
    fun bytes(name: String) = text(name).hexToByteArray()

    fun number(name: String) = (given[name] as Number).toDouble()

    inline fun <reified E : Enum<E>> choice(name: String): E = enumValues<E>().single { Json.of(it) == text(name) }

    fun values(name: String) = part(name).given.entries.associate { (question, answer) -> QuestionId(question as String) to value(answer) }

    fun photos(name: String) = part(name).given.entries.associate { (question, photos) ->
        QuestionId(question as String) to (photos as List<*>).map { PhotoId(it as String) }
    }

    fun evidence(name: String) = part(name).run { Evidence(values("fields").mapValues { checkNotNull(it.value) }, photos("photos")) }

    fun ops(name: String) = part(name).given.entries.map { (path, put) -> value(put)?.let { Op.Put(path as String, it) } ?: Op.Clear(path as String) }

    fun proof(name: String) = when (val proof = given[name]) {
        "nothing" -> Proof.Nothing
        else -> {
            val (kind, of) = (proof as Map<*, *>).entries.single()
            val parts = Arguments(of as Map<*, *>)
            when (kind) {
                "scan" -> Proof.Scan(parts.text("code"))
                "position" -> parts.part("at").run { Proof.Position(GeoPoint(number("lat"), number("lon"))) }
                else -> Proof.Distance(parts.number("metres"))
            }
        }
    }

    fun submission(name: String) = part(name).run { Submission(SubmissionId(text("id")), some("shown")?.let(::Shown)) }

    fun recorded() = Recorded(record("record"), ChangeHash(text("edit")), some("event")?.let(::EventId), Shown(text("shown")))

    fun homeFilter(name: String) = part(name).run { HomeFilter(some("state"), place("place")) }

    fun caseFilter(name: String) = part(name).run {
        CaseFilter(turn = some("turn")?.let { choice("turn") }, workflow = some("workflow")?.let(::WorkflowId), place = place("place"))
    }

    fun registerFilter(name: String) = part(name).run { RegisterFilter(place = place("place")) }

    fun draft(name: String) = part(name).run {
        Draft(submission("submission"), text("form"), about = texts("about").map(::RecordId), answers = evidence("answers"))
    }

    fun entry(name: String) = part(name).run {
        NewEntry(FormId(text("form")), PlaceId(text("place")), evidence("answers"), texts("about").map(::RecordId))
    }

    fun visit(name: String) = part(name).run {
        NewContact(
            about = texts("about").map(::RecordId), channel = text("channel"), purpose = text("purpose"), outcome = choice("outcome"),
            summary = some("summary"), nextContact = instant("nextContact"), minutes = given["minutes"] as Long?,
            promise = some("promise"), promiseBy = some("promiseBy")?.let(LocalDate::parse), photos = texts("photos").map(::PhotoId),
        )
    }

    fun newCase(name: String) = part(name).run {
        NewCase(
            workflow = WorkflowId(text("workflow")), step = StepId(text("step")), title = text("title"), place = place("place"),
            about = texts("about").map(::RecordId), evidence = evidence("evidence"), spot = some("spot"), appointment = instant("appointment"),
        )
    }

    fun touch() = TouchRow(text("path"), part("label").run { Label(text("zh"), text("en")) }, change())

    private fun change() = when (val change = given["change"]) {
        is Map<*, *> -> Change.Write(checkNotNull(value(Arguments(change).part("write").given["value"])))
        else -> error("no case sends $change again")
    }

    fun thrown(name: String): ButlerException = when (val error = given[name]) {
        "storageFull" -> ButlerException.StorageFull()
        "damaged" -> ButlerException.Damaged()
        "needsNewerApp" -> ButlerException.NeedsNewerApp()
        is Map<*, *> -> {
            val of = error.values.single() as Map<*, *>
            when (error.keys.single()) {
                "badPlaybook" -> ButlerException.BadPlaybook(of["reason"] as String)
                "internal" -> ButlerException.Internal(of["code"] as String)
                "office" -> ButlerException.Office(Problem.Revoked)
                else -> error("no case says $error")
            }
        }
        else -> error("no case says $error")
    }
}
