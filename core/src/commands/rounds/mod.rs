//! Rounds: one walk through a checklist 巡视.

mod check_in;
mod record;
mod start;

pub use check_in::Proof;

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::Record;
use crate::playbook::Playbooks;
use crate::playbook::checklist::Checklist;
use crate::playbook::course;

/// What can be done with rounds.
pub struct Rounds<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Rounds 巡视.
    #[must_use]
    pub const fn rounds(&self) -> Rounds<'_> {
        Rounds(self)
    }
}

/// The checklist a round was begun under, in that version.
pub(crate) fn checklist<'p>(playbooks: &'p Playbooks, round: &Record) -> Result<&'p Checklist, ButlerError> {
    course::checklist(playbooks, round).ok_or(ButlerError::NeedsNewerApp)
}
