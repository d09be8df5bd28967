package butler.app.models

import butler.SubmissionId
import butler.app.words.DOT
import butler.app.words.Word

/** 更多: what waits for a look, what is half filled in, who holds the phone. */
data class MoreState(
    val title: String = "",
    val syncBadge: Badge? = null,
    val problem: String? = null,
    val rows: List<MoreRow> = emptyList(),
    val draftsTitle: String? = null,
    val drafts: List<UnfinishedLine> = emptyList(),
    val who: String = "",
    val about: String = "",
)

data class MoreRow(val kind: MoreKind, val press: Press<MoreIntent>)

enum class MoreKind { Outbox, Conflicts, Settings, Help }

/** What is half filled in. */
data class UnfinishedLine(val title: String, val about: String, val discard: Press<MoreIntent>)

sealed interface MoreIntent {
    data object Outbox : MoreIntent
    data object Conflicts : MoreIntent
    data object Settings : MoreIntent
    data object Help : MoreIntent
    data class Discard(val draft: SubmissionId) : MoreIntent
}

class MoreModel(app: App) : Model<MoreState, MoreIntent>(app, MoreState()) {
    private var problem: String? = null

    override suspend fun read(): MoreState {
        val words = app.words
        val status = app.butler.status()
        val today = app.butler.date()
        val drafts = app.butler.drafts.list()
        val me = app.butler.me()
        val version = app.butler.playbookSet().version
        return MoreState(
            title = words(Word.MoreTitle),
            syncBadge = syncBadge(app, status),
            problem = problem,
            rows = listOf(
                MoreRow(MoreKind.Outbox, Press(words(Word.OutboxTitle), MoreIntent.Outbox)),
                MoreRow(MoreKind.Conflicts, Press(words(Word.ConflictsCount, "count" to app.butler.conflicts.list().size), MoreIntent.Conflicts)),
                MoreRow(MoreKind.Settings, Press(words(Word.Settings), MoreIntent.Settings)),
                MoreRow(MoreKind.Help, Press(words(Word.SettingHelp), MoreIntent.Help)),
            ),
            draftsTitle = if (drafts.isEmpty()) null else words(Word.Drafts, "count" to drafts.size),
            drafts = drafts.map {
                UnfinishedLine(
                    draftTitle(app, it) ?: it.subject,
                    listOf(it.subject, app.formats.nearTime(it.changedAt, today)).filter { part -> part.isNotEmpty() }.joinToString(DOT),
                    Press(words(Word.Discard), MoreIntent.Discard(it.draft.submission.id)),
                )
            },
            who = me.name + DOT + words.list(me.roles.map { words(it.label) }),
            about = (me.grids.map { it.name } + listOfNotNull(version?.let { words(Word.ProcedureSet, "version" to it) })).joinToString(DOT),
        )
    }

    override suspend fun act(intent: MoreIntent) {
        problem = null
        when (intent) {
            MoreIntent.Outbox -> app.platform.go(Place.Outbox)
            MoreIntent.Conflicts -> app.platform.go(Place.Conflicts())
            MoreIntent.Settings -> app.platform.go(Place.Settings)
            MoreIntent.Help -> app.platform.go(Place.Help)
            is MoreIntent.Discard -> app.butler.drafts.discard(intent.draft)
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}
