package butler

import java.time.LocalDate
import java.time.YearMonth

/** The platform's day. */
fun Day.toLocalDate(): LocalDate = LocalDate.of(year, month.toInt(), day.toInt())

/** The library's day. */
fun LocalDate.toDay(): Day = Day(year, monthValue.toUByte(), dayOfMonth.toUByte())

/** The library's month. */
fun YearMonth.toMonth(): Month = Month(year, monthValue.toUByte())
