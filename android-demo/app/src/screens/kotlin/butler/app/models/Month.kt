package butler.app.models

import butler.app.words.Word
import java.time.LocalDate
import java.time.YearMonth

/** A month to choose a day of, week by week from Monday; no day is where another month's would stand. */
data class MonthDays<out I : Any>(
    val title: String,
    val month: String,
    val earlier: Press<I>,
    val later: Press<I>,
    val weekdays: List<String>,
    val weeks: List<Week<I>>,
    val close: Press<I>,
)

data class Week<out I : Any>(val days: List<Chip<I>?>)

/** What is chosen is not before [first], where there is one. */
internal fun <I : Any> monthDays(
    app: App,
    title: String,
    month: YearMonth,
    today: LocalDate,
    chosen: LocalDate?,
    turn: (YearMonth) -> I,
    choose: (LocalDate) -> I,
    close: I,
    first: LocalDate? = null,
): MonthDays<I> {
    val past = app.words(Word.NotInThePast)
    val blank = month.atDay(1).dayOfWeek.value - 1
    val days = List(blank) { null } + (1..month.lengthOfMonth()).map { month.atDay(it) }
    return MonthDays(
        title = title,
        month = app.formats.month(month, today),
        earlier = Press(app.words(Word.MonthEarlier), turn(month.minusMonths(1))),
        later = Press(app.words(Word.MonthLater), turn(month.plusMonths(1))),
        weekdays = (0L until WEEK).map { app.formats.weekday(MONDAY.plusDays(it)).removePrefix("周") },
        weeks = days.chunked(WEEK).map { week ->
            val row = week.map { day -> day?.let { Chip(Press("${it.dayOfMonth}", choose(it), past.takeIf { _ -> first != null && it < first }), it == chosen) } }
            Week(row + List(WEEK - row.size) { null })
        },
        close = Press(app.words(Word.CloseIt), close),
    )
}

private const val WEEK = 7

private val MONDAY: LocalDate = LocalDate.of(2026, 11, 23)
