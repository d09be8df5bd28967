//! What metrics ask: records as they are, cases of a span of time, and what was done in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{FieldFilter, WorkProgress};
use crate::model::{
    Kind, PlaceId, PlaybookVersion, Procedure, QuestionId, RecordId, StaffId, Timestamp, Value, WorkflowId,
    facts,
};

/// Which records, as they are now.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Their kind.
    pub kind: Kind,
    /// What their own fields must be.
    pub fields: FieldMatch,
    /// What must refer to them.
    pub related: Vec<Relation>,
    /// A whole number to read.
    pub number: Option<String>,
}

/// What fields of a record must be. Paths are indexed ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldMatch {
    /// Each has one of these values; without values: it is there.
    pub filters: Vec<FieldFilter>,
    /// None has one of these values; without values: none is there.
    pub unless: Vec<FieldFilter>,
    /// Each is a date in these bounds.
    pub dates: Vec<DateBounds>,
}

impl FieldMatch {
    /// Whether a record with these values of indexed fields is as it must be.
    #[must_use]
    pub fn holds(&self, values: &BTreeMap<String, Value>) -> bool {
        let fits = |filter: &FieldFilter| filter.matches(values.get(&filter.path));
        self.filters.iter().all(fits)
            && !self.unless.iter().any(fits)
            && self.dates.iter().all(|bounds| bounds.hold(values))
    }
}

/// A date field within bounds, both included. Dates are compared as they are written, so that `2026-11` lies before
/// `2026-11-01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateBounds {
    /// The field; `*` stands for one segment, any of which will do.
    pub path: String,
    /// From this day.
    pub from: NaiveDate,
    /// To this day.
    pub to: Option<NaiveDate>,
}

impl DateBounds {
    /// Whether one of these values lies within.
    #[must_use]
    pub fn hold(&self, values: &BTreeMap<String, Value>) -> bool {
        let (from, to) = (self.from.to_string(), self.to.map(|to| to.to_string()));
        let within = |text: &str| from.as_str() <= text && to.as_deref().is_none_or(|to| text <= to);
        let at = values.iter().filter(|(path, _)| facts::matches(&self.path, path));
        at.filter_map(|(_, value)| value.as_text()).any(within)
    }
}

/// Some live record refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The kind of the record that refers.
    pub kind: Kind,
    /// The field that refers; `subject/*` for what it is about.
    pub through: String,
    /// What its own fields must be.
    pub fields: FieldMatch,
}

/// A selected record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedRow {
    /// The record.
    pub record: RecordId,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The number asked for.
    pub number: Option<i64>,
}

/// Selected records of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// What their numbers add up to.
    pub sum: i128,
}

/// Which cases: those of which something may have happened in a span of time.
#[derive(Debug, Clone, Copy)]
pub struct CaseQuery<'a> {
    /// Their workflows.
    pub workflows: &'a BTreeSet<WorkflowId>,
    /// Not over for good before.
    pub from: Timestamp,
    /// Opened before.
    pub until: Timestamp,
}

/// A case with how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedCase {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: WorkflowId,
    /// The version that runs it.
    pub version: PlaybookVersion,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// The home it is about, or whose person it is about; else the first record it is about.
    pub about: Option<RecordId>,
    /// Its indexed fields.
    pub fields: BTreeMap<String, Value>,
    /// How it went; whether it is in conflict is not told.
    pub progress: WorkProgress,
}

/// Which contacts, rounds or rows of registers.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityQuery {
    /// `contact`, `round` or `entry`.
    pub kind: Kind,
    /// Their checklists or forms; empty: any.
    pub procedures: Vec<Procedure>,
    /// Made from here on …
    pub from: Timestamp,
    /// … and before.
    pub until: Timestamp,
    /// Instead: this date field in bounds.
    pub dated: Option<DateBounds>,
    /// What their fields must be.
    pub fields: FieldMatch,
    /// The indexed fields whose values are asked for; `*` stands for one segment.
    pub values: BTreeSet<String>,
    /// Whether it is asked what they are about.
    pub about: bool,
}

impl ActivityQuery {
    /// Whether another asks about the same contacts, rounds or rows, whatever it wants of them.
    #[must_use]
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        let of = |query: &Self| (query.kind, query.from, query.until);
        of(self) == of(other) && self.procedures == other.procedures && self.dated == other.dated
    }

    /// Takes in what another wants of the same: its conditions are asked of the rows.
    pub fn take_in(&mut self, mut other: Self) {
        other.take_fields_as_values();
        self.values.append(&mut other.values);
        self.about |= other.about;
    }

    /// Asks for the values of the fields it sets conditions on, and for rows whatever these are.
    pub fn take_fields_as_values(&mut self) {
        let FieldMatch { filters, unless, dates } = std::mem::take(&mut self.fields);
        self.values.extend(filters.into_iter().chain(unless).map(|filter| filter.path));
        self.values.extend(dates.into_iter().map(|bounds| bounds.path));
    }
}

/// A contact, a round or a row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityRow {
    /// The record.
    pub record: RecordId,
    /// The checklist of a round, the form of a row.
    pub procedure: Option<Procedure>,
    /// The version it was made under.
    pub version: Option<PlaybookVersion>,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// If asked for: the home it is about, or whose person it is about; else the first record it is about.
    pub about: Option<RecordId>,
    /// Who made it.
    pub by: Option<StaffId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// Its fields that were asked for; shared by rows of which they are the same.
    pub values: Arc<BTreeMap<String, Value>>,
    /// Whether a round is complete; `true` for what has no course.
    pub complete: bool,
    /// Of a round: each item looked at, with the code of how it came out.
    pub results: BTreeMap<QuestionId, Value>,
}

impl ActivityRow {
    /// Whether another is known to have the same fields.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.values, &other.values)
    }
}
