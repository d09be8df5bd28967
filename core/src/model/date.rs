//! Dates as people know them: a day, only a month, only a year, or a birthday without its year.
//!
//! Stored as ISO 8601 text (`2026-11-22`, `2026-11`, `2026`, `--11-22`), so that a partial date stays partial
//! instead of pretending to a first of the month nobody wrote.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use super::phone::halfwidth;

/// A text that is no date in any of the spellings understood. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date")]
pub struct DateError;

/// A date that may lack its day or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartialDate {
    /// A full date.
    Day(NaiveDate),
    /// Year and month 1–12.
    Month(i32, u32),
    /// A year.
    Year(i32),
}

/// Years a register can mean: a typo beyond them is not a date.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

impl PartialDate {
    /// The full date, if it is one.
    #[must_use]
    pub const fn day(self) -> Option<NaiveDate> {
        if let Self::Day(day) = self { Some(day) } else { None }
    }

    /// Reads what people type: `2026-11-22`, `2026/11/2`, `2026.11.2`, `20261122`, `2026年11月22日` (also
    /// `号`), a time of day behind it, full-width digits, and the same without day or without month.
    ///
    /// # Errors
    /// [`DateError`] for anything else, and for days that do not exist.
    pub fn parse(typed: &str) -> Result<Self, DateError> {
        let typed = halfwidth(typed);
        let date = without_time(typed.trim());
        let digits_only = date.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = match (digits_only, date.len()) {
            (true, 8) => vec![&date[..4], &date[4..6], &date[6..]],
            _ => split(date)?,
        };
        let number = |part: &&str| -> Result<u32, DateError> {
            let sensible = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            if sensible { part.parse().map_err(|_| DateError) } else { Err(DateError) }
        };
        let year = parts.first().filter(|year| year.len() == 4).ok_or(DateError)?;
        let year = i32::try_from(number(year)?).map_err(|_| DateError)?;
        if !YEARS.contains(&year) {
            return Err(DateError);
        }
        match parts.get(1..).unwrap_or_default() {
            [] => Ok(Self::Year(year)),
            [month] => match number(month)? {
                month @ 1..=12 => Ok(Self::Month(year, month)),
                _ => Err(DateError),
            },
            [month, day] => {
                NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).map(Self::Day).ok_or(DateError)
            }
            _ => Err(DateError),
        }
    }
}

/// Cuts a time of day: `2026-11-22 08:30`, `2026-11-22T08:30:00`.
fn without_time(text: &str) -> &str {
    match text.split_once([' ', 'T']) {
        Some((date, time)) if time.contains(':') => date.trim_end(),
        _ => text,
    }
}

/// Splits at one kind of separator: `2026-11.22` is a slip, not a date.
fn split(text: &str) -> Result<Vec<&str>, DateError> {
    if let Some((year, rest)) = text.split_once('年') {
        let mut parts = vec![year.trim()];
        let rest = rest.trim().trim_end_matches(['日', '号']);
        if !rest.is_empty() {
            let (month, day) = rest.split_once('月').ok_or(DateError)?;
            parts.push(month.trim());
            if !day.trim().is_empty() {
                parts.push(day.trim());
            }
        }
        return Ok(parts);
    }
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'));
    Ok(separator.map_or_else(|| vec![text], |separator| text.split(separator).map(str::trim).collect()))
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    /// Reads the stored form only.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let date = Self::parse(text)?;
        if date.to_string() == text { Ok(date) } else { Err(DateError) }
    }
}

/// A birthday, often told without its year. Whether it follows the lunar calendar is a field of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Birthday {
    /// The year, where known.
    pub year: Option<i32>,
    /// 1–12.
    pub month: u32,
    /// 1–31, a day that month can have.
    pub day: u32,
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "--{:02}-{:02}", self.month, self.day),
        }
    }
}

impl FromStr for Birthday {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        // Without a year any day of a leap year may be meant.
        let (known, full) = match text.strip_prefix("--") {
            Some(rest) => (false, format!("2000-{rest}")),
            None => (true, text.to_owned()),
        };
        let day = full.parse::<PartialDate>()?.day().ok_or(DateError)?;
        Ok(Self { year: known.then_some(day.year()), month: day.month(), day: day.day() })
    }
}

/// A day of a year, `11-22`; of a lunar year, too, whose months have up to 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthDay {
    /// 1–12.
    pub month: u32,
    /// 1–31.
    pub day: u32,
}

impl MonthDay {
    /// The day of the year that a full date, or a birthday without its year, names as it is stored.
    #[must_use]
    pub fn of_date(stored: &str) -> Option<Self> {
        let text = stored.strip_prefix("--").unwrap_or_else(|| stored.get(5..).unwrap_or_default());
        text.parse().ok()
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl FromStr for MonthDay {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let number = |digits: &str| digits.parse().ok().filter(|_| digits.len() == 2).ok_or(DateError);
        let (month, day) = text.split_once('-').ok_or(DateError)?;
        let (month, day) = (number(month)?, number(day)?);
        if (1..=12).contains(&month) && (1..=31).contains(&day) {
            Ok(Self { month, day })
        } else {
            Err(DateError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_year_is_read_of_full_dates_and_birthdays_alone() {
        let day = |month, day| Some(MonthDay { month, day });
        assert_eq!(MonthDay::of_date("1988-03-09"), day(3, 9));
        assert_eq!(MonthDay::of_date("--03-09"), day(3, 9));
        for none in ["2012-11", "2012", "", "1988-3-09", "--13-01", "1988-03-09T"] {
            assert_eq!(MonthDay::of_date(none), None, "{none}");
        }
        assert_eq!(day(3, 9).unwrap().to_string(), "03-09");
    }

    #[test]
    fn every_spelling_of_the_registers() {
        for (typed, stored) in [
            ("2026-11-02", "2026-11-02"),
            ("2026/11/2", "2026-11-02"),
            ("2026.11.2", "2026-11-02"),
            ("20261102", "2026-11-02"),
            ("2026年11月2日", "2026-11-02"),
            ("2026年 11月 2号", "2026-11-02"),
            ("２０２６－１１－０２", "2026-11-02"),
            ("2026-11-02 08:30:00", "2026-11-02"),
            ("2026-11-02T08:30", "2026-11-02"),
            ("2020.2", "2020-02"),
            ("2020年12月", "2020-12"),
            ("2019年", "2019"),
            ("2019", "2019"),
        ] {
            assert_eq!(
                PartialDate::parse(typed).map(|date| date.to_string()),
                Ok(stored.to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_date_is_rejected() {
        for typed in [
            "",
            "今年",
            "2026-13",
            "2026-02-30",
            "2026-11.22",
            "26-11-22",
            "1",
            "20261",
            "2026-11-22-01",
            "2026年月",
            "9999-01-01",
            "2026-+1-01",
            "年",
            "2026年13",
            "约2019",
        ] {
            assert_eq!(PartialDate::parse(typed), Err(DateError), "{typed}");
        }
    }

    #[test]
    fn only_the_stored_form_is_stored() {
        assert!("2026-11-02".parse::<PartialDate>().is_ok());
        assert!("2026/11/2".parse::<PartialDate>().is_err());
    }

    #[test]
    fn a_birthday_may_lack_its_year() {
        for stored in ["1988-03-09", "--02-29"] {
            assert_eq!(stored.parse::<Birthday>().map(|day| day.to_string()), Ok(stored.to_owned()));
        }
        for bad in ["1988-03", "--02-30", "03-09"] {
            assert!(bad.parse::<Birthday>().is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 512, failure_persistence: None, ..Default::default() })]

        #[test]
        fn whatever_is_typed_becomes_a_stable_date_or_none(typed in "[0-9０-９年月日号 \\-/.:T\\PC]{0,20}") {
            if let Ok(date) = PartialDate::parse(&typed) {
                proptest::prop_assert_eq!(date.to_string().parse(), Ok(date));
            }
            let _ = typed.parse::<Birthday>();
        }
    }
}
