package butler.app.models

import butler.ArticleRow
import butler.DueAnswer
import butler.DueId
import butler.DueStatus
import butler.Mode
import butler.Procedure
import butler.RecordId
import butler.Today
import butler.TodayItem
import butler.WalkDoor
import butler.WalkStop
import butler.app.words.Word
import java.time.LocalDate

/** Whether it waits to be done: nobody has answered it, put it off or left it out. */
internal val TodayItem.isToDo: Boolean get() = status == DueStatus.OPEN || status == DueStatus.BEGUN

/** All that is to be done there, the main task first. */
internal val WalkDoor.items: List<TodayItem> get() = jobs + along

/** All that is to be done there. */
internal val WalkStop.items: List<TodayItem> get() = spots + doors.flatMap { it.items }

/** Everything of the day, answered or not. */
internal suspend fun Today.all(): List<TodayItem> {
    var page = list()
    val items = page.items.toMutableList()
    while (true) {
        page = list(after = page.next ?: return items)
        items += page.items
    }
}

/** What waits to be done about a home. */
internal suspend fun toDo(app: App, home: RecordId): List<TodayItem> = app.butler.today.about(home).filter { it.isToDo }

/** Something due: it is done, put off, or left out with a reason. */
data class DueChoice<out I : Any>(val title: String, val about: String, val reading: Reading<I>?, val begin: Press<I>, val later: Press<I>, val skip: Press<I>)

internal fun <I : Any> dueChoice(app: App, item: TodayItem, today: LocalDate, begin: I, read: (ArticleRow) -> I, instead: (DueAnswer) -> I) = DueChoice(
    app.words(item.title),
    app.formats.say(item.why, today),
    reading(app, item.articles, read),
    Press(beginWords(app, item), begin),
    Press(app.words(Word.OtherDay), instead(DueAnswer.SNOOZE)),
    Press(app.words(Word.NotAtAll), instead(DueAnswer.SKIP)),
)

/** What begins an item. */
internal fun beginWords(app: App, item: TodayItem): String = app.words(
    when {
        item.status == DueStatus.BEGUN -> Word.GoOnRound
        item.begin is Procedure.Checklist -> Word.StartRound
        else -> Word.Begin
    },
)

/** To where an item is done. */
internal suspend fun begin(app: App, due: DueId) {
    val item = app.butler.today.item(due) ?: return
    val home = item.about?.let { about -> about.takeIf { homeTitle(app, it) != null } ?: found { app.butler.residents.details(about) }?.resident?.home }
    app.platform.go(
        when (val begin = item.begin) {
            is Procedure.Checklist -> Place.Round(RoundOf.Due(due))
            // Of several cases that are one matter another one is opened.
            is Procedure.Workflow -> item.case?.takeIf { item.cases.isEmpty() }?.let { Place.Case(it) } ?: Place.Form(FormOf.Due(due))
            is Procedure.Form -> when {
                begin.form != ContactForm.FORM || home == null -> Place.Form(FormOf.Due(due))
                // There one dials.
                item.mode == Mode.CALL -> Place.Home(home)
                else -> Place.Visit(home)
            }
        },
    )
}

/** To what a notice is about: its case, else the home, else where it is done. What was done meanwhile leads nowhere. */
suspend fun openNoticed(app: App, due: DueId) {
    val item = app.butler.today.item(due) ?: return
    val home = item.about?.takeIf { homeTitle(app, it) != null }
    val case = item.case
    if (case != null) app.platform.go(Place.Case(case)) else if (home != null) app.platform.go(Place.Home(home)) else begin(app, due)
}
