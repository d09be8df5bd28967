//! The lunar calendar 农历 as a calendar file gives it: when each year begins, how long its months are, which is leap.
//!
//! It is data, like the working days: astronomers compute it and a company replaces the file, and a phone that computed it
//! would disagree with an almanac by a day where a new moon falls at midnight (ADR 0020).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::toml_date;
use crate::model::date::MonthDay;

/// A lunar year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LunarYear {
    /// The year most of which it covers.
    pub year: i32,
    /// The first day of its first month 正月初一.
    #[serde(deserialize_with = "toml_date::one")]
    pub begins: NaiveDate,
    /// How many days each month has, in their order, a leap month included.
    pub days: Vec<u32>,
    /// The month behind which a leap month 闰月 stands.
    #[serde(default)]
    pub leap: Option<u32>,
}

impl LunarYear {
    /// Whether it is a year: 12 months, or 13 with the leap one, of 29 or 30 days each.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let months = if self.leap.is_some() { 13 } else { 12 };
        self.days.len() == months
            && self.days.iter().all(|days| (29..=30).contains(days))
            && self.leap.is_none_or(|month| (1..=12).contains(&month))
    }

    /// The day after its last.
    #[must_use]
    pub fn next_begins(&self) -> Option<NaiveDate> {
        let days: u64 = self.days.iter().map(|days| u64::from(*days)).sum();
        self.begins.checked_add_days(chrono::Days::new(days))
    }

    /// The month at that place of the year; `None` for the leap one.
    fn month(&self, index: u32) -> Option<u32> {
        match self.leap {
            Some(leap) if index == leap => None,
            Some(leap) if index > leap => Some(index),
            _ => Some(index + 1),
        }
    }
}

/// The lunar years a set knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Lunar {
    /// By the day on which they begin.
    years: BTreeMap<NaiveDate, LunarYear>,
}

impl Lunar {
    pub(super) fn new<'a>(years: impl Iterator<Item = &'a LunarYear>) -> Self {
        Self { years: years.map(|year| (year.begins, year.clone())).collect() }
    }

    /// The days of a lunar year whose return is kept on that day ([`super::calendar::Calendar::kept_on`]).
    pub(super) fn kept_on(&self, day: NaiveDate) -> Vec<MonthDay> {
        let Some((begins, year)) = self.years.range(..=day).next_back() else { return Vec::new() };
        let mut left = u32::try_from((day - *begins).num_days()).unwrap_or(u32::MAX);
        for (index, length) in (0..).zip(&year.days) {
            if left < *length {
                let Some(month) = year.month(index) else { return Vec::new() };
                let own = MonthDay { month, day: left + 1 };
                let short = (own.day == *length && *length < 30).then_some(MonthDay { month, day: 30 });
                return std::iter::once(own).chain(short).collect();
            }
            left -= length;
        }
        Vec::new()
    }
}
