package butler.app.models

import butler.CaseFilter
import butler.EntryDetails
import butler.Evidence
import butler.HomeFilter
import butler.Kind
import butler.PlaceId
import butler.PlaceRow
import butler.Procedure
import butler.RecordId
import butler.Value
import butler.app.words.Word
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.onEach

/** What was read is handed to the screen it leads to. */
sealed interface Handed {
    /** A stop of today's walk. */
    data class Stop(val place: PlaceId) : Handed

    /** The homes of a place. */
    data class Homes(val place: PlaceRow) : Handed

    /** A point of the round under way. */
    data class Code(val code: String) : Handed
}

/** Tags held to the phone on any screen that does not read them itself: what they name opens. */
class TagsModel(app: App) : Model<Unit, String>(app, Unit) {
    override val follows: Flow<*> get() = app.platform.tags.onEach { on(it) }

    override suspend fun read() {}

    override suspend fun act(intent: String) = openScanned(app, intent)

    override fun failed(words: String) = app.say(words)
}

/** Opens what a code or a tag names: what a slip is of, the point of a round under way, a place, a row of a register; else it is said that it is none. */
internal suspend fun openScanned(app: App, code: String) {
    if (code.trim().startsWith(SLIP)) return openSlip(app, RecordId(code.trim().removePrefix(SLIP)))
    val place = app.butler.office.placeScanned(code)
    if (place == null) {
        val entry = entryCalled(app, code.trim())
        if (entry == null) app.say(app.words(Word.CodeOfNothing)) else app.platform.go(caseOf(app, entry, code.trim())?.let(Place::Case) ?: Place.Entry(entry.id))
        return
    }
    val round = roundAt(app, place.id)
    when {
        round != null -> app.hand(Handed.Code(code), Place.Round(round))
        isStop(app, place.id) -> app.hand(Handed.Stop(place.id), Place.Today)
        app.butler.homes.list(HomeFilter(place = place.id), limit = 1).isNotEmpty() -> app.hand(Handed.Homes(place), Place.Homes)
        else -> app.say(app.words(Word.NothingThere, "place" to place.name))
    }
}

private suspend fun openSlip(app: App, record: RecordId) {
    val kind = found { app.butler.records.get(record).kind } ?: return app.say(app.words(Word.ErrorNotFound))
    app.platform.go(if (kind == Kind.ENTRY) Place.Entry(record) else placeOf(kind, record))
}

/** One's own round of today that goes by there: one with a point of that place, open if there is one, else the only one about something in it. */
private suspend fun roundAt(app: App, place: PlaceId): RoundOf? {
    val (me, today) = app.butler.me().staff to app.butler.date()
    val mine = app.butler.rounds.underWay().filter { it.plannedFor == me && it.plannedOn == today }
    val passes = mine.associateWith { round -> app.butler.rounds.details(round.id).points.filter { it.place == place } }.filterValues { it.isNotEmpty() }
    val round = passes.keys.maxByOrNull { round -> passes.getValue(round).count { it.visited == null } } ?: mine.filter { it.place == place }.singleOrNull() ?: return null
    val due = app.butler.today.all().find { it.begin is Procedure.Checklist && round.id in it.answers }
    return due?.let { RoundOf.Due(it.id) } ?: RoundOf.Begun(round.id)
}

private suspend fun isStop(app: App, place: PlaceId): Boolean =
    app.butler.today.walk(app.settings.now.hours).stops.any { stop -> stop.place == place && (stop.doors.any { it.open } || stop.spots.any { it.isToDo }) }

/** The one row of a register that has exactly this among its answers: the number of a key, of a machine. */
private suspend fun entryCalled(app: App, code: String): EntryDetails? = app.butler.search(code, LIKELY).filter { it.kind == Kind.ENTRY }
    .mapNotNull { row -> found { app.butler.registers.details(row.record) } }.filter { says(it.answers, code) }.singleOrNull()

/** What is not over about it: of a key, that it is lent. One about the same home is, where the code was told in it. */
private suspend fun caseOf(app: App, entry: EntryDetails, code: String): RecordId? {
    suspend fun about(record: RecordId) = app.butler.cases.list(CaseFilter(about = record, closed = false)).map { it.id }
    return about(entry.id).firstOrNull()
        ?: entry.about.flatMap { about(it) }.firstOrNull { case -> app.butler.cases.details(case).steps.any { says(it.evidence, code) } }
}

private fun says(answers: Evidence, code: String): Boolean = answers.fields.values.any { it == Value.Text(code) }

/** What the code of a slip begins with, before its record. */
private const val SLIP = "butler://record/"

/** So many of what a code finds may be what it names. */
private const val LIKELY = 20
