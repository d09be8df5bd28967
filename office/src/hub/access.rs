//! Who may read and write what, as of now: the office tables and the roles playbook, asked by the one
//! evaluator that phones use too.

use std::collections::BTreeSet;

use butler_core::model::{GridId, Record, StaffId};
use butler_core::playbook::Playbooks;
use butler_core::playbook::access::{self, Actor, Attempt};
use butler_core::sync::message::Reason;

use super::directory::InForce;

/// Both sources of access, of one moment.
#[derive(Clone, Copy)]
pub(super) struct Access<'a> {
    pub(super) playbooks: &'a Playbooks,
    pub(super) in_force: &'a InForce,
}

impl Access<'_> {
    /// The grids somebody may read.
    pub(super) fn grids_of(&self, staff: &StaffId) -> BTreeSet<GridId> {
        let mine = access::grids_for(self.playbooks, self.actor(staff));
        let read = |grid: &&GridId| mine.as_ref().is_none_or(|mine| mine.contains(*grid));
        self.in_force.grids.keys().filter(read).cloned().collect()
    }

    /// Whether somebody may write this: decided on the record before and after.
    pub(super) fn decide(
        &self,
        staff: &StaffId,
        grids: &BTreeSet<GridId>,
        before: Option<&Record>,
        after: &Record,
        paths: &[String],
    ) -> Result<(), Reason> {
        let attempt = Attempt { before, after, paths, grids };
        access::decide(self.playbooks, self.actor(staff), &attempt)
            .map_err(|denied| Reason { code: denied.code.to_owned(), path: denied.path })
    }

    /// Whether that looks at what was done in a case before.
    pub(super) fn looks_back(&self, after: &Record, paths: &[String]) -> bool {
        access::looks_back(self.playbooks, after, paths)
    }

    fn actor<'a>(&'a self, staff: &'a StaffId) -> Actor<'a> {
        Actor { staff, directory: &self.in_force.directory }
    }
}
