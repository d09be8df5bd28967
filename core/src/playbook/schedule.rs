//! Schedules: the documented subset of RFC 5545 recurrence rules, over dates.
//!
//! `FREQ` (DAILY, WEEKLY, MONTHLY, YEARLY), `INTERVAL`, `BYDAY` (`MO`, and in months `1MO`, `-1FR`),
//! `BYMONTHDAY` (`15`, `-1`), `BYMONTH`. Weeks begin on Monday. A day that a month does not have is left out,
//! as the standard says, and [`Schedule::gaps`] tells which; every month's last day is `BYMONTHDAY=-1`. Every
//! occurrence is on or after the start.
//!
//! A schedule is data, so the search for its occurrences is bounded: its text is short, and one that names no day for
//! [`REACH_YEARS`] years is rejected, since nobody lives to see it.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer};

pub use super::diagnostics::ScheduleError;

/// Longest text of a schedule, in bytes.
pub(super) const MAX_TEXT: usize = 200;
/// Years between two occurrences at most.
const REACH_YEARS: i32 = 40;
/// Most years between two years of a yearly schedule.
const MAX_YEARS: u32 = 20;

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    freq: Freq,
    interval: u32,
    by_day: Vec<(Option<i8>, Weekday)>,
    by_month_day: Vec<i8>,
    by_month: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// What a schedule leaves out though its author may not expect it: periods that do not have the day it names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// It names no day at all, from its start on.
    pub never: bool,
    /// Months (1 to 12) that never have the day.
    pub always: BTreeSet<u32>,
    /// Months that do not have it in every year.
    pub at_times: BTreeSet<u32>,
    /// Of the latter, the first years that have it.
    pub years: Vec<i32>,
    /// It is a weekday that is counted (`5MO`), not a day of the month.
    pub weekday: bool,
}

impl Gaps {
    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.never && self.always.is_empty() && self.at_times.is_empty()
    }
}

impl Schedule {
    /// The rule's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether every day is an occurrence.
    #[must_use]
    pub const fn is_daily(&self) -> bool {
        matches!(self.freq, Freq::Daily)
            && self.interval == 1
            && self.by_day.is_empty()
            && self.by_month_day.is_empty()
            && self.by_month.is_empty()
    }

    /// The last occurrence on or before `day`, of a schedule that starts at `start`.
    #[must_use]
    pub fn last_until(&self, start: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
        let mut day = day;
        for _ in 0..REACH_YEARS * 366 {
            if day < start {
                return None;
            }
            if self.occurs(start, day) {
                return Some(day);
            }
            day = day.pred_opt()?;
        }
        None
    }

    /// The first occurrence after `day`.
    #[must_use]
    pub fn next_after(&self, start: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
        let mut day = if day < start { start } else { day.succ_opt()? };
        for _ in 0..REACH_YEARS * 366 {
            if self.occurs(start, day) {
                return Some(day);
            }
            day = day.succ_opt()?;
        }
        None
    }

    /// The occurrences from `from` to `to`, both included.
    pub fn between(
        &self,
        start: NaiveDate,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = NaiveDate> + '_ {
        from.max(start)
            .iter_days()
            .take_while(move |day| *day <= to)
            .filter(move |day| self.occurs(start, *day))
    }

    /// Which months a schedule that starts at `start` leaves out because they do not have the day it names.
    #[must_use]
    pub fn gaps(&self, start: NaiveDate) -> Gaps {
        let mut gaps = Gaps { weekday: self.by_day.iter().any(|(nth, _)| nth.is_some()), ..Gaps::default() };
        if !matches!(self.freq, Freq::Monthly | Freq::Yearly) && self.by_month_day.is_empty() {
            gaps.never = !self.occurs(start, start) && self.next_after(start, start).is_none();
            return gaps;
        }
        let end = NaiveDate::from_ymd_opt(start.year() + REACH_YEARS, 12, 31).unwrap_or(NaiveDate::MAX);
        let found: BTreeSet<(i32, u32)> =
            self.between(start, start, end).map(|day| (day.year(), day.month())).collect();
        gaps.never = found.is_empty();
        let names = |month: u32| match (self.freq, self.by_month.is_empty()) {
            (Freq::Yearly, true) => self.by_day.is_empty() && month == start.month(),
            (_, true) => true,
            (_, false) => self.by_month.iter().any(|named| u32::from(*named) == month),
        };
        for month in (1..=12).filter(|month| names(*month)) {
            // The first month may have begun before the schedule does.
            let meant: Vec<i32> = (start.year() + 1..=end.year())
                .filter(|year| {
                    let first = NaiveDate::from_ymd_opt(*year, month, 1);
                    let whole = matches!(self.freq, Freq::Monthly | Freq::Yearly);
                    first.is_some_and(|first| !whole || self.in_period(start, first))
                })
                .collect();
            let has: Vec<i32> =
                meant.iter().copied().filter(|year| found.contains(&(*year, month))).collect();
            if has.is_empty() && !meant.is_empty() {
                gaps.always.insert(month);
            } else if has.len() < meant.len() {
                gaps.at_times.insert(month);
                gaps.years = has.into_iter().take(3).collect();
            }
        }
        gaps
    }

    /// Whether the schedule that starts at `start` names that day.
    #[must_use]
    pub fn occurs(&self, start: NaiveDate, day: NaiveDate) -> bool {
        day >= start && self.in_period(start, day) && self.matches(start, day)
    }

    /// Whether the day's period (day, week, month, year) is one the interval names.
    fn in_period(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let periods = match self.freq {
            Freq::Daily => (day - start).num_days(),
            Freq::Weekly => (monday(day) - monday(start)).num_days() / 7,
            Freq::Monthly => months(day) - months(start),
            Freq::Yearly => i64::from(day.year() - start.year()),
        };
        periods % i64::from(self.interval) == 0
    }

    fn matches(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let month = u8::try_from(day.month()).unwrap_or(0);
        if !self.by_month.is_empty() && !self.by_month.contains(&month) {
            return false;
        }
        if !self.by_month_day.is_empty() && !self.by_month_day.iter().any(|wanted| is_month_day(day, *wanted))
        {
            return false;
        }
        if !self.by_day.is_empty() {
            return self
                .by_day
                .iter()
                .any(|(nth, weekday)| day.weekday() == *weekday && self.is_nth(day, *nth));
        }
        if !self.by_month_day.is_empty() {
            return true;
        }
        // What the rule leaves open comes from the start.
        match self.freq {
            Freq::Daily => true,
            Freq::Weekly => day.weekday() == start.weekday(),
            Freq::Monthly => day.day() == start.day(),
            Freq::Yearly => {
                day.day() == start.day() && (!self.by_month.is_empty() || day.month() == start.month())
            }
        }
    }

    /// Whether the day is the `nth` such weekday of its month, or of its year for a yearly rule without months.
    fn is_nth(&self, day: NaiveDate, nth: Option<i8>) -> bool {
        let Some(nth) = nth else { return true };
        let (ordinal, length) = if self.freq == Freq::Yearly && self.by_month.is_empty() {
            (day.ordinal(), if day.leap_year() { 366 } else { 365 })
        } else {
            (day.day(), u32::from(day.num_days_in_month()))
        };
        let from_start = i64::from((ordinal - 1) / 7 + 1);
        let from_end = -i64::from((length - ordinal) / 7 + 1);
        i64::from(nth) == from_start || i64::from(nth) == from_end
    }
}

fn is_month_day(day: NaiveDate, wanted: i8) -> bool {
    let (day_of, length) = (i64::from(day.day()), i64::from(day.num_days_in_month()));
    i64::from(wanted) == day_of || i64::from(wanted) == day_of - length - 1
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(day)
}

fn months(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        if text.len() > MAX_TEXT {
            return Err(ScheduleError::TooLong);
        }
        let mut freq = None;
        let mut schedule = Self {
            text: text.to_owned(),
            freq: Freq::Daily,
            interval: 1,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
        };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| ScheduleError::Part(part.to_owned()))?;
            let bad = || ScheduleError::Value(name.to_owned(), value.to_owned());
            match name {
                "FREQ" => {
                    freq = Some(match value {
                        "DAILY" => Freq::Daily,
                        "WEEKLY" => Freq::Weekly,
                        "MONTHLY" => Freq::Monthly,
                        "YEARLY" => Freq::Yearly,
                        _ => return Err(bad()),
                    });
                }
                "INTERVAL" => {
                    schedule.interval =
                        value.parse().ok().filter(|n| (1..=366).contains(n)).ok_or_else(bad)?;
                }
                "BYDAY" => schedule.by_day = list(value, by_day).ok_or_else(bad)?,
                "BYMONTHDAY" => {
                    let day = |text: &str| {
                        text.parse::<i8>()
                            .ok()
                            .filter(|day| (1..=31).contains(day) || (-31..=-1).contains(day))
                    };
                    schedule.by_month_day = list(value, day).ok_or_else(bad)?;
                }
                "BYMONTH" => {
                    let month = |text: &str| text.parse::<u8>().ok().filter(|month| (1..=12).contains(month));
                    schedule.by_month = list(value, month).ok_or_else(bad)?;
                }
                _ => return Err(ScheduleError::Unsupported(name.to_owned())),
            }
        }
        schedule.freq = freq.ok_or(ScheduleError::NoFrequency)?;
        schedule.check()?;
        Ok(schedule)
    }
}

impl Schedule {
    fn check(&self) -> Result<(), ScheduleError> {
        let counted = self.by_day.iter().any(|(nth, _)| nth.is_some());
        match self.freq {
            Freq::Daily | Freq::Weekly if counted => Err(ScheduleError::CountedWeekday),
            Freq::Weekly if !self.by_month_day.is_empty() => Err(ScheduleError::MonthDayInWeek),
            Freq::Yearly if self.interval > MAX_YEARS => {
                Err(ScheduleError::Value("INTERVAL".to_owned(), self.interval.to_string()))
            }
            Freq::Yearly if !self.by_month_day.is_empty() && self.by_month.is_empty() => {
                Err(ScheduleError::MonthDayInYear)
            }
            _ => Ok(()),
        }
    }
}

fn list<T>(value: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(item).collect()
}

fn by_day(text: &str) -> Option<(Option<i8>, Weekday)> {
    let at = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at))?;
    let (nth, day) = text.split_at(at);
    let day = match day {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    let nth = match nth {
        "" => None,
        nth => Some(nth.parse::<i8>().ok().filter(|nth| (1..=5).contains(nth) || (-5..=-1).contains(nth))?),
    };
    Some((nth, day))
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_the_subset_leaves_out_is_rejected_with_the_reason() {
        use ScheduleError as E;
        for (text, expected) in [
            ("", E::NoFrequency),
            ("INTERVAL=2", E::NoFrequency),
            ("FREQ=HOURLY", E::Value("FREQ".into(), "HOURLY".into())),
            ("FREQ=DAILY;COUNT=3", E::Unsupported("COUNT".into())),
            ("FREQ=DAILY;INTERVAL=0", E::Value("INTERVAL".into(), "0".into())),
            ("FREQ=WEEKLY;BYDAY=XX", E::Value("BYDAY".into(), "XX".into())),
            ("FREQ", E::Part("FREQ".into())),
            ("FREQ=WEEKLY;BYDAY=1MO", E::CountedWeekday),
            ("FREQ=WEEKLY;BYMONTHDAY=1", E::MonthDayInWeek),
            ("FREQ=YEARLY;BYMONTHDAY=1", E::MonthDayInYear),
        ] {
            assert_eq!(text.parse::<Schedule>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn neighbours_are_found() {
        let monthly: Schedule = "FREQ=MONTHLY;BYMONTHDAY=31".parse().unwrap();
        let start = date("2026-01-01");
        assert_eq!(monthly.last_until(start, date("2026-04-30")), Some(date("2026-03-31")));
        assert_eq!(monthly.next_after(start, date("2026-03-31")), Some(date("2026-05-31")));
        assert_eq!(monthly.last_until(start, date("2026-01-30")), None);
        let leap: Schedule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29".parse().unwrap();
        assert_eq!(leap.next_after(start, start), Some(date("2028-02-29")));
    }

    #[test]
    fn the_months_without_the_day_are_named() {
        let gaps = |text: &str, start: &str| text.parse::<Schedule>().unwrap().gaps(date(start));
        let months = |months: &[u32]| months.iter().copied().collect::<BTreeSet<u32>>();
        let short = months(&[2, 4, 6, 9, 11]);
        assert_eq!(gaps("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31").always, short);
        assert_eq!(gaps("FREQ=MONTHLY", "2026-01-31").always, short);
        assert_eq!(gaps("FREQ=DAILY;BYMONTHDAY=31", "2026-01-01").always, short);
        assert_eq!(gaps("FREQ=MONTHLY;BYMONTHDAY=30", "2026-01-31").always, months(&[2]));
        assert_eq!(gaps("FREQ=MONTHLY;BYMONTHDAY=29", "2026-01-31").at_times, months(&[2]));
        assert_eq!(gaps("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31", "2026-01-31").always, months(&[4]));
        let leap = gaps("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-31");
        assert_eq!((leap.at_times, leap.years), (months(&[2]), vec![2028, 2032, 2036]));
        assert_eq!(gaps("FREQ=YEARLY", "2028-02-29").years, [2032, 2036, 2040]);
        let fifth = gaps("FREQ=MONTHLY;BYDAY=5MO", "2026-01-01");
        assert!(fifth.weekday && fifth.always.is_empty() && fifth.at_times.len() == 12);
        for never in ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] {
            assert!(gaps(never, "2026-01-31").never, "{never}");
        }
        for whole in [
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "FREQ=MONTHLY;BYMONTHDAY=28",
            "FREQ=MONTHLY;BYDAY=-1FR",
            "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=15",
            "FREQ=YEARLY;BYDAY=1MO",
            "FREQ=WEEKLY;BYDAY=MO",
            "FREQ=DAILY;INTERVAL=45",
        ] {
            assert!(gaps(whole, "2026-01-31").is_empty(), "{whole}: {:?}", gaps(whole, "2026-01-31"));
        }
    }

    /// What was tried: a list of a quarter of a megabyte, looked through for each of a million days.
    #[test]
    fn no_schedule_is_searched_for_longer_than_a_life() {
        let long = format!("FREQ=DAILY;BYDAY={}", vec!["MO"; 80_000].join(","));
        assert_eq!(long.parse::<Schedule>(), Err(ScheduleError::TooLong));
        assert!("FREQ=YEARLY;INTERVAL=366;BYMONTH=2;BYMONTHDAY=30".parse::<Schedule>().is_err());
        let never: Schedule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30".parse().unwrap();
        assert_eq!(never.next_after(date("2026-01-01"), date("2026-01-01")), None);
        assert_eq!(never.last_until(NaiveDate::MIN, date("2026-01-01")), None);
    }

    /// Rules of the subset with a start that is itself open to be no occurrence.
    fn rule() -> impl Strategy<Value = String> {
        let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let plain = prop::sample::subsequence(days.to_vec(), 0..4).prop_map(|days| days.join(","));
        let counted = (prop::sample::select(vec![-2, -1, 1, 2, 3, 5]), prop::sample::select(days.to_vec()))
            .prop_map(|(nth, day)| format!("{nth}{day}"));
        let month_days =
            prop::collection::btree_set(prop::sample::select(vec![-31, -2, -1, 1, 15, 29, 30, 31]), 0..3)
                .prop_map(|days| days.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        let months =
            prop::collection::btree_set(1..=12, 0..4).prop_map(|days: std::collections::BTreeSet<i32>| {
                days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            });
        let freq = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
        (freq, 1..5_u32, prop_oneof![plain, counted], month_days, months).prop_map(
            |(freq, interval, by_day, month_days, months)| {
                let mut rule = format!("FREQ={freq};INTERVAL={interval}");
                for (name, value) in [("BYDAY", by_day), ("BYMONTHDAY", month_days), ("BYMONTH", months)] {
                    if !value.is_empty() {
                        rule.push_str(&format!(";{name}={value}"));
                    }
                }
                rule
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn occurrences_are_those_of_the_standard(rule in rule(), day in 0..1500_u64) {
            let Ok(schedule) = rule.parse::<Schedule>() else { return Ok(()) };
            let start = date("2024-01-01") + Days::new(day);
            let until = start + Days::new(1500);
            let theirs: rrule::RRuleSet = format!(
                "DTSTART:{}T000000Z\nRRULE:{rule};UNTIL={}T000000Z",
                start.format("%Y%m%d"),
                until.format("%Y%m%d"),
            ).parse().unwrap();
            let theirs: Vec<NaiveDate> = theirs.all(2000).dates.iter().map(|at| at.date_naive()).collect();
            let ours: Vec<NaiveDate> = schedule.between(start, start, until).collect();
            prop_assert_eq!(ours, theirs, "{} from {}", rule, start);
        }
    }
}
