package butler

import java.time.Instant
import java.time.LocalDate

/** The platform's day. */
fun Day.toLocalDate(): LocalDate = LocalDate.of(year, month.toInt(), day.toInt())

/** The library's day. */
fun LocalDate.toDay(): Day = Day(year, monthValue.toUByte(), dayOfMonth.toUByte())

/** A clock that stands still until it is told otherwise, for an app's own tests. */
class TestClock(@Volatile var time: Instant) : Clock {
    override fun now(): Instant = time
}
