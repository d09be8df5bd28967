//! What must hold of the records that refer to a subject: a home whose only resident wants no visit, a violation that is
//! still open. One question asked by rules, by marks and by steps, of whatever answers it: the phone's store, or records in memory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::condition::Condition;
use super::metric::DateFilter;
use super::{Label, Playbooks, case};
use crate::model::{ChecklistId, Kind, RecordId, RoleId, Timestamp};
use crate::query::{
    FieldFilter, FindingQuery, FindingRow, RecordIndex, RelatedQuery, RelatedRow, SubjectKind, SubjectQuery,
};

/// Some live record refers to a subject.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// The kind of the record that refers.
    pub kind: Kind,
    /// The field that refers; unless said, `home` of residents, and `subject/*`, what it is about, of everything else.
    #[serde(default, rename = "through")]
    pub said_through: Option<String>,
    /// Of cases, rounds and rows of registers: what runs them, or the form they were filled in by; unless said, any.
    #[serde(default)]
    pub of: Vec<String>,
    /// Of cases and rounds: whether they are over.
    #[serde(default)]
    pub over: Option<bool>,
    /// Of cases: in one of these states.
    #[serde(default)]
    pub states: Vec<String>,
    /// Fields that have one of some values; without values: that are there.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Left out are those with one of these values; without values: those with any.
    #[serde(default)]
    pub unless: Vec<FieldFilter>,
    /// Of cases: what must hold of their answers.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// What holds of each of them: there is one, and there is none of which it does not.
    #[serde(default)]
    pub each: Vec<FieldFilter>,
    /// Of metrics over homes and people: dates that lie in a span of time.
    #[serde(default)]
    pub dates: Vec<DateFilter>,
}

impl Related {
    /// The field that refers: of cases linked with one another whichever of the two says so.
    #[must_use]
    pub fn through(&self) -> &str {
        let unless_said = if self.kind == Kind::Resident { "home" } else { "subject/*" };
        self.said_through.as_deref().unwrap_or(unless_said)
    }

    /// Whether it asks how a case or a round stands.
    pub(super) const fn asks_course(&self) -> bool {
        self.over.is_some() || !self.states.is_empty() || self.condition.is_some()
    }

    /// The subjects of which it holds; with `to` only of those.
    ///
    /// # Errors
    /// Those of the index.
    pub fn subjects<I: RecordIndex>(
        &self,
        playbooks: &Playbooks,
        index: &I,
        today: NaiveDate,
        to: Option<&BTreeSet<RecordId>>,
    ) -> Result<BTreeSet<RecordId>, I::Error> {
        let ask = |filters: &[FieldFilter], to: Option<&BTreeSet<RecordId>>| {
            let rows = index.related(&RelatedQuery { to, ..self.query(filters) })?;
            let mut found: BTreeMap<RecordId, usize> = BTreeMap::new();
            for row in rows.iter().filter(|row| self.holds(playbooks, today, row)) {
                *found.entry(row.subject).or_default() += 1;
            }
            Ok(found)
        };
        // What must hold of each selects best; whether it holds of the others is asked of those subjects alone.
        let with_each = [&self.each[..], &self.filters].concat();
        let mut found = ask(&with_each, to)?;
        if !self.each.is_empty() && !found.is_empty() {
            let all = ask(&self.filters, Some(&found.keys().copied().collect()))?;
            found.retain(|subject, count| all.get(subject) == Some(count));
        }
        Ok(found.into_keys().collect())
    }

    /// The records that refer to some others, by those: to be counted. A count asks for no `condition` and nothing of `each`.
    pub(super) fn referring<I: RecordIndex>(
        &self,
        index: &I,
        to: &BTreeSet<RecordId>,
    ) -> Result<BTreeMap<RecordId, BTreeSet<RecordId>>, I::Error> {
        let mut found: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        for row in index.related(&RelatedQuery { to: Some(to), ..self.query(&self.filters) })? {
            found.entry(row.subject).or_default().insert(row.record);
        }
        Ok(found)
    }

    fn query<'a>(&'a self, filters: &'a [FieldFilter]) -> RelatedQuery<'a> {
        RelatedQuery {
            kind: self.kind,
            through: self.through(),
            of: &self.of,
            over: self.over,
            states: &self.states,
            filters,
            unless: &self.unless,
            answers: self.condition.is_some(),
            to: None,
        }
    }

    fn holds(&self, playbooks: &Playbooks, today: NaiveDate, row: &RelatedRow) -> bool {
        let Some(condition) = &self.condition else { return true };
        let workflow = row.workflow.as_ref().and_then(|(id, version)| playbooks.workflow_at(id, *version));
        workflow.is_some_and(|workflow| condition.holds(&case::answered(workflow, &row.answers).today(today)))
    }
}

/// What is asked of records: of themselves, and of those that refer to them.
struct Demands<'a> {
    kind: SubjectKind,
    filters: &'a [FieldFilter],
    unless: &'a [FieldFilter],
    having: &'a [Related],
    lacking: &'a [Related],
}

impl Demands<'_> {
    /// Whether it holds of each of these records, all of the kind.
    fn holds<I: RecordIndex>(
        &self,
        playbooks: &Playbooks,
        index: &I,
        today: NaiveDate,
        about: &BTreeSet<RecordId>,
    ) -> Result<bool, I::Error> {
        if !self.filters.is_empty() || !self.unless.is_empty() {
            let found = index.subjects(&SubjectQuery {
                kind: self.kind,
                filters: self.filters,
                unless: self.unless,
                date: None,
                each_year: None,
                paths: &BTreeSet::new(),
                at: None,
                only: Some(about),
            })?;
            if found.len() < about.len() {
                return Ok(false);
            }
        }
        for related in self.having {
            if !about.is_subset(&related.subjects(playbooks, index, today, Some(about))?) {
                return Ok(false);
            }
        }
        for related in self.lacking {
            if !related.subjects(playbooks, index, today, Some(about))?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Words that stand over each home of which something holds 没有有效许可. They bring nothing to Today.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeMark {
    /// The words.
    pub label: Label,
    /// To whom they are told.
    pub roles: Vec<RoleId>,
    /// Fields of the home that have one of some values.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Fields that have none of these values; without values: that are empty.
    #[serde(default)]
    pub unless: Vec<FieldFilter>,
    /// Such records refer to it.
    #[serde(default)]
    pub having: Vec<Related>,
    /// No such records refer to it.
    #[serde(default)]
    pub lacking: Vec<Related>,
}

impl HomeMark {
    /// Whether it says of which homes.
    #[must_use]
    pub fn asks_something(&self) -> bool {
        let of_itself = !self.filters.is_empty() || !self.unless.is_empty();
        of_itself || !self.having.is_empty() || !self.lacking.is_empty()
    }

    /// Whether it stands over a home on that day.
    ///
    /// # Errors
    /// Those of the index.
    pub fn stands_over<I: RecordIndex>(
        &self,
        playbooks: &Playbooks,
        index: &I,
        today: NaiveDate,
        home: RecordId,
    ) -> Result<bool, I::Error> {
        let demands = Demands {
            kind: SubjectKind::Home,
            filters: &self.filters,
            unless: &self.unless,
            having: &self.having,
            lacking: &self.lacking,
        };
        demands.holds(playbooks, index, today, &BTreeSet::from([home]))
    }
}

/// What must hold of each record a case is about before somebody makes a step. A case about none of them is not asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Of which records: the homes, unless said, the residents, or the case itself.
    #[serde(default = "home")]
    pub about: SubjectKind,
    /// Asked only when this holds over the answers of the case, as `case`, and of the step, as `form`.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Fields that must have one of some values.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Fields that must have none of these values; without values: that must be empty.
    #[serde(default)]
    pub unless: Vec<FieldFilter>,
    /// Such records must refer to it.
    #[serde(default)]
    pub having: Vec<Related>,
    /// No such records may refer to it.
    #[serde(default)]
    pub lacking: Vec<Related>,
    /// Every finding of rounds through these about it must have its order, or be in order again.
    #[serde(default)]
    pub ordered: Vec<ChecklistId>,
    /// Why the step cannot be made while it does not hold.
    pub not: Label,
}

const fn home() -> SubjectKind {
    SubjectKind::Home
}

impl Requirement {
    /// Whether it says what must hold.
    #[must_use]
    pub fn asks_something(&self) -> bool {
        let of_itself = !self.filters.is_empty() || !self.unless.is_empty();
        of_itself || !self.having.is_empty() || !self.lacking.is_empty() || !self.ordered.is_empty()
    }

    /// Whether it holds of each of these records, all of the kind it is about.
    ///
    /// # Errors
    /// Those of the index.
    pub fn holds<I: RecordIndex>(
        &self,
        playbooks: &Playbooks,
        index: &I,
        today: NaiveDate,
        about: &BTreeSet<RecordId>,
    ) -> Result<bool, I::Error> {
        if about.is_empty() {
            return Ok(true);
        }
        let demands = Demands {
            kind: self.about,
            filters: &self.filters,
            unless: &self.unless,
            having: &self.having,
            lacking: &self.lacking,
        };
        if !demands.holds(playbooks, index, today, about)? {
            return Ok(false);
        }
        Ok(self.ordered.is_empty() || self.all_ordered(playbooks, index, about)?)
    }

    /// Whether no finding waits for its order.
    fn all_ordered<I: RecordIndex>(
        &self,
        playbooks: &Playbooks,
        index: &I,
        about: &BTreeSet<RecordId>,
    ) -> Result<bool, I::Error> {
        let found = index.findings(&FindingQuery {
            checklists: &self.ordered.iter().collect(),
            since: Timestamp::from_millis(i64::MIN),
            settled_since: Timestamp::from_millis(i64::MAX),
            only: Some(about),
        })?;
        let is_one = |one: &FindingRow, next: &FindingRow| {
            one.round == next.round && playbooks.findings_together(&one.checklist, one.version)
        };
        let mut matters = found.chunk_by(is_one).filter_map(FindingRow::together);
        Ok(matters.all(|finding| finding.settled().is_some()))
    }
}
