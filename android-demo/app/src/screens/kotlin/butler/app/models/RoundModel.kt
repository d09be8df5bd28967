package butler.app.models

import butler.AnswerType
import butler.ChecklistId
import butler.Draft
import butler.DueId
import butler.Evidence
import butler.Finding
import butler.FormId
import butler.ItemRow
import butler.Mode
import butler.PaperRow
import butler.PhotoId
import butler.PhotoRule
import butler.PlaceId
import butler.PointAnswer
import butler.PointRow
import butler.Procedure
import butler.ProcedureRow
import butler.Proof
import butler.ProofKind
import butler.Punctuality
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.ResultRow
import butler.RoundDetails
import butler.StaffId
import butler.Submission
import butler.TodayItem
import butler.TooFast
import butler.Value
import butler.WorkflowId
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.onEach

/** A walk through a checklist, point by point. */
data class RoundState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<RoundIntent>? = null,
    val syncBadge: Badge? = null,
    val problem: String? = null,
    /** Whose round it was to be, when that is somebody else. */
    val plannedFor: String? = null,
    /** The key of the home one goes into: booked out, or to be booked out first. */
    val key: KeyLine? = null,
    /** What was met at the door, which decides what else is asked. */
    val met: List<Chip<RoundIntent>> = emptyList(),
    val marks: List<PointMark> = emptyList(),
    val passed: String? = null,
    val change: Press<RoundIntent>? = null,
    /** What was just found and not put right: an order can be opened from it. */
    val order: Press<RoundIntent>? = null,
    val point: String = "",
    val pointAbout: String = "",
    val scan: Press<RoundIntent>? = null,
    /** What stands in doubt of the point, or of the whole round once it is walked: the supervisor sees the same. */
    val notes: List<PointNote> = emptyList(),
    val items: List<RoundItem> = emptyList(),
    /** Several groups one looks at in any order, in place of one point. */
    val groupsHint: String? = null,
    val groups: List<GroupTile> = emptyList(),
    val guidance: String? = null,
    val next: String? = null,
    val handOver: Press<RoundIntent>? = null,
    val record: Press<RoundIntent>? = null,
    val done: Empty<RoundIntent>? = null,
    /** Who did what when, of a round one did not come to from today. */
    val history: Press<RoundIntent>? = null,
    /** The record of it on paper, likewise. */
    val papers: Press<RoundIntent>? = null,
    val paperSheet: PapersSheet<RoundIntent>? = null,
    val finding: FindingSheet? = null,
)

enum class PointMark { Done, Now, Next }

/** Where a key is, and what leads to it. */
data class KeyLine(val about: String, val open: Press<RoundIntent>)

/** Things of one kind in a home: all in order with one press ([all]), or one by one. */
data class GroupTile(val mark: GroupMark, val about: String, val all: Press<RoundIntent>?, val open: Press<RoundIntent>)

enum class GroupMark { Open, InOrder, Problem }

/** Why a point, or the way to it, may not have been walked. [look] leads to the point it can be put right at. */
data class PointNote(val kind: NoteKind, val text: String, val look: Press<RoundIntent>? = null)

enum class NoteKind { Unproven, NotCounted, TooFast }

/** One thing to look at. What is in order is one press for all of them; what is not has a press of its own. */
data class RoundItem(
    val label: String,
    /** A finding here is a severe one. */
    val severe: String?,
    /** What is to be thought of with an answer that is more than in order or not. */
    val help: String?,
    val last: String?,
    val badge: Badge?,
    /** What each of them found who do not agree. */
    val said: List<String>,
    val problem: Press<RoundIntent>?,
    val choices: List<Chip<RoundIntent>>,
    val reading: Typing<RoundIntent>?,
    val unit: String?,
    /** What was photographed. */
    val photos: List<Photo<RoundIntent>>,
    /** What is answered with a photo, whatever the answer is. */
    val photo: Press<RoundIntent>?,
)

/** Something is not in order: its photo, a sentence, and what is done about it. */
data class FindingSheet(
    val title: String,
    /** What is to be thought of with it. */
    val about: String,
    val severe: String?,
    val kinds: List<Chip<RoundIntent>>,
    val photos: List<Photo<RoundIntent>>,
    val photo: Press<RoundIntent>,
    val words: Typing<RoundIntent>,
    val nowTitle: String,
    val now: List<Chip<RoundIntent>>,
    val record: Press<RoundIntent>,
)

sealed interface RoundIntent {
    data object Back : RoundIntent
    data object Scan : RoundIntent
    data class Tagged(val code: String) : RoundIntent
    data object LookBack : RoundIntent
    data class Met(val choice: String) : RoundIntent
    data class AllOf(val point: String) : RoundIntent
    data object BookKey : RoundIntent
    data class OpenCase(val case: RecordId) : RoundIntent
    data class LookAt(val point: String) : RoundIntent
    data class Problem(val item: QuestionId) : RoundIntent
    data class Choose(val item: QuestionId, val choice: String) : RoundIntent
    data class Flag(val item: QuestionId, val yes: Boolean) : RoundIntent
    data class Read(val item: QuestionId, val text: String) : RoundIntent
    data class PhotoOf(val item: QuestionId) : RoundIntent
    data object Record : RoundIntent
    data class Kind(val choice: String) : RoundIntent
    data object Photo : RoundIntent
    data class Look(val at: PhotosAt) : RoundIntent
    data class Say(val text: String) : RoundIntent
    data class Then(val then: Aftermath) : RoundIntent
    data object RecordFinding : RoundIntent
    data object CloseFinding : RoundIntent
    data class OpenOrder(val finding: DueId) : RoundIntent
    data object HandOver : RoundIntent
    data object History : RoundIntent
    data object Papers : RoundIntent
    data class Print(val paper: PaperRow) : RoundIntent
    data class Share(val paper: PaperRow) : RoundIntent
    data object ClosePapers : RoundIntent
}

/** What is done about a finding. */
sealed interface Aftermath {
    /** It was put right on the spot, and looked at again. */
    data object PutRight : Aftermath

    /** A case is opened of it, which the checklist offers. */
    data class Open(val workflow: WorkflowId) : Aftermath

    /** It is noted, and stays on 今天. */
    data object Note : Aftermath
}

/** Which round: the one of a due item, or one that was begun, whoever walked it. */
sealed interface RoundOf {
    data class Due(val due: DueId) : RoundOf
    data class Begun(val round: RecordId) : RoundOf
}

/** A round 巡视: begun when the screen opens, gone on with, or looked at when it is walked. */
class RoundModel(app: App, private val of: RoundOf) : Model<RoundState, RoundIntent>(app, RoundState()) {
    private val due = (of as? RoundOf.Due)?.due
    private var round: RecordId? = (of as? RoundOf.Begun)?.round

    /** What was scanned at a point and is recorded with it. */
    private val scanned = mutableMapOf<String, Proof>()
    private var looked: String? = null
    /** Where nothing is asked, one goes on without a proof, too. */
    private val passed = mutableSetOf<String>()
    private var printing = false
    private val chosen = mutableMapOf<QuestionId, Value>()
    private val typed = mutableMapOf<QuestionId, String>()
    private val taken = mutableMapOf<QuestionId, List<PhotoId>>()

    /** What is answered at a point and not recorded yet is a draft; null until those of former days are looked for. */
    private var forms: MutableMap<String, Submission>? = null
    private var finding: Open? = null
    private var problem: String? = null

    /** What colleagues are called, once one of them is named. */
    private var names: Map<StaffId, String>? = null

    /** The home it is about, once it is looked up; a round of a place is about none. */
    private var home: RecordId? = null
    private var sought = false

    /** What is due because of what was just found, and what it was. */
    private var order: Pair<DueId, Question>? = null

    /** The open sheet of something that is not in order. It is a draft at every change. */
    private class Open(val question: Question, val form: Submission, var kind: String) {
        var photos = emptyList<PhotoId>()
        var words = ""
        var then: Aftermath = Aftermath.Note
    }

    /** A tag held to the phone while a round is walked is the spot's: one is there. */
    override val follows: Flow<*> get() = app.platform.tags.onEach { on(RoundIntent.Tagged(it)) }

    /** The round under way, or a new one. */
    private suspend fun opened(): RecordId {
        round?.let { return it }
        val begun = openRound(app, item() ?: throw butler.ButlerException.NotFound()).first
        round = begun
        return begun
    }

    private suspend fun papers() = Papers(app, opened())

    private suspend fun item(): TodayItem? = due?.let { app.butler.today.item(it) }

    /** The round; inside a home a point is a group of questions, and those of which nothing is asked now are left out. */
    private suspend fun details(): RoundDetails {
        val details = app.butler.rounds.details(opened())
        if (!sought) home = aboutRecord(app, details.id)?.takeIf { about -> homeTitle(app, about) != null }
        sought = true
        return if (home == null) details else details.copy(points = details.points.filterNot { it.place == null && !it.unproven && it.items.isEmpty() })
    }

    /** The point one stands at: the one looked back at, else the first with something open. */
    private fun at(details: RoundDetails): PointRow? =
        details.points.find { it.id == looked } ?: details.points.firstOrNull { isOpen(details, it) }

    /** Something has to be answered there, or nobody was there yet; a last point that need not be answered ends no round. */
    private fun isOpen(details: RoundDetails, point: PointRow): Boolean {
        if (point.items.isEmpty()) {
            val later = details.points.drop(details.points.indexOf(point) + 1)
            return point.visited == null && point.id !in passed && later.none { wasLookedAt(it) || isBegun(it) }
        }
        val asks = point.items.any { it.question.required }
        val mayBeLeftOut = point == details.points.last() && !asks && details.points.size > 1
        return point.items.any { it.question.required && it.results.isEmpty() } ||
            !mayBeLeftOut && point.visited == null && point.items.none { it.results.isNotEmpty() }
    }

    /** Something is answered there and not recorded yet. */
    private fun isBegun(point: PointRow) = point.items.any { item -> item.question.field.let { it in chosen || it in typed || it in taken } }

    private fun wasLookedAt(point: PointRow) = point.visited != null || point.items.any { it.results.isNotEmpty() }

    /** One only looks there whether things are in order. */
    private fun isGroup(point: PointRow) = point.place == null && point.items.isNotEmpty() && point.items.all { normal(it.question) != null }

    /** The groups one looks at in any order, as one goes through a home, instead of the point one stands at; none where they are few. */
    private fun groups(details: RoundDetails, point: PointRow): List<PointRow> {
        if (home == null || looked != null || !isGroup(point)) return emptyList()
        val at = details.points.indexOf(point)
        val run = details.points.take(at).takeLastWhile(::isGroup) + details.points.drop(at).takeWhile(::isGroup)
        return run.takeIf { it.size >= MANY }.orEmpty()
    }

    /** Everything is answered there, and nothing shows yet that one was there. */
    private fun isNotCounted(details: RoundDetails, point: PointRow) =
        point.visited == null && point.items.any { it.results.isNotEmpty() } && !isOpen(details, point)

    override suspend fun act(intent: RoundIntent) {
        problem = null
        when (intent) {
            RoundIntent.Back -> app.platform.back()
            RoundIntent.Scan -> app.platform.scan()?.let { scanned(it) }
            is RoundIntent.Tagged -> scanned(intent.code)
            RoundIntent.LookBack -> lookBack()
            is RoundIntent.Met -> met(intent.choice)
            is RoundIntent.AllOf -> details().let { details -> details.points.find { it.id == intent.point }?.let { record(details, it) } }
            RoundIntent.BookKey -> home?.let { app.platform.go(Place.Form(FormOf.Opening(KEY_LOAN, it))) }
            is RoundIntent.OpenCase -> app.platform.go(Place.Case(intent.case))
            is RoundIntent.LookAt -> looked = intent.point
            is RoundIntent.Problem -> {
                open(intent.item)
                if (finding?.let { it.photos.isEmpty() && it.question.photo != PhotoRule.NEVER } == true) photo()
            }
            is RoundIntent.Choose -> {
                chosen[intent.item] = Value.Text(intent.choice)
                keep(intent.item)
            }
            is RoundIntent.Flag -> {
                chosen[intent.item] = Value.Bool(intent.yes)
                keep(intent.item)
            }
            is RoundIntent.Read -> {
                typed[intent.item] = intent.text
                keep(intent.item)
            }
            is RoundIntent.PhotoOf -> photoOf(intent.item)
            RoundIntent.Record -> record()
            is RoundIntent.Kind -> finding?.let { it.kind = intent.choice; keep(it) }
            RoundIntent.Photo -> photo()
            is RoundIntent.Look -> app.platform.go(Place.Photo(intent.at))
            is RoundIntent.Say -> finding?.let { it.words = intent.text; keep(it) }
            is RoundIntent.Then -> finding?.let { it.then = intent.then; keep(it) }
            RoundIntent.RecordFinding -> recordFinding()
            RoundIntent.CloseFinding -> finding = null
            is RoundIntent.OpenOrder -> app.platform.go(Place.Form(FormOf.Due(intent.finding)))
            RoundIntent.HandOver -> app.platform.go(Place.Form(FormOf.Row(HANDOVER, null)))
            RoundIntent.History -> app.platform.go(Place.History(opened()))
            RoundIntent.Papers -> printing = true
            is RoundIntent.Print -> papers().print(intent.paper)
            is RoundIntent.Share -> papers().share(intent.paper)
            RoundIntent.ClosePapers -> printing = false
        }
    }

    /** One stands where that code hangs: at the point of its place. Where the office knows no place of a point, any place's will do. */
    private suspend fun scanned(code: String) {
        val details = details()
        val now = at(details)
        val place = app.butler.office.placeScanned(code)
        val there = details.points.filter { place != null && it.place == place.id }
        val point = there.find { it.id == now?.id } ?: there.find { isOpen(details, it) } ?: there.firstOrNull() ?: now?.takeIf { it.place == null }
        when {
            place == null -> problem = app.words(Word.CodeOfNoPlace)
            point == null -> problem = app.words(Word.CodeElsewhere, "place" to place.name)
            else -> {
                scanned[point.id] = Proof.Scan(code)
                keep(point)
                if (point.id != now?.id) looked = point.id
            }
        }
    }

    /** What shows that one stands at a point: its code, else where the phone is, where it is known where the place lies. */
    private suspend fun proof(point: PointRow): Proof = scanned[point.id] ?: proofAt(app, point)

    private suspend fun lookBack() {
        val points = details().points
        val now = points.indexOf(at(details()))
        looked = points.getOrNull((if (now < 0) points.size else now) - 1)?.id
    }

    private suspend fun forms(): MutableMap<String, Submission> = forms ?: mutableMapOf<String, Submission>().also { forms = it }

    private fun pointOf(details: RoundDetails, item: QuestionId) = details.points.find { point -> point.items.any { it.question.field == item } }

    private suspend fun keep(item: QuestionId) {
        pointOf(details(), item)?.let { keep(it) }
    }

    private suspend fun keep(point: PointRow) = app.butler.drafts.save(draft(point))

    /** What is answered at a point so far, and the code that was scanned there. */
    private suspend fun draft(point: PointRow): Draft {
        val fields = point.items.map { it.question.field }
        val typed = typed.filterKeys { it in fields }.mapValues { Value.Text(it.value) }
        val answers = Evidence(chosen.filterKeys { it in fields } + typed, taken.filterKeys { it in fields })
        val code = (scanned[point.id] as? Proof.Scan)?.code.orEmpty()
        return Draft(form(point.id), POINT, step = point.id, about = listOf(opened()), due = due, answers = answers, note = code)
    }

    private suspend fun form(point: String): Submission = forms().let { forms -> forms[point] ?: app.butler.submission().also { forms[point] = it } }

    private suspend fun photoOf(item: QuestionId) {
        val point = pointOf(details(), item) ?: return
        val photo = app.photo(draft(point), item) ?: return
        taken[item] = taken[item].orEmpty() + photo
    }

    /** What was answered before the app died is there again. */
    private suspend fun takeUp(details: RoundDetails) {
        if (forms != null) return
        val forms = forms()
        val drafts = app.butler.drafts.list().map { it.draft }
        for (draft in drafts) {
            val point = details.points.find { draft.form == POINT && it.id == draft.step && details.id in draft.about } ?: continue
            forms[point.id] = draft.submission
            if (draft.note.isNotEmpty()) scanned[point.id] = Proof.Scan(draft.note)
            taken += draft.answers.photos
            for (item in point.items) {
                val (field, value) = item.question.field to (draft.answers.fields[item.question.field] ?: continue)
                if (item.question.answer in TYPED) typed[field] = (value as? Value.Text)?.v1.orEmpty() else chosen[field] = value
            }
        }
        // The camera was opened from that sheet.
        val left = drafts.find { it.form == FINDING && it.submission.id == app.photographed && details.id in it.about }?.step ?: return
        app.photographed = null
        open(QuestionId(left))
    }

    /** Everything open at the point in one edit: what is in order, what was chosen, what was read. */
    private suspend fun record() {
        val details = details()
        record(details, at(details) ?: return)
    }

    private suspend fun record(details: RoundDetails, point: PointRow) {
        val answers = point.items.mapNotNull { item -> (if (item.results.isEmpty()) answer(item) else again(item))?.let { PointAnswer(item.question.field, it) } }
        app.butler.submitting(form(point.id)).rounds.recordPoint(details.id, point.id, proof(point), answers)
        forms().remove(point.id)
        point.items.forEach { chosen -= it.question.field; typed -= it.question.field; taken -= it.question.field }
        scanned -= point.id
        if (point.items.isEmpty()) passed += point.id
        looked = null
        // One does not walk away from what was found in a home.
        if (home == null) order = null
        app.platform.recorded()
    }

    /** What is met at the door is another thing than was said at first. */
    private suspend fun met(choice: String) {
        val details = details()
        val (point, item) = met(details) ?: return
        val (field, value) = item.question.field to Value.Text(choice)
        if (former(item) == value) return
        app.butler.rounds.recordPoint(details.id, point.id, proof(point), listOf(PointAnswer(field, Evidence(mapOf(field to value)))))
        looked = null
        app.platform.recorded()
    }

    private fun answer(item: ItemRow): Evidence? {
        val question = item.question
        val value = given(question) ?: normal(question)?.let { Value.Text(it) }
        return value?.let { evidence(question, it) }
    }

    private fun evidence(question: Question, value: Value): Evidence {
        val photos = taken[question.field].orEmpty()
        return Evidence(mapOf(question.field to value), if (photos.isEmpty()) emptyMap() else mapOf(question.field to photos))
    }

    /** Whether what is said of an item is to have a photo beside it; what need not be said needs none until it is. */
    private fun wantsPhoto(question: Question) = question.photo == PhotoRule.ALWAYS && (question.required || given(question) != null)

    private fun lacksPhoto(question: Question) = wantsPhoto(question) && taken[question.field].isNullOrEmpty()

    /** What is said anew of an item that has a result: it is recorded beside the former one, and both stay. */
    private fun again(item: ItemRow): Evidence? =
        given(item.question)?.takeIf { it != former(item) && !lacksPhoto(item.question) }?.let { evidence(item.question, it) }

    private fun former(item: ItemRow): Value? = item.results.lastOrNull()?.answer

    private fun given(question: Question): Value? = chosen[question.field] ?: typed[question.field]?.let { value(question, it) }

    private fun value(question: Question, text: String): Value? = when {
        text.isBlank() -> null
        question.answer == AnswerType.NUMBER -> text.trim().replace(',', '.').toDoubleOrNull()?.let { Value.Real(it) }
        else -> Value.Text(text)
    }

    /** The answer that says that all is in order; a question that finds nothing, or has more to say than that and that it does not apply, has none. */
    private fun normal(question: Question): String? =
        if (question.answer == AnswerType.CHOICE && question.options.size <= CHECK && question.options.any { it.fails }) question.options.find { it.normal }?.id else null

    // A finding.

    private suspend fun open(item: QuestionId) {
        val question = details().points.flatMap { it.items }.find { it.question.field == item }?.question ?: return
        val kind = question.options.firstOrNull { it.fails }?.id ?: return
        val draft = app.butler.drafts.list().map { it.draft }.find { it.form == FINDING && it.step == item.value && opened() in it.about }
        finding = Open(question, draft?.submission ?: app.butler.submission(), (draft?.answers?.fields?.get(item) as? Value.Text)?.v1 ?: kind).also {
            it.photos = draft?.answers?.photos?.get(item).orEmpty()
            it.words = draft?.note.orEmpty()
            it.then = aftermath((draft?.answers?.fields?.get(THEN) as? Value.Text)?.v1)
        }
    }

    private fun evidence(open: Open) =
        Evidence(mapOf(open.question.field to Value.Text(open.kind)), if (open.photos.isEmpty()) emptyMap() else mapOf(open.question.field to open.photos))

    private suspend fun keep(open: Open) = app.butler.drafts.save(draft(open))

    private suspend fun draft(open: Open): Draft {
        val answers = evidence(open).let { it.copy(fields = it.fields + (THEN to Value.Text(name(open.then)))) }
        return Draft(open.form, FINDING, step = open.question.field.value, about = listOf(opened()), due = due, answers = answers, note = open.words)
    }

    private fun name(then: Aftermath): String = when (then) {
        Aftermath.Note -> NOTED
        Aftermath.PutRight -> PUT_RIGHT
        is Aftermath.Open -> then.workflow.value
    }

    private fun aftermath(name: String?): Aftermath = when (name) {
        null, NOTED -> Aftermath.Note
        PUT_RIGHT -> Aftermath.PutRight
        else -> Aftermath.Open(WorkflowId(name))
    }

    /** The cases that what this checklist finds may be opened as, by this person. */
    private suspend fun offers(): List<ProcedureRow> {
        val checklist = (item()?.begin as? Procedure.Checklist)?.checklist ?: app.butler.rounds.underWay().find { it.id == round }?.checklist
        val procedures = app.butler.office.procedures()
        val offered = procedures.find { it.begin == checklist?.let { id -> Procedure.Checklist(id) } }?.offers.orEmpty()
        return offered.mapNotNull { id -> procedures.find { it.begin == Procedure.Workflow(id) } }
    }

    private suspend fun photo() {
        val open = finding ?: return
        app.photo(draft(open), open.question.field) ?: return
        open.photos = app.butler.drafts.get(open.form.id)?.draft?.answers?.photos?.get(open.question.field).orEmpty()
    }

    /** The finding, with what shows that one is there, and where it was put right at once the second look beside it. */
    private suspend fun recordFinding() {
        val open = finding ?: return
        val details = details()
        val field = open.question.field
        val point = details.points.find { point -> point.items.any { it.question.field == field } } ?: return
        val found = listOf(PointAnswer(field, evidence(open), open.words))
        app.butler.submitting(open.form).rounds.recordPoint(details.id, point.id, proof(point), found)
        scanned -= point.id
        val normal = normal(open.question)
        if (open.then == Aftermath.PutRight && normal != null) {
            app.butler.rounds.record(details.id, field, Evidence(mapOf(field to Value.Text(normal))), app.words(Word.PutRightHere))
        }
        finding = null
        order = if (open.then == Aftermath.PutRight) null else due(details.id, field)?.let { it to open.question }
        app.platform.found()
        val then = open.then as? Aftermath.Open ?: return
        val due = order?.first
        app.platform.go(Place.Form(if (due != null) FormOf.Due(due, then.workflow) else FormOf.Opening(then.workflow, home)))
    }

    /**
     * What a finding makes due; nothing where its checklist leaves findings to no procedure. Where all findings of a round are one
     * matter, one item is due for them, and it names the newest.
     */
    private suspend fun due(round: RecordId, item: QuestionId): DueId? {
        var ofRound: DueId? = null
        var page = app.butler.today.list()
        while (true) {
            val found = page.items.filter { it.finding?.round == round && it.begin is Procedure.Workflow }
            found.find { it.finding?.item == item }?.let { return it.id }
            ofRound = ofRound ?: found.firstOrNull()?.id
            page = app.butler.today.list(after = page.next ?: return ofRound)
        }
    }

    // What is shown.

    override suspend fun read(): RoundState {
        names = null
        val words = app.words
        val details = details()
        takeUp(details)
        app.taken<Handed.Code>()?.let { scanned(it.code) }
        order = order?.takeIf { (due, _) -> app.butler.today.item(due)?.isToDo == true }
        val point = at(details)
        val number = details.points.indexOf(point) + 1
        val item = item()
        val standing = if (point == null) walked(details) else words(Word.PointOf, "number" to number, "count" to details.points.size)
        val head = RoundState(
            title = words(details.title),
            subtitle = listOfNotNull(item?.subject ?: aboutHome(app, details.id), standing).joinToString(DOT),
            back = Press(words(Word.Back), RoundIntent.Back),
            syncBadge = syncBadge(app, app.butler.status()),
            problem = problem,
            plannedFor = plannedFor(details),
            marks = details.points.map { if (it == point) PointMark.Now else if (isOpen(details, it) || point != null && !wasLookedAt(it)) PointMark.Next else PointMark.Done },
            passed = passed(details, point),
            order = order?.let { (due, question) -> Press(words(Word.OpenOrder, "what" to words(question.label)), RoundIntent.OpenOrder(due)) },
            change = if (number == 1 || details.points.all { isOpen(details, it) }) null else Press(words(Word.Change), RoundIntent.LookBack),
            notes = notes(details, point),
            history = if (of is RoundOf.Begun) Press(words(Word.History), RoundIntent.History) else null,
            papers = if (of is RoundOf.Begun && papers().rows().isNotEmpty()) Press(words(Word.PrintSlips), RoundIntent.Papers) else null,
            paperSheet = if (printing) papers().sheet(RoundIntent::Print, RoundIntent::Share, RoundIntent.ClosePapers) else null,
        )
        if (point == null) return head.copy(passed = null, change = Press(words(Word.Change), RoundIntent.LookBack), done = done(details))
        val met = met(details)?.takeIf { (at, item) -> at != point && item.results.isNotEmpty() }?.second
        val inside = head.copy(
            key = key(item),
            met = met?.question?.options.orEmpty().map {
                Chip(Press(words(it.label), RoundIntent.Met(it.id)), met?.let(::former) == Value.Text(it.id))
            },
        )
        val groups = groups(details, point)
        if (groups.isNotEmpty()) return inside.copy(
            groupsHint = words(Word.GroupsHint),
            groups = groups.map(::tile),
            guidance = details.guidance?.let { words(it) },
            next = details.points.firstOrNull { it !in groups && isOpen(details, it) }?.let { words(Word.NextPoint, "name" to words(it.label)) },
            record = groups.sumOf { group -> group.items.count { it.results.isEmpty() } }
                .let { Press(words(Word.NextGroup, "count" to it, "name" to words(point.label)), RoundIntent.LookAt(point.id)) },
            finding = finding?.let { sheet(it) },
        )
        val left = point.items.filter { it.results.isEmpty() }
        return inside.copy(
            point = words(point.label),
            pointAbout = about(point),
            scan = Press(words(Word.Scan), RoundIntent.Scan),
            items = point.items.map { row(it) },
            guidance = (point.guidance ?: details.guidance)?.let { words(it) },
            next = details.points.firstOrNull { it != point && isOpen(details, it) }?.let { words(Word.NextPoint, "name" to words(it.label)) },
            handOver = if (ofGrid(item)) Press(words(Word.HandOverRest), RoundIntent.HandOver) else null,
            record = record(point, left),
            finding = finding?.let { sheet(it) },
        )
    }

    private fun tile(group: PointRow): GroupTile {
        val words = app.words
        val failed = group.items.filter { it.finding == Finding.FAILED }
        val left = group.items.count { it.results.isEmpty() }
        return GroupTile(
            mark = if (failed.isNotEmpty()) GroupMark.Problem else if (left > 0) GroupMark.Open else GroupMark.InOrder,
            about = when {
                failed.isNotEmpty() -> words.list(failed.map(::named))
                left == 0 -> words(Word.WalkedThroughAbout, "items" to group.items.size)
                else -> words(Word.ItemsLeft, "count" to left)
            },
            all = if (left == 0) null else Press(words(Word.GroupInOrder, "group" to words(group.label), "count" to left), RoundIntent.AllOf(group.id)),
            open = Press(words(group.label), RoundIntent.LookAt(group.id)),
        )
    }

    /** Something that was found, and whether it is severe. */
    private fun named(item: ItemRow): String {
        val isSevere = item.question.options.any { it.severe && former(item) == Value.Text(it.id) }
        return severely(app, isSevere, app.words(item.question.label))
    }

    /** Whoever goes into a home with its key books it out first. */
    private suspend fun key(item: TodayItem?): KeyLine? {
        val home = home ?: return null
        if (item?.mode != Mode.INSIDE) return null
        val details = app.butler.homes.details(home)
        if (details.home.keyHeld != true) return null
        val loan = details.cases.find { it.workflow == KEY_LOAN && it.closed == false }
        if (loan != null) {
            val since = loan.openedAt?.let { app.words(Word.KeyOutSince, "time" to app.formats.timeNear(it, app.butler.date())) }.orEmpty()
            return KeyLine(since, Press(loan.title ?: app.words(Word.KeyHeld), RoundIntent.OpenCase(loan.id)))
        }
        if (app.butler.office.procedures().none { it.begin == Procedure.Workflow(KEY_LOAN) }) return null
        val spot = details.home.keySpot?.let { app.words(Word.KeyHeldAt, "spot" to it) } ?: app.words(Word.KeyHeld)
        return KeyLine(spot, Press(app.words(Word.BookKeyFirst), RoundIntent.BookKey))
    }

    private fun record(point: PointRow, left: List<ItemRow>): Press<RoundIntent> {
        val words = app.words
        val missing = left.filter { it.question.required && answer(it) == null || lacksPhoto(it.question) }
        val group = left.count { normal(it.question) != null && it.question.field !in chosen }
        return Press(
            when {
                group > 0 && left.size < point.items.size -> words(Word.RestInOrder, "count" to group)
                group > 0 -> words(Word.AllInOrder, "count" to group)
                else -> words(Word.PointRead)
            },
            RoundIntent.Record,
            locked = missing.takeIf { it.isNotEmpty() }
                ?.let { open -> words(Word.StillMissing, "count" to open.size, "what" to words.list(open.map { words(it.question.label) })) },
        )
    }

    private fun about(point: PointRow): String {
        val words = app.words
        val punctual = when (point.punctuality) {
            Punctuality.ON_TIME -> words(Word.PunctualityOnTime)
            Punctuality.EARLY -> words(Word.PunctualityEarly)
            Punctuality.LATE -> words(Word.PunctualityLate)
            Punctuality.MISSED -> words(Word.PunctualityMissed)
            Punctuality.OPEN -> null
        }
        val proved = when {
            point.id in scanned || point.proof == ProofKind.SCAN -> words(Word.ProofScan)
            point.proof == ProofKind.LOCATION -> words(Word.ProofLocation)
            // There is nothing to scan.
            point.unproven && point.place != null -> null
            else -> words(Word.ProofNone)
        }
        return listOfNotNull(punctual, proved).joinToString(DOT)
    }

    private fun walked(details: RoundDetails): String =
        app.words(if (details.points.any { isNotCounted(details, it) }) Word.LookedAtAll else Word.WalkedThrough)

    /** Somebody else's round may be walked, too. */
    private suspend fun plannedFor(details: RoundDetails): String? =
        details.plannedFor?.takeIf { it != app.butler.me().staff }?.let { app.words(Word.PlannedFor, "name" to name(it)) }

    private suspend fun name(staff: StaffId): String =
        (names ?: app.butler.office.staff().associate { it.id to it.name }.also { names = it })[staff] ?: staff.value

    /** What is left of a round of the grid can be handed over. */
    private suspend fun ofGrid(item: TodayItem?): Boolean =
        item != null && item.about == null && app.butler.office.grids().any { PlaceId(it.id.value) == item.place }

    private suspend fun notes(details: RoundDetails, point: PointRow?): List<PointNote> {
        val last = details.points.maxByOrNull { it.visited ?: Instant.MIN }
        val fast = details.tooFast.filter { point == null || it.to == point.id || looked == null && it.to == last?.id }
        return (if (point == null) notes(details) else notes(point, isNotCounted(details, point))) + fast.map { PointNote(NoteKind.TooFast, tooFast(details, it)) }
    }

    private fun notes(point: PointRow, notCounted: Boolean): List<PointNote> = listOfNotNull(
        PointNote(NoteKind.Unproven, app.words(if (point.place == null) Word.UnprovenAnywhere else Word.UnprovenHere)).takeIf { point.unproven },
        PointNote(NoteKind.NotCounted, app.words(Word.NotCounted)).takeIf { notCounted && point.id !in scanned },
    )

    private fun notes(details: RoundDetails): List<PointNote> {
        val (words, points) = app.words to details.points
        val missing = points.filter { isNotCounted(details, it) }.map {
            val text = words(Word.NotCountedAt, "point" to words(it.label))
            PointNote(NoteKind.NotCounted, text, Press(text, RoundIntent.LookAt(it.id)))
        }
        val unproven = points.filter { it.unproven && it.visited != null }.map { words(it.label) }
        return missing + listOfNotNull(PointNote(NoteKind.Unproven, words(Word.UnprovenPoints, "points" to words.list(unproven))).takeIf { unproven.isNotEmpty() })
    }

    /** Who oversees others need not be told that they see it. */
    private suspend fun tooFast(details: RoundDetails, pair: TooFast): String {
        fun called(id: String) = details.points.find { it.id == id }?.let { app.words(it.label) }.orEmpty()
        val word = if (overlooks(app)) Word.TooFast else Word.TooFastSeen
        return app.words(word, "from" to called(pair.from), "to" to called(pair.to), "time" to app.formats.seconds(pair.seconds))
    }

    private fun passed(details: RoundDetails, now: PointRow?): String? {
        val walked = details.points.filter { it != now && wasLookedAt(it) && !isOpen(details, it) }
        if (walked.isEmpty()) return null
        val names = if (walked.size <= NAMED) app.words.list(walked.map { app.words(it.label) }) else app.words(Word.PointsAndMore, "count" to walked.size)
        val (fine, findings) = counted(walked)
        val counted = if (findings == 0) app.words(Word.PointsInOrder, "points" to names, "items" to fine)
        else app.words(Word.PointsWithFindings, "points" to names, "findings" to findings, "items" to fine)
        val missing = walked.count { isNotCounted(details, it) }
        return if (missing == 0) counted else counted + DOT + app.words(Word.NotCountedPoints, "count" to missing)
    }

    /** How many items of these points are in order, and how many are not. */
    private fun counted(points: List<PointRow>): Pair<Int, Int> {
        val items = points.flatMap { it.items }
        return items.count { it.finding == Finding.PASSED || it.finding == Finding.CORRECTED } to items.count { it.finding == Finding.FAILED }
    }

    private fun done(details: RoundDetails): Empty<RoundIntent> {
        val (fine, findings) = counted(details.points)
        return Empty(
            walked(details),
            if (findings == 0) app.words(Word.WalkedThroughAbout, "items" to fine)
            else app.words(Word.WalkedWithFindings, "items" to fine, "findings" to findings),
            Press(app.words(if (of is RoundOf.Due) Word.BackToWalk else Word.Back), RoundIntent.Back),
        )
    }

    private suspend fun row(item: ItemRow): RoundItem {
        val words = app.words
        val question = item.question
        // What was answered is open again where one looks back.
        val open = item.results.isEmpty() || looked != null
        val normal = normal(question)
        val grouped = normal != null
        val former = former(item)
        val label = words(question.label)
        return RoundItem(
            label = label,
            severe = if (question.options.any { it.fails && it.severe }) words(Word.Severe) else null,
            help = question.help?.takeIf { open && !grouped }?.let { words(it) },
            last = if (grouped) null else last(item),
            badge = when {
                item.inConflict -> Badge(BadgeKind.Conflict, words(Word.TwoAnswers))
                item.finding == Finding.FAILED -> Badge(BadgeKind.Problem, words(Word.HasProblem))
                item.finding == Finding.CORRECTED -> Badge(BadgeKind.Ok, words(Word.Corrected))
                item.finding == Finding.PASSED -> Badge(BadgeKind.Ok, words(Word.InOrder))
                else -> null
            },
            said = if (item.inConflict) item.results.map { said(question, it) } else emptyList(),
            problem = if (grouped && question.options.any { it.fails }) Press(words(Word.HasProblem), RoundIntent.Problem(question.field)) else null,
            choices = when {
                !open -> emptyList()
                !grouped -> choices(question, former)
                item.finding == Finding.FAILED -> choices(question, former).filter { (it.press.intent as? RoundIntent.Choose)?.choice == normal }
                else -> emptyList()
            },
            reading = if (!open || question.answer !in TYPED) null
            else Typing(label, typed[question.field] ?: former?.let(::spelled).orEmpty()) { RoundIntent.Read(question.field, it) },
            photos = photos(app, item.results.flatMap { it.photos } + taken[question.field].orEmpty()) { RoundIntent.Look(it) },
            photo = if (!open || !wantsPhoto(question)) null
            else Press(words(if (taken[question.field] == null) Word.TakePhoto else Word.AnotherPhoto), RoundIntent.PhotoOf(question.field)),
            unit = question.unit?.takeIf { open }?.let { unit -> app.butler.office.unit(unit)?.let { words(it) } ?: unit },
        )
    }

    /** What was found the last time: a hint, never an answer; beside a reading how far it is from that. */
    private fun last(item: ItemRow): String? {
        val words = app.words
        val question = item.question
        return when (val before = item.last?.answer) {
            is Value.Real -> {
                val less = (given(question) as? Value.Real)?.let { it.v1 - before.v1 }
                val apart = when {
                    less == null -> null
                    less == 0.0 -> words(Word.LikeLastTime)
                    else -> words(if (less > 0) Word.MoreThanLastTime else Word.LessThanLastTime, "value" to app.formats.number(Math.abs(less)))
                }
                listOfNotNull(words(Word.LastTime, "value" to app.formats.number(before.v1)), apart).joinToString(DOT)
            }
            is Value.Text -> question.options.find { it.id == before.v1 }?.let { words(Word.LastTime, "value" to words(it.label)) }
            else -> null
        }
    }

    private suspend fun said(question: Question, result: ResultRow): String {
        val answer = (result.answer as? Value.Text)?.let { told -> question.options.find { it.id == told.v1 }?.label }?.let { app.words(it) }
        return app.words(Word.ResultOf, "name" to name(result.by), "time" to app.formats.time(result.at), "answer" to (answer ?: result.answer?.let(::spelled).orEmpty()))
    }

    private suspend fun choices(question: Question, former: Value?): List<Chip<RoundIntent>> = when (question.answer) {
        AnswerType.CHOICE -> question.options.map {
            Chip(Press(app.words(it.label), RoundIntent.Choose(question.field, it.id)), (chosen[question.field] ?: former) == Value.Text(it.id))
        }
        AnswerType.FLAG -> listOf(true to Word.Yes, false to Word.No).map { (yes, word) ->
            Chip(Press(app.words(word), RoundIntent.Flag(question.field, yes)), (chosen[question.field] ?: former) == Value.Bool(yes))
        }
        AnswerType.DATE -> days().map { (day, words) ->
            Chip(Press(words, RoundIntent.Choose(question.field, day)), (chosen[question.field] ?: former) == Value.Text(day))
        }
        else -> emptyList()
    }

    /** The week ahead, beginning today. */
    private suspend fun days(): List<Pair<String, String>> {
        val today = app.butler.date()
        return (0L until DAYS).map { today.plusDays(it) }.map { "$it" to app.formats.near(it, today).replaceFirstChar(Char::uppercase) }
    }

    private fun spelled(value: Value): String = when (value) {
        is Value.Real -> value.v1.toBigDecimal().stripTrailingZeros().toPlainString()
        is Value.Text -> value.v1
        else -> ""
    }

    private suspend fun sheet(open: Open): FindingSheet {
        val words = app.words
        val kinds = open.question.options.filter { it.fails }
        val needed = open.question.photo != PhotoRule.NEVER && open.photos.isEmpty()
        return FindingSheet(
            title = words(open.question.label),
            about = open.question.help?.let { words(it) }.orEmpty(),
            severe = if (kinds.any { it.id == open.kind && it.severe }) words(Word.Severe) else null,
            kinds = if (kinds.size < 2) emptyList() else kinds.map { Chip(Press(words(it.label), RoundIntent.Kind(it.id)), it.id == open.kind) },
            photos = photos(app, open.photos) { RoundIntent.Look(it) },
            photo = Press(words(if (open.photos.isEmpty()) Word.TakePhoto else Word.AnotherPhoto), RoundIntent.Photo),
            words = Typing(words(Word.WhatIsWrong), open.words, words(Word.WhatIsWrongHint)) { RoundIntent.Say(it) },
            nowTitle = words(Word.WhatNow),
            now = (listOf(Aftermath.PutRight to words(Word.PutRightHere)) + offers().mapNotNull { row ->
                (row.begin as? Procedure.Workflow)?.let { Aftermath.Open(it.workflow) to words(Word.OpenAs, "what" to words(row.title)) }
            } + (Aftermath.Note to words(Word.OnlyNote))).map { (then, label) -> Chip(Press(label, RoundIntent.Then(then)), then == open.then) },
            record = Press(
                words(if (open.then is Aftermath.Open) Word.RecordAndOpen else Word.RecordFinding), RoundIntent.RecordFinding,
                locked = if (needed) words(Word.StillMissing, "count" to 1, "what" to words(Word.TakePhoto)) else null,
            ),
        )
    }

    override fun failed(words: String) {
        problem = words
    }

    companion object {
        /** What a draft of a finding is called. */
        internal const val FINDING = "round.finding"

        /** What a draft of what is answered at a point is called. */
        internal const val POINT = "round.point"

        /** No item of a checklist: what is done about what was found. */
        private val THEN = QuestionId("then")
        private const val NOTED = "noted"
        private const val PUT_RIGHT = "put-right"
        private const val NAMED = 3

        private const val DAYS = 7L

        /** In order, not in order, does not apply. */
        private const val CHECK = 3

        /** From so many groups on they are tiles. */
        private const val MANY = 3

        /** What is left of a patrol is handed over in it. */
        private val HANDOVER = FormId("patrol.handover")
        private val TYPED = setOf(AnswerType.NUMBER, AnswerType.TEXT)
    }
}
