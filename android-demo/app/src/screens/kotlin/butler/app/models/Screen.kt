package butler.app.models

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import butler.ButlerException

/**
 * What one can press: the words on it, and what it asks of the model. [locked] says why it cannot be pressed now.
 *
 * A state holds words and presses, nothing else: no identifier, no number that is not shown. That is what both platforms'
 * models are compared by.
 */
data class Press<out I : Any>(val label: String, val intent: I, val locked: String? = null)

/** What one can type: the words so far, and what a change asks of the model. */
class Typing<out I : Any>(val label: String, val text: String, val hint: String = "", val intent: (String) -> I) {
    /** The same under another name. */
    fun copy(label: String): Typing<I> = Typing(label, text, hint, intent)
}

/** A line one draws with a finger: points as thousandths of the pad's width and height. */
data class Stroke(val points: List<Pair<Int, Int>>)

/** Where one signs: the lines so far; each new one is told to the model. [text] says whether it is signed. */
class Drawing<out I : Any>(val label: String, val text: String, val strokes: List<Stroke>, val intent: (Stroke) -> I)

/** A QR code to be scanned off the screen: dark and light squares, row by row; [label] is what a screen reader says. */
class QrCode(val label: String, val width: Int, val dark: List<Boolean>)

/** A running clock: [text] is how it stood when the screen was read, [now] how it stands. */
class Clock(val text: String, val now: () -> String)

/** What a badge means; how it looks is the design's. */
enum class BadgeKind { Urgent, Overdue, Due, Unsent, Sending, Pending, Conflict, Rejected, Sent, Ok, Problem, Key, Plain }

/** A state as a small mark; [spoken] is what a screen reader says when that differs. */
data class Badge(val kind: BadgeKind, val text: String, val spoken: String = "")

/** One of several, of which one is chosen. */
data class Chip<out I : Any>(val press: Press<I>, val chosen: Boolean)

/** Nothing to show: what will be here, and what to do. */
data class Empty<out I : Any>(val title: String, val about: String, val action: Press<I>? = null)

/** What was just done and may be undone, or what did not go. */
data class Snack<out I : Any>(val text: String, val undo: Press<I>?, val done: Boolean = true)

/**
 * One screen: the only place that calls the butler, works out every word and holds what is typed. It is told what is
 * pressed ([on]); Compose and SwiftUI draw its [state] and nothing else.
 */
abstract class Model<S : Any, I : Any>(protected val app: App, first: S) {
    private val shown = MutableStateFlow(first)
    private val asked = Channel<I>(Channel.UNLIMITED)
    private val turn = Mutex()

    /** What is shown. */
    val state: StateFlow<S> = shown.asStateFlow()

    /** What else this screen reads, besides the butler: it is read again whenever this tells something. */
    protected open val follows: Flow<*> get() = emptyFlow<Unit>()

    /** Something was pressed. */
    fun on(intent: I) {
        asked.trySend(intent)
    }

    /** Lives as long as the screen: reads at once and after every change, and does what is pressed, one after the other. */
    suspend fun run(): Unit = coroutineScope {
        refresh()
        launch { app.butler.changes().collect { refresh() } }
        launch { follows.conflate().collect { refresh() } }
        for (intent in asked) handle(intent)
    }

    /** Reads again. */
    suspend fun refresh(): Unit = turn.withLock { guarded { show(read()) } }

    /** Does what was pressed, to its end. What a full phone does not keep is offered to be done again: nothing typed is lost by it. */
    suspend fun handle(intent: I): Unit = turn.withLock {
        guarded({ app.isFull(Unkept(this) { handle(intent) }) }) {
            act(intent)
            show(read())
            app.isKept(this)
        }
    }

    /** Shows how it stands in the middle of something that takes its time. */
    protected suspend fun showNow(): Unit = show(read())

    private fun show(state: S) {
        shown.value = state
    }

    /** [full] is told instead of a problem where somebody pressed something and the phone is full. */
    private suspend fun guarded(full: (() -> Unit)? = null, work: suspend () -> Unit) {
        try {
            work()
        } catch (wrong: ButlerException) {
            if (full != null) app.platform.notPossible()
            if (full != null && wrong is ButlerException.StorageFull) full() else failed(app.problem(wrong))
            again()
        }
    }

    /** Shows the problem beside what can be read; where nothing can, the last state stays. */
    private suspend fun again() {
        try {
            show(read())
        } catch (_: ButlerException) {
            return
        }
    }

    /** The state as the butler's records and what is typed make it. */
    protected abstract suspend fun read(): S

    /** Does what an intent says; the state is read afterwards. */
    protected abstract suspend fun act(intent: I)

    /** Something did not work; the words say what is safe and what to do. */
    protected abstract fun failed(words: String)
}
