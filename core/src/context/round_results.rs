//! Which result of a round is possible.

use super::Author;
use crate::error::{ButlerError, InputProblem};
use crate::model::{Event, Evidence, Kind, QuestionId, Record, RecordId, RoleId};
use crate::playbook::Playbooks;
use crate::playbook::checklist::Checklist;
use crate::playbook::course;
use crate::store::Tx;

/// The checklist a round was begun under, in that version.
pub(crate) fn checklist<'p>(playbooks: &'p Playbooks, round: &Record) -> Result<&'p Checklist, ButlerError> {
    course::checklist(playbooks, round).ok_or(ButlerError::NeedsNewerApp)
}

/// A round as this person knows it.
pub(crate) fn known(author: &Author, tx: &Tx<'_>, round: RecordId) -> Result<Record, ButlerError> {
    let record = author.known(tx, round)?;
    if record.kind == Kind::Round { Ok(record) } else { Err(ButlerError::NotFound) }
}

/// Whether a result will do, given those so far.
pub(crate) fn check_result(
    checklist: &Checklist,
    item: &QuestionId,
    evidence: &Evidence,
    role: &RoleId,
    results: &[Event],
) -> Result<(), ButlerError> {
    let problems = checklist.check_result(item, evidence, role, results);
    let problems = problems.ok_or_else(|| ButlerError::invalid("item", InputProblem::UnknownItem))?;
    ButlerError::of_form(problems)
}
