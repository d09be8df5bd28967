//! Dates as TOML writes them, unquoted: `2026-11-22`.

use chrono::NaiveDate;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

/// What is said about anything but a day. It is known again by these words, for a reader of TOML hands on nothing else.
pub(super) const NOT_A_DATE: &str = "expected a date without quotes, like 2026-11-22";

/// One date, for `deserialize_with`.
pub(super) fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    read(Datetime::deserialize(deserializer)?)
}

/// A list of dates, for `deserialize_with`.
pub(super) fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<NaiveDate>, D::Error> {
    Vec::<Datetime>::deserialize(deserializer)?.into_iter().map(read).collect()
}

fn read<E: Error>(written: Datetime) -> Result<NaiveDate, E> {
    match written {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    }
    .ok_or_else(|| E::custom(NOT_A_DATE))
}
