//! What rules ask of a store, and what it answers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::model::{DueId, EventId, GridId, Kind, PlaceId, PlaybookVersion, RecordId, Timestamp, Value};
use crate::playbook::form::{DueAnswer, SubjectKind};
use crate::playbook::rule::Filter;

/// Limits an answer to what concerns some records: after an edit little is asked again. `None` is no limit.
pub type Only<'a> = Option<&'a BTreeSet<RecordId>>;

/// What rules ask of a store. Every question is about sets, so that a phone answers it with a few indexed queries.
pub trait Facts {
    /// What can go wrong while asking.
    type Error;

    /// The live subjects a query selects.
    ///
    /// # Errors
    /// The store's own.
    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<Row>, Self::Error>;

    /// The steps that count (see [`crate::playbook::case`]) of cases run by one of `workflows`, made since `since`;
    /// with `only`, of the cases that are one of those records or about one.
    ///
    /// # Errors
    /// The store's own.
    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
        only: Only<'_>,
    ) -> Result<Vec<StepFact>, Self::Error>;

    /// The live rows of a register.
    ///
    /// # Errors
    /// The store's own.
    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryFact>, Self::Error>;

    /// The live records of a kind with those values, made at or after `since`: rounds and cases with what they
    /// amount to, contacts and entries as done. With `only`, those about one of those records.
    ///
    /// # Errors
    /// The store's own.
    fn answers(
        &self,
        kind: Kind,
        filters: &[Filter],
        since: Timestamp,
        only: Only<'_>,
    ) -> Result<Vec<AnswerFact>, Self::Error>;

    /// Every record that carries one of these due ids: work begun or done, snoozes, skips.
    ///
    /// # Errors
    /// The store's own.
    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, Self::Error>;

    /// The grids a place lies in.
    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId>;

    /// The places there are, in walking order.
    fn places(&self) -> &[PlaceId];
}

/// Which subjects, with which of their values.
#[derive(Debug, Clone, Copy)]
pub struct SubjectQuery<'a> {
    /// Their kind.
    pub kind: SubjectKind,
    /// Values each must have, in the winning value.
    pub filters: &'a [Filter],
    /// Values none may have.
    pub unless: &'a [Filter],
    /// Only those whose latest date at a path is not after a day.
    pub date: Option<DateQuery<'a>>,
    /// Paths whose values are wanted; a path with `*` stands for all members of a group.
    pub paths: &'a BTreeSet<String>,
    /// Only those that belong to this place itself.
    pub at: Option<&'a PlaceId>,
    /// Of records: only these. Places, grids and the community are always all meant.
    pub only: Only<'a>,
}

/// Subjects whose latest full date, or moment, at a path is not after a day.
#[derive(Debug, Clone, Copy)]
pub struct DateQuery<'a> {
    /// The path; `phone/*/verified` means the latest of all phones.
    pub path: &'a str,
    /// The first day, where there is one.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: NaiveDate,
    /// Those without such a date too.
    pub absent: bool,
}

/// Which rows of a register.
#[derive(Debug, Clone, Copy)]
pub struct EntryQuery<'a> {
    /// The form.
    pub form: &'a str,
    /// Its date field; rows without a date are left out.
    pub date: &'a str,
    /// Only those dated on or after this day.
    pub since: NaiveDate,
    /// Only these rows, and those about one of these records.
    pub only: Only<'a>,
}

/// What something due is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum SubjectId {
    /// A field record.
    Record(RecordId),
    /// A building or spot.
    Place(PlaceId),
    /// A grid.
    Grid(GridId),
    /// The community.
    Community,
}

/// A subject with the values its rules look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which.
    pub subject: SubjectId,
    /// Where it belongs; decides the walking order.
    pub place: Option<PlaceId>,
    /// The latest date asked for.
    pub date: Option<NaiveDate>,
    /// Path → winning value.
    pub values: BTreeMap<String, Value>,
    /// Paths with several concurrent values.
    pub contested: BTreeSet<String>,
}

/// A step that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct StepFact {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: String,
    /// The version it was opened under.
    pub version: PlaybookVersion,
    /// What the case is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// Where.
    pub place: Option<PlaceId>,
    /// The event.
    pub event: EventId,
    /// When, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// The case's answers up to now.
    pub answers: BTreeMap<String, Value>,
}

/// A row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryFact {
    /// The row.
    pub entry: RecordId,
    /// What it is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// Where.
    pub place: Option<PlaceId>,
    /// Its date field.
    pub date: NaiveDate,
    /// Its fields.
    pub values: BTreeMap<String, Value>,
}

/// A record that answers, or may answer, something due.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerFact {
    /// The record.
    pub record: RecordId,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// Where it belongs: with it, it is about that place, its grids and the community.
    pub place: Option<PlaceId>,
    /// The due item it says it answers.
    pub due: Option<DueId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// When it was over, where it has a course and is over; otherwise when it was made.
    pub done_at: Timestamp,
    /// What it amounts to.
    pub outcome: Outcome,
}

/// What an answering record amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Begun, not finished.
    Begun,
    /// Done.
    Done,
    /// Put off until a day.
    Snoozed {
        /// Until when.
        until: NaiveDate,
    },
    /// Left out, with a reason.
    Skipped,
}

impl Outcome {
    /// The outcome of an entry whose form answers due items.
    #[must_use]
    pub fn of_entry(answer: DueAnswer, until: Option<NaiveDate>) -> Self {
        match (answer, until) {
            (DueAnswer::Snooze, Some(until)) => Self::Snoozed { until },
            // A snooze without a readable day puts nothing off.
            (DueAnswer::Snooze, None) => Self::Begun,
            (DueAnswer::Skip, _) => Self::Skipped,
        }
    }
}
