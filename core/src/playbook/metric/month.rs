//! Months of the calendar, and days of one.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

/// A month of a year, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

/// The days over which something is counted: those of a month, or a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}
