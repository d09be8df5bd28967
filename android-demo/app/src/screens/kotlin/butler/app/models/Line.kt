package butler.app.models

import butler.Butler
import butler.ButlerException
import butler.Label
import butler.NoAnswer
import butler.OfficeAbout
import butler.SyncEnd
import butler.SyncProgress
import butler.SyncReport
import butler.SyncStage
import butler.Transport
import butler.words
import butler.app.words.Word
import butler.app.words.Words
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.sync.Mutex

/** What the line to the office is doing, or how it went last. */
sealed interface LineState {
    /** Nothing since the app was opened. */
    data object Quiet : LineState

    /** A sync is under way; how far is not known at first. */
    data class Busy(val progress: SyncProgress?) : LineState

    data class Ended(val report: SyncReport) : LineState

    /** It could not even begin, or not be kept. */
    data class Failed(val words: Label) : LineState
}

/**
 * The line to the office: where that is, and one sync at a time, whoever asks and however often. What is asked for while one
 * runs is done by another right behind it.
 */
class Line(
    private val butler: Butler,
    private val settings: SettingsKeeper,
    /** Carries frames to the office at an address. */
    private val transport: (String) -> Transport,
) {
    private val asked = AtomicBoolean()
    private val turn = Mutex()
    private val doing = MutableStateFlow<LineState>(LineState.Quiet)

    val state: StateFlow<LineState> = doing.asStateFlow()

    /** Which office answers at an address. */
    suspend fun about(office: String): OfficeAbout = butler.officeAt(transport(office))

    /** Makes this phone known to an office, which is where it syncs from now on. */
    suspend fun enrol(code: String, phone: String, office: String) {
        butler.enrol(code, phone, transport(office))
        settings.change { copy(office = office, phone = phone) }
    }

    /** What is recorded by now is to be sent: a sync under way is followed by another. True when there is one under way. */
    fun ask(): Boolean {
        asked.set(true)
        return turn.isLocked
    }

    /** Syncs until nobody asks any more; how the last one ended, or null when this call made none. */
    suspend fun sync(photos: Boolean = true): SyncReport? {
        var last: SyncReport? = null
        asked.set(true)
        while (asked.get() && turn.tryLock()) {
            try {
                asked.set(false)
                last = once(photos)
            } finally {
                turn.unlock()
            }
            if (last?.end != SyncEnd.Complete) break
        }
        return last
    }

    private suspend fun once(photos: Boolean): SyncReport? {
        val office = settings.now.office ?: return null
        doing.value = LineState.Busy(null)
        var ended: LineState = LineState.Quiet
        return try {
            butler.sync(transport(office), photos) { doing.value = LineState.Busy(it) }.also { ended = LineState.Ended(it) }
        } catch (wrong: ButlerException) {
            null.also { ended = LineState.Failed(wrong.words) }
        } finally {
            doing.value = ended
        }
    }
}

/** How far a sync is, in words. */
fun progress(words: Words, progress: SyncProgress?): String = when (progress?.stage) {
    null, SyncStage.CONNECTING -> words(Word.SyncConnecting)
    SyncStage.SENDING -> words(Word.SyncSending, "done" to progress.done, "total" to progress.total)
    SyncStage.RECEIVING -> words(Word.SyncReceiving, "done" to progress.done, "total" to progress.total)
    SyncStage.PHOTOS -> words(Word.SyncPhotos, "percent" to progress.done * 100u / progress.total.coerceAtLeast(1u))
}

/** Why a sync did not do all it could, in words; null when it did. */
fun shortfall(words: Words, state: LineState): String? = when (state) {
    LineState.Quiet, is LineState.Busy -> null
    is LineState.Failed -> words(state.words)
    is LineState.Ended -> when (val end = state.report.end) {
        SyncEnd.Complete -> null
        SyncEnd.Interrupted ->
            if (state.report.accepted > 0u) words(Word.SyncCut, "count" to state.report.accepted)
            else words(ButlerException.Offline(state.report.broke ?: NoAnswer.Unreachable).words)
        is SyncEnd.Office -> words(ButlerException.Office(end.v1).words)
        SyncEnd.Unreadable -> words(ButlerException.NotAnOffice().words)
        is SyncEnd.Store -> words(ButlerException.Internal("sync-store").words)
    }
}
