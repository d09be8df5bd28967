package butler.app.words

import butler.Label
import java.time.DayOfWeek
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import java.time.YearMonth
import java.time.ZoneId
import java.time.ZoneOffset
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

/** Days, times and numbers as people read them; the table is in docs/design. */
class Formats(val words: Words, private val zone: ZoneId = ZoneOffset.ofHours(8)) {
    private val chinese get() = words.language == Language.ZH

    /** `10:42`. */
    fun time(at: Instant): String = at.atZone(zone).format(CLOCK)

    fun clock(at: Instant): LocalTime = at.atZone(zone).toLocalTime()

    fun time(at: LocalTime): String = at.format(CLOCK)

    /** `11月28日 周六`, `Sat 28 Nov`. */
    fun dayOfWeek(day: LocalDate): String =
        if (chinese) "${date(day)} ${weekday(day)}" else "${weekday(day)} ${date(day)}"

    /** `11月28日`, with its year when that is another one than [today]'s. */
    fun date(day: LocalDate, today: LocalDate = day): String {
        val short = if (chinese) "${day.monthValue}月${day.dayOfMonth}日" else "${day.dayOfMonth} ${MONTHS[day.monthValue - 1]}"
        return when {
            day.year == today.year -> short
            chinese -> "${day.year}年$short"
            else -> "$short ${day.year}"
        }
    }

    /** `11月`, with its year when that is another one than [today]'s. */
    fun month(month: YearMonth, today: LocalDate): String {
        val short = if (chinese) "${month.monthValue}月" else MONTHS[month.monthValue - 1]
        return when {
            month.year == today.year -> short
            chinese -> "${month.year}年$short"
            else -> "$short ${month.year}"
        }
    }

    /** `今天`, `明天`, `周一` within a week, else the date. */
    fun near(day: LocalDate, today: LocalDate): String = when (day.toEpochDay() - today.toEpochDay()) {
        -1L -> words(Word.DayYesterday)
        0L -> words(Word.DayToday)
        1L -> words(Word.DayTomorrow)
        in 2..6 -> weekday(day)
        else -> date(day, today)
    }

    /** `明天 18:30`. */
    fun nearTime(at: Instant, today: LocalDate): String = "${near(day(at), today)} ${time(at)}"

    /** `10:42` of today, `昨天 10:42` of another day. */
    fun timeNear(at: Instant, today: LocalDate): String = if (day(at) == today) time(at) else nearTime(at, today)

    /** `35 分`, `5 小时 10 分`. */
    fun minutes(minutes: Long): String =
        if (minutes < 60) words(Word.Minutes, "minutes" to minutes)
        else words(Word.HoursMinutes, "hours" to minutes / 60, "minutes" to minutes % 60)

    /** `12 秒`, `1 分`. */
    fun seconds(seconds: Long): String = if (seconds < 60) words(Word.Seconds, "seconds" to seconds) else minutes(seconds / 60)

    /** `还剩 6 分`, `超时 12 分`. */
    fun clock(due: Instant, now: Instant): String {
        val minutes = Duration.between(now, due).toMinutes()
        return when {
            minutes >= 60 -> words(Word.HoursLeft, "hours" to minutes / 60)
            minutes >= 0 -> words(Word.MinutesLeft, "minutes" to minutes)
            minutes > -60 -> words(Word.MinutesOver, "minutes" to -minutes)
            else -> words(Word.HoursOver, "hours" to -minutes / 60)
        }
    }

    /** How long it has run: `04:12`, `1:04:12`. */
    fun elapsed(since: Instant, now: Instant): String {
        val seconds = Duration.between(since, now).seconds.coerceAtLeast(0)
        val short = two(seconds / 60 % 60) + ":" + two(seconds % 60)
        return if (seconds < HOUR) short else "${seconds / HOUR}:$short"
    }

    /** To the second within the hour: `还剩 5:48`, `超时 0:12`; else as [clock]. */
    fun countdown(due: Instant, now: Instant): String {
        val seconds = Duration.between(now, due).seconds
        if (seconds <= -HOUR || seconds >= HOUR) return clock(due, now)
        val left = Math.abs(seconds)
        val time = "${left / 60}:${two(left % 60)}"
        return words(if (seconds < 0) Word.ClockOver else Word.ClockLeft, "time" to time)
    }

    private fun two(number: Long): String = number.toString().padStart(2, '0')

    /** `78.5`, `1 296`. */
    fun number(value: Double): String {
        val hundredths = Math.round(Math.abs(value) * 100)
        val part = (hundredths % 100).toString().padStart(2, '0').trimEnd('0')
        return (if (value < 0 && hundredths > 0) "-" else "") + grouped((hundredths / 100).toString()) + if (part.isEmpty()) "" else ".$part"
    }

    private fun grouped(digits: String): String = digits.reversed().chunked(3).joinToString(if (chinese) "\u2009" else ",").reversed()

    /** The core's words, with the days in them as people write them, and an amount or an area; it writes `2026-11-25`, `2019-09`. */
    fun say(label: Label, today: LocalDate): String = measured(words(label)) ?: DAY.replace(words(label)) { found ->
        val (year, month, day) = found.destructured
        when {
            day.isNotEmpty() -> date(LocalDate.of(year.toInt(), month.toInt(), day.toInt()), today)
            chinese -> "${year}年${month.toInt()}月"
            else -> "${MONTHS[month.toInt() - 1]} $year"
        }
    }

    /** `1 240.00 元`, `¥1,240.00`, `118.62 m²`: the core writes `1240.00 元`, `1240.00 yuan`, `118.62 平方米`. Null for what is neither. */
    private fun measured(text: String): String? {
        MONEY.matchEntire(text)?.destructured?.let { (sign, yuan, fen) ->
            return if (chinese) "$sign${grouped(yuan)}.$fen 元" else "$sign¥${grouped(yuan)}.$fen"
        }
        return AREA.matchEntire(text)?.destructured?.let { (whole, part) -> "${grouped(whole)}$part m²" }
    }

    /** `138****5021`. */
    fun phone(number: String): String =
        if (number.length < 8) number else number.take(3) + "****" + number.takeLast(4)

    fun day(at: Instant): LocalDate = at.atZone(zone).toLocalDate()

    fun at(day: LocalDate, time: LocalTime): Instant = ZonedDateTime.of(day, time, zone).toInstant()

    fun weekday(day: LocalDate): String =
        if (chinese) "周" + "一二三四五六日"[day.dayOfWeek.ordinal] else WEEKDAYS.getValue(day.dayOfWeek)

    private companion object {
        const val HOUR = 3600L
        // A word's edge is none beside Chinese: what stands around a date is no Latin letter and no digit.
        val DAY = Regex("""(?<![0-9A-Za-z_])(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?![0-9A-Za-z_])""")
        // What only looks like one, in the midst of what somebody wrote, stays as it was written.
        val MONEY = Regex("""(-?)(\d+)\.(\d\d) (?:元|yuan)""")
        val AREA = Regex("""(\d+)((?:\.\d+)?) (?:平方米|m²)""")
        val CLOCK: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm")
        val MONTHS = listOf("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
        val WEEKDAYS = DayOfWeek.entries.associateWith { it.name.take(1) + it.name.substring(1, 3).lowercase() }
    }
}

/** A text with its telephone numbers as they are read out, in groups of three, four and four: `138 **** 5021`. */
fun readOut(text: String): String = TELEPHONE.replace(text) { found -> found.destructured.toList().joinToString(" ") }

private val TELEPHONE = Regex("""(?<![\d*])(1\d{2})(\d{4}|\*{4})(\d{4})(?![\d*])""")
