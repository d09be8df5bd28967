//! Working days: weekends, holidays and make-up working days 调休, of a community with one fixed UTC offset; and the days
//! that come again each year, by the lunar calendar too.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::Deserialize;

use super::lunar::{Lunar, LunarYear};
use super::workflow::Span;
use super::{Label, toml_date};
use crate::model::date::MonthDay;
use crate::model::{Timestamp, UtcOffset};

const MINUTE_MS: i64 = 60_000;

/// A `calendar` file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// The years whose working days it knows.
    #[serde(default, rename = "year")]
    pub years: Vec<Year>,
    /// The festivals that rules may name.
    #[serde(default, rename = "festival")]
    pub festivals: Vec<Festival>,
    /// The lunar years it knows, one after the other.
    #[serde(default)]
    pub lunar: Vec<LunarYear>,
}

/// A day of every year that has a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Festival {
    /// Stable identity.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// When it is.
    pub on: FestivalDay,
}

/// Which day of the year a festival is, `08-15`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FestivalDay {
    /// By the lunar calendar.
    Lunar(String),
    /// By the solar calendar.
    Solar(String),
}

impl FestivalDay {
    /// The day of the year, if it is one.
    #[must_use]
    pub fn day(&self) -> Option<MonthDay> {
        let (Self::Lunar(text) | Self::Solar(text)) = self;
        text.parse().ok()
    }

    /// Whether it follows the lunar calendar.
    #[must_use]
    pub const fn is_lunar(&self) -> bool {
        matches!(self, Self::Lunar(_))
    }
}

/// One year of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// The year.
    pub year: i32,
    /// Where the dates come from.
    pub source: String,
    /// The schedule is not published yet: only what is sure stands here.
    #[serde(default)]
    pub provisional: bool,
    /// Days off, each with its name.
    #[serde(default, rename = "holiday")]
    pub holidays: Vec<Holiday>,
    /// Weekend days on which people work (调休).
    #[serde(default, deserialize_with = "toml_date::many")]
    pub make_up: Vec<NaiveDate>,
}

/// One holiday.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its name.
    pub name: Label,
    /// First day off.
    #[serde(deserialize_with = "toml_date::one")]
    pub from: NaiveDate,
    /// Last day off.
    #[serde(deserialize_with = "toml_date::one")]
    pub to: NaiveDate,
}

/// The working days of one community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    offset: UtcOffset,
    days_off: BTreeSet<NaiveDate>,
    make_up: BTreeSet<NaiveDate>,
    /// Year → provisional.
    years: BTreeMap<i32, bool>,
    festivals: Vec<Festival>,
    lunar: Lunar,
}

impl Calendar {
    /// A calendar of weekends alone.
    #[must_use]
    pub fn plain(utc_offset_minutes: i32) -> Self {
        Self {
            offset: UtcOffset::minutes_east(utc_offset_minutes),
            days_off: BTreeSet::new(),
            make_up: BTreeSet::new(),
            years: BTreeMap::new(),
            festivals: Vec::new(),
            lunar: Lunar::default(),
        }
    }

    /// What the calendars of a set say, for a community `utc_offset_minutes` east of UTC (China: 480). A year that stands
    /// in several is as the last of them has it.
    #[must_use]
    pub fn new(files: &[CalendarFile], utc_offset_minutes: i32) -> Self {
        let mut calendar = Self::plain(utc_offset_minutes);
        let years: BTreeMap<i32, &Year> =
            files.iter().flat_map(|file| &file.years).map(|year| (year.year, year)).collect();
        for year in years.into_values() {
            calendar.years.insert(year.year, year.provisional);
            calendar.make_up.extend(&year.make_up);
            for holiday in &year.holidays {
                calendar.days_off.extend(holiday.from.iter_days().take_while(|day| *day <= holiday.to));
            }
        }
        calendar.festivals = files.iter().flat_map(|file| &file.festivals).cloned().collect();
        calendar.lunar = Lunar::new(files.iter().flat_map(|file| &file.lunar));
        calendar
    }

    /// Whether people work on that day.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        if self.make_up.contains(&day) {
            return true;
        }
        !self.days_off.contains(&day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// Whether the schedule of that day's year is not published yet (or not in the file).
    #[must_use]
    pub fn is_provisional(&self, day: NaiveDate) -> bool {
        self.years.get(&day.year()).copied().unwrap_or(true)
    }

    /// The days of a year whose return is kept on that day: its own, and on the last day of a month that is a day short
    /// this year (29 February, a lunar 30th) that day as well. By the lunar calendar none in a leap month, and none
    /// where its table ends.
    #[must_use]
    pub fn kept_on(&self, day: NaiveDate, lunar: bool) -> Vec<MonthDay> {
        if lunar {
            return self.lunar.kept_on(day);
        }
        let (month, date) = (day.month(), day.day());
        let leap = (month == 2 && date == 28 && !day.leap_year()).then_some(MonthDay { month, day: 29 });
        std::iter::once(MonthDay { month, day: date }).chain(leap).collect()
    }

    /// The festivals on that day.
    pub fn festivals_on(&self, day: NaiveDate) -> impl Iterator<Item = &Festival> {
        let (solar, lunar) = (self.kept_on(day, false), self.kept_on(day, true));
        self.festivals.iter().filter(move |festival| {
            let kept = if festival.on.is_lunar() { &lunar } else { &solar };
            festival.on.day().is_some_and(|day| kept.contains(&day))
        })
    }

    /// The working day `count` working days after `day`; `day` itself is never counted. With 0: `day`, or the
    /// next working day after it.
    #[must_use]
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut day = day;
        // Counted one by one, so no further than a file may ask for.
        let mut left = count.min(u32::try_from(Span::MOST_DAYS).unwrap_or(u32::MAX));
        if left == 0 {
            while !self.is_working(day) {
                let Some(next) = day.succ_opt() else { break };
                day = next;
            }
        }
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            if self.is_working(day) {
                left -= 1;
            }
        }
        day
    }

    /// Which day a moment is on at this community.
    #[must_use]
    pub const fn offset(&self) -> UtcOffset {
        self.offset
    }

    /// The date of a moment at this community.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> NaiveDate {
        self.offset.date_of(at)
    }

    /// The first moment of a date at this community.
    #[must_use]
    pub fn start_of(&self, day: NaiveDate) -> Timestamp {
        self.offset.start_of(day)
    }

    /// Minutes since midnight.
    #[must_use]
    pub fn minute_of(&self, at: Timestamp) -> u16 {
        let since = at.millis() - self.start_of(self.date_of(at)).millis();
        u16::try_from(since / MINUTE_MS).unwrap_or(0)
    }

    /// The last millisecond of a date at this community.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> Timestamp {
        self.offset.end_of(day)
    }

    /// The moment by which something is due that started at `at` and may take `span`. Spans of days last until
    /// the end of their last day.
    #[must_use]
    pub fn due(&self, at: Timestamp, span: Span) -> Timestamp {
        match span {
            Span::Minutes(minutes) => {
                Timestamp::from_millis(at.millis().saturating_add(i64::from(minutes) * MINUTE_MS))
            }
            Span::Hours(hours) => {
                Timestamp::from_millis(at.millis().saturating_add(i64::from(hours) * 60 * MINUTE_MS))
            }
            _ => self.end_of(self.due_date(self.date_of(at), span)),
        }
    }

    /// The date a span after `day`. Minutes and hours are rounded up to whole days.
    #[must_use]
    pub fn due_date(&self, day: NaiveDate, span: Span) -> NaiveDate {
        let plus_days = |days: u32| day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        let plus_months = |months: u32| day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX);
        match span {
            Span::Minutes(minutes) => plus_days(minutes.div_ceil(24 * 60)),
            Span::Hours(hours) => plus_days(hours.div_ceil(24)),
            Span::Days(days) => plus_days(days),
            Span::WorkingDays(days) => self.add_working_days(day, days),
            Span::Months(months) => plus_months(months),
            Span::Years(years) => plus_months(years.saturating_mul(12)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::Playbooks;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn china() -> Calendar {
        Playbooks::embedded().unwrap().calendar(480)
    }

    /// Weekdays off and weekend days worked in 2026, as the package chinesecalendar 1.11.0 has them.
    #[test]
    fn the_year_2026_is_that_of_the_published_schedule_day_by_day() {
        let off = "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 \
                   10-01 10-02 10-05 10-06 10-07";
        let worked = "01-04 02-14 02-28 05-09 09-20 10-10";
        let calendar = china();
        let mut found = (Vec::new(), Vec::new());
        for day in day("2026-01-01").iter_days().take(365) {
            let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            match (weekend, calendar.is_working(day)) {
                (false, false) => found.0.push(day.format("%m-%d").to_string()),
                (true, true) => found.1.push(day.format("%m-%d").to_string()),
                _ => {}
            }
            assert!(!calendar.is_provisional(day));
        }
        assert_eq!((found.0.join(" "), found.1.join(" ")), (off.to_owned(), worked.to_owned()));
    }

    #[test]
    fn later_years_are_provisional() {
        let calendar = china();
        assert!(calendar.is_provisional(day("2027-03-01")) && calendar.is_provisional(day("2031-03-01")));
        assert!(!calendar.is_working(day("2027-02-08")), "Spring Festival itself is known");
        assert!(calendar.is_working(day("2031-10-01")), "a year that is not in the file has weekends only");
    }

    /// Every festival as three packages have it that compute the lunar calendar independently of each other: borax 4.1.3,
    /// cnlunar 0.2.5 and lunardate 0.3.0 (PyPI); the years of each are those with a leap month, a short twelfth month, or
    /// 2033, in which simpler tables are a month out.
    #[test]
    fn festivals_are_on_the_days_that_others_compute() {
        let calendar = china();
        let of = |id: &str, year: i32| {
            let days =
                NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(|day| day.year() == year);
            days.filter(|day| calendar.festivals_on(*day).any(|festival| festival.id == id))
                .map(|day| day.format("%m-%d").to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        for (id, days) in [
            ("new_years_eve", ["02-16", "02-05", "01-25", "01-22", "01-30", "02-18", "01-21", "01-22"]),
            ("spring_festival", ["02-17", "02-06", "01-26", "01-23", "01-31", "02-19", "01-22", "01-23"]),
            ("lantern", ["03-03", "02-20", "02-09", "02-06", "02-14", "03-05", "02-05", "02-06"]),
            ("dragon_boat", ["06-19", "06-09", "05-28", "06-24", "06-01", "06-20", "06-22", "06-23"]),
            ("mid_autumn", ["09-25", "09-15", "10-03", "10-01", "09-08", "09-27", "09-28", "09-30"]),
            ("double_ninth", ["10-18", "10-08", "10-26", "10-24", "10-01", "10-20", "10-22", "10-24"]),
        ] {
            let years = [2026, 2027, 2028, 2031, 2033, 2034, 2042, 2050];
            assert_eq!(years.map(|year| of(id, year)), days, "{id}");
        }
        assert_eq!(of("mid_autumn", 2051), "", "no day is invented where the table ends");
    }

    #[test]
    fn a_day_that_a_year_does_not_have_is_kept_the_day_before() {
        let calendar = china();
        let kept = |date: &str, lunar| {
            let days: Vec<String> =
                calendar.kept_on(day(date), lunar).iter().map(ToString::to_string).collect();
            days.join(" ")
        };
        assert_eq!(kept("2027-02-28", false), "02-28 02-29");
        assert_eq!((kept("2028-02-28", false), kept("2028-02-29", false)), ("02-28".into(), "02-29".into()));
        // The last day of a twelfth month of 29 days, and of one of 30.
        assert_eq!(
            (kept("2027-02-05", true), kept("2028-01-25", true)),
            ("12-29 12-30".into(), "12-29 12-30".into())
        );
        assert_eq!((kept("2030-02-01", true), kept("2030-02-02", true)), ("12-29".into(), "12-30".into()));
        assert_eq!(kept("2028-06-23", true), "", "a leap month keeps no birthday: the month before it did");
    }

    #[test]
    fn working_days_are_counted_after_the_day_itself() {
        let calendar = china();
        for (from, count, expected) in [
            ("2026-09-24", 7, "2026-10-12"),
            ("2026-10-09", 1, "2026-10-10"),
            ("2026-10-10", 1, "2026-10-12"),
            ("2026-02-13", 1, "2026-02-14"),
            ("2026-02-14", 1, "2026-02-24"),
            ("2026-11-22", 0, "2026-11-23"),
            ("2026-11-23", 0, "2026-11-23"),
        ] {
            assert_eq!(calendar.add_working_days(day(from), count), day(expected), "{from} + {count}");
        }
        assert_eq!(
            calendar.add_working_days(NaiveDate::MAX, 3),
            NaiveDate::MAX,
            "the end of time is no loop"
        );
    }

    #[test]
    fn days_begin_at_the_communitys_midnight_and_spans_of_days_last_to_the_end_of_the_day() {
        let calendar = china();
        let midnight = calendar.start_of(day("2026-11-22"));
        assert_eq!(midnight, Timestamp::from_millis(1_795_276_800_000));
        assert_eq!(calendar.date_of(midnight), day("2026-11-22"));
        assert_eq!(calendar.date_of(Timestamp::from_millis(midnight.millis() - 1)), day("2026-11-21"));
        assert_eq!(calendar.due(midnight, Span::Days(1)), calendar.end_of(day("2026-11-23")));
        assert_eq!(calendar.due(midnight, Span::Hours(24)), calendar.start_of(day("2026-11-23")));
        assert_eq!(calendar.due_date(day("2026-11-30"), Span::Months(3)), day("2027-02-28"));
        assert_eq!(calendar.due_date(day("2024-02-29"), Span::Years(4)), day("2028-02-29"));
        // A phone whose clock is beyond the calendar still gets an answer.
        for wrong in [i64::MIN, i64::MAX] {
            let at = Timestamp::from_millis(wrong);
            let _ = (calendar.date_of(at), calendar.due(at, Span::WorkingDays(7)));
        }
    }
}
