package butler.app.models

import butler.Draft
import butler.Evidence
import butler.FormId
import butler.PartId
import butler.Phone
import butler.QuestionId
import butler.RecordId
import butler.Resident
import butler.ResidentDetails
import butler.Submission
import butler.Value
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate
import kotlinx.coroutines.flow.Flow

/** Somebody of a household: their numbers, and the way to all else that is known of them. */
data class ResidentState(
    val title: String = "",
    val subtitle: String = "",
    val back: Press<ResidentIntent>? = null,
    val badge: Badge? = null,
    val problem: String? = null,
    /** Their name, which they asked to keep. */
    val show: Press<ResidentIntent>? = null,
    val hints: List<String> = emptyList(),
    val phonesTitle: String = "",
    val add: Press<ResidentIntent>? = null,
    val phones: List<PhoneLine> = emptyList(),
    val noPhones: String? = null,
    val help: String? = null,
    val history: Press<ResidentIntent>? = null,
    val edit: Press<ResidentIntent>? = null,
    val sheet: PhoneSheet? = null,
)

/** A number, and how well it is known. */
data class PhoneLine(
    val number: String,
    val about: String,
    /** It was never answered, or not the last time. */
    val doubtful: Boolean,
    val call: Press<ResidentIntent>,
    val correct: Press<ResidentIntent>,
    val verify: Press<ResidentIntent>?,
)

/** A number is added or put right. */
data class PhoneSheet(
    val title: String,
    val about: String,
    val problem: String?,
    val number: Typing<ResidentIntent>,
    val whose: Typing<ResidentIntent>,
    val record: Press<ResidentIntent>,
)

sealed interface ResidentIntent {
    data object Back : ResidentIntent
    data object ShowName : ResidentIntent
    data class Call(val phone: PartId, val number: String) : ResidentIntent
    data class Verify(val phone: PartId, val number: String) : ResidentIntent
    data object Add : ResidentIntent
    data class Correct(val phone: PartId) : ResidentIntent
    data class Number(val text: String) : ResidentIntent
    data class Whose(val text: String) : ResidentIntent
    data object Record : ResidentIntent
    data object CloseSheet : ResidentIntent
    data object Edit : ResidentIntent
    data object History : ResidentIntent
}

/** A person 住户, of `residents.details`. */
class ResidentModel(app: App, private val person: RecordId) : Model<ResidentState, ResidentIntent>(app, ResidentState()) {
    private var open: Open? = null
    private var problem: String? = null

    override val follows: Flow<*> get() = app.names.hiding

    /** The open sheet of a number. It is a draft from its first change on. */
    private class Open(val submission: Submission, val phone: PartId?, /** What stands there. */ val known: Phone?, var number: String, var whose: String)

    override suspend fun act(intent: ResidentIntent) {
        problem = null
        when (intent) {
            ResidentIntent.Back -> app.platform.back()
            ResidentIntent.ShowName -> app.names.show(person)
            is ResidentIntent.Call -> call(intent.phone, intent.number)
            is ResidentIntent.Verify -> verify(intent.phone, intent.number)
            ResidentIntent.Add -> open(null)
            is ResidentIntent.Correct -> open(intent.phone)
            is ResidentIntent.Number -> open?.let { it.number = intent.text; keep(it) }
            is ResidentIntent.Whose -> open?.let { it.whose = intent.text; keep(it) }
            ResidentIntent.Record -> record()
            ResidentIntent.CloseSheet -> open = null
            ResidentIntent.Edit -> app.platform.go(Place.Form(FormOf.Row(BASIC, person)))
            ResidentIntent.History -> app.platform.go(Place.History(person))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    // What is written.

    /** How the call went is asked on the home. */
    private suspend fun call(phone: PartId, number: String) {
        val home = app.butler.residents.details(person).resident.home ?: return app.platform.dial(number)
        beginCall(app, home, person, phone, number)
        app.platform.back()
        app.platform.go(Place.Home(home))
    }

    private suspend fun verify(phone: PartId, number: String) {
        val recorded = app.butler.residents.verifyPhone(person, phone)
        app.recorded(app.words(Word.PhoneVerified, "number" to app.formats.phone(number)), listOf(recorded))
    }

    private suspend fun open(phone: PartId?) {
        val kept = jotted(app, PHONE, person, phone?.value)
        val known = phone?.let { id -> app.butler.residents.details(person).resident.phones.find { it.id == id } }
        open = Open(
            kept?.submission ?: app.butler.submission(), phone, known,
            kept?.answers?.text(NUMBER) ?: known?.number.orEmpty(), kept?.answers?.text(WHOSE) ?: known?.label.orEmpty(),
        )
    }

    private suspend fun keep(open: Open) {
        val fields = mapOf(QuestionId(NUMBER) to Value.Text(open.number), QuestionId(WHOSE) to Value.Text(open.whose))
        app.butler.drafts.save(Draft(open.submission, PHONE, step = open.phone?.value, about = listOf(person), answers = Evidence(fields)))
    }

    private suspend fun record() {
        val open = open ?: return
        val butler = app.butler.submitting(open.submission)
        val whose = open.whose.trim().ifEmpty { null }
        // What was verified was the number that stood there before.
        val changed = open.number.filter { it.isDigit() } != open.known?.number
        val recorded = if (open.phone == null) butler.residents.addPhone(person, open.number, whose)
        else butler.residents.edit(person) {
            phone(open.phone) {
                label = whose
                if (changed) {
                    number = open.number
                    verified = null
                    failed = null
                }
            }
        }
        this.open = null
        app.recorded(app.words(Word.PhoneKept, "number" to app.formats.phone(open.number.filter { it.isDigit() })), listOf(recorded))
    }

    // What is shown.

    override suspend fun read(): ResidentState {
        val words = app.words
        val details = app.butler.residents.details(person)
        val resident = details.resident
        val today = app.butler.date()
        val phones = resident.phones.filter { it.number != null }
        return ResidentState(
            title = app.names.of(person, resident),
            subtitle = subtitle(details),
            back = Press(words(Word.Back), ResidentIntent.Back),
            badge = recordBadge(app, details.state),
            problem = problem.takeIf { open == null },
            show = if (app.names.isHidden(person, resident.confidential)) Press(words(Word.ShowName), ResidentIntent.ShowName) else null,
            hints = listOfNotNull(
                if (resident.noCalls == true) words(Word.NoCalls) else null,
                if (resident.noVisits == true) words(Word.NoVisits) else null,
                resident.visitHint,
                resident.personality.takeUnless { app.names.isHidden(person, resident.confidential) },
            ),
            phonesTitle = words(Word.Telephones, "count" to phones.size),
            add = Press(words(Word.AddPhone), ResidentIntent.Add),
            phones = phones.mapNotNull { line(it, resident, today) },
            noPhones = if (phones.isEmpty()) words(Word.NoPhone).replaceFirstChar(Char::uppercase) else null,
            help = if (phones.isEmpty()) null else words(Word.VerifyHelp),
            history = Press(words(Word.History), ResidentIntent.History),
            edit = Press(words(Word.EditPerson), ResidentIntent.Edit),
            sheet = open?.let { sheet(it, details) },
        )
    }

    private fun subtitle(details: ResidentDetails): String {
        val resident = details.resident
        val role = resident.relation ?: resident.role?.let { app.words(it.label) }
        return listOfNotNull(details.homeTitle.ifEmpty { null }, role, app.words(Word.KeyPerson).takeIf { resident.keyPerson == true }).joinToString(DOT)
    }

    private fun line(phone: Phone, resident: Resident, today: LocalDate): PhoneLine? {
        val words = app.words
        val number = phone.number ?: return null
        val (verified, failed) = phone.verified to phone.failed
        val unanswered = failed?.takeIf { verified == null || it > verified }
        return PhoneLine(
            number = app.formats.phone(number),
            about = listOfNotNull(
                phone.label,
                when (verified) {
                    null -> words(Word.PhoneNeverVerified)
                    today -> words(Word.PhoneVerifiedToday)
                    else -> words(Word.PhoneVerifiedAgo, "days" to today.toEpochDay() - verified.toEpochDay())
                },
                unanswered?.let { words(Word.PhoneFailed, "day" to app.formats.near(it, today)) },
            ).joinToString(DOT),
            doubtful = verified == null || unanswered != null,
            call = Press(
                words(Word.CallName, "name" to app.formats.phone(number)), ResidentIntent.Call(phone.id, number),
                if (resident.noCalls == true) words(Word.NoCalls) else null,
            ),
            correct = Press(words(Word.CorrectPhone), ResidentIntent.Correct(phone.id)),
            verify = if (verified == today) null else Press(words(Word.VerifyPhone), ResidentIntent.Verify(phone.id, number)),
        )
    }

    private fun sheet(open: Open, details: ResidentDetails): PhoneSheet {
        val words = app.words
        return PhoneSheet(
            title = words(if (open.phone == null) Word.AddPhone else Word.CorrectPhone),
            about = listOf(app.names.of(person, details.resident), details.homeTitle).filter { it.isNotEmpty() }.joinToString(DOT),
            problem = problem,
            number = Typing(words(Word.PhoneNumber), open.number) { ResidentIntent.Number(it) },
            whose = Typing(words(Word.PhoneWhose), open.whose, words(Word.PhoneWhoseHint)) { ResidentIntent.Whose(it) },
            record = Press(
                words(Word.RecordIt), ResidentIntent.Record,
                if (open.number.isNotBlank()) null else words(Word.StillMissing, "count" to 1, "what" to words(Word.PhoneNumber)),
            ),
        )
    }

    companion object {
        /** What a draft of a number is called. */
        internal const val PHONE = "resident.phone"
        internal val BASIC = FormId("resident.basic")
        private const val NUMBER = "number"
        private const val WHOSE = "whose"
    }
}
