package butler.app.models

import butler.AnswerType
import butler.ArticleRow
import butler.Channel
import butler.ChecklistId
import butler.CutShort
import butler.Draft
import butler.DraftDetails
import butler.DayWalk
import butler.DueAnswer
import butler.DueId
import butler.DueStatus
import butler.DueUrgency
import butler.Evidence
import butler.FormId
import butler.NewContact
import butler.Outcome
import butler.PhotoId
import butler.PlaceId
import butler.Procedure
import butler.Question
import butler.QuestionId
import butler.RecordId
import butler.ResidentRow
import butler.StepId
import butler.Submission
import butler.Summary
import butler.TodayItem
import butler.Value
import butler.WalkDoor
import butler.WalkHours
import butler.WalkStop
import butler.app.models.ContactForm.AT
import butler.app.models.ContactForm.CHANNEL
import butler.app.models.ContactForm.FORM
import butler.app.models.ContactForm.NEXT
import butler.app.models.ContactForm.NOT_REACHED
import butler.app.models.ContactForm.OUTCOME
import butler.app.models.ContactForm.PHOTOS
import butler.app.models.ContactForm.VISIT
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import java.time.YearMonth
import kotlinx.coroutines.flow.Flow

/** What can be pressed on 今天. */
sealed interface TodayIntent {
    data object Search : TodayIntent
    data object Outbox : TodayIntent
    data object CanWait : TodayIntent
    data object DoesNotFit : TodayIntent
    data class Inspections(val checklist: ChecklistId) : TodayIntent
    data object AllUrgent : TodayIntent
    data object Walked : TodayIntent
    data object Sync : TodayIntent
    data class CallNumber(val number: String) : TodayIntent
    data object Library : TodayIntent
    data class Register(val of: Procedure) : TodayIntent
    data class OpenItem(val item: DueId) : TodayIntent
    data class Fold(val stop: PlaceId) : TodayIntent
    data class ShowRest(val stop: PlaceId) : TodayIntent
    data class StartHere(val stop: PlaceId) : TodayIntent
    data class OpenHome(val home: RecordId) : TodayIntent
    data class Begin(val item: DueId) : TodayIntent
    data class Read(val article: ArticleRow) : TodayIntent
    data class Take(val case: RecordId, val step: StepId) : TodayIntent
    data class Meet(val home: RecordId) : TodayIntent
    data class NobodyHome(val home: RecordId) : TodayIntent
    data class Again(val at: Instant) : TodayIntent
    data object AnotherTime : TodayIntent
    data class Month(val month: YearMonth) : TodayIntent
    data class AgainOn(val day: LocalDate) : TodayIntent
    data class AgainAt(val time: String) : TodayIntent
    data class Handled(val option: String) : TodayIntent
    data object PhotoOfNote : TodayIntent
    data class Look(val at: PhotosAt) : TodayIntent
    data object Dial : TodayIntent
    data object RecordNobody : TodayIntent
    data object AskHowLong : TodayIntent
    data class Left(val minutes: Int) : TodayIntent
    data class LookAtPart(val part: CutKind) : TodayIntent
    data class Because(val reason: String) : TodayIntent
    data class Remark(val text: String) : TodayIntent
    data object WalkLikeThis : TodayIntent
    data object CloseSheet : TodayIntent
    /** What may be done with an item of a spot, or of the desk. */
    data class Ask(val item: DueId) : TodayIntent
    data class Instead(val answer: DueAnswer) : TodayIntent
}

/** 今天: the walk of the day, of `today.walk()`. */
class TodayModel(app: App) : Model<TodayState, TodayIntent>(app, TodayState()) {
    private val hours: WalkHours get() = app.settings.now.hours

    /** A stop that was scanned. */
    override val follows: Flow<*> get() = app.handed
    private var walk: DayWalk? = null
    private val folded = mutableMapOf<PlaceId, Boolean>()
    private val whole = mutableSetOf<PlaceId>()
    private var lookedAt: PlaceId? = null
    private var allUrgent = false
    private var allWalked = false
    private var nobody: Nobody? = null
    private var absence: Absence? = null

    /** Of the door whose sheet is open. */
    private var reach: Reach? = null
    private var cut: Cut? = null
    private var asked: DueId? = null
    private var problem: String? = null

    /** The open sheet of a door nobody opened. It is a draft from its first change on. */
    private class Nobody(val door: WalkDoor, val submission: Submission, val at: Instant, val times: List<Instant>, var again: Instant, val help: String?) {
        var photos = emptyList<PhotoId>()

        /** It is none of the times that are offered. */
        var picked = again !in times

        /** Its time as it is typed; null as long as nobody did. */
        var typed: String? = null

        /** The month that is open to choose a day of. */
        var month: YearMonth? = null
    }

    /** The open sheet of a day that has to end earlier. It is a draft from its first change on. */
    private class Cut(val submission: Submission, var minutes: Int, var parts: CutShort) {
        var reason: String? = null
        var remark = ""

        /** The part one looks into. */
        var part: CutKind? = null
    }

    override suspend fun act(intent: TodayIntent) {
        problem = null
        when (intent) {
            TodayIntent.Search -> app.platform.go(Place.Homes)
            TodayIntent.Outbox -> app.platform.go(Place.Outbox)
            TodayIntent.CanWait -> app.platform.go(Place.CanWait)
            TodayIntent.DoesNotFit -> app.platform.go(Place.CanWait)
            is TodayIntent.Inspections -> app.platform.go(Place.DayRounds(intent.checklist))
            TodayIntent.Sync -> app.platform.sync()
            is TodayIntent.CallNumber -> app.platform.dial(intent.number)
            TodayIntent.Library -> app.platform.go(Place.Library)
            is TodayIntent.Register -> app.platform.go(Place.Register(intent.of))
            is TodayIntent.OpenItem -> openNoticed(app, intent.item)
            TodayIntent.AllUrgent -> allUrgent = !allUrgent
            TodayIntent.Walked -> allWalked = !allWalked
            is TodayIntent.Fold -> folded[intent.stop] = !(folded[intent.stop] ?: (intent.stop != current()?.place))
            is TodayIntent.ShowRest -> whole += intent.stop
            is TodayIntent.StartHere -> startHere(intent.stop)
            is TodayIntent.OpenHome -> app.platform.go(Place.Home(intent.home))
            is TodayIntent.Meet -> app.platform.go(Place.Visit(intent.home))
            is TodayIntent.Begin -> {
                asked = null
                begin(app, intent.item)
            }
            is TodayIntent.Ask -> asked = intent.item
            is TodayIntent.Read -> app.platform.go(Place.Article(intent.article))
            is TodayIntent.Instead -> {
                val item = asked?.let { app.butler.today.item(it) }
                asked = null
                item?.let { app.platform.go(Place.Form(FormOf.Instead(intent.answer, it.id, it.about))) }
            }
            is TodayIntent.Take -> app.platform.go(Place.Form(FormOf.Step(intent.case, intent.step)))
            is TodayIntent.NobodyHome -> openNobody(intent.home)
            is TodayIntent.Again -> nobody?.let { open ->
                open.again = intent.at
                open.picked = false
                keep(open)
            }
            TodayIntent.AnotherTime -> nobody?.let { it.month = YearMonth.from(today(it.again)) }
            is TodayIntent.Month -> nobody?.month = intent.month
            is TodayIntent.AgainOn -> nobody?.let { open ->
                open.again = app.formats.at(intent.day, app.formats.clock(open.again))
                open.picked = true
                open.month = null
                keep(open)
            }
            is TodayIntent.AgainAt -> nobody?.let { open ->
                open.typed = intent.time
                time(intent.time)?.let { open.again = app.formats.at(today(open.again), it) }
                keep(open)
            }
            TodayIntent.PhotoOfNote -> photoOfNote()
            is TodayIntent.Look -> app.platform.go(Place.Photo(intent.at))
            TodayIntent.Dial -> call()
            TodayIntent.RecordNobody -> absence?.let { recordAbsence(it) } ?: recordNobody()
            is TodayIntent.Handled -> absence?.chosen = intent.option
            TodayIntent.AskHowLong -> openCut()
            is TodayIntent.Left -> cut?.let { it.minutes = intent.minutes; it.parts = app.butler.today.cutShort(intent.minutes, hours); keep(it) }
            is TodayIntent.LookAtPart -> cut?.let { it.part = intent.part.takeIf { part -> part != it.part } }
            is TodayIntent.Because -> cut?.let { it.reason = intent.reason; keep(it) }
            is TodayIntent.Remark -> cut?.let { it.remark = intent.text; keep(it) }
            TodayIntent.WalkLikeThis -> walkLikeThis()
            TodayIntent.CloseSheet -> closeSheet()
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    // What is written.

    /** It is kept with the day's walk: whoever looks at it finds it so. The stop is the one that is looked into then. */
    private suspend fun startHere(stop: PlaceId) {
        app.butler.today.walk(hours.copy(start = stop))
        folded.clear()
        lookedAt = stop
    }

    private suspend fun openNobody(home: RecordId) {
        val door = doors().find { it.home == home } ?: return
        val reach = reach(app, door.people).also { reach = it }
        absence = absence(app, door)
        if (absence != null) return
        val kept = contactDraft(app, home, Begun.Nobody)
        val now = app.now()
        // A knock of another day is not this one.
        val at = kept?.answers?.moment(AT)?.takeIf { today(it) == today(now) } ?: now
        val usual = app.formats.at(today(at).plusDays(1), EVENING)
        val times = timesAgain(app, at, reach)
        val first = timeAgain(times, usual, reach)
        // As many as stand beside each other, the first one among them.
        val offered = if (first in times.take(OFFERED)) times.take(OFFERED) else times.take(OFFERED - 1) + first
        val again = kept?.answers?.moment(NEXT)?.takeIf { it > now } ?: first
        val known = reach.known().takeIf { it.isNotEmpty() }?.joinToString("\n")
        nobody = Nobody(door, kept?.submission ?: app.butler.submission(), at, offered, again, known).also { it.photos = photosOf(kept) }
    }

    /** How the call went is asked on the home. That one knocked is a draft; what was done about an inspection is answered in its sheet. */
    private suspend fun call() {
        val door = nobody?.door ?: absence?.door ?: return
        val to = reach?.call ?: return
        nobody?.let { keep(it) }
        nobody = null
        beginCall(app, door.home, to.person, to.phone, to.number)
        app.platform.go(Place.Home(door.home))
    }

    private suspend fun drafts(): List<DraftDetails> = app.butler.drafts.list()

    private fun photosOf(draft: Draft?): List<PhotoId> = draft?.answers?.photos?.get(QuestionId(PHOTOS)).orEmpty()

    private suspend fun keep(open: Nobody) = app.butler.drafts.save(draft(open))

    private fun draft(open: Nobody): Draft {
        val fields = mapOf(
            QuestionId(CHANNEL) to Value.Text(VISIT), QuestionId(OUTCOME) to Value.Text(NOT_REACHED),
            QuestionId(AT) to answer(open.at), QuestionId(NEXT) to answer(open.again),
        )
        val photos = if (open.photos.isEmpty()) emptyMap() else mapOf(QuestionId(PHOTOS) to open.photos)
        return Draft(open.submission, CONTACT_FORM, about = listOf(open.door.home), answers = Evidence(fields, photos))
    }

    /** The camera was opened from the sheet of a door, and the app died behind it. */
    private suspend fun takeUpPhotographed() {
        val draft = app.photographed?.let { app.butler.drafts.get(it)?.draft }?.takeIf { begun(it) == Begun.Nobody } ?: return
        app.photographed = null
        draft.about.firstOrNull()?.let { openNobody(it) }
    }

    private suspend fun photoOfNote() {
        val open = nobody ?: return
        app.photo(draft(open), QuestionId(PHOTOS)) ?: return
        open.photos = photosOf(app.butler.drafts.get(open.submission.id)?.draft)
    }

    /**
     * A visit that met nobody answers nothing, but an agreed contact or a promise carries its time on: it names those.
     */
    private suspend fun recordNobody() {
        val sheet = nobody ?: return
        val door = sheet.door
        val open = door.items.filter { it.status == DueStatus.OPEN }
        val contact = NewContact(
            about = listOf(door.home), channel = Channel.VISIT, purpose = purpose(app, open), outcome = Outcome.NOT_REACHED,
            nextContact = sheet.again, at = sheet.at, photos = sheet.photos,
            dues = open.filter { it.promised }.map { it.id },
        )
        val recorded = app.butler.submitting(sheet.submission).contacts.record(contact)
        nobody = null
        app.recorded(app.words(Word.NobodyNoted, "room" to room(door), "again" to app.formats.nearTime(sheet.again, today(sheet.at))), listOf(recorded))
    }

    /** What was done about it answers what the checklist asks where nobody is. */
    private suspend fun recordAbsence(sheet: Absence) {
        val recorded = app.butler.rounds.recordPoint(sheet.round, sheet.point.id, proofAt(app, sheet.point), listOf(sheet.answer))
        absence = null
        val handled = sheet.asked.options.first { it.id == sheet.chosen }
        app.recorded(app.words(Word.AbsenceNoted, "room" to room(sheet.door), "what" to app.words(handled.label)), listOf(recorded) + sheet.made)
    }

    private suspend fun openCut() {
        val (kept, old) = drafts().filter { it.draft.form == CUT_SHORT }.partition { today(it.changedAt) == today(app.now()) }
        for (draft in old) app.butler.drafts.discard(draft.draft.submission.id)
        val draft = kept.firstOrNull()?.draft
        val minutes = (draft?.answers?.fields?.get(QuestionId(MINUTES)) as? Value.Int)?.v1?.toInt() ?: TWO_HOURS
        cut = Cut(draft?.submission ?: app.butler.submission(), minutes, app.butler.today.cutShort(minutes, hours)).also { open ->
            val reasons = app.butler.today.asks(DueAnswer.SNOOZE).firstOrNull { it.answer == AnswerType.CHOICE }?.options.orEmpty()
            open.reason = draft?.answers?.text(REASON)?.ifEmpty { null } ?: (reasons.find { it.id == SHORT_OF_HANDS } ?: reasons.firstOrNull())?.id
            open.remark = draft?.note.orEmpty()
        }
    }

    private suspend fun keep(open: Cut) {
        val fields = mapOf(QuestionId(MINUTES) to Value.Int(open.minutes.toLong()), QuestionId(REASON) to Value.Text(open.reason.orEmpty()))
        app.butler.drafts.save(Draft(open.submission, CUT_SHORT, answers = Evidence(fields), note = open.remark))
    }

    /** What the form for putting off asks now, and the answers to it so far. */
    private suspend fun putOff(open: Cut): Pair<List<Question>, Evidence> {
        val fields = mutableMapOf<QuestionId, Value>()
        for (question in app.butler.today.asks(DueAnswer.SNOOZE)) {
            when (question.answer) {
                AnswerType.DATE -> fields[question.field] = Value.Text(tomorrow().toString())
                AnswerType.CHOICE -> open.reason?.let { fields[question.field] = Value.Text(it) }
                AnswerType.TEXT -> if (open.remark.isNotBlank()) fields[question.field] = Value.Text(open.remark)
                else -> {}
            }
        }
        val answers = Evidence(fields)
        return app.butler.registers.ask(PUT_OFF, answers) to answers
    }

    private suspend fun walkLikeThis() {
        val open = cut ?: return
        val later = open.parts.tomorrow
        if (later.isNotEmpty()) {
            val recorded = app.butler.today.snoozeMany(later, putOff(open).second)
            app.recorded(app.words(Word.PutOff, "count" to later.size), recorded)
        }
        app.butler.drafts.discard(open.submission.id)
        cut = null
    }

    /** One level back, as Back goes. */
    private suspend fun closeSheet() {
        if (nobody?.month != null) {
            nobody?.month = null
            return
        }
        absence?.let { app.butler.records.undo(it.made) }
        absence = null
        nobody = null
        cut = null
        asked = null
    }

    // What is shown.

    override suspend fun read(): TodayState {
        val butler = app.butler
        val now = app.now()
        val date = butler.date()
        val me = butler.me()
        val status = butler.status()
        val head = TodayState(
            title = app.words(Word.TabToday),
            subtitle = (listOf(app.formats.dayOfWeek(date)) + me.grids.map { it.name }).joinToString(DOT),
            search = Press(app.words(Word.Search), TodayIntent.Search),
            sync = Press(app.words(Word.SyncNow), TodayIntent.Outbox),
            syncBadge = syncBadge(app, status),
            problem = problem ?: app.notice,
        )
        if (me.grids.isEmpty()) return head.copy(empty = Empty(app.words(Word.NoGrid), app.words(Word.NoGridAbout)), links = withoutGrid(app, status, date))
        val walk = butler.today.walk(hours).also { walk = it }
        takeUpPhotographed()
        app.taken<Handed.Stop>()?.let {
            folded[it.place] = false
            lookedAt = it.place
        }
        val stops = stops(walk, date, now)
        val nothing = walk.urgent.isEmpty() && stops.none { it.phase != StopPhase.Done }
        val items = if (nothing) butler.today.all() else emptyList()
        val walked = Walked(walk)
        return head.copy(
            capacity = if (nothing) null else capacity(walk, walked, now),
            urgent = walk.urgent.take(if (allUrgent) walk.urgent.size else 1).map { urgent(it, now) },
            moreUrgent = moreUrgent(walk),
            urgentInShort = urgentInShort(walk, now),
            walked = if (nothing) null else walked(walk, walked),
            stops = stops.filter { it.phase != StopPhase.Done },
            lookAt = walk.stops.find { it.place == lookedAt }?.name,
            done = if (nothing) dayDone(app, walked, items, status, date) else null,
            links = if (nothing) afterToday(app, items, date) else emptyList(),
            sheet = absence?.let(::absenceSheet) ?: nobody?.let { open -> open.month?.let { days(open, it, date) } ?: nobodySheet(open) } ?: cutSheet() ?: dueSheet(date),
        )
    }

    private suspend fun capacity(walk: DayWalk, walked: Walked, now: Instant): Capacity {
        val words = app.words
        val until = LocalTime.ofSecondOfDay(hours.until.toLong() * 60)
        val late = walk.spareMinutes < 0
        // The bar is the day from its first hour to its last, or to where the walk ends.
        val (from, end) = hours.from.toInt() to hours.until.toInt()
        val ends = maxOf(minuteOfDay(walk.endsAt), minuteOfDay(now))
        val at = minuteOfDay(now).coerceIn(from, end)
        val whole = maxOf(ends, end) - from
        fun part(minutes: Int) = if (whole > 0) minutes.coerceAtLeast(0) * 100 / whole else 0
        return Capacity(
            left = words(
                Word.LeftToday, "items" to walk.planned + walk.urgent.size.toUInt(), "doors" to walk.doors,
                "stops" to walk.stops.count { left(it) },
            ),
            ends = words(Word.EndsAbout, "time" to app.formats.time(walk.endsAt)),
            donePart = part(at - from),
            plannedPart = part(minOf(ends, end) - at),
            overPart = part(ends - end),
            done = words(Word.DoneItems, "count" to walked.items),
            spare = if (late) words(Word.TooLong, "time" to app.formats.time(until), "over" to app.formats.minutes(-walk.spareMinutes))
            else words(Word.Fits, "time" to app.formats.time(until), "spare" to app.formats.minutes(walk.spareMinutes)),
            doesNotFit = doesNotFit(app, walk)?.let { Press(it, TodayIntent.DoesNotFit) },
            inspections = inspections(walk),
            canWait = walk.canWait.sumOf { it.count.toInt() }.takeIf { it > 0 }
                ?.let { Press(words(Word.CanWait, "count" to it), TodayIntent.CanWait) },
            cutShort = Press(words(Word.CutShort), TodayIntent.AskHowLong),
            plan = Press(words(Word.PlanDay), TodayIntent.AskHowLong),
        )
    }

    private fun inspections(walk: DayWalk): List<Press<TodayIntent>> {
        val atDoors = walk.stops.flatMap { it.doors }.flatMap { it.items }
        return inspections(atDoors).mapNotNull { (checklist, items) ->
            val homes = items.groupBy { it.about }.values
            if (homes.size < SEVERAL_HOMES) return@mapNotNull null
            val seen = homes.count { rounds -> rounds.none { it.isToDo } }
            Press(app.words(Word.InspectionsOf, "what" to app.words(items.first().title), "count" to homes.size, "seen" to seen), TodayIntent.Inspections(checklist))
        }
    }

    private suspend fun urgent(item: TodayItem, now: Instant): UrgentCard {
        val due = item.dueAt
        val clock = due?.let { app.formats.clock(it, now) } ?: app.words(Word.UrgentNow)
        val of = item.case
        val case = of?.let { app.butler.cases.details(it) }
        val step = of?.let { app.butler.cases.nextSteps(it) }?.firstOrNull { it.whyNot == null && it.first.isEmpty() }
        val place = item.place?.let { app.place(it) }
        return UrgentCard(
            clock = Badge(BadgeKind.Urgent, clock),
            title = case?.case?.title ?: item.subject,
            place = listOfNotNull(case?.about?.firstOrNull()?.let { home(it) } ?: place, app.words(item.title)).joinToString(DOT),
            // What the button says it does: the step's form opens at once.
            open = if (of == null || step == null) Press(app.words(Word.Begin), TodayIntent.Begin(item.id))
            else Press(app.words(step.label), TodayIntent.Take(of, step.step)),
        )
    }

    private suspend fun home(record: RecordId): String? =
        doors().find { it.home == record }?.title ?: runCatching { app.butler.homes.details(record).title }.getOrNull()

    private fun moreUrgent(walk: DayWalk): Press<TodayIntent>? = when {
        walk.urgent.size < 2 -> null
        allUrgent -> Press(app.words(Word.FewerUrgent), TodayIntent.AllUrgent)
        else -> Press(app.words(Word.MoreUrgent, "count" to walk.urgent.size - 1), TodayIntent.AllUrgent)
    }

    private fun urgentInShort(walk: DayWalk, now: Instant): UrgentInShort? {
        val first = walk.urgent.firstOrNull() ?: return null
        val clock = first.dueAt?.let { app.formats.clock(it, now) } ?: app.words(Word.UrgentNow)
        return UrgentInShort(
            Badge(BadgeKind.Urgent, app.words(Word.UrgentCount, "count" to walk.urgent.size)),
            Press(app.words(Word.Soonest, "clock" to clock), TodayIntent.Begin(first.id)),
        )
    }

    private fun walked(walk: DayWalk, walked: Walked): WalkedPart? {
        if (walked.items == 0) return null
        val words = app.words
        val text = if (walked.places == 0) words(Word.WalkedItems, "items" to walked.items)
        else words(Word.Walked, "stops" to walked.places, "items" to walked.items)
        return WalkedPart(Press(text, TodayIntent.Walked), if (allWalked) walkedAt(walk) else emptyList())
    }

    /** All that is counted, of stops one is not through with, too. */
    private fun walkedAt(walk: DayWalk): List<WalkedAt> {
        fun done(items: List<TodayItem>) = items.filter { it.status == DueStatus.DONE }
        fun things(items: List<TodayItem>, at: String) =
            done(items).map { WalkedThing(it.subject.takeIf { subject -> subject != at }.orEmpty(), app.words(it.title), Press(it.subject, TodayIntent.OpenItem(it.id))) }
        val stops = walk.stops.map { stop ->
            val doors = stop.doors.mapNotNull { door ->
                val here = done(door.items).map { app.words(it.title) }.distinct()
                if (here.isEmpty()) null else WalkedThing(room(door), app.words.list(here), Press(door.title, TodayIntent.OpenHome(door.home)))
            }
            WalkedAt(stop.name, things(stop.spots, stop.name) + doors)
        }
        val aside = listOf(Word.Calls to walk.calls, Word.Desk to walk.desk).map { (name, items) -> WalkedAt(app.words(name), things(items, app.words(name))) }
        return (stops + aside).filter { it.things.isNotEmpty() }
    }

    private suspend fun stops(walk: DayWalk, today: LocalDate, now: Instant): List<Stop> {
        val (open, done) = walk.stops.partition { left(it) }
        // What was walked is behind one, wherever the walk began.
        val stops = (done + open).mapIndexed { index, stop ->
            val phase = if (index < done.size) StopPhase.Done else if (index == done.size) StopPhase.Now else StopPhase.Next
            stop(stop, index + 1, phase, today, now)
        }
        val calls = aside(walk.calls, stops.size + 1, Word.Calls, Word.CallsAbout, open.isEmpty(), today, now)
        val desk = aside(walk.desk, stops.size + if (calls == null) 1 else 2, Word.Desk, Word.DeskAbout, open.isEmpty() && calls == null, today, now)
        return stops + listOfNotNull(calls, desk)
    }

    private suspend fun stop(stop: WalkStop, number: Int, phase: StopPhase, today: LocalDate, now: Instant): Stop {
        val open = !(folded[stop.place] ?: (phase != StopPhase.Now))
        val spots = stop.spots.filter { it.isToDo }
        val doors = stop.doors.sortedBy { if (it.open) 0 else 1 }
        val shown = if (!open) emptyList() else if (stop.place in whole) doors else doors.take(SHOWN)
        val rest = if (open) doors.drop(shown.size).filter { it.open } else emptyList()
        val left = doors.count { it.open }
        val minutes = app.formats.minutes(stop.minutes.toLong())
        val about = if (doors.isEmpty()) app.words(Word.StopSpots, "items" to spots.size, "minutes" to minutes)
        else app.words(Word.StopAbout, "doors" to left, "minutes" to minutes)
        val direction = app.words(if (hours.floors == butler.Floors.TOP_DOWN) Word.TopDown else Word.BottomUp)
        return Stop(
            number, phase, stop.name,
            about = if (open && doors.size > 1) about + DOT + direction else about,
            fold = Press(stop.name, TodayIntent.Fold(stop.place)),
            spots = if (open) spots.map { spot(it, today, now) } else emptyList(),
            doors = shown.map { door(it, today, now) },
            rest = if (rest.isEmpty()) null
            else Press(app.words(Word.AlsoHere, "rooms" to app.words.list(rest.map(::room))), TodayIntent.ShowRest(stop.place)),
            start = if (!open || phase != StopPhase.Next) null
            else StartHere(Press(app.words(Word.StartHere), TodayIntent.StartHere(stop.place)), app.words(Word.StartHereSpoken, "stop" to stop.name)),
        )
    }

    private fun aside(items: List<TodayItem>, number: Int, name: Word, about: Word, now: Boolean, today: LocalDate, at: Instant): Stop? {
        val left = items.filter { it.isToDo }
        if (left.isEmpty()) return null
        val place = PlaceId(name.name)
        val open = !(folded[place] ?: !now)
        val minutes = app.formats.minutes(left.sumOf { it.minutes.toLong() })
        return Stop(
            number, if (now) StopPhase.Now else StopPhase.Next, app.words(name), app.words(about, "count" to left.size, "minutes" to minutes),
            Press(app.words(name), TodayIntent.Fold(place)), if (open) left.map { spot(it, today, at) } else emptyList(), emptyList(), null, null,
        )
    }

    private fun spot(item: TodayItem, today: LocalDate, now: Instant) = Spot(
        title = app.words(item.title),
        about = item.subject,
        badge = badge(item, today, now),
        act = Press(beginWords(app, item), TodayIntent.Begin(item.id)),
        open = Press(app.words(item.title), TodayIntent.Ask(item.id)),
    )

    /** Done, put off, or left out. */
    private suspend fun dueSheet(date: LocalDate): TodaySheet? {
        val item = asked?.let { app.butler.today.item(it) } ?: return null
        return TodaySheet.Due(app.words(Word.DoOrNot), item.subject, dueChoice(app, item, date, TodayIntent.Begin(item.id), { TodayIntent.Read(it) }) { TodayIntent.Instead(it) })
    }

    private suspend fun door(door: WalkDoor, today: LocalDate, now: Instant): Door {
        val main = door.jobs.firstOrNull() ?: door.along.first()
        val tried = door.items.firstNotNullOfOrNull { it.tried }
        val phase = if (!door.open) DoorPhase.Done else if (tried != null) DoorPhase.Tried else DoorPhase.Open
        val along = (door.jobs.drop(1) + door.along).filter { it != main && it.status != DueStatus.DONE }.map { app.words(it.title) }.distinct()
        val round = main.begin is Procedure.Checklist
        val words = app.words
        // Works are inspected whoever lives there.
        val reach = if (round || phase == DoorPhase.Done) null else reach(app, door.people)
        val locked = if (reach?.noVisits == true) words(Word.NoVisits) else null
        return Door(
            room = room(door),
            people = if (round) works(door, main) ?: people(door.people) else people(door.people),
            badge = when {
                phase == DoorPhase.Done -> Badge(BadgeKind.Ok, words(Word.DoorDone))
                tried != null -> Badge(BadgeKind.Plain, tried(tried.at, tried.again, today))
                door.isNew -> Badge(BadgeKind.Plain, words(Word.New))
                else -> door.items.maxByOrNull { today.toEpochDay() - it.due.toEpochDay() }?.let { badge(it, today, now) }
            },
            phase = phase,
            title = words(main.title),
            along = if (along.isEmpty() || phase == DoorPhase.Done) null else words(Word.Along, "things" to words.list(along)),
            asked = reach?.unwelcome(),
            open = Press(door.title, TodayIntent.OpenHome(door.home)),
            nobody = if (phase == DoorPhase.Done) null else Press(words(Word.NobodyHome), TodayIntent.NobodyHome(door.home), locked),
            main = when {
                phase == DoorPhase.Done -> null
                round && main.status == DueStatus.BEGUN -> Press(words(Word.GoOnRound), TodayIntent.Begin(main.id))
                round -> Press(words(Word.Inspect), TodayIntent.Begin(main.id))
                else -> Press(words(Word.MetThem), TodayIntent.Meet(door.home), locked)
            },
            strong = !round,
        )
    }

    private fun tried(at: Instant, again: Instant?, today: LocalDate): String {
        val time = app.formats.time(at)
        return if (again == null) app.words(Word.Tried, "time" to time)
        else app.words(Word.TriedAgain, "time" to time, "again" to app.formats.nearTime(again, today))
    }

    /** What one needs before a home that is inspected: how it stands, and how far its works are; null where nothing is known. */
    private suspend fun works(door: WalkDoor, main: TodayItem): String? {
        val checklist = (main.begin as? Procedure.Checklist)?.checklist ?: return null
        val home = found { app.butler.homes.details(door.home) } ?: return null
        val stage = lastRounds(app, home, checklist).firstNotNullOfOrNull { stage(app, it) }
        return listOfNotNull(home.home.state?.let { app.words(it.label) }, stage?.words).joinToString(DOT).ifEmpty { null }
    }

    private fun people(people: List<ResidentRow>): String {
        val head = people.firstOrNull { it.role?.code == butler.ResidentRole.OWNER } ?: people.firstOrNull() ?: return app.words(Word.Vacant)
        return app.words(Word.Family, "name" to app.names.of(head)) + DOT + app.words(Word.People, "count" to people.size)
    }

    private fun badge(item: TodayItem, today: LocalDate, now: Instant): Badge? {
        val late = today.toEpochDay() - item.due.toEpochDay()
        val dueAt = item.dueAt
        return when {
            item.urgency == DueUrgency.URGENT && dueAt != null -> Badge(BadgeKind.Urgent, app.formats.clock(dueAt, now))
            late > 0 -> Badge(BadgeKind.Overdue, app.words(Word.Late, "days" to late))
            item.overdue && dueAt != null -> Badge(BadgeKind.Overdue, app.formats.clock(dueAt, now))
            else -> null
        }
    }

    private fun absenceSheet(sheet: Absence) = TodaySheet.Nobody(
        title = app.words(Word.NobodyTitle, "room" to room(sheet.door)),
        about = app.words(sheet.door.jobs.first().title),
        question = app.words(sheet.asked.label),
        times = sheet.asked.options.map { Chip(Press(app.words(it.label), TodayIntent.Handled(it.id)), it.id == sheet.chosen) },
            time = null,
            help = listOfNotNull(sheet.asked.help?.let { app.words(it) }, reach?.noCalls()).joinToString("\n").ifEmpty { null },
            photos = emptyList(),
        photo = null,
        photoAbout = "",
        call = callPress(),
        record = Press(app.words(Word.NoteNext), TodayIntent.RecordNobody),
    )

    private fun callPress() = reach?.call?.let { Press(app.words(Word.Call), TodayIntent.Dial) }

    private fun days(sheet: Nobody, month: YearMonth, today: LocalDate) = TodaySheet.Days(
        monthDays(
            app, app.words(Word.WhenAgain), month, today, today(sheet.again),
            turn = { TodayIntent.Month(it) }, choose = { TodayIntent.AgainOn(it) }, close = TodayIntent.CloseSheet, first = today,
        ),
    )

    /** What is wrong with the time that was picked. */
    private fun wrong(sheet: Nobody): String? = when {
        !sheet.picked -> null
        sheet.typed?.let { time(it) == null } == true -> app.words(Word.StillMissing, "count" to 1, "what" to app.words(Word.AtWhatTime))
        app.formats.clock(sheet.again) !in DAYTIME -> app.words(Word.NotAtNight)
        sheet.again <= app.now() -> app.words(Word.NotInThePast)
        else -> null
    }

    private fun nobodySheet(sheet: Nobody): TodaySheet {
        val today = today(sheet.at)
        val taken = sheet.photos.size
        return TodaySheet.Nobody(
            title = app.words(Word.NobodyTitle, "room" to room(sheet.door)),
            about = app.words(
                Word.NobodyAbout, "time" to app.formats.time(sheet.at),
                "count" to sheet.door.items.count { it.status == DueStatus.OPEN },
            ),
            question = app.words(Word.WhenAgain),
            times = againChips(app, sheet.times, today, sheet.again.takeIf { !sheet.picked }) { TodayIntent.Again(it) } + Chip(
                Press(if (sheet.picked) app.formats.near(today(sheet.again), today).replaceFirstChar(Char::uppercase) else app.words(Word.AnotherTime), TodayIntent.AnotherTime),
                sheet.picked,
            ),
            time = if (!sheet.picked) null
            else Typing(app.words(Word.AtWhatTime), sheet.typed ?: app.formats.time(sheet.again), app.words(Word.TimeHint)) { TodayIntent.AgainAt(it) },
            help = sheet.help,
            photos = photos(app, sheet.photos) { TodayIntent.Look(it) },
            photo = Press(if (taken == 0) app.words(Word.Note) else app.words(Word.NoteTaken, "count" to taken), TodayIntent.PhotoOfNote),
            photoAbout = app.words(Word.Optional),
            call = callPress(),
            record = Press(app.words(Word.NoteNext), TodayIntent.RecordNobody, wrong(sheet)),
        )
    }

    private suspend fun cutSheet(): TodaySheet? {
        val sheet = cut ?: return null
        val (questions, answers) = putOff(sheet)
        val reasons = questions.firstOrNull { it.answer == AnswerType.CHOICE }
        val remark = questions.firstOrNull { it.answer == AnswerType.TEXT && it.required }
        val missing = questions.filter { it.required && it.field !in answers.fields }.map { app.words(it.label) }
        val words = app.words
        val until = LocalTime.ofSecondOfDay(hours.until.toLong() * 60)
        val left = java.time.Duration.between(app.now(), app.formats.at(today(app.now()), until)).toMinutes().toInt()
        val choices = listOf(30 to words(Word.HalfHour), 60 to words(Word.OneHour), 120 to words(Word.TwoHours)) +
            (if (left > 120) listOf(left to words(Word.UntilEnd, "time" to app.formats.time(until))) else emptyList())
        val parts = sheet.parts
        // What waits anyway is none of what the day has left.
        val waits = walk?.canWait.orEmpty().flatMap { it.items }.toSet()
        val known = onTheWalk()
        // Of the walk, or of what does not fit into it.
        suspend fun items(ids: List<DueId>) = ids.mapNotNull { known[it] ?: app.butler.today.item(it) }
        val missed = items(parts.missed)
        val homes = missed.mapNotNull { it.about }.distinct().size.takeIf { it == missed.size && missed.distinctBy { item -> item.rule }.size == 1 && inspections(missed).isNotEmpty() }
        suspend fun line(kind: CutKind, part: List<DueId>, title: String, about: String): CutLine? {
            if (part.isEmpty()) return null
            return CutLine(kind, title, about, Press(title, TodayIntent.LookAtPart(kind)), if (sheet.part == kind) things(items(part)) else emptyList())
        }
        val another = parts.anotherDay.filter { it !in waits }
        return TodaySheet.CutShort(
            title = words(Word.HowLong),
            left = choices.map { (minutes, name) -> Chip(Press(name, TodayIntent.Left(minutes)), minutes == sheet.minutes) },
            lines = listOfNotNull(
                line(CutKind.Keep, parts.keep, words(Word.Keep, "count" to parts.keep.size), kept(items(parts.keep))),
                line(CutKind.Tomorrow, parts.tomorrow, words(Word.ToTomorrow, "count" to parts.tomorrow.size), words(Word.ToTomorrowAbout)),
                line(
                    CutKind.Missed, parts.missed,
                    if (homes == null) words(Word.Missed, "count" to missed.size) else words(Word.MissedHomes, "what" to words(missed.first().title), "count" to homes),
                    words(Word.MissedAbout),
                ),
                line(CutKind.AnotherDay, another, words(Word.AnotherDay, "count" to another.size), words(Word.AnotherDayAbout)),
            ),
            reason = words(Word.Reason),
            reasonAbout = words(Word.ReasonAsked),
            reasons = if (parts.tomorrow.isEmpty()) emptyList()
            else reasons?.options.orEmpty().map { Chip(Press(words(it.label), TodayIntent.Because(it.id)), it.id == sheet.reason) },
            remark = remark?.takeIf { parts.tomorrow.isNotEmpty() }?.let { Typing(words(it.label), sheet.remark) { text -> TodayIntent.Remark(text) } },
            close = Press(words(Word.ThinkAgain), TodayIntent.CloseSheet),
            walk = Press(
                words(Word.WalkLikeThis), TodayIntent.WalkLikeThis,
                locked = missing.takeIf { it.isNotEmpty() && parts.tomorrow.isNotEmpty() }
                    ?.let { words(Word.StillMissing, "count" to it.size, "what" to words.list(it)) },
            ),
        )
    }

    /** What is on the walk, by its id. */
    private fun onTheWalk(): Map<DueId, TodayItem> =
        walk?.run { urgent + stops.flatMap { it.items } + calls + desk }.orEmpty().associateBy { it.id }

    /** Each home or spot once, with all that is to be done there. */
    private fun things(items: List<TodayItem>): List<String> =
        items.groupBy { it.subject }.map { (subject, here) -> listOf(subject, app.words.list(here.map { app.words(it.title) }.distinct())).filter { it.isNotEmpty() }.joinToString(DOT) }

    /** Why what is kept is kept: each once, by what presses most. */
    private fun kept(items: List<TodayItem>): String {
        val today = today(app.now())
        val why = items.groupBy { item ->
            when {
                item.urgency == DueUrgency.URGENT -> 0 to app.words(Word.KeptUrgent)
                item.promised -> 1 to app.words(Word.KeptPromised)
                item.begin is Procedure.Checklist -> 5 to app.words(item.title)
                item.due < today -> 2 to app.words(Word.KeptLate)
                item.due == today -> 3 to app.words(Word.KeptDue)
                else -> 4 to app.words(Word.KeptOnTheWay)
            }
        }
        return app.words.list(why.entries.sortedBy { it.key.first }.map { (why, of) -> app.words(Word.GroupCount, "what" to why.second, "count" to of.size) })
    }

    // Small words.

    private fun left(stop: WalkStop) =
        stop.doors.any { it.open } || stop.spots.any { it.isToDo }

    private fun current(): WalkStop? = walk?.stops?.firstOrNull { left(it) }

    private fun doors(): List<WalkDoor> = walk?.stops.orEmpty().flatMap { it.doors }

    /** Within a stop a door is called by its room alone. */
    private fun room(door: WalkDoor): String = door.title.substringAfterLast("单元").substringAfterLast("栋")

    private fun minuteOfDay(at: Instant): Int = app.formats.clock(at).toSecondOfDay() / 60

    private fun today(at: Instant): LocalDate = app.formats.day(at)

    private fun tomorrow(): LocalDate = today(app.now()).plusDays(1)

    companion object {
        /** What a draft of the sheet of a day cut short is called. */
        internal const val CUT_SHORT = "today.cut-short"
        private const val MINUTES = "minutes"
        private const val REASON = "reason"
        private const val SHOWN = 2
        private const val TWO_HOURS = 120
        /** So many times are offered beside one that is picked. */
        private const val OFFERED = 3
        private val CONTACT_FORM = FORM.value
        private const val SHORT_OF_HANDS = "workload"
        private val PUT_OFF = FormId("due.snooze")
    }
}
