//! Values both languages have words for: instants, days, answers.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use butler_core::context;
use butler_core::model::date::{self, PartialDate};
use butler_core::model::{self, Timestamp, Value};
use chrono::{Datelike as _, NaiveDate};

use crate::ButlerError;
use crate::ids::{ChangeId, EventId, PhotoId, RecordId, Shown, all, out};

/// A text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Label {
    /// 简体中文, the authoritative one.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<butler_core::playbook::Label> for Label {
    fn from(label: butler_core::playbook::Label) -> Self {
        Self { zh: label.zh, en: label.en }
    }
}

/// A day of the calendar, without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Day {
    /// Such as 2026.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        // A month and a day of the month fit.
        let small = |number: u32| u8::try_from(number).unwrap_or_default();
        Self { year: date.year(), month: small(date.month()), day: small(date.day()) }
    }
}

impl TryFrom<Day> for NaiveDate {
    type Error = ButlerError;

    fn try_from(day: Day) -> Result<Self, ButlerError> {
        Self::from_ymd_opt(day.year, day.month.into(), day.day.into())
            .ok_or_else(|| ButlerError::invalid("day", "there is no such day"))
    }
}

/// A date as people know it: a day, only a month, only a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct PartialDay {
    /// Such as 2026.
    pub year: i32,
    /// 1 to 12; not without the year's month being known.
    #[uniffi(default)]
    pub month: Option<u8>,
    /// 1 to 31; only with a month.
    #[uniffi(default)]
    pub day: Option<u8>,
}

impl From<PartialDate> for PartialDay {
    fn from(date: PartialDate) -> Self {
        match date {
            PartialDate::Day(day) => {
                let Day { year, month, day } = day.into();
                Self { year, month: Some(month), day: Some(day) }
            }
            PartialDate::Month(year, month) => Self { year, month: u8::try_from(month).ok(), day: None },
            PartialDate::Year(year) => Self { year, month: None, day: None },
        }
    }
}

impl TryFrom<PartialDay> for PartialDate {
    type Error = ButlerError;

    fn try_from(date: PartialDay) -> Result<Self, ButlerError> {
        let text = match (date.month, date.day) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", date.year),
            (Some(month), None) => format!("{:04}-{month:02}", date.year),
            (None, None) => format!("{:04}", date.year),
            (None, Some(_)) => return Err(ButlerError::invalid("day", "a day needs its month")),
        };
        text.parse().map_err(|_| ButlerError::invalid("day", "there is no such date"))
    }
}

/// A birthday, often told without its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Birthday {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// The year, where known.
    #[uniffi(default)]
    pub year: Option<i32>,
}

impl From<date::Birthday> for Birthday {
    fn from(birthday: date::Birthday) -> Self {
        // A month and a day of the month fit.
        let small = |number: u32| u8::try_from(number).unwrap_or_default();
        Self { month: small(birthday.month), day: small(birthday.day), year: birthday.year }
    }
}

impl TryFrom<Birthday> for date::Birthday {
    type Error = ButlerError;

    fn try_from(birthday: Birthday) -> Result<Self, ButlerError> {
        let Birthday { month, day, year } = birthday;
        let typed = Self { year, month: month.into(), day: day.into() };
        typed.to_string().parse().map_err(|_| ButlerError::invalid("birthday", "there is no such day"))
    }
}

/// The day of a row that keeps it as text.
pub(crate) fn day(text: Option<String>) -> Option<Day> {
    text?.parse::<NaiveDate>().ok().map(Day::from)
}

/// A number of things, as both languages count them.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The platform's instant.
pub(crate) fn instant(at: Timestamp) -> SystemTime {
    let distance = Duration::from_millis(at.millis().unsigned_abs());
    let instant =
        if at.millis() < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    // An instant the platform cannot express came from a hostile clock; it is shown as the epoch.
    instant.unwrap_or(UNIX_EPOCH)
}

/// The core's instant: whole milliseconds, rounded, because a platform may count in fractions of seconds.
pub(crate) fn timestamp(at: SystemTime) -> Timestamp {
    let millis = |distance: Duration| {
        i64::try_from(distance.saturating_add(Duration::from_micros(500)).as_millis()).unwrap_or(i64::MAX)
    };
    Timestamp::from_millis(match at.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    })
}

/// One scalar of a record: an answer, a contested value, an entry of the history.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Answer {
    /// Yes or no.
    Flag {
        /// The answer.
        value: bool,
    },
    /// A whole number, also money in fen and moments in milliseconds since 1970.
    Whole {
        /// The number.
        value: i64,
    },
    /// A measured number.
    Measure {
        /// The number.
        value: f64,
    },
    /// Words, the id of a choice, a date (`2026-11-22`).
    Text {
        /// The text.
        value: String,
    },
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        match value {
            Value::Bool(value) => Self::Flag { value },
            Value::Int(value) => Self::Whole { value },
            Value::Real(value) => Self::Measure { value },
            Value::Text(value) => Self::Text { value },
        }
    }
}

impl From<Answer> for Value {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Flag { value } => Self::Bool(value),
            Answer::Whole { value } => Self::Int(value),
            Answer::Measure { value } => Self::Real(value),
            Answer::Text { value } => Self::Text(value),
        }
    }
}

/// Answers and photos, by the id of the question.
#[derive(Debug, Clone, PartialEq, Default, uniffi::Record)]
pub struct Evidence {
    /// The answers.
    #[uniffi(default)]
    pub answers: HashMap<String, Answer>,
    /// The photos.
    #[uniffi(default)]
    pub photos: HashMap<String, Vec<PhotoId>>,
}

impl TryFrom<Evidence> for model::Evidence {
    type Error = ButlerError;

    fn try_from(evidence: Evidence) -> Result<Self, ButlerError> {
        let photos = evidence.photos.into_iter().map(|(question, ids)| Ok((question, all(ids)?)));
        Ok(Self {
            fields: evidence
                .answers
                .into_iter()
                .map(|(question, answer)| (question, answer.into()))
                .collect(),
            photos: photos.collect::<Result<BTreeMap<_, _>, ButlerError>>()?,
        })
    }
}

impl From<model::Evidence> for Evidence {
    fn from(evidence: model::Evidence) -> Self {
        Self {
            answers: evidence.fields.into_iter().map(|(question, value)| (question, value.into())).collect(),
            photos: evidence.photos.into_iter().map(|(question, ids)| (question, out(ids))).collect(),
        }
    }
}

/// What was recorded: safe on this phone when the call returns.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Recorded {
    /// The record.
    pub record: RecordId,
    /// The edit; it keeps this id until the office has it, however often it is written again.
    pub edit: ChangeId,
    /// The step, check-in or result, when it was one.
    pub event: Option<EventId>,
    /// What the screen shows now: what it showed before, and this. For a form that stays open.
    pub shown: Shown,
}

impl From<context::Recorded> for Recorded {
    fn from(recorded: context::Recorded) -> Self {
        Self {
            record: recorded.record.into(),
            edit: recorded.edit.into(),
            event: recorded.event.map(EventId::from),
            shown: recorded.shown.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_survive_the_way_there_and_back() {
        for millis in [0, 1, 999, 1_795_312_345_678, -1, -62_135_596_800_000] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(timestamp(instant(at)), at, "{millis}");
        }
        // Foundation counts in fractions of seconds, which are a little less than the millisecond meant.
        let almost = UNIX_EPOCH + Duration::from_nanos(1_677_999_998);
        assert_eq!(timestamp(almost), Timestamp::from_millis(1_678));
    }

    #[test]
    fn a_date_keeps_what_is_known_of_it() {
        let partial = |year, month, day| PartialDay { year, month, day };
        for date in [partial(2019, None, None), partial(2019, Some(9), None), partial(2019, Some(9), Some(1))]
        {
            assert_eq!(PartialDate::try_from(date).map(PartialDay::from), Ok(date));
        }
        for wrong in
            [partial(2019, None, Some(1)), partial(2019, Some(13), None), partial(2019, Some(2), Some(29))]
        {
            assert!(
                matches!(PartialDate::try_from(wrong), Err(ButlerError::InvalidInput { .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_birthday_may_lack_its_year() {
        let birthday = |month, day, year| Birthday { month, day, year };
        for known in [birthday(2, 29, None), birthday(3, 9, Some(1988))] {
            assert_eq!(date::Birthday::try_from(known).map(Birthday::from), Ok(known));
        }
        for wrong in [birthday(2, 30, None), birthday(2, 29, Some(1987)), birthday(0, 1, None)] {
            assert!(
                matches!(date::Birthday::try_from(wrong), Err(ButlerError::InvalidInput { .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_day() {
        let day = |year, month, day| NaiveDate::try_from(Day { year, month, day });
        assert_eq!(day(2026, 11, 22).map(Day::from), Ok(Day { year: 2026, month: 11, day: 22 }));
        assert!(matches!(day(2026, 2, 29), Err(ButlerError::InvalidInput { .. })));
    }
}
