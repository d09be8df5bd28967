package butler.app.models

import butler.HistoryChange
import butler.HistoryRow
import butler.Kind
import butler.Lifecycle
import butler.RecordDetails
import butler.RecordId
import butler.app.words.Word
import java.time.Duration
import java.time.LocalDate

/** What can be pressed on 经过. */
sealed interface HistoryIntent {
    data object Back : HistoryIntent
    data class Go(val edit: Int) : HistoryIntent
    data object Only : HistoryIntent
    data object Open : HistoryIntent
    data object Now : HistoryIntent
    data object Archive : HistoryIntent
    data object Restore : HistoryIntent
    data class Look(val at: PhotosAt) : HistoryIntent
}

/** 经过: of `records.history` and `records.at`. */
class HistoryModel(app: App, private val record: RecordId) : Model<HistoryState, HistoryIntent>(app, HistoryState()) {
    private var at: Int? = null
    private var fieldsOnly = false
    private var opened = false
    private var problem: String? = null

    override suspend fun act(intent: HistoryIntent) {
        problem = null
        when (intent) {
            HistoryIntent.Back -> if (opened) opened = false else app.platform.back()
            is HistoryIntent.Go -> at = intent.edit
            HistoryIntent.Only -> fieldsOnly = !fieldsOnly
            HistoryIntent.Open -> opened = true
            HistoryIntent.Now -> opened = false
            HistoryIntent.Archive -> app.recorded(app.words(Word.ArchivedNow), listOf(app.butler.records.archive(record)))
            HistoryIntent.Restore -> restore(app, record)
            is HistoryIntent.Look -> app.platform.go(Place.Photo(intent.at))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): HistoryState {
        val words = app.words
        val back = Press(words(Word.Back), HistoryIntent.Back)
        val history = found { app.butler.records.history(record) }?.sortedBy { it.at }
            ?: return HistoryState(words(Word.History), back = back, empty = Empty(words(Word.ErrorNotFound), ""))
        val today = app.butler.date()
        val now = app.butler.records.get(record)
        val chosen = (at ?: history.lastIndex).coerceIn(0, history.lastIndex)
        val then = app.butler.records.at(record, history[chosen].change)
        val shown = history.indices.reversed().filter { !fieldsOnly || history[it].changes.any(::isField) }
        val photos = app.butler.photos.of(record).map { it.photo }
        val unreadable = history.count { it.changes.isEmpty() }
        return HistoryState(
            title = words(Word.HistoryOf, "subject" to subject(now)),
            subtitle = words(Word.HistoryAbout),
            back = back,
            problem = problem,
            archived = archivedLine(app, now, HistoryIntent.Restore),
            archive = if (now.lifecycle == Lifecycle.LIVE && overlooks(app) && mayArchive(app, now.kind)) Press(words(Word.Archive), HistoryIntent.Archive) else null,
            slider = slider(history, chosen, today),
            thenTitle = words(Word.Then),
            then = inOneLine(then, today),
            photosTitle = if (photos.isEmpty()) null else words(Word.PhotosOf),
            photos = photos(app, photos) { HistoryIntent.Look(it) },
            edits = shown.map { edit(history[it], it, it == chosen, today) },
            hidden = if (unreadable == 0) null else words(Word.NotYoursToSee, "count" to unreadable),
            only = Press(words(if (fieldsOnly) Word.ShowAll else Word.OnlyFields), HistoryIntent.Only),
            open = Press(words(Word.OpenThen), HistoryIntent.Open),
            asWas = if (opened) asWas(then, history[chosen], today) else null,
        )
    }

    private suspend fun subject(now: RecordDetails): String = when (now.kind) {
        Kind.HOME -> homeTitle(app, record)
        Kind.RESIDENT -> found { app.names.of(record, app.butler.residents.details(record).resident) }
        Kind.CASE -> found { app.butler.cases.details(record).case.title.orEmpty() }
        Kind.ENTRY -> found { app.butler.registers.form(app.butler.registers.details(record).form).let { app.words(it.title) } }
        Kind.CONTACT, Kind.ROUND -> aboutHome(app, record)?.let { "$it " + app.words(kindWord(now.kind)) }
    } ?: app.words(kindWord(now.kind))

    private fun slider(history: List<HistoryRow>, chosen: Int, today: LocalDate) = TimeSlider(
        title = app.words(Word.SeeThen),
        day = app.formats.nearTime(history[chosen].at, today).replaceFirstChar(Char::uppercase),
        first = day(history.first(), today),
        last = app.words(Word.DayToday).replaceFirstChar(Char::uppercase),
        stops = history.mapIndexed { index, row -> Chip(Press(app.formats.nearTime(row.at, today), HistoryIntent.Go(index)), index == chosen) }
            .let { if (it.size <= STOPS) it else it.filterIndexed { index, stop -> stop.chosen || index % (it.size / STOPS + 1) == 0 || index == it.lastIndex } },
    )

    private fun day(row: HistoryRow, today: LocalDate): String = app.formats.near(app.formats.day(row.at), today).replaceFirstChar(Char::uppercase)

    /** The record as it read then, as much as one line tells. */
    private fun inOneLine(then: RecordDetails, today: LocalDate): String {
        val said = then.fields.filter { it.path in TOLD }.sortedBy { TOLD.indexOf(it.path) }.ifEmpty { then.fields.filter { told(it.path) }.take(FEW) }
        val words = said.map { field -> app.words(Word.FieldIs, "field" to app.words(field.label), "value" to app.formats.say(field.words, today)) }
        return words.joinToString(app.words(Word.Between)).ifEmpty { app.words(Word.NothingWritten) }
    }

    private fun edit(row: HistoryRow, index: Int, chosen: Boolean, today: LocalDate): EditLine {
        val words = app.words
        val received = row.received
        val time = app.formats.nearTime(row.at, today).replaceFirstChar(Char::uppercase)
        val changes = row.changes.filter { told(it.path) && (!fieldsOnly || isField(it)) }
        val short = !chosen && changes.size > FEW + 1
        val off = Duration.between(row.at, row.deviceTime)
        return EditLine(
            // Who imported it is none of the staff.
            by = if (row.byName == row.by.value) words(Word.TheOffice) else row.byName,
            at = when {
                received == null -> words(Word.AtUnsent, "time" to time)
                Duration.between(row.at, received) > SOON -> words(Word.AtSent, "time" to time, "sent" to if (app.formats.day(received) == app.formats.day(row.at)) app.formats.time(received) else app.formats.nearTime(received, today))
                else -> time
            },
            clock = when {
                off.abs() < SOON -> null
                off.abs() < HOURS -> words(Word.ClockOff, "off" to app.formats.minutes(off.abs().toMinutes()))
                else -> words(Word.ClockOffDays, "days" to off.abs().toDays())
            },
            chosen = chosen,
            changes = changes.take(if (short) FEW else changes.size).map { change(it, today) },
            more = if (short) words(Word.MoreChanges, "count" to changes.size - FEW) else null,
            go = Press(words(Word.SeeThen), HistoryIntent.Go(index)),
        )
    }

    /** Which procedure a record follows, in which version, is for machines. */
    private fun told(path: String) = path !in MACHINES && !path.startsWith(ABOUT)

    /** Not the note, and nothing that only happened. */
    private fun isField(change: HistoryChange) = change.path != NOTE && !change.path.startsWith(EVENT)

    private fun change(change: HistoryChange, today: LocalDate) = ChangeLine(
        app.words(change.label),
        change.fromWords.map { app.formats.say(it, today) }.filter { it.isNotEmpty() }.joinToString(app.words(Word.OrElse)).takeIf { it.isNotEmpty() },
        change.toWords?.let { app.formats.say(it, today) }?.takeIf { it.isNotEmpty() } ?: app.words(Word.Cleared),
    )

    private fun asWas(then: RecordDetails, row: HistoryRow, today: LocalDate) = AsWas(
        frame = app.words(Word.AsItWas, "time" to app.formats.nearTime(row.at, today)),
        now = Press(app.words(Word.BackToNow), HistoryIntent.Now),
        fields = then.fields.filter { told(it.path) }.map { field ->
            ThenField(app.words(field.label), (listOf(field.words) + field.others.map { it.words }).joinToString(app.words(Word.OrElse)) { app.formats.say(it, today) })
        },
        note = then.note.takeIf { it.isNotBlank() },
    )

    private companion object {
        const val NOTE = "note"
        const val EVENT = "event/"
        val MACHINES = setOf("playbook", "version", "due")
        const val STOPS = 12
        const val FEW = 4

        /** Of a home and a person: what one asks first. */
        val TOLD = listOf("layout", "state", "owner_state", "people", "name", "role", "title", "outcome", "summary")
        val SOON: Duration = Duration.ofMinutes(10)
        val HOURS: Duration = Duration.ofHours(48)
    }
}
