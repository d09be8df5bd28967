//! Days of a community with one fixed UTC offset.

use chrono::NaiveDate;

use super::{Timestamp, Value};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A community's fixed offset from UTC: which day a moment is on, when a day begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UtcOffset {
    minutes_east: i32,
}

impl UtcOffset {
    /// So many minutes east of UTC (China: 480).
    #[must_use]
    pub const fn minutes_east(minutes: i32) -> Self {
        Self { minutes_east: minutes }
    }

    /// The date of a moment at this offset.
    #[must_use]
    pub fn date_of(self, at: Timestamp) -> NaiveDate {
        let local = at.millis().saturating_add(i64::from(self.minutes_east) * MINUTE_MS);
        let days = i32::try_from(local.div_euclid(DAY_MS)).unwrap_or(0);
        NaiveDate::from_epoch_days(days).unwrap_or_default()
    }

    /// The first moment of a date at this offset.
    #[must_use]
    pub fn start_of(self, day: NaiveDate) -> Timestamp {
        let local = i64::from(day.to_epoch_days()).saturating_mul(DAY_MS);
        Timestamp::from_millis(local - i64::from(self.minutes_east) * MINUTE_MS)
    }

    /// The last millisecond of a date at this offset.
    #[must_use]
    pub fn end_of(self, day: NaiveDate) -> Timestamp {
        Timestamp::from_millis(self.start_of(day).millis() + DAY_MS - 1)
    }

    /// The day of a value that is a date or a moment.
    #[must_use]
    pub fn date_of_value(self, value: &Value) -> Option<NaiveDate> {
        match value {
            Value::Text(text) => text.parse().ok(),
            Value::Int(millis) => Some(self.date_of(Timestamp::from_millis(*millis))),
            Value::Bool(_) | Value::Real(_) => None,
        }
    }
}
