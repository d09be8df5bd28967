//! What due rules ask: subjects, steps, rows of registers, and the records that answer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{CountedFinding, FieldFilter, SubjectId, SubjectKind};
use crate::model::choice::Outcome;
use crate::model::date::MonthDay;
use crate::model::{
    ChecklistId, DueId, EventId, FormId, Kind, PlaceId, PlaybookVersion, QuestionId, RecordId, StaffId,
    StepId, Timestamp, Value, WorkflowId,
};

/// Which subjects, with which of their values.
#[derive(Debug, Clone, Copy)]
pub struct SubjectQuery<'a> {
    /// Their kind.
    pub kind: SubjectKind,
    /// Values each must have, in the winning value.
    pub filters: &'a [FieldFilter],
    /// Values none may have.
    pub unless: &'a [FieldFilter],
    /// Only those whose latest date at a path lies in a window.
    pub date: Option<DateQuery<'a>>,
    /// Only those one of whose dates comes again on one of some days of the year.
    pub each_year: Option<EachYearQuery<'a>>,
    /// Paths whose values are wanted; a path with `*` stands for all members of a group.
    pub paths: &'a BTreeSet<String>,
    /// Only those that belong to this place itself.
    pub at: Option<&'a PlaceId>,
    /// Of records: only these; of rows of registers also those about one of these. Places, grids and the community
    /// are never limited.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

/// Subjects whose latest full date, or moment, at a path lies in a window of days, both included.
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

/// Subjects with a full date, or a birthday without its year, on one of some days of the year.
#[derive(Debug, Clone, Copy)]
pub struct EachYearQuery<'a> {
    /// The path of a single field.
    pub path: &'a str,
    /// The days.
    pub days: &'a BTreeSet<MonthDay>,
}

/// Which steps of cases, of those that count (see [`super::WorkProgress`]).
#[derive(Debug, Clone, Copy)]
pub struct StepQuery<'a> {
    /// Of cases run by one of these.
    pub workflows: &'a [WorkflowId],
    /// The steps.
    pub steps: &'a [StepId],
    /// Made on or after this day.
    pub since: NaiveDate,
    /// Only of cases that are one of these records, or about one.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

/// Which deadlines of cases: those that run, and those met lately. One that waits with its case does not run.
#[derive(Debug, Clone, Copy)]
pub struct ClockQuery<'a> {
    /// Of cases run by one of these.
    pub workflows: &'a BTreeSet<&'a WorkflowId>,
    /// Met at or after this moment, of those that were met.
    pub since: Timestamp,
    /// Only of cases that are one of these records, or about one.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

/// A deadline of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockRow {
    /// The step that started it.
    pub started: StepRow,
    /// The deadline.
    pub deadline: String,
    /// By when, time it stood still for included.
    pub due: Timestamp,
    /// When it was met.
    pub met: Option<Timestamp>,
}

/// Which findings of rounds: those that wait for an order, those settled lately by one, or by a better result, and what
/// else was found on the same rounds.
#[derive(Debug, Clone, Copy)]
pub struct FindingQuery<'a> {
    /// Of rounds through one of these.
    pub checklists: &'a BTreeSet<&'a ChecklistId>,
    /// Found at or after this moment.
    pub since: Timestamp,
    /// Settled at or after this moment, of those that were settled.
    pub settled_since: Timestamp,
    /// Only of rounds that are one of these records, or about one.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

impl FindingQuery<'_> {
    /// Of all findings, those selected.
    #[must_use]
    pub fn with_their_rounds(&self, mut found: Vec<FindingRow>) -> Vec<FindingRow> {
        let selected = |row: &&FindingRow| {
            row.found.at >= self.since && row.settled().is_none_or(|settled| settled >= self.settled_since)
        };
        let rounds: BTreeSet<RecordId> = found.iter().filter(selected).map(|row| row.round).collect();
        found.retain(|row| rounds.contains(&row.round));
        found
    }
}

/// An item of a round whose result is a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    /// The round.
    pub round: RecordId,
    /// Its checklist.
    pub checklist: ChecklistId,
    /// The version that runs it.
    pub version: PlaybookVersion,
    /// What the round is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// Where it was walked.
    pub place: Option<PlaceId>,
    /// The newest result of the item that is a finding.
    pub found: CountedFinding,
    /// The cases opened from one of its results, each with when.
    pub orders: Vec<(RecordId, Timestamp)>,
}

impl FindingRow {
    /// Findings of one round as one matter: the newest that still stands, of those of one moment the last by its item, settled
    /// by any order, or once all are in order.
    #[must_use]
    pub fn together(matter: &[Self]) -> Option<Self> {
        let standing = |row: &Self| (row.found.corrected.is_none(), row.found.at);
        let order = |a: &&Self, b: &&Self| {
            standing(a).cmp(&standing(b)).then_with(|| a.found.item.cmp(&b.found.item))
        };
        let mut one = matter.iter().max_by(order)?.clone();
        one.orders = matter.iter().flat_map(|row| row.orders.iter().copied()).collect();
        one.orders.sort_unstable();
        one.orders.dedup();
        let corrected = matter.iter().map(|row| row.found.corrected).collect::<Option<Vec<_>>>();
        one.found.corrected = corrected.and_then(|corrected| corrected.into_iter().max());
        Some(one)
    }

    /// When it was settled: when its first order was opened, or the item was in order again.
    #[must_use]
    pub fn settled(&self) -> Option<Timestamp> {
        self.orders.iter().map(|(_, at)| *at).chain(self.found.corrected).min()
    }
}

/// Which rows of a register.
#[derive(Debug, Clone, Copy)]
pub struct EntryQuery<'a> {
    /// The form.
    pub form: &'a FormId,
    /// Its date question; rows without a date are left out.
    pub date: &'a QuestionId,
    /// Dated on or after this day.
    pub since: NaiveDate,
    /// Only these rows, and those about one of these records.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

/// Which records may answer something due.
#[derive(Debug, Clone, Copy)]
pub struct AnswerQuery<'a> {
    /// Their kind.
    pub kind: Kind,
    /// Values each must have.
    pub filters: &'a [FieldFilter],
    /// Made at or after this moment.
    pub since: Timestamp,
    /// Only those that are one of these records, or about one.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

/// A subject with the values its rules look at.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectRow {
    /// The subject the row describes.
    pub subject: SubjectId,
    /// Where it belongs; decides the walking order.
    pub place: Option<PlaceId>,
    /// The latest date asked for.
    pub date: Option<NaiveDate>,
    /// Path → winning value, of the paths asked for.
    pub values: BTreeMap<String, Value>,
    /// Of the paths asked for, those with several concurrent values.
    pub conflicts: BTreeSet<String>,
}

impl SubjectRow {
    /// A subject of which no value is known.
    #[must_use]
    pub const fn new(subject: SubjectId, place: Option<PlaceId>) -> Self {
        Self { subject, place, date: None, values: BTreeMap::new(), conflicts: BTreeSet::new() }
    }
}

/// A step that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: WorkflowId,
    /// The version that runs it.
    pub version: PlaybookVersion,
    /// What the case is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// The event.
    pub event: EventId,
    /// When, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// The case's answers up to now.
    pub answers: BTreeMap<QuestionId, Value>,
}

/// A row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// The row.
    pub entry: RecordId,
    /// What it is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// Its date field.
    pub date: NaiveDate,
    /// Its answers.
    pub values: BTreeMap<QuestionId, Value>,
}

/// A record that answers, or may answer, something due.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRow {
    /// The record.
    pub record: RecordId,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// Where it belongs: with it, it is about that place, its grids and the community.
    pub place: Option<PlaceId>,
    /// The due items it says it answers.
    pub dues: BTreeSet<DueId>,
    /// Whether it is a case: something that goes on by itself once it was opened.
    pub is_case: bool,
    /// Who made it; of what has no author of its own nobody is named.
    pub by: Option<StaffId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// When it was over, where it has steps or results and is over; otherwise when it was made.
    pub done_at: Timestamp,
    /// What it amounts to.
    pub outcome: AnswerOutcome,
}

/// What an answering record amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerOutcome {
    /// Begun, not finished.
    Begun,
    /// Answered by an outcome that counts as done.
    Done,
    /// Put off until a day.
    Snoozed {
        /// Until when.
        until: NaiveDate,
    },
    /// Left out, with a reason.
    Skipped,
    /// Somebody was spoken to, or meant to be; the rule says which outcomes answer.
    Spoke {
        /// How it ended.
        outcome: Outcome,
        /// When to try again.
        again: Option<(NaiveDate, Timestamp)>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PlaybookHash, RoleId};

    #[test]
    fn of_findings_of_one_moment_the_last_by_its_item_speaks_for_all() {
        let row = |item: &str, event: u8| FindingRow {
            round: RecordId([1; 16]),
            checklist: "renovation.inspection".into(),
            version: PlaybookHash::of("").version(),
            subjects: Vec::new(),
            place: None,
            found: CountedFinding {
                item: item.into(),
                event: EventId([event; 16]),
                at: Timestamp::from_millis(1_780_000_000_000),
                by: StaffId::new("zhang.li").unwrap(),
                role: RoleId::new("butler").unwrap(),
                corrected: None,
            },
            orders: Vec::new(),
        };
        for (arrival, wall) in [(1, 2), (2, 1)] {
            let matter = [row("arrival", arrival), row("key_load_bearing", wall)];
            let one = FindingRow::together(&matter).unwrap();
            assert_eq!(one.found.item.as_str(), "key_load_bearing");
        }
    }
}
