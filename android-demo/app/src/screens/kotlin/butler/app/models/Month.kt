package butler.app.models

import java.time.LocalDate
import java.time.YearMonth

/** What stands over the days of a week, from Monday. */
internal fun weekdays(app: App): List<String> = (0L until WEEK).map { app.formats.weekday(MONDAY.plusDays(it)).removePrefix("周") }

/** The days of a month, week by week from Monday; no day is where another month's would stand. */
internal fun <I : Any> weeks(month: YearMonth, chosen: LocalDate?, intent: (LocalDate) -> I): List<Week<I>> {
    val blank = month.atDay(1).dayOfWeek.value - 1
    val days = List(blank) { null } + (1..month.lengthOfMonth()).map { month.atDay(it) }
    return days.chunked(WEEK).map { week ->
        val row = week.map { day -> day?.let { Chip(Press("${it.dayOfMonth}", intent(it)), it == chosen) } }
        Week(row + List(WEEK - row.size) { null })
    }
}

private const val WEEK = 7

private val MONDAY: LocalDate = LocalDate.of(2026, 11, 23)
