//! What must hold of the records that refer to a subject: a home whose only resident wants no visit, a violation that is
//! still open. One question asked by rules and by steps, of whatever answers it: the phone's store, or records in memory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::Playbooks;
use super::case;
use super::condition::Condition;
use crate::model::{Kind, RecordId};
use crate::query::{FieldFilter, RecordIndex, RelatedQuery, RelatedRow};

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
}

impl Related {
    /// The field that refers.
    #[must_use]
    pub fn through(&self) -> &str {
        let unless_said = if self.kind == Kind::Resident { "home" } else { "subject/*" };
        self.said_through.as_deref().unwrap_or(unless_said)
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
            let rows = index.related(&RelatedQuery {
                kind: self.kind,
                through: self.through(),
                of: &self.of,
                over: self.over,
                states: &self.states,
                filters,
                unless: &self.unless,
                answers: self.condition.is_some(),
                to,
            })?;
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

    fn holds(&self, playbooks: &Playbooks, today: NaiveDate, row: &RelatedRow) -> bool {
        let Some(condition) = &self.condition else { return true };
        let workflow = row.workflow.as_ref().and_then(|(id, version)| playbooks.workflow_at(id, *version));
        workflow.is_some_and(|workflow| condition.holds(&case::answered(workflow, &row.answers).today(today)))
    }
}
