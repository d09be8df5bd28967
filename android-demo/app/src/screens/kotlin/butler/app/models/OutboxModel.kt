package butler.app.models

import butler.ChangeHash
import butler.Fate
import butler.Kind
import butler.OutboxRow
import butler.PhotoId
import butler.RecordId
import butler.RecordState
import butler.RejectedRow
import butler.SubmissionId
import butler.Summary
import butler.app.words.DOT
import butler.app.words.Word
import java.time.LocalDate
import kotlinx.coroutines.flow.Flow

/** What can be pressed on the outbox. */
sealed interface OutboxIntent {
    data object Back : OutboxIntent
    data object All : OutboxIntent
    data object Try : OutboxIntent
    data object Conflicts : OutboxIntent
    data class Open(val kind: Kind, val record: RecordId) : OutboxIntent
    data class Rejected(val change: ChangeHash) : OutboxIntent
    data class PutAway(val photo: PhotoId, val record: RecordId) : OutboxIntent
    data class Draft(val draft: SubmissionId) : OutboxIntent
}

/** 手机与办公室: of `outbox()`, `rejected` and `status()`. */
class OutboxModel(app: App) : Model<OutboxState, OutboxIntent>(app, OutboxState()) {
    private var all = false
    private var tried = false
    private var problem: String? = null

    override val follows: Flow<*> get() = app.line.state

    override suspend fun act(intent: OutboxIntent) {
        problem = null
        when (intent) {
            OutboxIntent.Back -> app.platform.back()
            OutboxIntent.All -> all = true
            OutboxIntent.Try -> {
                tried = true
                app.platform.sync()
            }
            OutboxIntent.Conflicts -> app.platform.go(Place.Conflicts())
            is OutboxIntent.Open -> app.platform.go(placeOf(intent.kind, intent.record))
            is OutboxIntent.Rejected -> app.platform.go(Place.Rejected(intent.change))
            is OutboxIntent.PutAway -> app.butler.rejected.dismissPhoto(intent.photo, intent.record)
            is OutboxIntent.Draft -> app.platform.go(place(intent.draft))
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    override suspend fun read(): OutboxState {
        val words = app.words
        val status = app.butler.status()
        val today = app.butler.date()
        val line = app.line.state.value
        val rows = app.butler.outbox()
        val waiting = rows.filter { plain(it.state) }.sortedByDescending { it.since }
        val shown = if (all || waiting.size <= SHOWN + 1) waiting else waiting.take(SHOWN)
        val rest = waiting.drop(shown.size)
        val look = look()
        val drafts = app.butler.drafts.list()
        val conflicts = status.recordsInConflict.toInt()
        return OutboxState(
            title = words(Word.OutboxTitle),
            back = Press(words(Word.Back), OutboxIntent.Back),
            problem = problem,
            clock = if (status.clockDoubtful) words(Word.ClockDoubtful) else null,
            notices = (line as? LineState.Ended)?.report?.notices.orEmpty().map { words(it) },
            head = head(status, today, line),
            draftsTitle = if (drafts.isEmpty()) null else words(Word.DraftsTitle, "count" to drafts.size),
            drafts = drafts.map { draft ->
                OutboxLine(
                    words(Word.DraftKeptAt, "time" to app.formats.nearTime(draft.changedAt, today)), null,
                    Press(listOfNotNull(draft.subject.takeIf { it.isNotEmpty() }, draftTitle(app, draft)).joinToString(" "), OutboxIntent.Draft(draft.draft.submission.id)),
                )
            },
            waitingTitle = if (waiting.isEmpty()) null else words(Word.OutboxWaiting, "count" to waiting.size),
            waiting = shown.map { line(it, today) },
            more = if (rest.isEmpty()) null else Press(
                words(Word.OutboxMore, "count" to rest.size, "what" to words.list(rest.groupingBy { it.kind }.eachCount().map { (kind, count) -> "${words(kindWord(kind))} $count" })),
                OutboxIntent.All,
            ),
            lookTitle = if (look.isEmpty()) null else words(Word.OutboxLook, "count" to look.size),
            look = look,
            conflicts = if (conflicts == 0) null
            else OutboxLine(words(Word.ConflictsAbout), null, Press(words(Word.ConflictsCount, "count" to conflicts), OutboxIntent.Conflicts)),
            trying = Press(if (line is LineState.Busy) progress(words, line.progress) else words(Word.SyncNow), OutboxIntent.Try),
        )
    }

    /** Where a draft goes on: at the screen it was begun at, or as the general form. */
    private suspend fun place(id: SubmissionId): Place {
        val draft = app.butler.drafts.get(id)?.draft
        val due = draft?.due
        val home = draft?.takeIf { due == null }?.about?.firstOrNull()?.takeIf { homeTitle(app, it) != null }
        val contact = home?.let { begun(draft) }
        val round: RoundOf? = draft?.takeIf { it.form == RoundModel.FINDING || it.form == RoundModel.POINT }?.let { due?.let(RoundOf::Due) ?: it.about.firstOrNull()?.let(RoundOf::Begun) }
        return when {
            contact != null -> when (contact) {
                Begun.Nobody -> Place.Today
                Begun.Met -> Place.Visit(home)
                Begun.Called -> Place.Home(home)
            }
            draft?.form == TodayModel.CUT_SHORT -> Place.Today
            draft?.form == HandoverModel.TOLD -> Place.Handover
            draft?.form == ResidentModel.PHONE -> Place.Resident(draft.about.first())
            draft?.form == ConflictModel.NOTE -> Place.Conflicts(draft.about.firstOrNull())
            draft?.form == EmergencyModel.SAID ->
                Place.Emergency(draft.step?.let { EmergencyOf.Begun(SubmissionId(it)) } ?: EmergencyOf.Case(draft.about.first()))
            round != null -> Place.Round(round)
            else -> Place.Form(FormOf.Unfinished(id))
        }
    }

    private fun head(status: Summary, today: LocalDate, line: LineState): OutboxHead {
        val words = app.words
        val oldest = status.oldestUnsentMs?.let { it.toLong() / MINUTE }
        val safe = status.unsentRecords + status.unsentPhotos == 0uL
        return OutboxHead(
            safe = safe,
            title = if (safe) words(Word.AllAtTheOffice) else words(Word.OutboxUnsent, "what" to unsent(app, status)),
            about = if (safe) words(Word.OutboxNothing)
            else listOfNotNull(words(Word.SafeOnPhone), oldest?.let { words(Word.Oldest, "waited" to app.formats.minutes(it)) }).joinToString(""),
            sync = shortfall(words, line) ?: words(
                when {
                    line is LineState.Busy || tried && line == LineState.Quiet -> Word.TryingNow
                    safe -> Word.SyncsItself
                    else -> Word.SendsItself
                },
            ),
            last = status.syncedAt?.let { words(Word.LastSync, "time" to app.formats.timeNear(it, today)) } ?: words(Word.NeverSynced),
        )
    }

    private fun plain(state: RecordState) = state == RecordState.Unsent || state == RecordState.Sending || state == RecordState.Acknowledged

    /** A case is called by its title; what has none by what it is about, and what it is. */
    private suspend fun line(row: OutboxRow, today: LocalDate): OutboxLine {
        val words = app.words
        val what = kind(row)
        val subject = row.title.ifEmpty { aboutHome(app, row.record).orEmpty() }
        val isCalled = row.kind == Kind.CASE && subject.isNotEmpty()
        val about = listOfNotNull(
            what.takeIf { isCalled },
            whom(row),
            if (row.edits > 0u) words(Word.Edits, "count" to row.edits) else null,
            if (row.photos > 0u) words(Word.Photos, "count" to row.photos) else null,
        )
        val title = if (isCalled) subject else listOf(subject, what).filter { it.isNotEmpty() }.distinct().joinToString(" ")
        val kind = if (row.state == RecordState.Sending) BadgeKind.Sending else BadgeKind.Unsent
        return OutboxLine(about.joinToString(DOT), Badge(kind, app.formats.timeNear(row.since, today)), Press(title, OutboxIntent.Open(row.kind, row.record)))
    }

    /** What it is: by its procedure where it has one. */
    private suspend fun kind(row: OutboxRow): String = when (row.kind) {
        Kind.CASE -> found { app.butler.cases.details(row.record).workflow }
        Kind.ROUND -> found { app.butler.rounds.details(row.record).title }
        Kind.ENTRY -> found { app.butler.registers.form(app.butler.registers.details(row.record).form).title }
        else -> null
    }?.let { app.words(it) } ?: app.words(kindWord(row.kind))

    /** The home of a case, or the people of a home that was called on. */
    private suspend fun whom(row: OutboxRow): String? {
        val about = if (row.kind == Kind.CASE || row.kind == Kind.CONTACT) aboutRecord(app, row.record) else null
        val home = about?.let { found { app.butler.homes.details(it) } } ?: return null
        if (row.kind == Kind.CASE) return home.title
        return home.residents.firstOrNull()?.let { app.names.of(it).ifEmpty { null } }?.let { app.words(Word.HomeOf, "name" to it) }
    }

    /** What will not go by itself, or waits for others. */
    private suspend fun look(): List<OutboxLine> {
        val words = app.words
        val edits = app.butler.rejected.list().map { row ->
            val field = field(row)
            OutboxLine(
                words(row.reason), fateBadge(app, row.fate),
                Press(listOfNotNull(row.subject.takeIf { it.isNotEmpty() } ?: words(kindWord(row.kind)), field).joinToString(" "), OutboxIntent.Rejected(row.change)),
            )
        }
        val photos = app.butler.rejected.photos().map {
            OutboxLine(words(it.reason), Badge(BadgeKind.Rejected, words(Word.StateRejected)), Press(words(Word.PutPhotoAway), OutboxIntent.PutAway(it.photo, it.record)))
        }
        return edits + photos
    }

    private fun field(row: RejectedRow): String? = (row.meant.find { it.path == row.path } ?: row.meant.singleOrNull())?.let { app.words(it.label) }

    private companion object {
        const val SHOWN = 3
        const val MINUTE = 60_000L
    }
}

/** What became of an edit the office did not take. */
fun fateBadge(app: App, fate: Fate): Badge = when (fate) {
    Fate.REJECTED -> Badge(BadgeKind.Rejected, app.words(Word.StateRejected))
    Fate.QUARANTINED -> Badge(BadgeKind.Rejected, app.words(Word.StateQuarantined))
    Fate.FORKED, Fate.DEPENDENCY -> Badge(BadgeKind.Sending, app.words(Word.StateAgain))
    Fate.PENDING, Fate.LATER -> Badge(BadgeKind.Pending, app.words(Word.StatePending))
}

/** Where a record is looked at; one without a screen of its own by what happened to it. */
fun placeOf(kind: Kind, record: RecordId): Place = when (kind) {
    Kind.HOME -> Place.Home(record)
    Kind.CASE -> Place.Case(record)
    Kind.ROUND -> Place.Round(RoundOf.Begun(record))
    else -> Place.History(record)
}
