//! Rounds: one walk through a checklist 巡视.

mod check_in;
mod record;
mod start;

pub use check_in::Proof;

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::round::Mark;
use crate::model::{Event, Record, Round};
use crate::playbook::Playbooks;
use crate::playbook::checklist::Checklist;

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
    let version = round.text("version").and_then(|version| version.parse().ok());
    let pinned = round.text("playbook").zip(version);
    pinned.and_then(|(id, version)| playbooks.checklist_at(id, version)).ok_or(ButlerError::NeedsNewerApp)
}

/// What happened in a round: check-ins and results.
pub(crate) fn events(round: &Record) -> (Vec<Event>, Vec<Event>) {
    let plain = |marks: Vec<Mark>| marks.into_iter().map(|mark| mark.event).collect();
    (plain(Round::check_ins(round)), plain(Round::results(round)))
}
