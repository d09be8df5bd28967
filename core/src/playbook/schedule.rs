//! Schedules: the documented subset of RFC 5545 recurrence rules, over dates.
//!
//! `FREQ` (DAILY, WEEKLY, MONTHLY, YEARLY), `INTERVAL`, `BYDAY` (`MO`, and in months `1MO`, `-1FR`),
//! `BYMONTHDAY` (`15`, `-1`), `BYMONTH`. Weeks begin on Monday. A day that a month does not have is left out,
//! as the standard says. Every occurrence is on or after the start.

use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer};

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

/// A text that is no schedule of the supported subset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A part that is not `NAME=value`.
    #[error("`{0}` is not a part of a schedule")]
    Part(String),
    /// A part outside the subset.
    #[error("`{0}` is not supported; use FREQ, INTERVAL, BYDAY, BYMONTHDAY and BYMONTH")]
    Unsupported(String),
    /// A value that does not fit its part.
    #[error("`{value}` is not a value for {part}")]
    Value {
        /// The part.
        part: String,
        /// Its value.
        value: String,
    },
    /// The frequency is missing.
    #[error("a schedule needs FREQ")]
    NoFrequency,
    /// Parts that mean nothing together.
    #[error("{0}")]
    Combination(&'static str),
}

impl Schedule {
    /// The rule's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The last occurrence on or before `day`, of a schedule that starts at `start`.
    #[must_use]
    pub fn last_until(&self, start: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
        let mut day = day;
        // An occurrence is at most one interval back; leap days and rare months stay within a bounded walk.
        for _ in 0..self.reach() {
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
        for _ in 0..self.reach() {
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

    /// Days to look for the neighbouring occurrence: eight years cover a leap day across a century's end.
    fn reach(&self) -> u32 {
        let years = if self.freq == Freq::Yearly { 8 * self.interval } else { 8 + self.interval };
        years.saturating_mul(366)
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
            let bad = || ScheduleError::Value { part: name.to_owned(), value: value.to_owned() };
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
            Freq::Daily | Freq::Weekly if counted => {
                Err(ScheduleError::Combination("BYDAY with a number (1MO) needs FREQ=MONTHLY or YEARLY"))
            }
            Freq::Weekly if !self.by_month_day.is_empty() => {
                Err(ScheduleError::Combination("BYMONTHDAY does not go with FREQ=WEEKLY"))
            }
            Freq::Yearly if !self.by_month_day.is_empty() && self.by_month.is_empty() => {
                Err(ScheduleError::Combination("BYMONTHDAY with FREQ=YEARLY needs BYMONTH"))
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
    fn what_the_subset_leaves_out_is_refused_with_the_reason() {
        use ScheduleError as E;
        for (text, expected) in [
            ("", E::NoFrequency),
            ("INTERVAL=2", E::NoFrequency),
            ("FREQ=HOURLY", E::Value { part: "FREQ".into(), value: "HOURLY".into() }),
            ("FREQ=DAILY;COUNT=3", E::Unsupported("COUNT".into())),
            ("FREQ=DAILY;INTERVAL=0", E::Value { part: "INTERVAL".into(), value: "0".into() }),
            ("FREQ=WEEKLY;BYDAY=XX", E::Value { part: "BYDAY".into(), value: "XX".into() }),
            ("FREQ", E::Part("FREQ".into())),
        ] {
            assert_eq!(text.parse::<Schedule>(), Err(expected), "{text}");
        }
        for text in ["FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTHDAY=1"] {
            assert!(matches!(text.parse::<Schedule>(), Err(E::Combination(_))), "{text}");
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
