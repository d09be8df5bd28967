package butler.app.models

import butler.Butler
import butler.ButlerException
import butler.OfficeAbout
import butler.SyncEnd
import butler.SyncStage
import butler.app.words.DOT
import butler.app.words.Word
import java.net.URLEncoder
import java.text.Normalizer
import kotlinx.coroutines.flow.Flow

/** What can be pressed while a phone is given to a person. */
sealed interface EnrolIntent {
    data class Code(val text: String) : EnrolIntent
    data class Address(val text: String) : EnrolIntent
    data class Phone(val text: String) : EnrolIntent
    data object Scan : EnrolIntent
    data object AnotherOffice : EnrolIntent
    data object Find : EnrolIntent
    data object Enrol : EnrolIntent
    data object Hours : EnrolIntent
    data object Ringing : EnrolIntent
    data object Library : EnrolIntent
    data object Again : EnrolIntent
    data object Begin : EnrolIntent
}

/** Where one begins: a phone nobody holds, or that never fetched all it needs, is enrolled first. */
suspend fun firstPlace(butler: Butler): Place =
    if (butler.enrolled() == null || butler.status().syncedAt == null) Place.Enrol else Place.Today

/** 登记: of `officeAt`, `enrol` and the first sync, which the phone makes by itself. */
class EnrolModel(app: App) : Model<EnrolState, EnrolIntent>(app, EnrolState()) {
    private var code = ""
    private var address = app.settings.now.office.orEmpty()
    private var office: OfficeAbout? = null
    private var phone = app.platform.model
    private var problem: String? = null
    private var waiting: Word? = null

    override val follows: Flow<*> get() = app.line.state

    override suspend fun act(intent: EnrolIntent) {
        problem = null
        when (intent) {
            is EnrolIntent.Code -> type(intent.text)
            is EnrolIntent.Address -> address = intent.text
            is EnrolIntent.Phone -> phone = intent.text
            EnrolIntent.Scan -> scan()
            EnrolIntent.AnotherOffice -> office = null
            EnrolIntent.Find -> online(Word.EnrolFinding) { find() }
            EnrolIntent.Enrol -> online(Word.Enrolling) { enrol() }
            EnrolIntent.Hours -> app.platform.go(Place.Settings)
            EnrolIntent.Ringing -> app.settings.change { copy(ringing = !ringing) }
            EnrolIntent.Library -> app.platform.go(Place.Library)
            EnrolIntent.Again -> app.platform.sync()
            EnrolIntent.Begin -> begin()
        }
    }

    override fun failed(words: String) {
        problem = words
    }

    /** What is typed is a code; what is pasted may be the text of the office's picture. */
    private suspend fun type(text: String) {
        if (text.trim().startsWith(PICTURE)) return take(text)
        code = code(text)
    }

    private suspend fun scan() {
        take(app.platform.scan() ?: return)
    }

    private suspend fun take(scanned: String) {
        val read = Butler.enrolmentCode(scanned)
        code = code(read.code)
        val where = read.office ?: return
        address = where
        online(Word.EnrolFinding) { find() }
    }

    private suspend fun find() {
        office = null
        address = whole(address) ?: return failed(app.words(Word.EnrolAddressWrong))
        office = app.line.about(address)
    }

    private suspend fun enrol() {
        app.line.enrol(code, phone.trim(), address)
        app.platform.sync()
    }

    /** There is no way back here; whoever looks after others begins with them. */
    private suspend fun begin() {
        app.platform.go(Place.Today)
        if (overlooks(app)) app.platform.go(Place.Overview)
    }

    /** The only two things that need the office; without it one is told so, and shown meanwhile that it is asked. */
    private suspend fun online(doing: Word, work: suspend () -> Unit) {
        waiting = doing
        try {
            showNow()
            work()
        } catch (_: ButlerException.Offline) {
            failed(app.words(Word.EnrolOffline))
        } finally {
            waiting = null
        }
    }

    /** An address as people type it; null when no office may be reached there. The rule is that of the office's picture. */
    private fun whole(typed: String): String? {
        val plain = Normalizer.normalize(typed.trim(), Normalizer.Form.NFKC)
        val address = if ("://" in plain) plain else "https://$plain"
        return try {
            Butler.enrolmentCode("$PICTURE?office=${URLEncoder.encode(address, "UTF-8")}&code=$ANY_CODE").office
        } catch (_: ButlerException.InvalidInput) {
            null
        }
    }

    override suspend fun read(): EnrolState = if (app.butler.enrolled() == null) asked() else EnrolState(problem = problem, load = loaded(), title = loadTitle())

    private fun asked(): EnrolState {
        val words = app.words
        val unlike = code.any { it in UNLIKE }
        val missing = listOfNotNull(
            words(Word.EnrolCode).takeIf { code.length < LENGTH || unlike },
            words(Word.EnrolAddress).takeIf { office == null && address.isBlank() },
            words(Word.EnrolPhone).takeIf { phone.isBlank() },
        )
        val locked = waiting?.let { words(it) } ?: missing.takeIf { it.isNotEmpty() }?.let { words(Word.StillMissing, "count" to it.size, "what" to words.list(it)) }
        return EnrolState(
            title = words(Word.EnrolTitle),
            about = words(Word.EnrolAbout),
            problem = problem ?: app.notice,
            code = Typing(words(Word.EnrolCode), code) { EnrolIntent.Code(it) },
            boxes = List(LENGTH) { code.getOrNull(it)?.toString().orEmpty() },
            codeProblem = if (unlike) words(Word.EnrolCodeUnlike) else null,
            scan = Press(words(Word.EnrolScan), EnrolIntent.Scan),
            address = if (office == null) Typing(words(Word.EnrolAddress), address, words(Word.EnrolAddressHint)) { EnrolIntent.Address(it) } else null,
            office = office?.let { OfficeLine(it.name, words(Word.EnrolFound), Press(words(Word.Change), EnrolIntent.AnotherOffice)) },
            phone = Typing(words(Word.EnrolPhone), phone, words(Word.EnrolPhoneHint)) { EnrolIntent.Phone(it) },
            safe = words(Word.EnrolSafe),
            next = if (office == null && address.isNotBlank()) Press(words(Word.EnrolFind), EnrolIntent.Find, waiting?.let { words(it) })
            else Press(words(Word.Enrol), EnrolIntent.Enrol, locked),
        )
    }

    // What is fetched.

    private suspend fun phase(): LoadPhase = when {
        app.butler.status().syncedAt != null -> LoadPhase.Done
        shortfall(app.words, app.line.state.value) != null -> LoadPhase.Cut
        else -> LoadPhase.Loading
    }

    private suspend fun loadTitle(): String = when (phase()) {
        LoadPhase.Done -> app.words(Word.LoadDone)
        LoadPhase.Cut -> app.words(Word.LoadCut)
        LoadPhase.Loading -> app.butler.me().grids.map { it.name }.takeIf { it.isNotEmpty() }
            ?.let { app.words(Word.LoadingGrid, "grid" to app.words.list(it)) } ?: app.words(Word.Loading)
    }

    private suspend fun loaded(): FirstLoad {
        val words = app.words
        val phase = phase()
        val homes = app.butler.homes.count()
        val toFetch = app.butler.status().homesToFetch?.toInt()?.takeIf { it > 0 }
        val counted = if (toFetch == null) words(Word.Homes, "count" to homes) else words(Word.HomesOf, "here" to homes, "count" to toFetch)
        val progress = (app.line.state.value as? LineState.Busy)?.progress
        val at = when {
            phase == LoadPhase.Done -> STAGES
            progress?.stage == SyncStage.PHOTOS -> STAGES - 1
            homes > 0 -> STAGES - 2
            app.butler.me().grids.isNotEmpty() -> 1
            else -> 0
        }
        val settings = app.settings.now
        return FirstLoad(
            phase = phase,
            counted = counted,
            about = when (phase) {
                LoadPhase.Done -> words(Word.LoadDoneAbout)
                LoadPhase.Cut -> cut(app.line.state.value)
                LoadPhase.Loading -> words(Word.LoadAbout)
            },
            part = at * WHOLE / STAGES + if (at == STAGES - 2 && toFetch != null) minOf(homes, toFetch) * WHOLE / STAGES / toFetch else 0,
            stages = stages(counted).mapIndexed { index, (title, about) ->
                val stage = if (index < at) StagePhase.Done else if (index == at && phase == LoadPhase.Loading) StagePhase.Now else StagePhase.Waits
                LoadStage(stage, title, about)
            },
            meanwhileTitle = words(Word.LoadMeanwhile).takeIf { phase != LoadPhase.Done },
            hours = LoadHours(hoursLine(app, settings), Press(words(Word.SettingHours), EnrolIntent.Hours)).takeIf { phase != LoadPhase.Done },
            ringing = LoadRinging(words(Word.LoadRinging), Chip(Press(words(Word.SettingRinging), EnrolIntent.Ringing), settings.ringing)).takeIf { phase != LoadPhase.Done },
            begin = when {
                phase == LoadPhase.Done -> Press(words(Word.LoadBegin), EnrolIntent.Begin)
                homes > 0 -> Press(words(Word.LoadLookAround), EnrolIntent.Begin)
                else -> null
            },
            library = if (phase != LoadPhase.Done && homes == 0) Press(words(Word.LoadLibrary), EnrolIntent.Library) else null,
            again = if (phase == LoadPhase.Cut) Press(words(Word.LoadAgain), EnrolIntent.Again) else null,
        )
    }

    /** Nothing of one's own waits here yet: a broken line is told otherwise than later. */
    private fun cut(state: LineState): String =
        if ((state as? LineState.Ended)?.report?.end == SyncEnd.Interrupted) app.words(Word.LoadCutAbout) else shortfall(app.words, state).orEmpty()

    private suspend fun stages(counted: String): List<Pair<String, String>> {
        val words = app.words
        val me = app.butler.me()
        val set = app.butler.playbookSet()
        return listOf(
            words(Word.LoadIdentity) to (listOf(me.name) + me.roles.map { words(it.label) }).filter { it.isNotEmpty() }.joinToString(DOT),
            words(Word.LoadProcedures) to (set.version?.let { words(Word.ProcedureSet, "version" to it) } ?: words(Word.LoadProceduresOwn)),
            words(Word.LoadRecords) to counted,
            words(Word.LoadPhotos) to words(Word.LoadPhotosAbout),
        )
    }

    private companion object {
        const val PICTURE = "butler://enrol"
        const val LENGTH = 8
        const val STAGES = 4
        const val WHOLE = 100

        /** Where an address alone is judged. */
        const val ANY_CODE = "AAAAAAAA"

        /** No code has these, so that none is mistaken for another. */
        const val UNLIKE = "0O1I"

        /** A code from what is typed: small letters, spaces, dashes and a Chinese keyboard's wide letters are all right. */
        fun code(text: String): String =
            Normalizer.normalize(text, Normalizer.Form.NFKC).uppercase().filter { it in 'A'..'Z' || it in '0'..'9' }.take(LENGTH)
    }
}
