package butler.app.models

import butler.ArticleRow
import butler.CaseRow
import butler.Channel
import butler.ContactRow
import butler.DueAnswer
import butler.DueId
import butler.DueStatus
import butler.Evidence
import butler.FormId
import butler.Home
import butler.HomeDetails
import butler.Kind
import butler.Label
import butler.Lifecycle
import butler.NewContact
import butler.Outcome
import butler.PartId
import butler.Procedure
import butler.ProcedureRow
import butler.QuestionId
import butler.RecordDetails
import butler.RecordId
import butler.RecordState
import butler.ResidentDetails
import butler.RoundRow
import butler.StaffId
import butler.SubjectKind
import butler.WorkflowId
import butler.app.models.ContactForm.AT
import butler.label
import butler.app.words.DOT
import butler.app.words.Word
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import kotlinx.coroutines.flow.Flow

/** All about one door, in the order one needs it while waiting for it to open. */
data class HomeScreenState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<HomeIntent>? = null,
    val badge: Badge? = null,
    /** Who changed what of it when. */
    val history: Press<HomeIntent>? = null,
    val problem: String? = null,
    /** In no list any more: nothing but that is offered. */
    val archived: ArchivedLine<HomeIntent>? = null,
    /** What the procedures say of it: no valid permit for its works. */
    val marks: List<String> = emptyList(),
    val today: HomeToday? = null,
    val peopleTitle: String = "",
    val addPerson: Press<HomeIntent>? = null,
    val people: List<Person> = emptyList(),
    val nobody: String? = null,
    val hintTitle: String = "",
    val hints: List<String> = emptyList(),
    val noHints: String? = null,
    val fieldsTitle: String = "",
    val allData: Press<HomeIntent>? = null,
    val fields: List<FieldLine> = emptyList(),
    /** Parking spaces and meters: one seldom asks for them at a door. */
    val folded: FoldedFields? = null,
    val dealingsTitle: String = "",
    /** All of them, or the latest again, where there are more than those. */
    val allDealings: Press<HomeIntent>? = null,
    val dealings: List<Dealing> = emptyList(),
    val noDealings: String? = null,
    val call: Press<HomeIntent>? = null,
    val order: Press<HomeIntent>? = null,
    val visit: Press<HomeIntent>? = null,
    val sheet: HomeSheet? = null,
)

/** What lies over a home. */
sealed interface HomeSheet {
    /** A number was dialled: how it went. */
    data class Called(
        val title: String,
        val about: String,
        val got: Press<HomeIntent>,
        val missed: Press<HomeIntent>,
        val notDialled: Press<HomeIntent>,
    ) : HomeSheet

    /** Nobody answered: when to call again. */
    data class Missed(
        val title: String,
        val about: String,
        val question: String,
        val times: List<Chip<HomeIntent>>,
        val record: Press<HomeIntent>,
    ) : HomeSheet

    /** What is to be done here, each with what may be done instead. */
    data class Dues(val title: String, val about: String, val rows: List<DueChoice<HomeIntent>>, val allLater: Press<HomeIntent>?, val allSkipped: Press<HomeIntent>?) : HomeSheet

    /** Which slip: under each answer to the first question those it leads to; [others] stand behind them. */
    data class Slips(val title: String, val about: String, val answers: List<SlipGroup>, val others: Press<HomeIntent>?) : HomeSheet

    /** What stands under no answer, or whatever is called as typed. */
    data class Others(val title: String, val about: String, val search: Typing<HomeIntent>, val rows: List<SlipLine<HomeIntent>>, val none: String?) : HomeSheet
}

/** What one hears at a door, and what is opened for it. */
data class SlipGroup(val title: String, val slips: List<SlipLine<HomeIntent>>)

/** Something that may be opened; [about] tells it from its neighbours. */
data class SlipLine<out I : Any>(val about: String, val open: Press<I>)

/** What opens a case, with what tells it from its neighbours; null for what opens none. */
internal fun <I : Any> slipLine(app: App, row: ProcedureRow, about: Label?, open: (WorkflowId) -> I): SlipLine<I>? =
    (row.begin as? Procedure.Workflow)?.let {
        SlipLine(about?.let { words -> app.words(words) }.orEmpty().replaceFirstChar(Char::uppercase), Press(app.words(row.title), open(it.workflow)))
    }

/** What is to be done at this door today. */
data class HomeToday(val title: String, val things: String, val badge: Badge?, val open: Press<HomeIntent>)

/** Somebody who lives here; [phone] is `138****5021，62 天前核实`. */
data class Person(
    val initial: String,
    val name: String,
    val about: String,
    val phone: String,
    /** The number was never tried: it is to be. */
    val unverified: Boolean,
    val keyPerson: Boolean,
    val call: Press<HomeIntent>?,
    /** All about them; of whoever keeps their name it is asked for first. */
    val open: Press<HomeIntent>,
)

/**
 * A field with what stands in it; two answers stand beside each other until somebody decides. What one may not change does not open.
 * Where nothing stands in it and something is to, the press says so.
 */
data class FieldLine(val label: String, val value: String, val badge: Badge?, val open: Press<HomeIntent>?)

/** Fields in a line that says how many; opened, one by one. */
data class FoldedFields(val open: Press<HomeIntent>, val lines: List<FieldLine>)

enum class DealingKind { Visit, Call, Message, Case, Round }

/** Something that was talked about or done. */
data class Dealing(val kind: DealingKind, val title: String, val about: String, val open: Press<HomeIntent>?)

sealed interface HomeIntent {
    data object Back : HomeIntent
    data class Call(val person: RecordId, val phone: PartId, val number: String) : HomeIntent
    data class ShowName(val person: RecordId) : HomeIntent
    data class OpenPerson(val person: RecordId) : HomeIntent
    data object AddPerson : HomeIntent
    data object History : HomeIntent
    data object Restore : HomeIntent
    data object AllDealings : HomeIntent
    data object Unfold : HomeIntent
    data class OpenContact(val contact: RecordId) : HomeIntent
    data class OpenRound(val round: RecordId) : HomeIntent
    data object OpenConflict : HomeIntent
    data class OpenField(val field: QuestionId) : HomeIntent
    data object GotThrough : HomeIntent
    data object NotThrough : HomeIntent
    data object NotDialled : HomeIntent
    data class Again(val at: Instant) : HomeIntent
    data object RecordMissed : HomeIntent
    data object AllData : HomeIntent
    data object Order : HomeIntent
    data object OtherSlips : HomeIntent
    data class FindSlip(val text: String) : HomeIntent
    data class OpenOrder(val workflow: WorkflowId) : HomeIntent
    data object CloseSheet : HomeIntent
    data object Visit : HomeIntent
    data class OpenCase(val case: RecordId) : HomeIntent
    data object Dues : HomeIntent
    data class Begin(val item: DueId) : HomeIntent
    data class Read(val article: ArticleRow) : HomeIntent
    /** Instead of one item, or of all there are. */
    data class Instead(val answer: DueAnswer, val item: DueId?) : HomeIntent
}

/** A home with its household 房屋. */
class HomeModel(app: App, private val home: RecordId) : Model<HomeScreenState, HomeIntent>(app, HomeScreenState()) {
    private var problem: String? = null
    private var choosing: Choosing? = null
    private var duesOpen = false
    private var allDealings = false
    private var unfolded = false

    override val follows: Flow<*> get() = app.names.hiding

    /** Nobody answered, and when it is to be tried again. */
    private var again: Instant? = null

    /** How far one is with what to open: nothing is typed before the answers were left. */
    private sealed interface Choosing {
        data object ByAnswer : Choosing
        data class AmongOthers(val typed: String) : Choosing
    }

    override suspend fun read(): HomeScreenState {
        val words = app.words
        val details = app.butler.homes.details(home)
        val record = app.butler.records.get(home)
        val date = app.butler.date()
        val household = details.residents.map { it.record.id to app.butler.residents.details(it.record.id) }
        val reach = Reach(app, household.map { (id, person) -> id to person.resident })
        val people = household.map { (id, person) -> person(id, person, date) }
        val dealings = dealings(details, date)
        val hints = hints(household, details)
        val state = HomeScreenState(
            title = details.title,
            subtitle = subtitle(details),
            back = Press(words(Word.Back), HomeIntent.Back),
            badge = recordBadge(app, details.state),
            history = Press(words(Word.History), HomeIntent.History),
            problem = problem,
            archived = archivedLine(app, record, HomeIntent.Restore),
            marks = details.marks.map { words(it) },
            today = today(date),
            peopleTitle = words(Word.PeopleHere, "count" to people.size),
            addPerson = Press(words(Word.AddPerson), HomeIntent.AddPerson),
            people = people,
            nobody = if (people.isEmpty()) words(Word.NobodyRegistered) else null,
            hintTitle = words(Word.VisitHint),
            hints = hints,
            noHints = if (hints.isEmpty()) words(Word.NoVisitHint) else null,
            fieldsTitle = words(Word.TheHome),
            allData = Press(words(Word.AllData), HomeIntent.AllData),
            fields = fields(record, date),
            folded = folded(details.home, date),
            dealingsTitle = words(Word.Dealings),
            allDealings = when {
                dealings.size <= RECENT -> null
                allDealings -> Press(words(Word.OnlyRecent), HomeIntent.AllDealings)
                else -> Press(words(Word.AllDealings, "count" to dealings.size), HomeIntent.AllDealings)
            },
            dealings = if (allDealings) dealings else dealings.take(RECENT),
            noDealings = if (dealings.isEmpty()) words(Word.NoDealings) else null,
            call = reach.call?.let { Press(words(Word.Call), HomeIntent.Call(it.person, it.phone, it.number)) },
            order = Press(words(Word.OpenOne), HomeIntent.Order),
            visit = Press(words(Word.RecordVisit), HomeIntent.Visit, locked = if (reach.noVisits) words(Word.NoVisits) else null),
            sheet = choosing?.let { slips(it, details.title) } ?: called(date, reach) ?: dues(details.title, date),
        )
        return if (record.lifecycle == Lifecycle.ARCHIVED) closed(state) else state
    }

    /** Of what is in no list any more, all that can still be read. */
    private fun closed(state: HomeScreenState) = state.copy(
        today = null, addPerson = null, people = state.people.map { it.copy(call = null) }, allData = null,
        fields = state.fields.filter { it.value.isNotEmpty() }.map { it.copy(open = null) }, call = null, order = null, visit = null, sheet = null,
    )

    private suspend fun slips(choosing: Choosing, home: String): HomeSheet {
        val words = app.words
        val slips = app.butler.office.slips(SubjectKind.HOME)
        // An emergency begins with ＋: its card opens before anything is asked.
        val others = slips.others.filter { it.section != EMERGENCY }
        return when (choosing) {
            Choosing.ByAnswer -> HomeSheet.Slips(
                words(slips.question), home,
                slips.answers.map { answer -> SlipGroup(words(answer.label).replaceFirstChar(Char::uppercase), answer.slips.mapNotNull { slip(it.procedure, it.hint) }) },
                if (others.isEmpty()) null else Press(words(Word.OtherSlips, "count" to others.size), HomeIntent.OtherSlips),
            )
            is Choosing.AmongOthers -> {
                val sought = choosing.typed.trim()
                val all = slips.answers.flatMap { answer -> answer.slips.map { it.procedure to it.hint } } + others.map { it to null }
                val found = if (sought.isEmpty()) others.map { it to null }
                else all.filter { (row, hint) -> listOf(row.title, row.sectionLabel, hint).any { it != null && words(it).contains(sought, ignoreCase = true) } }
                val rows = found.mapNotNull { (row, hint) -> slip(row, hint ?: row.sectionLabel) }
                HomeSheet.Others(
                    words(Word.OpenWhich), home, Typing(words(Word.Search), choosing.typed, words(Word.FindHint)) { HomeIntent.FindSlip(it) },
                    rows, if (rows.isEmpty()) words(Word.FoundNothingTry) else null,
                )
            }
        }
    }

    private fun slip(row: ProcedureRow, about: Label?) = slipLine<HomeIntent>(app, row, about) { HomeIntent.OpenOrder(it) }

    /** The call that was made and not told of yet: as long as it is a draft, it is asked for. */
    private suspend fun called(date: LocalDate, reach: Reach): HomeSheet? {
        val words = app.words
        val draft = contactDraft(app, home, Begun.Called) ?: return null
        val at = draft.answers.moment(AT) ?: return null
        val dialled = dialled(app, draft)
        val title = words(Word.CallName, "name" to dialled?.let { app.names.of(it.person, it.resident) }.orEmpty())
        val about = words(Word.CalledWhom, "number" to dialled?.phone?.number?.let(app.formats::phone).orEmpty(), "time" to app.formats.timeNear(at, date))
        val again = again
            ?: return HomeSheet.Called(
                title, about, Press(words(Word.GotThrough), HomeIntent.GotThrough), Press(words(Word.NotThrough), HomeIntent.NotThrough),
                Press(words(Word.NotDialled), HomeIntent.NotDialled),
            )
        return HomeSheet.Missed(
            title, about, words(Word.CallAgain),
            againChips(app, timesAgain(app, at, reach), date, again) { HomeIntent.Again(it) },
            Press(words(Word.RecordIt), HomeIntent.RecordMissed),
        )
    }

    private fun subtitle(details: HomeDetails): String {
        val home = details.home
        return listOfNotNull(
            home.state?.let { app.words(it.label) },
            home.layout,
            home.area?.let { app.words(Word.Area, "area" to app.formats.number(it)) },
        ).joinToString(DOT)
    }

    private suspend fun today(date: LocalDate): HomeToday? {
        val items = toDo(app, home)
        if (items.isEmpty()) return null
        val late = items.maxOf { date.toEpochDay() - it.due.toEpochDay() }
        return HomeToday(
            title = app.words(Word.HomeToday, "count" to items.size),
            things = app.words.list(items.map { app.words(it.title) }.distinct()),
            badge = if (late > 0) Badge(BadgeKind.Overdue, app.words(Word.Late, "days" to late)) else null,
            open = Press(app.words(Word.DoOrNot), HomeIntent.Dues),
        )
    }

    private suspend fun dues(title: String, date: LocalDate): HomeSheet? {
        val items = if (duesOpen) toDo(app, home) else emptyList()
        if (items.isEmpty()) return null
        val words = app.words
        val several = items.size > 1
        return HomeSheet.Dues(
            words(Word.HomeToday, "count" to items.size), title,
            items.map { item -> dueChoice(app, item, date, HomeIntent.Begin(item.id), { HomeIntent.Read(it) }) { HomeIntent.Instead(it, item.id) } },
            if (several) Press(words(Word.AllAnotherDay), HomeIntent.Instead(DueAnswer.SNOOZE, null)) else null,
            if (several) Press(words(Word.AllNotAtAll), HomeIntent.Instead(DueAnswer.SKIP, null)) else null,
        )
    }

    private fun person(id: RecordId, details: ResidentDetails, date: LocalDate): Person {
        val resident = details.resident
        val words = app.words
        val phone = resident.phones.firstOrNull { it.number != null }
        val number = phone?.number
        val verified = phone?.verified
        val line = when {
            resident.noCalls == true -> words(Word.NoCalls)
            number == null -> words(Word.NoPhone)
            verified == null -> words(Word.NeverVerified, "number" to app.formats.phone(number))
            verified == date -> words(Word.VerifiedToday, "number" to app.formats.phone(number))
            else -> words(Word.VerifiedAgo, "number" to app.formats.phone(number), "days" to date.toEpochDay() - verified.toEpochDay())
        }
        val name = app.names.of(id, resident)
        val key = resident.keyPerson == true
        return Person(
            initial = name.take(1),
            name = name,
            about = listOfNotNull(
                resident.relation ?: resident.role?.let { words(it.label) },
                if (key) words(Word.KeyPerson) else null,
            ).joinToString(DOT),
            phone = line,
            unverified = number != null && verified == null && resident.noCalls != true,
            keyPerson = key,
            call = if (number == null) null
            else Press(words(Word.CallName, "name" to name), HomeIntent.Call(id, phone.id, number), locked = if (resident.noCalls == true) words(Word.NoCalls) else null),
            open = if (app.names.isHidden(id, resident.confidential)) Press(words(Word.ShowName), HomeIntent.ShowName(id)) else Press(name, HomeIntent.OpenPerson(id)),
        )
    }

    private fun hints(household: List<Pair<RecordId, ResidentDetails>>, details: HomeDetails): List<String> {
        val home = details.home
        val key = when {
            home.keyHeld != true -> null
            home.keySpot != null -> app.words(Word.KeyHeldAt, "spot" to home.keySpot.orEmpty())
            else -> app.words(Word.KeyHeld)
        }
        val noVisits = household.filter { it.second.resident.noVisits == true }.map { (id, person) -> app.names.of(id, person.resident) + DOT + app.words(Word.NoVisits) }
        // How somebody likes to be spoken to, before one knocks.
        val known = household.filter { (id, person) -> !app.names.isHidden(id, person.resident.confidential) }
        return noVisits + household.mapNotNull { it.second.resident.visitHint } + known.mapNotNull { it.second.resident.personality } + listOfNotNull(key)
    }

    /** What one asks about at a door, and what the form over a home misses. What it asks of this person opens there. */
    private suspend fun fields(record: RecordDetails, date: LocalDate): List<FieldLine> {
        val known = record.fields.associateBy { it.path }
        val asked = app.butler.registers.ask(BASIC, Evidence(known.entries.associate { QuestionId(it.key) to it.value.shown.value })).filter { it.writable }
        val missing = asked.filter { it.required && it.field.value !in known }.associateBy { it.field.value }
        return (SHOWN + (missing.keys - SHOWN.toSet())).mapNotNull { path ->
            val row = known[path] ?: return@mapNotNull missing[path]?.let { FieldLine(app.words(it.label).replaceFirstChar(Char::uppercase), "", null, Press(app.words(Word.FillIn), HomeIntent.OpenField(it.field))) }
            val label = app.words(row.label).replaceFirstChar(Char::uppercase)
            val other = row.others.firstOrNull()
            if (other == null) {
                val open = asked.find { it.field.value == path }?.let { Press(label, HomeIntent.OpenField(it.field)) }
                val value = app.formats.say(row.words, date)
                // A sum is one of a day.
                val asOf = known[ARREARS_ON].takeIf { path == ARREARS }?.let { app.formats.say(it.words, date) }
                FieldLine(label, if (asOf == null) value else app.words(Word.AsOf, "value" to value, "day" to asOf), null, open)
            } else {
                val value = app.words(Word.ThisOrThat, "one" to app.formats.say(row.shown.words, date), "other" to app.formats.say(other.words, date))
                FieldLine(label, value, Badge(BadgeKind.Conflict, app.words(Word.TwoAnswers)), Press(label, HomeIntent.OpenConflict))
            }
        }
    }

    private fun folded(home: Home, date: LocalDate): FoldedFields? {
        val words = app.words
        val some = listOf(Word.ParkingSpaces to home.parking.size, Word.Meters to home.meters.size).filter { it.second > 0 }
        if (some.isEmpty()) return null
        val text = words.list(some.map { (what, count) -> words(Word.GroupCount, "what" to words(what), "count" to count) })
        val spaces = home.parking.map { space ->
            val about = listOfNotNull(space.tenure?.let { words(it.label) }, space.until?.let { words(Word.LeasedUntil, "day" to app.formats.date(it, date)) })
            FieldLine(listOfNotNull(words(Word.ParkingSpaces), space.space).joinToString(" "), about.joinToString(DOT), null, null)
        }
        val meters = home.meters.map { meter ->
            val reading = meter.reading?.let { app.formats.number(it) }
            val read = meter.readOn
            val said = if (reading == null || read == null) reading else words(Word.ReadOn, "reading" to reading, "day" to app.formats.date(read, date))
            FieldLine(listOfNotNull(meter.kind?.let { words(it.label) } ?: words(Word.Meters), meter.number).joinToString(" "), said.orEmpty(), null, null)
        }
        return FoldedFields(Press(text, HomeIntent.Unfold), if (unfolded) spaces + meters else emptyList())
    }

    /** Visits, calls, cases and rounds, the newest first; a contact is read back where its history is. */
    private suspend fun dealings(details: HomeDetails, date: LocalDate): List<Dealing> {
        val contacts = details.contacts.map { it.at to contact(it, date) }
        val cases = details.cases.map { it.movedAt to case(it, date) }
        val staff = if (details.rounds.isEmpty()) emptyMap() else app.butler.office.staff().associate { it.id to it.name }
        // Of a round the day is known: it stands behind what was done on that day.
        val rounds = details.rounds.map { round -> round.plannedOn?.let { app.formats.at(it, LocalTime.MIN) } to round(round, staff, date) }
        return (contacts + cases + rounds).sortedByDescending { it.first }.map { it.second }
    }

    private fun round(row: RoundRow, staff: Map<StaffId, String>, date: LocalDate): Dealing {
        val title = row.title?.let { app.words(it) } ?: app.words(kindWord(Kind.ROUND))
        val about = listOfNotNull(row.plannedOn?.let { app.formats.near(it, date).replaceFirstChar(Char::uppercase) }, row.plannedFor?.let { staff[it] })
        return Dealing(DealingKind.Round, title, about.joinToString(DOT), Press(title, HomeIntent.OpenRound(row.id)))
    }

    private fun contact(row: ContactRow, date: LocalDate): Dealing {
        val channel = row.channel
        val next = row.nextContact
        val title = listOfNotNull(channel?.let { app.words(it.label) }, row.outcome?.let { app.words(it.label) }).joinToString(app.words(Word.Between))
        return Dealing(
            kind = when (channel?.code) {
                butler.Channel.VISIT, butler.Channel.MEETING, null -> DealingKind.Visit
                butler.Channel.PHONE -> DealingKind.Call
                else -> DealingKind.Message
            },
            title = title,
            about = listOfNotNull(
                row.at?.let { app.formats.nearTime(it, date) },
                next?.takeIf { it > app.now() }?.let { app.formats.nearTime(it, date) }?.let { app.words(Word.Again, "time" to it) },
            ).joinToString(DOT),
            open = Press(title, HomeIntent.OpenContact(row.record.id)),
        )
    }

    private fun case(row: CaseRow, date: LocalDate) = Dealing(
        kind = DealingKind.Case,
        title = listOfNotNull(row.title?.let { severely(app, row.severe, it) }, row.stateLabel?.let { app.words(it) }).joinToString(app.words(Word.Between)),
        about = listOfNotNull(row.movedAt?.let { app.formats.nearTime(it, date) }, row.workflowLabel?.let { app.words(it) }).joinToString(DOT),
        open = Press(row.title.orEmpty(), HomeIntent.OpenCase(row.id)),
    )

    // What is written.

    private suspend fun notThrough() {
        val reach = reach(app, app.butler.homes.details(home).residents)
        val times = timesAgain(app, app.now(), reach)
        again = timeAgain(times, times.first(), reach)
    }

    private suspend fun notDialled() {
        forgetCall(app, home)
        again = null
    }

    /** Nobody answered: that answers nothing, but an agreed contact or a promise carries its time on. The number is to be checked. */
    private suspend fun recordMissed() {
        val draft = contactDraft(app, home, Begun.Called) ?: return
        val at = draft.answers.moment(AT) ?: return
        val next = again ?: return
        val items = app.butler.today.about(home).filter { it.promised && it.status == DueStatus.OPEN }
        val butler = app.butler.submitting(draft.submission)
        val made = butler.contacts.record(
            NewContact(
                about = listOf(home), channel = Channel.PHONE, purpose = purpose(app, items), outcome = Outcome.NOT_REACHED,
                nextContact = next, at = at, dues = items.map { it.id },
            ),
        )
        val failed = dialled(app, draft)?.let { to -> app.butler.residents.edit(to.person) { phone(to.phone.id) { failed = app.formats.day(at) } } }
        // Whoever was not met at the door before was tried once more.
        contactDraft(app, home, Begun.Nobody)?.let { app.butler.drafts.discard(it.submission.id) }
        again = null
        val room = app.butler.homes.details(home).title
        app.recorded(app.words(Word.CallNoted, "room" to room, "again" to app.formats.nearTime(next, app.formats.day(at))), listOfNotNull(made, failed))
    }

    override suspend fun act(intent: HomeIntent) {
        problem = null
        when (intent) {
            HomeIntent.Back -> app.platform.back()
            is HomeIntent.Call -> {
                again = null
                beginCall(app, home, intent.person, intent.phone, intent.number)
            }
            is HomeIntent.ShowName -> app.names.show(intent.person)
            is HomeIntent.OpenPerson -> app.platform.go(Place.Resident(intent.person))
            HomeIntent.AddPerson -> app.platform.go(Place.Form(FormOf.Row(ResidentModel.BASIC, home)))
            HomeIntent.History -> app.platform.go(Place.History(home))
            HomeIntent.Restore -> restore(app, home)
            HomeIntent.AllDealings -> allDealings = !allDealings
            HomeIntent.Unfold -> unfolded = !unfolded
            is HomeIntent.OpenRound -> app.platform.go(Place.Round(RoundOf.Begun(intent.round)))
            is HomeIntent.OpenContact -> app.platform.go(Place.History(intent.contact))
            HomeIntent.OpenConflict -> app.platform.go(Place.Conflicts(home))
            is HomeIntent.OpenField -> app.platform.go(Place.Form(FormOf.Row(BASIC, home, at = intent.field)))
            HomeIntent.Dues -> duesOpen = true
            is HomeIntent.Read -> app.platform.go(Place.Article(intent.article))
            is HomeIntent.Begin -> {
                duesOpen = false
                begin(app, intent.item)
            }
            is HomeIntent.Instead -> {
                duesOpen = false
                app.platform.go(Place.Form(FormOf.Instead(intent.answer, intent.item, home)))
            }
            HomeIntent.GotThrough -> app.platform.go(Place.Visit(home, byPhone = true))
            HomeIntent.NotThrough -> notThrough()
            HomeIntent.NotDialled -> notDialled()
            is HomeIntent.Again -> again = intent.at
            HomeIntent.RecordMissed -> recordMissed()
            HomeIntent.AllData -> app.platform.go(Place.Form(FormOf.Row(BASIC, home)))
            HomeIntent.Order -> choosing = Choosing.ByAnswer
            HomeIntent.OtherSlips -> choosing = Choosing.AmongOthers("")
            is HomeIntent.FindSlip -> choosing = Choosing.AmongOthers(intent.text)
            is HomeIntent.OpenOrder -> {
                choosing = null
                app.platform.go(Place.Form(FormOf.Opening(intent.workflow, home)))
            }
            HomeIntent.CloseSheet -> close()
            HomeIntent.Visit -> app.platform.go(Place.Visit(home))
            is HomeIntent.OpenCase -> app.platform.go(Place.Case(intent.case))
        }
    }

    /** One level back, as Back goes. */
    private suspend fun close() {
        when {
            choosing != null -> choosing = if (choosing is Choosing.AmongOthers) Choosing.ByAnswer else null
            again != null -> again = null
            duesOpen -> duesOpen = false
            else -> notDialled()
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    internal companion object {
        private const val ARREARS = "arrears"
        private const val ARREARS_ON = "arrears_on"

        /** The fields one asks about at a door; all of them stand on a screen of their own. */
        private val SHOWN = listOf("owner_state", "people", "vacant_since", "paid_until", ARREARS, "handed_over")
        private const val RECENT = 5
        val BASIC = FormId("home.basic")
    }
}
