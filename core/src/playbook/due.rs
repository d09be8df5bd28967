//! What is due: a pure function of facts, rules, calendar and date. A due item is never stored.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Label;
use super::book::Playbooks;
use super::calendar::Calendar;
use super::form::{DueAnswer, SubjectKind};
use super::rule::{Filter, Urgency};
use crate::model::{
    DueId, EventId, GridId, Kind, PlaceId, PlaybookVersion, RecordId, RoleId, Timestamp, Value,
};

/// What rules ask of a store. Every question is about sets, so that a phone answers it with one indexed query.
pub trait Facts {
    /// What can go wrong while asking.
    type Error;

    /// The live subjects of a kind whose winning values are among the filters', each with the winning values of
    /// `paths` (a path with `*` stands for all members of a group). Filters on a path without a value do not match.
    ///
    /// # Errors
    /// The store's own.
    fn subjects(
        &self,
        kind: SubjectKind,
        filters: &[Filter],
        paths: &BTreeSet<String>,
    ) -> Result<Vec<Row>, Self::Error>;

    /// The steps that count (see [`super::case`]) of cases run by one of `workflows`, made since `since`.
    ///
    /// # Errors
    /// The store's own.
    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
    ) -> Result<Vec<StepFact>, Self::Error>;

    /// The live rows of a register, with all their fields, whose `date` field is on or after `since`.
    ///
    /// # Errors
    /// The store's own.
    fn entries(&self, form: &str, date: &str, since: NaiveDate) -> Result<Vec<EntryFact>, Self::Error>;

    /// The live records of a kind with those values that are about some subject, dated on or after `since`.
    ///
    /// # Errors
    /// The store's own.
    fn answers(
        &self,
        kind: Kind,
        filters: &[Filter],
        since: NaiveDate,
    ) -> Result<Vec<AnswerFact>, Self::Error>;

    /// Every record that carries one of these due ids: work begun or done, snoozes, skips.
    ///
    /// # Errors
    /// The store's own.
    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, Self::Error>;
}

/// What something due is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    pub subjects: Vec<SubjectId>,
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
    pub subjects: Vec<SubjectId>,
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
    /// What it is about.
    pub subjects: Vec<SubjectId>,
    /// The due item it says it answers.
    pub due: Option<DueId>,
    /// Its day.
    pub date: NaiveDate,
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

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct DueItem {
    /// Identity.
    pub id: DueId,
    /// The rule's stable id.
    pub rule: String,
    /// What is to be done.
    pub title: Label,
    /// Why, filled in.
    pub why: Label,
    /// About what.
    pub subject: SubjectId,
    /// Where.
    pub place: Option<PlaceId>,
    /// The case whose step brought it about.
    pub case: Option<RecordId>,
    /// Who is to do it.
    pub roles: Vec<RoleId>,
    /// How pressing.
    pub urgency: Urgency,
    /// The first day it is shown.
    pub visible_from: NaiveDate,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The very moment, where the rule counts hours.
    pub due_at: Option<Timestamp>,
    /// The due day rests on a year whose holidays are not published.
    pub provisional: bool,
    /// How it stands.
    pub status: Status,
    /// The records that answer it; two phones answering apart show both.
    pub answers: Vec<RecordId>,
    /// What the app offers to begin: the id of a form, checklist or workflow.
    pub begin: String,
}

/// How a due item stands on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Overdue.
    Overdue,
    /// To be done.
    Open,
    /// Begun.
    Begun,
    /// Put off.
    Snoozed,
    /// Left out with a reason.
    Skipped,
    /// Done.
    Done,
}

/// Everything the rules bring about on `today`: open, begun, and what was answered within its period.
/// Sorted by urgency, then due day, then id; the caller orders by walking order within.
///
/// # Errors
/// The store's own.
pub fn evaluate<F: Facts>(
    _playbooks: &Playbooks,
    _facts: &F,
    _calendar: &Calendar,
    _today: NaiveDate,
) -> Result<Vec<DueItem>, F::Error> {
    Ok(Vec::new())
}
