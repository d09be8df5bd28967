//! Months of the calendar, and days of one.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

/// A month of a year, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

/// The days over which something is counted: those of a month, a single one, or those after a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month; write it like 2026-11")]
pub struct NotAMonth;

impl Month {
    /// The month a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.end().pred_opt().unwrap_or(self.first)
    }

    /// The first day of the next month.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

impl Days {
    /// Of how many days at most something is counted: counting costs as much as there are days.
    pub const MOST: u64 = 400;

    /// The days after one, up to another; none when there is none between them, or more than [`Self::MOST`].
    #[must_use]
    pub fn after(day: NaiveDate, last: NaiveDate) -> Option<Self> {
        let few =
            u64::try_from(last.signed_duration_since(day).num_days()).is_ok_and(|days| days <= Self::MOST);
        day.succ_opt().filter(|first| few && *first <= last).map(|first| Self { first, last })
    }

    /// The first of them.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// The last of them.
    #[must_use]
    pub const fn last(self) -> NaiveDate {
        self.last
    }

    /// The day after the last.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.last.succ_opt().unwrap_or(NaiveDate::MAX)
    }
}

impl From<Month> for Days {
    fn from(month: Month) -> Self {
        Self { first: month.first(), last: month.last() }
    }
}

impl From<NaiveDate> for Days {
    fn from(day: NaiveDate) -> Self {
        Self { first: day, last: day }
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let first: NaiveDate = format!("{text}-01").parse().map_err(|_| NotAMonth)?;
        let month = Self { first };
        if month.to_string() == text { Ok(month) } else { Err(NotAMonth) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_one_way_and_ends_on_its_last_day() {
        let february: Month = "2028-02".parse().unwrap();
        assert_eq!(
            (february.to_string().as_str(), february.last().to_string().as_str()),
            ("2028-02", "2028-02-29")
        );
        assert_eq!(Month::of("2026-12-31".parse().unwrap()).last().to_string(), "2026-12-31");
        for wrong in ["2026-13", "2026-1", "202611", "2026-11-01", "", "+2026-11"] {
            assert_eq!(wrong.parse::<Month>(), Err(NotAMonth), "{wrong}");
        }
    }

    #[test]
    fn days_after_a_day_leave_it_out_and_are_bounded() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let after =
            |from: &str, to: &str| Days::after(day(from), day(to)).map(|days| (days.first(), days.last()));
        assert_eq!(after("2026-07-20", "2026-07-22"), Some((day("2026-07-21"), day("2026-07-22"))));
        assert_eq!(after("2026-07-20", "2026-07-20"), None);
        assert_eq!(after("2026-07-22", "2026-07-20"), None);
        assert!(after("2025-10-27", "2026-12-01").is_some(), "four hundred days");
        assert_eq!(after("2025-10-26", "2026-12-01"), None);
        assert_eq!(Days::after(NaiveDate::MAX, NaiveDate::MAX), None);
    }
}
