package butler.app.models

import butler.CaseRow
import butler.ContactRow
import butler.DueStatus
import butler.FieldRow
import butler.HomeDetails
import butler.RecordDetails
import butler.RecordId
import butler.RecordState
import butler.ResidentDetails
import butler.label
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate

/** All about one door, in the order one needs it while waiting for it to open. */
data class HomeScreenState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<HomeIntent>? = null,
    val badge: Badge? = null,
    val problem: String? = null,
    val today: HomeToday? = null,
    val peopleTitle: String = "",
    val people: List<Person> = emptyList(),
    val nobody: String? = null,
    val hintTitle: String = "",
    val hints: List<String> = emptyList(),
    val fieldsTitle: String = "",
    val fields: List<FieldLine> = emptyList(),
    val dealingsTitle: String = "",
    val dealings: List<Dealing> = emptyList(),
    val noDealings: String? = null,
    val call: Press<HomeIntent>? = null,
    val visit: Press<HomeIntent>? = null,
)

/** What is to be done at this door today. */
data class HomeToday(val title: String, val things: String, val badge: Badge?)

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
)

/** A field with what stands in it; two answers stand beside each other until somebody decides. */
data class FieldLine(val label: String, val value: String, val badge: Badge?)

enum class DealingKind { Visit, Call, Message, Case }

/** Something that was talked about or done. */
data class Dealing(val kind: DealingKind, val title: String, val about: String, val open: Press<HomeIntent>?)

sealed interface HomeIntent {
    data object Back : HomeIntent
    data class Call(val number: String) : HomeIntent
    data object Visit : HomeIntent
    data class OpenCase(val case: RecordId) : HomeIntent
}

/** A home with its household 房屋. */
class HomeModel(app: App, private val home: RecordId) : Model<HomeScreenState, HomeIntent>(app, HomeScreenState()) {
    private var problem: String? = null

    override suspend fun read(): HomeScreenState {
        val words = app.words
        val details = app.butler.homes.details(home)
        val record = app.butler.records.get(home)
        val date = app.butler.date()
        val residents = details.residents.map { app.butler.residents.details(it.record.id) }
        val people = residents.map { person(it, date) }
        val dealings = dealings(details, date)
        return HomeScreenState(
            title = details.title,
            subtitle = subtitle(details),
            back = Press(words(Word.Back), HomeIntent.Back),
            badge = recordBadge(app, details.state),
            problem = problem,
            today = today(date),
            peopleTitle = words(Word.PeopleHere, "count" to people.size),
            people = people,
            nobody = if (people.isEmpty()) words(Word.NobodyRegistered) else null,
            hintTitle = words(Word.VisitHint),
            hints = hints(residents, details),
            fieldsTitle = words(Word.TheHome),
            fields = SHOWN.mapNotNull { path -> field(record, path, date) },
            dealingsTitle = words(Word.Dealings),
            dealings = dealings,
            noDealings = if (dealings.isEmpty()) words(Word.NoDealings) else null,
            call = residents.filter { it.resident.noCalls != true }.firstNotNullOfOrNull(::number)?.let { Press(words(Word.Call), HomeIntent.Call(it)) },
            visit = if (residents.isNotEmpty() && residents.all { it.resident.noVisits == true }) {
                Press(words(Word.RecordVisit), HomeIntent.Visit, locked = words(Word.NoVisits))
            } else {
                Press(words(Word.RecordVisit), HomeIntent.Visit)
            },
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
        val items = app.butler.today.about(home).filter { it.status == DueStatus.OPEN || it.status == DueStatus.BEGUN }
        if (items.isEmpty()) return null
        val late = items.maxOf { date.toEpochDay() - it.due.toEpochDay() }
        return HomeToday(
            title = app.words(Word.HomeToday, "count" to items.size),
            things = app.words.list(items.map { app.words(it.title) }.distinct()),
            badge = if (late > 0) Badge(BadgeKind.Overdue, app.words(Word.Late, "days" to late)) else null,
        )
    }

    private fun person(details: ResidentDetails, date: LocalDate): Person {
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
        val name = resident.name.orEmpty()
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
            else Press(words(Word.CallName, "name" to name), HomeIntent.Call(number), locked = if (resident.noCalls == true) words(Word.NoCalls) else null),
        )
    }

    private fun hints(residents: List<ResidentDetails>, details: HomeDetails): List<String> {
        val home = details.home
        val key = when {
            home.keyHeld != true -> null
            home.keySpot != null -> app.words(Word.KeyHeldAt, "spot" to home.keySpot.orEmpty())
            else -> app.words(Word.KeyHeld)
        }
        val noVisits = residents.filter { it.resident.noVisits == true }.map { "${it.resident.name.orEmpty()}${DOT}${app.words(Word.NoVisits)}" }
        return noVisits + residents.mapNotNull { it.resident.visitHint } + listOfNotNull(key)
    }

    private fun field(record: RecordDetails, path: String, date: LocalDate): FieldLine? {
        val row = record.fields.find { it.path == path } ?: return null
        val value = app.formats.say(row.words, date)
        if (row.others.isEmpty()) return FieldLine(app.words(row.label), value, null)
        val other = app.formats.say(row.others.first().words, date)
        return FieldLine(
            app.words(row.label),
            app.words(Word.ThisOrThat, "one" to app.formats.say(row.shown.words, date), "other" to other),
            Badge(BadgeKind.Conflict, app.words(Word.TwoAnswers)),
        )
    }

    /** Visits, calls and cases, the newest first. */
    private fun dealings(details: HomeDetails, date: LocalDate): List<Dealing> {
        val contacts = details.contacts.map { it.at to contact(it, date) }
        val cases = details.cases.map { it.movedAt to case(it, date) }
        return (contacts + cases).sortedByDescending { it.first }.map { it.second }.take(RECENT)
    }

    private fun contact(row: ContactRow, date: LocalDate): Dealing {
        val channel = row.channel
        val next = row.nextContact
        return Dealing(
            kind = when (channel) {
                butler.Channel.VISIT, butler.Channel.MEETING, null -> DealingKind.Visit
                butler.Channel.PHONE -> DealingKind.Call
                else -> DealingKind.Message
            },
            title = listOfNotNull(channel?.let { app.words(it.label) }, row.outcome?.let { app.words(it.label) }).joinToString(app.words(Word.Between)),
            about = listOfNotNull(
                row.at?.let { app.formats.nearTime(it, date) },
                next?.takeIf { it > app.now() }?.let { app.formats.nearTime(it, date) }?.let { app.words(Word.Again, "time" to it) },
            ).joinToString(DOT),
            open = null,
        )
    }

    private fun case(row: CaseRow, date: LocalDate) = Dealing(
        kind = DealingKind.Case,
        title = listOfNotNull(row.title, row.stateLabel?.let { app.words(it) }).joinToString(app.words(Word.Between)),
        about = listOfNotNull(row.movedAt?.let { app.formats.nearTime(it, date) }, row.workflowLabel?.let { app.words(it) }).joinToString(DOT),
        open = Press(row.title.orEmpty(), HomeIntent.OpenCase(row.id)),
    )

    private fun number(details: ResidentDetails): String? = details.resident.phones.firstNotNullOfOrNull { it.number }

    override suspend fun act(intent: HomeIntent) {
        problem = null
        when (intent) {
            HomeIntent.Back -> app.platform.back()
            is HomeIntent.Call -> app.platform.dial(intent.number)
            HomeIntent.Visit -> app.platform.go(Place.Visit(home))
            is HomeIntent.OpenCase -> app.platform.go(Place.Case(intent.case))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    private companion object {
        /** The fields one asks about at a door; all of them stand on a screen of their own. */
        val SHOWN = listOf("owner_state", "people", "vacant_since", "paid_until", "handed_over")
        const val RECENT = 5
    }
}
