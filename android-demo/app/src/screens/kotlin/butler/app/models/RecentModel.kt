package butler.app.models

import butler.app.words.Word
import kotlinx.coroutines.flow.Flow

/** What was just recorded, whichever screen one is on: it is said, and may be undone for a while. */
data class RecentState(val snack: Snack<RecentIntent>? = null)

sealed interface RecentIntent {
    data object Undo : RecentIntent

    /** It stood there long enough. */
    data object Settled : RecentIntent
}

class RecentModel(app: App) : Model<RecentState, RecentIntent>(app, RecentState()) {
    private var problem: String? = null

    override val follows: Flow<*> get() = app.recent

    override suspend fun read(): RecentState {
        val recent = app.recent.value
        val words = problem ?: recent?.words ?: return RecentState()
        // A step of a case is not taken back: it is only said.
        val undo = if (problem != null || recent?.made.isNullOrEmpty()) null else Press(app.words(Word.Undo), RecentIntent.Undo)
        return RecentState(Snack(words, undo, done = problem == null && recent?.done != false))
    }

    override suspend fun act(intent: RecentIntent) {
        problem = null
        when (intent) {
            RecentIntent.Undo -> app.undo()
            RecentIntent.Settled -> app.settled()
        }
    }

    override fun failed(words: String) {
        problem = words
    }
}
