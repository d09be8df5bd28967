//! What a report shows of a metric, and the members behind a number.

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Fraction, Measure, MetricGroup, MetricTarget};
use crate::model::{DueId, MetricId, PlaceId, RecordId, StaffId};
use crate::playbook::{Label, Terms};
use crate::query::SubjectId;

/// A metric of a month, as a whole or of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricRow {
    /// The metric.
    pub metric: MetricId,
    /// What it is called.
    pub label: Label,
    /// What it means.
    pub means: Label,
    /// How it is to be read.
    pub measure: Measure,
    /// The id of its unit.
    pub unit: Option<String>,
    /// The group; `None` is the whole.
    pub group: Option<MetricGroup>,
    /// What the group is called.
    pub group_label: Option<Label>,
    /// The number; `None` is "no data": there was nothing to take a share or an average of.
    pub value: Option<Fraction>,
    /// The number as it is shown, without its unit: a share in percent, money with two digits, all else with one.
    #[serde(skip)]
    pub shown: Option<String>,
    /// What the company aims at, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<MetricTarget>,
    /// Whether the number reaches it; `None` without a target or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<bool>,
    /// What the two sides of a share are called.
    #[serde(skip)]
    pub sides: Option<MetricSides>,
    /// How many members were looked at.
    pub members: u64,
    /// The day up to which it is counted: the month's last, or today. What describes records as they are (homes, people)
    /// is always as of today.
    pub as_of: NaiveDate,
}

impl MetricRow {
    /// The number with its unit; none where there is no data.
    #[must_use]
    pub fn words(&self, terms: &Terms) -> Option<Label> {
        let shown = self.shown.as_ref()?;
        let unit = self.unit.as_deref().and_then(|unit| terms.unit(unit));
        Some(match unit {
            Some(unit) => unit.of(shown),
            None => Label::same(shown.as_str()),
        })
    }
}

/// What the two sides of a share are called: 按时 and 没按时.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricSides {
    /// What is in the part.
    pub part: Label,
    /// What else was looked at.
    pub rest: Label,
}

/// Which side of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Side {
    /// What is in the part.
    Part,
    /// Everything looked at.
    Whole,
}

/// One member of the set behind a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricMember {
    /// The day that puts it into the month.
    pub day: NaiveDate,
    /// The record behind it: none for something due that nobody did.
    pub record: Option<RecordId>,
    /// What in the record: an event, an item, a field, a deadline.
    pub detail: Option<String>,
    /// The due item.
    pub due: Option<DueId>,
    /// What it is about.
    pub about: Option<SubjectId>,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// Who did it.
    pub by: Option<StaffId>,
    /// The port.
    pub port: Option<String>,
    /// What it adds; a time in milliseconds.
    pub number: Option<i64>,
    /// Whether it is in the part.
    pub in_part: bool,
}

impl MetricMember {
    /// A record that counts on a day, about itself unless it is about another.
    pub(super) fn new(
        day: NaiveDate,
        record: RecordId,
        about: Option<RecordId>,
        place: Option<PlaceId>,
    ) -> Self {
        Self {
            day,
            record: Some(record),
            detail: None,
            due: None,
            about: Some(SubjectId::Record(about.unwrap_or(record))),
            place,
            by: None,
            port: None,
            number: None,
            in_part: false,
        }
    }

    /// As members stand in a list: by day, then by record.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let place = |member: &Self| (member.day, member.record);
        place(self)
            .cmp(&place(other))
            .then_with(|| self.detail.cmp(&other.detail))
            .then_with(|| self.due.cmp(&other.due))
    }
}

/// A member as it is counted: of several about the same subject it is one, which is in the part when one of them is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'m> {
    pub member: &'m MetricMember,
    pub in_part: bool,
}

/// Which members: behind which number of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberQuery {
    /// The metric.
    pub metric: MetricId,
    /// Those of one group; `None`: all.
    pub group: Option<MetricGroup>,
    /// Of a share its part, or everything looked at.
    pub side: Side,
    /// How many come before those that are wanted.
    pub skip: usize,
    /// How many at most.
    pub take: usize,
}

/// The members behind a number, a page of them.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberPage {
    /// All of them, so many.
    pub total: usize,
    /// The page, by day.
    pub members: Vec<MetricMember>,
}
