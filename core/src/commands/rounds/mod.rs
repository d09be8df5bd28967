//! Rounds: one walk through a checklist 巡视.

mod check_in;
mod record;
mod start;

pub use check_in::Proof;

use crate::commands::{Acting, Submitting};
use crate::error::ButlerError;
use crate::model::{Event, Evidence, Kind, Record, RecordId, RoleId};
use crate::playbook::Playbooks;
use crate::playbook::checklist::Checklist;
use crate::playbook::course;
use crate::store::Tx;

/// What can be done with rounds.
pub struct Rounds<'b>(pub(crate) Submitting<'b>);

/// The checklist a round was begun under, in that version.
pub(crate) fn checklist<'p>(playbooks: &'p Playbooks, round: &Record) -> Result<&'p Checklist, ButlerError> {
    course::checklist(playbooks, round).ok_or(ButlerError::NeedsNewerApp)
}

/// A round as this person knows it.
fn known(acting: &Acting, tx: &Tx<'_>, round: RecordId) -> Result<Record, ButlerError> {
    let record = acting.known(tx, round)?;
    if record.kind == Kind::Round { Ok(record) } else { Err(ButlerError::NotFound) }
}

/// Whether a result will do, given those so far.
pub(crate) fn check_result(
    checklist: &Checklist,
    item: &str,
    evidence: &Evidence,
    role: &RoleId,
    results: &[Event],
) -> Result<(), ButlerError> {
    let problems = checklist.check_result(item, evidence, role, results);
    let problems = problems.ok_or_else(|| ButlerError::invalid("item", "the checklist has no such item"))?;
    ButlerError::of_form(problems)
}
