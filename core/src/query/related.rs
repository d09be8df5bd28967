//! Which records refer to which: what rules and steps ask about more than one record.

use std::collections::{BTreeMap, BTreeSet};

use super::FieldFilter;
use crate::model::{Kind, PlaybookVersion, QuestionId, RecordId, Value, WorkflowId};

/// Which records, referring to which others.
#[derive(Debug, Clone, Copy)]
pub struct RelatedQuery<'a> {
    /// The kind of those that refer.
    pub kind: Kind,
    /// The field that refers; `subject/*` for what a record is about, [`Self::LINKS`] for what a case is linked with.
    pub through: &'a str,
    /// Of cases, rounds and rows of registers: what runs them, or the form they were filled in by; empty: any.
    pub of: &'a [String],
    /// Of cases and rounds: whether they are over. What is not worked out yet is not.
    pub over: Option<bool>,
    /// Of cases: in one of these states; empty: any.
    pub states: &'a [String],
    /// Values each must have.
    pub filters: &'a [FieldFilter],
    /// Values none may have.
    pub unless: &'a [FieldFilter],
    /// Whether what cases answered is wanted.
    pub answers: bool,
    /// Only those that refer to one of these.
    pub to: Option<&'a BTreeSet<RecordId>>,
}

impl RelatedQuery<'_> {
    /// Cases linked with one another: each refers to the other, whichever of the two says so.
    pub const LINKS: &'static str = "link/*";

    /// Whether a record also refers to those that name it.
    #[must_use]
    pub fn is_mutual(&self) -> bool {
        self.through == Self::LINKS
    }
}

/// A record that refers to another.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedRow {
    /// The one it refers to.
    pub subject: RecordId,
    /// The one that refers.
    pub record: RecordId,
    /// Of a case whose answers were asked for: what runs it.
    pub workflow: Option<(WorkflowId, PlaybookVersion)>,
    /// What it answered, if asked for.
    pub answers: BTreeMap<QuestionId, Value>,
}
